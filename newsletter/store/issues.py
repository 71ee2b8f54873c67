"""One row per slot: the UNIQUE row is what makes a slot happen once, whoever wakes and however often."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.issue import ISSUE_TRANSITIONS, Draft, IssueState, Slot
from newsletter.model.ledger import IssueEvent, IssueRow
from newsletter.model.reviewing import Approval
from newsletter.store import approvals
from newsletter.store.engine import insert_new
from newsletter.store.tables import issue, issue_event

#: Who acts where nobody did: the cadence.
SCHEDULE = "schedule"
_COLUMNS = tuple(column for column in issue.c if column.name != "community")


class IssueMoveError(Exception):
    """The issue is not in a state from which it may go there; the sentence says which it is in."""


def insert_slot(connection: Connection, community: str, slot: Slot) -> bool:
    """Write the slot's row, state due; False where it stands already."""
    row = {
        "community": community,
        "key": slot.key,
        "digest": slot.digest,
        "state": "due",
        "draft_at": slot.draft_at,
        "send_at": slot.send_at,
    }
    return connection.execute(insert_new(connection, issue), row).rowcount == 1


def find_issue(connection: Connection, community: str, key: str) -> IssueRow | None:
    """The issue of this key."""
    found = sa.select(*_COLUMNS).where(issue.c.community == community, issue.c.key == key)
    row = connection.execute(found).mappings().first()
    return IssueRow(**row) if row else None


def in_states(connection: Connection, community: str, *states: IssueState) -> tuple[IssueRow, ...]:
    """Issues in any of these states (none named: all), by send time."""
    found = sa.select(*_COLUMNS).where(issue.c.community == community).order_by(issue.c.send_at, issue.c.key)
    if states:
        found = found.where(issue.c.state.in_(states))
    return tuple(IssueRow(**row) for row in connection.execute(found).mappings())


def sent_before(connection: Connection, community: str, digest: str, send_at: datetime) -> int:
    """How many issues of the digest went out, or are going out, for slots before this one."""
    found = (
        sa.select(sa.func.count())
        .select_from(issue)
        .where(issue.c.community == community, issue.c.digest == digest, issue.c.send_at < send_at)
        .where(issue.c.state.in_(("sending", "paused", "sent")))
    )
    return connection.execute(found).scalar_one()


def save_draft(connection: Connection, community: str, draft: Draft, text: str, draft_hash: str) -> IssueState:
    """Freeze this draft and say the issue's state after it: an approval of another hash falls.

    IssueMoveError once the issue is being sent, or is over.
    """
    row = _expect(connection, community, draft.key, "drafted")
    _update(connection, community, draft.key, draft=text, draft_hash=draft_hash, held="")
    if row.state == "approved" and row.approved_hash == draft_hash:
        return "approved"
    if row.draft_hash != draft_hash:
        approvals.drop(connection, community, draft.key, draft.as_of)
    _update(connection, community, draft.key, state="drafted", **_NOT_APPROVED)
    _note(connection, community, draft.key, "drafted", draft.as_of, draft_hash=draft_hash)
    return "drafted"


_NOT_APPROVED = {"approved_hash": "", "approved_by": "", "approved_at": None}


def approve(
    connection: Connection,
    community: str,
    key: str,
    draft_hash: str,
    by: str,
    at: datetime,
    *,
    needed: int = 1,
    drift: str = "",
) -> int:
    """Approve exactly this hash, and say how many other people's approvals are still missing.

    The same person again is no change, unless it is of another `drift` that they know of: an issue that waits for
    its sources goes on once as many have approved of that. IssueMoveError where the draft is another by now.
    """
    row = _known(connection, community, key)
    if row.draft_hash != draft_hash:
        raise IssueMoveError(f"the draft of {key} is another by now: look at it again, then approve it")
    if row.state != "approved":
        _expect(connection, community, key, "approved")
    elif not drift:
        return 0
    known = _names(approvals.standing(connection, community, key, draft_hash), drift)
    if by.casefold() not in known:
        approvals.add(connection, community, key, Approval(by, at, draft_hash, drift))
    missing = max(0, needed - len({*known, by.casefold()}))
    _count_approval(connection, community, row, by, at, missing, drift)
    return missing


def _names(given: Iterable[Approval], drift: str) -> set[str]:
    """The people who approved, or who approved knowing of this drift."""
    return {one.by.casefold() for one in given if not drift or one.drift == drift}


