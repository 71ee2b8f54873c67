"""One wake-up: looks at every digest's slots, drafts and sends what is due, and writes down what was missed.

Any number of wakers may do this on one store: the slot's row, the state table and the ledger make all happen once.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from newsletter.app.archiving.publishing import publish_issue
from newsletter.app.composing import composer
from newsletter.app.dispatching import edition_renderer, provider_of, still_as_approved
from newsletter.app.drafting import draft_issue, stored_draft
from newsletter.app.mail_waking import due_mails
from newsletter.app.neighbours import keep_to_choice
from newsletter.app.reviewing.drifting import sources_as_approved
from newsletter.app.reviewing.post import post_editor_mails
from newsletter.app.reviewing.telling import look_after
from newsletter.app.schedule import Job, come, next_of, other_jobs, slot_jobs
from newsletter.app.sending import fence, rates
from newsletter.app.sending.holding import ROUTINE
from newsletter.app.sending.planning import SendHeld, SendRefused, plan_issue, readers_of
from newsletter.app.sending.pump import pump, recover, this_worker
from newsletter.app.sending.waves import next_wave, opening
from newsletter.app.timing import as_known
from newsletter.app.workspace import Workspace
from newsletter.compose.issue import compose
from newsletter.dates.catch_up import OVERTAKEN, Action, Decision, decide, overtaken, parse_catch_up
from newsletter.delivery.planning import editions_wanted
from newsletter.log_fields import about
from newsletter.model.issue import Choices, IssueState, Slot
from newsletter.model.ledger import IssueRow
from newsletter.redaction import redact
from newsletter.store import issues
from newsletter.store import slots as slot_rows

LOG = logging.getLogger(__name__)
#: Batches between two looks at whether to stop.
AT_A_STRETCH = 10
#: The pace is waited for as long as this; longer waits are left to the next wake-up.
BREATH = timedelta(seconds=5)
#: Seconds between two looks, while it waits, at whether to stop.
HEED = 0.1
#: States of an issue that cannot take another one in any more.
OUT: tuple[IssueState, ...] = ("sending", "paused", "sent")
#: Drafts are as of a round moment, so that two wakers freeze the same bytes.
ROUND = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Step:
    """What was done about one issue, or what it waits for."""

    key: str
    action: Action
    why: str = ""
    #: Whether the log has it already, as of what a guard holds.
    told: bool = False


@dataclass(frozen=True, slots=True)
class TickResult:
    """What one wake-up did, in the order of config.toml and of time; nothing is left out but what needed nothing."""

    steps: tuple[Step, ...] = ()

    def keys(self, action: Action) -> tuple[str, ...]:
        """The issues with which this was done."""
        return tuple(step.key for step in self.steps if step.action == action)

    def waits(self) -> dict[str, str]:
        """Why issues wait that could not be gone on with, by key; of a digest without a next slot by its name."""
        return {step.key: step.why for step in self.steps if step.action == "wait"}


def new_waits(before: TickResult, after: TickResult) -> tuple[Step, ...]:
    """What waits now and did not at the wake-up before, or for another reason: worth a line in the log, once."""
    return tuple(step for step in after.steps if step.action == "wait" and not step.told and step not in before.steps)


def tick(ws: Workspace, now: datetime, stopping: Callable[[], bool] = lambda: False) -> TickResult:
    """Do what is due at `now` (aware); when `stopping` says so, a sending ends after the batches under way.

    An issue that cannot be worked on is logged and does not hold up the others.
    """
    keep_to_choice(ws, now)
    restored = fence.look(ws, now)
    rates.watch(ws, now)
    steps = [step for name in ws.settings.digests for step in _work(ws, name, now, stopping)]
    steps += _work_on_mails(ws, now, stopping)
    if not restored and not stopping():
        _tell_editors(ws, now, stopping)
    return TickResult(tuple(step for step in steps if step.action != "nothing"))


def _tell_editors(ws: Workspace, now: datetime, stopping: Callable[[], bool]) -> None:
    """Mails to editors come last, and nothing depends on them."""
    try:
        look_after(ws, now)
        post_editor_mails(ws, now, stopping=stopping)
    except Exception:
        LOG.exception(
            "editors could not be told; drafts and issues are as they are",
            extra=about("editors.untold", ws.settings.community.id),
        )


def _work(ws: Workspace, name: str, now: datetime, stopping: Callable[[], bool]) -> Iterator[Step]:
    """One digest: its slots, ascending; then what was begun outside of its cadence."""
    slots, fault = come(ws, name, now)
    if fault:
        yield Step(name, "wait", fault)
    jobs = slot_jobs(ws, name, slots, now)
    for index, job in enumerate(jobs):
        if not stopping():
            yield _step(ws, job, next_of(jobs[index + 1 :]), now, stopping)
    for job in other_jobs(ws, name, {slot.key for slot in slots}, now):
        if not stopping() and not (fault and job.state == "due"):
            yield _step(ws, job, None, now, stopping)


def _work_on_mails(ws: Workspace, now: datetime, stopping: Callable[[], bool]) -> Iterator[Step]:
    """Corrections and one-offs, which belong to no digest."""
    for row, action, why in due_mails(ws, now):
        if action == "wait":
            yield Step(row.key, "wait", why)
        elif not stopping():
            yield _guarded(row.key, partial(_send, ws, row.key, why, now, stopping))


def _step(ws: Workspace, job: Job, coming: Job | None, now: datetime, stopping: Callable[[], bool]) -> Step:
    """Decide about one issue and do it."""
    return _guarded(job.key, lambda: _do(ws, job, coming, _decide(ws, job, coming, now), now, stopping))


def _guarded(key: str, work: Callable[[], Step]) -> Step:
    """The step, or what keeps it from being done, which is logged and waits for the next wake-up."""
    try:
        return work()
    except issues.IssueMoveError as error:
        # Another waker, or a person, was quicker: that is what the state table is for.
        return Step(key, "nothing", str(error))
    except SendRefused as error:
        return Step(key, "wait", str(error), told=isinstance(error, SendHeld))
    except Exception as error:
        LOG.exception("%s could not be worked on", key, extra=about("issue.failed", issue=key))
        # An alert keeps and tells these words, and a database or a provider may name readers in them.
        return Step(key, "wait", redact(f"{type(error).__name__}: {error}"))


def _decide(ws: Workspace, job: Job, coming: Job | None, now: datetime) -> Decision:
    digest = ws.settings.digests[job.digest]
    state = job.state or _enter(ws, job.due)
    rule, automatic = parse_catch_up(digest.catch_up), digest.review == "automatic"
    if state == "due" and isinstance(job.due, IssueRow):
        return Decision("skip", f"{digest.cadence!r} has no such slot any more")
    late = coming and overtaken(job.due, coming.due, state, now, automatic=automatic)
    newer = coming.key if coming and late else None
    first = opening(ws, job.digest, job.due.send_at) if state in ("drafted", "approved") else None
    decision = decide(job.due, state, now, automatic=automatic, rule=rule, newer=newer, opening=first)
    if decision.action == "merge" and coming and coming.state in OUT:
        return Decision("skip", f"{coming.key} {OVERTAKEN}")
    if state in ("drafted", "approved") and decision.action in ("nothing", "wait", "send") and _lacks(ws, job):
        return Decision("draft", "again, with the days of what was merged into it")
    to_be_sent = state == "drafted" and decision.action in ("wait", "send")
    if to_be_sent and digest.skip_empty and _is_empty(ws, job.key, now):
        return Decision("skip", "nothing falls into its window")
    return decision


def _lacks(ws: Workspace, job: Job) -> bool:
    """Whether an issue was merged into this one after its draft was frozen."""
    with ws.store.read() as connection:
        start = slot_rows.covers_from(connection, ws.settings.community.id, job.key)
    return start is not None and start < stored_draft(ws, job.key).slot.window.start


def _enter(ws: Workspace, due: Slot | IssueRow) -> IssueState:
    """Write the slot's row: whoever comes second finds it there."""
    community = ws.settings.community.id
    if isinstance(due, IssueRow):
        return due.state
    with ws.store.begin() as connection:
        issues.insert_slot(connection, community, due)
        row = issues.find_issue(connection, community, due.key)
    return row.state if row else "due"


