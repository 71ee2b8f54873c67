"""What a digest has on its hands at a moment: its slots that have come, and what was begun outside of them.

The next slot is always written down ahead of its time, so that one that is missed, even a digest's first, is known.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.app.timing import upcoming
from newsletter.app.workspace import Workspace
from newsletter.dates.cadence.rules import CadenceError
from newsletter.model.issue import IssueState, Slot
from newsletter.model.ledger import IssueRow
from newsletter.store import issues
from newsletter.store import slots as slot_rows

#: How far back a stopped scheduler looks for slots it missed.
LOOK_BACK = timedelta(days=400)
#: So far the time of a slot may have been moved under the same key.
MOVED = timedelta(days=2)
#: States of an issue with which something is still to be done.
OPEN: tuple[IssueState, ...] = ("due", "drafted", "approved", "sending")


@dataclass(frozen=True, slots=True)
class Job:
    """An issue to decide about; `state` is None where its slot has no row yet."""

    key: str
    digest: str
    due: Slot | IssueRow
    state: IssueState | None


def come(ws: Workspace, name: str, now: datetime) -> tuple[tuple[Slot, ...], str]:
    """The slots whose draft time has come, and why there may be more that cannot be told; the next one is entered."""
    found: list[Slot] = []
    try:
        _enter_next(ws, name, now)
        for slot in upcoming(ws, name, _begin(ws, name, now)):
            if now < min(slot.draft_at, slot.send_at):
                break
            found.append(slot)
    except CadenceError as error:
        return tuple(found), str(error)
    return tuple(found), ""


def _begin(ws: Workspace, name: str, now: datetime) -> datetime:
    """The moment before which no slot needs a look: what lies there is over, or was not asked for then."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        still_open = slot_rows.rows(connection, community, name, *OPEN)
        known = slot_rows.last_known(connection, community, name, now)
    first = min((known or now, *(row.send_at for row in still_open)))
    return max(now - LOOK_BACK, first - MOVED)


def _enter_next(ws: Workspace, name: str, now: datetime) -> None:
    """Write down the next slot ahead of its time: if it is missed, even a digest's first, that will be known."""
    slot, community = next(upcoming(ws, name, now), None), ws.settings.community.id
    if slot is None:
        return
    with ws.store.read() as connection:
        known = slot.key in slot_rows.states(connection, community, name)
    if not known:
        with ws.store.begin() as connection:
            issues.insert_slot(connection, community, slot)


def slot_jobs(ws: Workspace, name: str, slots: Sequence[Slot], now: datetime) -> tuple[Job, ...]:
    """The slots that have a row, and those after the last that has: what lies before was not asked for then."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        states = slot_rows.states(connection, community, name)
        known = slot_rows.last_known(connection, community, name, now)
    return tuple(
        Job(slot.key, name, slot, states.get(slot.key))
        for slot in slots
        if slot.key in states or slot.send_at > (known or now)
    )


def other_jobs(ws: Workspace, name: str, slots: Collection[str], now: datetime) -> Iterator[Job]:
    """What was begun outside of the cadence, or entered under one that has changed since."""
    manual = ws.settings.digests[name].cadence.strip() == "manual"
    states: tuple[IssueState, ...] = ("sending",) if manual else OPEN
    with ws.store.read() as connection:
        rows = slot_rows.rows(connection, ws.settings.community.id, name, *states)
    for row in rows:
        if row.key not in slots and (row.state != "due" or row.send_at <= now):
            yield Job(row.key, name, row, row.state)


def next_of(jobs: Sequence[Job]) -> Job | None:
    """The first of these issues that is still to come out, or is out."""
    return next((job for job in jobs if job.state not in ("skipped", "cancelled")), None)
