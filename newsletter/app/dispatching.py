"""Sending an issue from its frozen draft: each distinct edition rendered once, then planned and delivered."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.app.archiving.publishing import publish_issue
from newsletter.app.composing import Composer, composer
from newsletter.app.correcting import drift_of
from newsletter.app.drafting import draft_issue, stored_draft
from newsletter.app.fitting import fitted
from newsletter.app.one_offs import changed_since
from newsletter.app.reviewing.drifting import sources_as_approved
from newsletter.app.sending.planning import PlanResult, RenderEdition, SendRefused, concerned, plan_issue, readers_of
from newsletter.app.sending.pump import Summary, pump, this_worker
from newsletter.app.sending.topping_up import top_up
from newsletter.app.timing import UsageError, find_digest, slot_for
from newsletter.app.workspace import Workspace
from newsletter.compose.message import for_list
from newsletter.compose.remembering import dump_memory, memory_key
from newsletter.delivery.planning import editions_wanted
from newsletter.delivery.sharing import sharing_problem
from newsletter.model.delivery import Provider
from newsletter.model.issue import Choices, Draft, IssueState
from newsletter.model.ledger import Baseline, Rendered
from newsletter.model.problem import Problem
from newsletter.providers.registry import open_provider
from newsletter.store import issues

#: `send` waits so long for the pace each time, and no longer.
PATIENCE = timedelta(minutes=2)
#: States of an issue that `send DIGEST` means before it means the next slot.
READY: tuple[IssueState, ...] = ("sending", "approved", "drafted")


@dataclass(frozen=True, slots=True)
class Sent:
    """One call of `send`: what was planned, and what was handed over."""

    plan: PlanResult
    summary: Summary


def edition_renderer(ws: Workspace, key: str, now: datetime | None = None, *, late: bool = False) -> RenderEdition:
    """Renders editions of a stored draft against what their readers had; None where one would be empty.

    A correction, and an issue that is sent `late` to somebody, leave out what is over by `now`.
    """
    draft = stored_draft(ws, key)
    return renderer(key, draft, composer(ws, draft, now if late or draft.kind == "correction" else None))


def renderer(key: str, draft: Draft, compose: Composer) -> RenderEdition:
    """Renders what the composer makes of a draft; SendRefused where an edition fails its checks."""

    def render(choices: Choices, baseline: Baseline | None) -> Rendered | None:
        issue = compose(choices, baseline)
        if issue is None:
            return None
        built = fitted(issue, for_list(draft, choices))
        errors = [problem for problem in built.problems if problem.level == "error"]
        if errors:
            raise SendRefused(f"an edition of {key} fails its checks: {errors[0]}")
        if draft.kind == "one-off":
            return Rendered(built.edition)
        return Rendered(built.edition, memory_key(issue.memory), dump_memory(issue.memory))

    return render


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
    accept_audience: int | None = None,
) -> Sent:
    """Plan and deliver an issue; whatever was delivered before is left alone. SendRefused says why it may not go.

    `accept_audience` is the count of readers that a person accepted, although the last issue had another.
    """
    key = find_key(ws, name, at)
    _draft_if_automatic(ws, name, key, at)
    sources_as_approved(ws, key, at)
    still_as_approved(ws, key, at)
    plan = plan_issue(ws, key, edition_renderer(ws, key, at), at, accept_audience=accept_audience)
    publish_issue(ws, key, at)

    def progress(summary: Summary) -> None:
        if on_progress:
            on_progress(plan, summary)

    summary = pump(
        ws, provider, key, now_fn or ws.clock,
        batch=ws.settings.provider.batch, worker_id=this_worker(), on_progress=progress, sleep=sleep,
        keeps_pace=PATIENCE,
    )  # fmt: skip
    return Sent(plan, summary)


def send_to_new(ws: Workspace, provider: Provider, key: str, at: datetime, *, sleep: Callable[[float], None]) -> Sent:
    """Send an issue to those who joined since it went out; SendRefused where it is of no use any more."""
    found = top_up(ws, key, edition_renderer(ws, key, at, late=True), at)
    return Sent(found, send_rest(ws, provider, key, sleep=sleep))


def send_rest(ws: Workspace, provider: Provider, key: str, sleep: Callable[[float], None] | None = None) -> Summary:
    """Deliver what is planned."""
    size = ws.settings.provider.batch
    return pump(ws, provider, key, ws.clock, batch=size, worker_id=this_worker(), sleep=sleep)


def still_as_approved(ws: Workspace, key: str, at: datetime) -> None:
    """SendRefused where what a correction or a one-off was made of has changed since, and nobody got it yet."""
    with ws.store.read() as connection:
        row = issues.find_issue(connection, ws.settings.community.id, key)
    if row is None or row.kind == "issue" or not row.draft or row.state not in ("drafted", "approved"):
        return
    draft = stored_draft(ws, key)
    drift = drift_of(ws, draft, at) if row.kind == "correction" else changed_since(ws, draft)
    if drift:
        raise SendRefused(f"{drift}: draft it again, and approve that")


def _draft_if_automatic(ws: Workspace, name: str, key: str, at: datetime) -> None:
    if name not in ws.settings.digests or find_digest(ws, name).review != "automatic":
        return
    with ws.store.read() as connection:
        row = issues.find_issue(connection, ws.settings.community.id, key)
    if row is None or not row.draft:
        draft_issue(ws, name, at)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who would get a mailing: how many readers each distinct mail has, and how many would get none.

    `left_out` counts those for whom there is a mail that they are not sent, by the reason. `problem` says that there
    are more distinct mails than wanted.
    """

    key: str
    editions: tuple[tuple[str, str, int], ...]
    empty: int
    left_out: tuple[tuple[str, int], ...] = ()
    problem: Problem | None = None


def look_at_audience(ws: Workspace, name: str, at: datetime) -> Audience:
    """What `send --dry-run` shows: the editions with their readers; nothing is written."""
    key = find_key(ws, name, at)
    render = edition_renderer(ws, key, at)
    row, found = readers_of(ws, key, at)
    rendered = {one: render(wanted.choices, wanted.baseline) for one, wanted in editions_wanted(found).items()}
    readers = concerned(row, found, rendered)
    rows, empty = [], 0
    counts = Counter(reader.wanted for reader in readers if not reader.bar)
    for wanted, count in sorted(counts.items(), key=lambda pair: (-pair[1], repr(pair[0]))):
        edition = rendered[wanted.key]
        if edition is None:
            empty += count
        else:
            rows.append((describe(wanted.choices, wanted.baseline), edition.edition.subject, count))
    bars = Counter(reader.bar for reader in readers if reader.bar)
    shared = sharing_problem(found, ws.settings.limits.editions)
    return Audience(key, tuple(rows), empty, tuple(sorted(bars.items())), shared)


def describe(choices: Choices, baseline: Baseline | None) -> str:
    """One edition in a few words: zone, clock, topics, and what it is told against."""
    topics = "all topics" if choices.topics is None else ", ".join(choices.topics) or "no topics"
    since = f", since {baseline.issue}" if baseline and baseline.issue else ""
    shared = f"list {choices.list}, " if choices.shared else ""
    return f"{shared}{choices.timezone}, {choices.clock} h, {topics}{since}"
