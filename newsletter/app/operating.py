"""One wake-up: looks at every digest's slots, drafts and sends what is due, and writes down what was missed.

Any number of wakers may do this on one store: the slot's row, the state table and the ledger make all happen once.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from newsletter.app.dispatching import edition_renderer, provider_of
from newsletter.app.editing import draft_issue, stored_draft
from newsletter.app.planning import SendRefused, plan_issue
from newsletter.app.sending import pump, this_worker
from newsletter.app.timing import slot_for, upcoming
from newsletter.app.workspace import Workspace
from newsletter.compose.issue import compose
from newsletter.dates.catch_up import Action, Decision, decide, parse_catch_up
from newsletter.model.issue import Choices, IssueState, Slot
from newsletter.model.ledger import IssueRow
from newsletter.store import issues
from newsletter.store import slots as slot_rows

LOG = logging.getLogger(__name__)
#: How far back a stopped scheduler looks for slots it missed.
LOOK_BACK = timedelta(days=400)
#: Batches between two looks at whether to stop.
AT_A_STRETCH = 10
#: Drafts are as of a round moment, so that two wakers freeze the same bytes.
ROUND = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Step:
    """What was done about one issue, or what it waits for."""

    key: str
    action: Action
    why: str = ""


@dataclass(frozen=True, slots=True)
class TickResult:
    """What one wake-up did, in the order of config.toml and of time; nothing is left out but what needed nothing."""

    steps: tuple[Step, ...] = ()

    def keys(self, action: Action) -> tuple[str, ...]:
        """The issues with which this was done."""
        return tuple(step.key for step in self.steps if step.action == action)


def new_waits(before: TickResult, after: TickResult) -> tuple[Step, ...]:
    """What waits now and did not at the wake-up before, or for another reason: worth a line in the log, once."""
    return tuple(step for step in after.steps if step.action == "wait" and step not in before.steps)


@dataclass(frozen=True, slots=True)
class _Job:
    """An issue to decide about; `state` is None where its slot has no row yet."""

    key: str
    digest: str
    due: Slot | IssueRow
    state: IssueState | None


def tick(ws: Workspace, now: datetime, stopping: Callable[[], bool] = lambda: False) -> TickResult:
    """Do what is due at `now` (aware); when `stopping` says so, a sending ends after the batches under way.

    An issue that cannot be worked on is logged and does not hold up the others.
    """
    steps: list[Step] = []
    for name in ws.settings.digests:
        jobs = tuple(_jobs(ws, name, now))
        due = [job.key for job in jobs if job.due.send_at <= now]
        for job in jobs:
            newer = due[-1] if job.key in due[:-1] else None
            if not stopping():
                steps.append(_step(ws, job, now, newer, stopping))
    return TickResult(tuple(step for step in steps if step.action != "nothing"))


def _jobs(ws: Workspace, name: str, now: datetime) -> Iterator[_Job]:
    """The slots whose draft time has come, ascending; then what was approved or begun outside of the cadence.

    A digest that never had an issue begins with its next slot: what lies before the first start was not missed.
    """
    community = ws.settings.community.id
    with ws.store.read() as connection:
        states = slot_rows.states(connection, community, name)
        under_way = issues.in_states(connection, community, "approved", "sending")
    slots = tuple(_come(ws, name, now))
    began = next((index for index, slot in enumerate(slots) if slot.key in states), None)
    for slot in slots if began is None else slots[began:]:
        if began is not None or slot.send_at >= now:
            yield _Job(slot.key, name, slot, states.get(slot.key))
    keys = {slot.key for slot in slots}
    manual = ws.settings.digests[name].cadence.strip() == "manual"
    for row in under_way:
        if row.digest == name and row.key not in keys and not (manual and row.state == "approved"):
            yield _Job(row.key, name, row, row.state)


def _come(ws: Workspace, name: str, now: datetime) -> Iterator[Slot]:
    slots = upcoming(ws, name, now - LOOK_BACK)
    return takewhile(lambda slot: slot.draft_at <= now or slot.send_at <= now, slots)


def _step(ws: Workspace, job: _Job, now: datetime, newer: str | None, stopping: Callable[[], bool]) -> Step:
    """Decide about one issue and do it; what keeps it from being done is logged and waits for the next wake-up."""
    try:
        return _do(ws, job, _decide(ws, job, now, newer), now, stopping)
    except issues.IssueMoveError as error:
        # Another waker, or a person, was quicker: that is what the state table is for.
        return Step(job.key, "nothing", str(error))
    except SendRefused as error:
        return Step(job.key, "wait", str(error))
    except Exception as error:
        LOG.exception("%s could not be worked on", job.key)
        return Step(job.key, "wait", f"{type(error).__name__}: {error}")


def _decide(ws: Workspace, job: _Job, now: datetime, newer: str | None) -> Decision:
    digest = ws.settings.digests[job.digest]
    state = job.state or _enter(ws, job.due)
    rule, automatic = parse_catch_up(digest.catch_up), digest.review == "automatic"
    decision = decide(job.due, state, now, automatic=automatic, rule=rule, newer=newer)
    to_be_sent = state == "drafted" and decision.action in ("wait", "send")
    if to_be_sent and digest.skip_empty and _is_empty(ws, job.key):
        return Decision("skip", "nothing falls into its window")
    return decision


def _enter(ws: Workspace, due: Slot | IssueRow) -> IssueState:
    """Write the slot's row: whoever comes second finds it there."""
    community = ws.settings.community.id
    if isinstance(due, IssueRow):
        return due.state
    with ws.store.begin() as connection:
        issues.insert_slot(connection, community, due)
        row = issues.find_issue(connection, community, due.key)
    return row.state if row else "due"


