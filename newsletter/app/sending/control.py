"""Looking at a mailing and steering it: status, pause, resume, cancel, and the end of a sending."""

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from newsletter.app.accounting.deeds import note
from newsletter.app.sending import fence
from newsletter.app.sending.holding import drop, held_now, holds_json
from newsletter.app.sending.planning import SendRefused, find_issue, mailing_of
from newsletter.app.sending.waves import by_readers_clock, waves_of
from newsletter.app.sending.workers import is_dead
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.delivery.leases import fate
from newsletter.model.delivery import STATES, DeliveryState
from newsletter.model.guarding import Standing
from newsletter.model.issue import IssueState
from newsletter.model.ledger import IssueEvent, IssueRow, Mailing, MailingState
from newsletter.store import issues, mailings, recovery

#: While one of these stands, a mailing is not over. `unknown` is: it waits for evidence, not for us.
UNDER_WAY: tuple[DeliveryState, ...] = ("pending", "claimed", "submitting")
#: What is not sent on purpose, with a reason.
LEFT_OUT: tuple[DeliveryState, ...] = ("skipped", "suppressed")
#: Nothing of these is to leave, so that nothing is held.
OVER: tuple[IssueState, ...] = ("sent", "cancelled", "skipped")


def status(ws: Workspace, key: str) -> dict[str, Any]:
    """What `status --json` prints: the issue's state, its deliveries by state, and its history with reasons.

    The states add up to `planned`; `reasons`, where some were left out, says why, and `guards` what holds it.
    UsageError where there is no issue of that key.
    """
    community, home = ws.settings.community.id, home_zone(ws)
    with ws.store.read() as connection:
        row = find_issue(connection, ws, key)
        report = _report(connection, row, community)
        if reasons := _reasons(connection, mailing_of(connection, ws, row)):
            report["reasons"] = reasons
        if by_readers_clock(ws, row):
            report["waves"] = _waves(connection, ws, row)
        if row.state not in OVER and (held := _held(connection, ws, key)):
            report["guards"] = held
        return report | {"history": [_line(event, home) for event in issues.history(connection, community, key)]}


def _held(connection: Connection, ws: Workspace, key: str) -> list[dict[str, Any]]:
    """What guards keep from leaving; an old copy of the store is seen here even before anybody tried to send."""
    now = ws.clock()
    found = [one for one in held_now(connection, ws, key, now) if one.hold.guard != "restored"]
    if old := fence.old_copy(connection, ws):
        found.insert(0, Standing(old, now))
    return holds_json(ws, found)


def _reasons(connection: Connection, mailing: Mailing | None) -> dict[str, dict[str, int]]:
    """Why deliveries were left out on purpose, and how many for each reason."""
    if mailing is None:
        return {}
    found = {state: Counter(why for *_, why in mailings.listed(connection, mailing.id, state)) for state in LEFT_OUT}
    return {state: dict(sorted(counts.items())) for state, counts in found.items() if counts}


def _waves(connection: Connection, ws: Workspace, row: IssueRow) -> list[dict[str, Any]]:
    mailing = mailing_of(connection, ws, row)
    found = waves_of(connection, ws, row, mailing.id) if mailing else ()
    return [asdict(one) | {"at": one.at.isoformat(), "zones": list(one.zones)} for one in found]


def _line(event: IssueEvent, home: ZoneInfo) -> dict[str, str]:
    at = event.at.astimezone(home).isoformat(timespec="seconds")
    return {"at": at, "state": event.state, "by": event.by, "detail": event.detail}


def overview(ws: Workspace) -> tuple[dict[str, Any], ...]:
    """The status of every issue, by send time."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        return tuple(_report(connection, row, community) for row in issues.in_states(connection, community))


def _report(connection: Connection, issue: IssueRow, community: str) -> dict[str, Any]:
    mailing = mailings.find(connection, community, issue.kind, issue.key)
    states = mailings.counts(connection, mailing.id) if mailing else dict.fromkeys(STATES, 0)
    return {"key": issue.key, "state": issue.state, "planned": sum(states.values()), "states": states}


def stranded(ws: Workspace, key: str, now: datetime) -> int:
    """How many deliveries were being handed over when their sender ended; the next `send` calls them unknown."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        row = issues.find_issue(connection, community, key)
        mailing = mailing_of(connection, ws, row) if row else None
        attempts = recovery.open_attempts(connection, community)
        lost = [one.attempt_id for one in attempts if fate(one, now, dead=is_dead(one.worker)) == "lose"]
        return recovery.held_by(connection, mailing.id, lost) if mailing and lost else 0


def pause(ws: Workspace, key: str, now: datetime, by: str = "") -> None:
    """Stop before the next batch is marked; SendRefused where the issue is not being sent."""
    _steer(ws, key, "paused", "paused", now, by)


def cancel(ws: Workspace, key: str, now: datetime, by: str = "") -> int:
    """Send nothing more of the issue; returns how many deliveries were cancelled. What is on its way stays so.

    An issue that was sent before, and was on its way to those who joined since, is sent as it was.
    """
    with ws.store.begin("cancel") as connection:
        before = issues.history(connection, ws.settings.community.id, key)
        to: Literal["sent", "cancelled"] = "sent" if any(one.state == "sent" for one in before) else "cancelled"
        mailing = _move(connection, ws, key, to, now, by)
        if mailing is None:
            return 0
        mailings.move(connection, mailing.id, to)
        drop(connection, ws, key)
        count = recovery.cancel_rest(connection, mailing.id, now, why=f"cancelled {by}".strip())
        note(connection, ws, "stopped", key, f"{count} deliveries will not be made")
        return count


def finish(ws: Workspace, mailing: Mailing, now: datetime) -> bool:
    """Call the issue sent where nothing of it is under way any more; True where it is sent."""
    with ws.store.read() as connection:  # as nearly always it goes on, and nobody is to wait for that
        if (is_sent := _is_sent(connection, mailing)) is not None:
            return is_sent
    with ws.store.begin("finish") as connection:
        if (is_sent := _is_sent(connection, mailing)) is not None:
            return is_sent
        mailings.move(connection, mailing.id, "sent")
        issues.move(connection, mailing.community, mailing.key, "sent", now)
        return True


def _is_sent(connection: Connection, mailing: Mailing) -> bool | None:
    """Whether it is sent already; None where it is to be called so now."""
    current = mailings.find(connection, mailing.community, mailing.kind, mailing.key)
    if current is None or current.state != "sending":
        return current is not None and current.state == "sent"
    return False if mailings.has_any(connection, mailing.id, UNDER_WAY) else None


def _steer(ws: Workspace, key: str, state: IssueState, to: MailingState, now: datetime, by: str) -> None:
    with ws.store.begin("steer") as connection:
        mailing = mailing_of(connection, ws, find_issue(connection, ws, key))
        if mailing is None:
            raise SendRefused(f"{key} is not being sent")
        _move(connection, ws, key, state, now, by)
        mailings.move(connection, mailing.id, to)
        note(connection, ws, "paused", key)


def _move(
    connection: Connection, ws: Workspace, key: str, state: IssueState, now: datetime, by: str
) -> Mailing | None:
    row = find_issue(connection, ws, key)
    try:
        issues.move(connection, ws.settings.community.id, key, state, now, by)
    except issues.IssueMoveError as error:
        raise SendRefused(str(error)) from error
    return mailing_of(connection, ws, row)
