"""Sending an issue from its frozen draft: each distinct edition rendered once, then planned and delivered."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from newsletter.app.archiving.publishing import publish_issue
from newsletter.app.editing import build, draft_issue, stored_draft
from newsletter.app.planning import PlanResult, RenderEdition, SendRefused, plan_issue, readers_of
from newsletter.app.sending import Summary, pump, this_worker
from newsletter.app.timing import UsageError, find_digest, slot_for
from newsletter.app.workspace import Workspace
from newsletter.compose.history import Had, is_withheld, next_issue
from newsletter.compose.programme import programme_of
from newsletter.compose.remembering import dump_memory, load_memory, memory_key
from newsletter.model.delivery import Provider
from newsletter.model.issue import Choices, IssueState
from newsletter.model.ledger import Baseline, Rendered
from newsletter.model.memory import Memory
from newsletter.providers.registry import open_provider
from newsletter.store import editions, issues

#: States of an issue that `send DIGEST` means before it means the next slot.
READY: tuple[IssueState, ...] = ("sending", "approved", "drafted")


@dataclass(frozen=True, slots=True)
class Sent:
    """One call of `send`: what was planned, and what was handed over."""

    plan: PlanResult
    summary: Summary


def edition_renderer(ws: Workspace, key: str) -> RenderEdition:
    """Renders editions of a stored draft against what their readers had; None where one would be empty."""
    programme = programme_of(stored_draft(ws, key))
    draft = programme.draft
    recall = cache(lambda name: recalled(ws, name))
    before = cache(lambda name: programme_of(stored_draft(ws, name)))

    def had(baseline: Baseline | None) -> Had | None:
        if baseline is None:
            return None
        return Had(before(baseline.issue), recall(baseline.memory) if baseline.memory else None)

    def render(choices: Choices, baseline: Baseline | None) -> Rendered | None:
        issue = next_issue(programme, choices, had(baseline))
        if is_withheld(programme, issue):
            return None
        built = build(issue, draft)
        errors = [problem for problem in built.problems if problem.level == "error"]
        if errors:
            raise SendRefused(f"an edition of {key} fails its checks: {errors[0]}")
        known = issue.memory
        return Rendered(built.edition, memory_key(known), dump_memory(known))

    return render


def recalled(ws: Workspace, name: str) -> Memory:
    """What readers of that memory know; LookupError where the store has lost it."""
    with ws.store.read() as connection:
        text = editions.memory_text(connection, ws.settings.community.id, name)
    if text is None:
        raise LookupError(f"the memory {name} is not in the store")
    return load_memory(text)


@contextmanager
def provider_of(ws: Workspace) -> Iterator[Provider]:
    """The workspace's road out, closed at the end; ProviderError names what is missing to open it."""
    provider = open_provider(ws.settings.provider, ws.settings.secrets, ws.root)
    try:
        yield provider
    finally:
        provider.close()


def find_key(ws: Workspace, name: str, at: datetime) -> str:
    """An issue's key as given, or for a digest the issue of it that waits to be sent, else its next slot's.

    UsageError where the name is neither a digest nor an issue.
    """
    if name not in ws.settings.digests:
        return _known_key(ws, name)
    with ws.store.read() as connection:
        rows = issues.in_states(connection, ws.settings.community.id, *READY)
    waiting = [row.key for state in READY for row in rows if row.state == state and row.digest == name]
    return waiting[0] if waiting else slot_for(ws, name, at).key


def _known_key(ws: Workspace, key: str) -> str:
    with ws.store.read() as connection:
        known = issues.find_issue(connection, ws.settings.community.id, key)
    if known is None:
        digests = ", ".join(ws.settings.digests) or "none"
        raise UsageError(
            f"{key!r} is neither a digest ({digests}) nor an issue; `newsletter status` lists the issues"
        )
    return key


def send_issue(
    ws: Workspace,
    provider: Provider,
    name: str,
    at: datetime,
    *,
    now_fn: Callable[[], datetime] | None = None,
    on_progress: Callable[[PlanResult, Summary], None] | None = None,
    sleep: Callable[[float], None] | None = None,
) -> Sent:
    """Plan and deliver an issue; whatever was delivered before is left alone. SendRefused says why it may not go."""
    key = find_key(ws, name, at)
    _draft_if_automatic(ws, name, key, at)
    plan = plan_issue(ws, key, edition_renderer(ws, key), at)
    publish_issue(ws, key, at)

    def progress(summary: Summary) -> None:
        if on_progress:
            on_progress(plan, summary)

    summary = pump(
        ws, provider, key, now_fn or ws.clock,
        batch=ws.settings.provider.batch, worker_id=this_worker(), on_progress=progress, sleep=sleep,
    )  # fmt: skip
    return Sent(plan, summary)


def _draft_if_automatic(ws: Workspace, name: str, key: str, at: datetime) -> None:
    if name not in ws.settings.digests or find_digest(ws, name).review != "automatic":
        return
    with ws.store.read() as connection:
        row = issues.find_issue(connection, ws.settings.community.id, key)
    if row is None or not row.draft:
        draft_issue(ws, name, at)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who would get an issue: how many readers each distinct mail has, and how many would get none."""

    key: str
    editions: tuple[tuple[str, str, int], ...]
    empty: int


def look_at_audience(ws: Workspace, name: str, at: datetime) -> Audience:
    """What `send --dry-run` shows: the editions with their readers; nothing is written."""
    key = find_key(ws, name, at)
    render = edition_renderer(ws, key)
    counts = Counter(reader.wanted for reader in readers_of(ws, key, at))
    rows, empty = [], 0
    for wanted, count in sorted(counts.items(), key=lambda pair: (-pair[1], repr(pair[0]))):
        rendered = render(wanted.choices, wanted.baseline)
        if rendered is None:
            empty += count
        else:
            rows.append((describe(wanted.choices, wanted.baseline), rendered.edition.subject, count))
    return Audience(key, tuple(rows), empty)


def describe(choices: Choices, baseline: Baseline | None) -> str:
    """One edition in a few words: zone, clock, topics, and what it is told against."""
    topics = "all topics" if choices.topics is None else ", ".join(choices.topics) or "no topics"
    since = f", since {baseline.issue}" if baseline else ""
    return f"{choices.timezone}, {choices.clock} h, {topics}{since}"