def _is_empty(ws: Workspace, key: str, now: datetime) -> bool:
    """Whether it has nothing for a newcomer, and no change to tell to anybody who had an issue before."""
    draft = stored_draft(ws, key)
    if not compose(draft, Choices(timezone=draft.community.timezone)).empty:
        return False
    try:
        _, readers = readers_of(ws, key, now)
    except SendRefused:
        return True
    told = composer(ws, draft)
    return all(told(one.choices, one.baseline) is None for one in editions_wanted(readers).values())


def _do(
    ws: Workspace, job: Job, coming: Job | None, decision: Decision, now: datetime, stopping: Callable[[], bool]
) -> Step:
    if decision.action == "draft":
        return _draft(ws, job, now)
    if decision.action == "merge" and coming and isinstance(job.due, Slot):
        return _merge(ws, job.due, coming, decision.why, now)
    if decision.action == "skip":
        return _skip(ws, job.key, decision.why, now)
    if decision.action == "send":
        return _send(ws, job.key, decision.why, now, stopping)
    return Step(job.key, decision.action, decision.why)


def _draft(ws: Workspace, job: Job, now: datetime) -> Step:
    """Draft as of now, however late: what is over by then is not told as if it were to come."""
    rounded = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % ROUND
    slot = as_known(ws, job.due) if isinstance(job.due, Slot) else None
    drafted = draft_issue(ws, job.digest, rounded, slot)
    LOG.info(
        "%s drafted; the editor's file is %s",
        job.key,
        drafted.file,
        extra=about("issue.drafted", ws.settings.community.id, issue=job.key),
    )
    return Step(job.key, "draft", f"hash {drafted.hash[:12]}")


