"""Corrections and one-offs that are due at a wake-up: what has its time, and what was begun and broke off."""

from datetime import datetime, timedelta
from typing import Literal

from newsletter.app.workspace import Workspace
from newsletter.model.ledger import IssueRow
from newsletter.store import mails

#: A mail whose time passed by more than this while nobody was there waits for a person: it may be out of date.
LATE = timedelta(hours=12)


def due_mails(ws: Workspace, now: datetime) -> tuple[tuple[IssueRow, Literal["send", "wait"], str], ...]:
    """The mails to work on, by send time: which, what to do, and why."""
    with ws.store.read() as connection:
        rows = mails.rows(connection, ws.settings.community.id)
    found = ((row, *_decide(row, now)) for row in rows)
    return tuple((row, action, why) for row, action, why in found if action is not None)


def _decide(row: IssueRow, now: datetime) -> tuple[Literal["send", "wait"] | None, str]:
    if row.state == "sending":
        return "send", "the rest of an audience that is frozen already"
    if not row.scheduled or row.send_at > now or row.state not in ("drafted", "approved"):
        return None, ""
    if row.state == "drafted":
        return "wait", "its time has come, and nobody has approved it yet"
    if now - row.send_at > LATE:
        return "wait", f"its time has passed; look whether it still holds, then newsletter send {row.key}"
    return "send", ""