def _is_empty(ws: Workspace, key: str) -> bool:
    draft = stored_draft(ws, key)
    return compose(draft, Choices(timezone=draft.community.timezone)).empty


def _do(ws: Workspace, job: _Job, decision: Decision, now: datetime, stopping: Callable[[], bool]) -> Step:
    if decision.action == "draft":
        return _draft(ws, job, now)
    if decision.action == "skip":
        return _skip(ws, job.key, decision.why, now)
    if decision.action == "send":
        return _send(ws, job.key, now, stopping)
    return Step(job.key, decision.action, decision.why)


def _draft(ws: Workspace, job: _Job, now: datetime) -> Step:
    drafted = draft_issue(ws, job.digest, _as_of(ws, job, now))
    LOG.info("%s drafted; the editor's file is %s", job.key, drafted.file)
    return Step(job.key, "draft", f"hash {drafted.hash[:12]}")


def _as_of(ws: Workspace, job: _Job, now: datetime) -> datetime:
    """The moment the draft is as of: a round one, at which this slot is the digest's next."""
    rounded = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % ROUND
    as_of = min(rounded, job.due.send_at)
    return as_of if slot_for(ws, job.digest, as_of).key == job.key else job.due.send_at


def _skip(ws: Workspace, key: str, why: str, now: datetime) -> Step:
    with ws.store.begin() as connection:
        issues.move(connection, ws.settings.community.id, key, "skipped", now, by=f"schedule: {why}")
    LOG.warning("%s skipped: %s", key, why)
    return Step(key, "skip", why)


def _send(ws: Workspace, key: str, now: datetime, stopping: Callable[[], bool]) -> Step:
    """Freeze the audience where that is still to do, then hand over what is due until nothing is."""
    plan = plan_issue(ws, key, edition_renderer(ws, key), now)
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
            )
            if summary.finished or summary.batches < AT_A_STRETCH:
                break
    LOG.info("%s: %d planned in %d editions", key, plan.planned, plan.editions)
    return Step(key, "send", f"{plan.planned} planned in {plan.editions} editions")