def _count_approval(
    connection: Connection, community: str, row: IssueRow, by: str, at: datetime, missing: int, drift: str
) -> None:
    """Move the issue where nobody's approval is missing, and note it in any case."""
    more = f"{missing} more needed" if missing else ""
    words = ", ".join(filter(None, ("although its sources moved" if drift else "", more)))
    if missing:
        _note(connection, community, row.key, row.state, at, by=by, draft_hash=row.draft_hash, detail=f"yes, {words}")
        return
    values = {"state": "approved", "approved_hash": row.draft_hash, "approved_by": by, "approved_at": at, "held": ""}
    _update(connection, community, row.key, **values)
    _note(connection, community, row.key, "approved", at, by=by, draft_hash=row.draft_hash, detail=words)


def revoke(connection: Connection, community: str, key: str, by: str, at: datetime) -> None:
    """Take every approval back; IssueMoveError where there is none to take."""
    row = _known(connection, community, key)
    given = approvals.standing(connection, community, key, row.draft_hash)
    if row.state != "approved" and not (row.state == "drafted" and given):
        raise IssueMoveError(f"issue {key} is {row.state}: there is no approval to take back")
    approvals.drop(connection, community, key, at, by)
    _update(connection, community, key, state="drafted", held="", **_NOT_APPROVED)
    _note(connection, community, key, "drafted", at, by=by, draft_hash=row.draft_hash)


def hold(connection: Connection, community: str, key: str, why: str, at: datetime) -> bool:
    """Let an approved issue wait, and write down why; without a reason it goes on. True where that is news."""
    row = _known(connection, community, key)
    if row.held == why or row.state != "approved":
        return False
    _update(connection, community, key, held=why)
    detail = f"held: {why}" if why else "no longer held: its sources say again what was approved"
    _note(connection, community, key, row.state, at, by=SCHEDULE, draft_hash=row.draft_hash, detail=detail)
    return True


def remark(connection: Connection, community: str, key: str, detail: str, at: datetime, by: str = SCHEDULE) -> None:
    """Write a line into the issue's history that moves nothing."""
    row = _known(connection, community, key)
    _note(connection, community, key, row.state, at, by=by, draft_hash=row.draft_hash, detail=detail)


def move(
    connection: Connection,
    community: str,
    key: str,
    state: IssueState,
    at: datetime,
    by: str = "",
    detail: str = "",
) -> None:
    """Take the issue to another state, and write down why; IssueMoveError where the state table has no such step."""
    row = _expect(connection, community, key, state)
    _update(connection, community, key, state=state)
    _note(connection, community, key, state, at, by=by, draft_hash=row.draft_hash, detail=detail)


def cover_from(connection: Connection, community: str, key: str, start: datetime, at: datetime, detail: str) -> None:
    """Let the issue's window begin at `start` where it began later, and write down why."""
    row = _known(connection, community, key)
    earliest = min(start, row.covers_from) if row.covers_from else start
    _update(connection, community, key, covers_from=earliest)
    _note(connection, community, key, row.state, at, by=SCHEDULE, draft_hash=row.draft_hash, detail=detail)


def history(connection: Connection, community: str, key: str) -> tuple[IssueEvent, ...]:
    """Everything that became of the issue, in order."""
    found = (
        sa.select(issue_event.c.at, issue_event.c.state, issue_event.c.by, issue_event.c.detail)
        .where(issue_event.c.community == community, issue_event.c.key == key)
        .order_by(issue_event.c.id)
    )
    return tuple(IssueEvent(**row) for row in connection.execute(found).mappings())


def _known(connection: Connection, community: str, key: str) -> IssueRow:
    row = find_issue(connection, community, key)
    if row is None:
        raise IssueMoveError(f"there is no issue {key}")
    return row


def _expect(connection: Connection, community: str, key: str, state: IssueState) -> IssueRow:
    row = _known(connection, community, key)
    if state not in ISSUE_TRANSITIONS[row.state]:
        raise IssueMoveError(f"issue {key} is {row.state}: it cannot become {state}")
    return row


def _update(connection: Connection, community: str, key: str, **values: object) -> None:
    mine = sa.update(issue).where(issue.c.community == community, issue.c.key == key)
    connection.execute(mine.values(values))


def _note(
    connection: Connection,
    community: str,
    key: str,
    state: IssueState,
    at: datetime,
    by: str = "",
    draft_hash: str = "",
    detail: str = "",
) -> None:
    row = {
        "community": community,
        "key": key,
        "at": at,
        "state": state,
        "by": by,
        "hash": draft_hash,
        "detail": detail,
    }
    connection.execute(sa.insert(issue_event).values(row))