def _merge(ws: Workspace, slot: Slot, coming: Job, why: str, now: datetime) -> Step:
    """Skip the issue, and let the next one begin where this one would have: nothing is missed."""
    community = ws.settings.community.id
    with ws.store.begin() as connection:
        if isinstance(coming.due, Slot):
            issues.insert_slot(connection, community, coming.due)
        start = slot_rows.covers_from(connection, community, slot.key) or slot.window.start
        issues.move(connection, community, slot.key, "skipped", now, by=issues.SCHEDULE, detail=why)
        takes_in = f"covers from {start:%Y-%m-%d}, since {slot.key} was merged into it"
        issues.cover_from(connection, community, coming.key, start, now, takes_in)
    LOG.warning(
        "%s skipped: %s", slot.key, why, extra=about("issue.skipped", ws.settings.community.id, issue=slot.key)
    )
    return Step(slot.key, "merge", why)


def _skip(ws: Workspace, key: str, why: str, now: datetime) -> Step:
    with ws.store.begin() as connection:
        row = issues.find_issue(connection, ws.settings.community.id, key)
        why = f"{why}; it was held: {row.held}" if row and row.held else why
        issues.move(connection, ws.settings.community.id, key, "skipped", now, by=issues.SCHEDULE, detail=why)
    LOG.warning("%s skipped: %s", key, why, extra=about("issue.skipped", ws.settings.community.id, issue=key))
    return Step(key, "skip", why)


def _send(ws: Workspace, key: str, why: str, now: datetime, stopping: Callable[[], bool]) -> Step:
    """Freeze the audience where that is still to do, then hand over what is due until nothing is."""
    sources_as_approved(ws, key, now)
    later = next_wave(ws, key)
    if later and later > now:
        recover(ws, now)
        return Step(key, "wait", f"more of it leaves at {later:%Y-%m-%d %H:%M %Z}")
    still_as_approved(ws, key, now)
    plan = plan_issue(ws, key, edition_renderer(ws, key, now), now, by=issues.SCHEDULE, detail=why)
    publish_issue(ws, key, now)
    with provider_of(ws) as provider:
        while not stopping():
            summary = pump(
                ws,
                provider,
                key,
                ws.clock,
                batch=ws.settings.provider.batch,
                worker_id=this_worker(),
                max_batches=AT_A_STRETCH,
                stopping=stopping,
                sleep=partial(_doze, stopping),
                keeps_pace=BREATH,
            )
            if summary.held:
                return Step(key, "wait", summary.held.why, told=summary.held.guard not in ROUTINE)
            if summary.finished or summary.batches < AT_A_STRETCH:
                break
    LOG.info(
        "%s: %d planned in %d editions",
        key,
        plan.planned,
        plan.editions,
        extra=about("issue.planned", ws.settings.community.id, issue=key, count=plan.planned),
    )
    return Step(key, "send", f"{plan.planned} planned in {plan.editions} editions")


def _doze(stopping: Callable[[], bool], seconds: float) -> None:
    """Sleep, but no longer than until it is to stop."""
    end = time.monotonic() + seconds
    while not stopping() and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, HEED))
