"""Whether an issue has about as many readers as the last one: a list that doubled or vanished is noticed before."""

from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.sending.holding import hold, lift, note
from newsletter.app.workspace import Workspace
from newsletter.delivery.audience_change import differs, refusal
from newsletter.model.guarding import Hold
from newsletter.model.ledger import IssueRow
from newsletter.store import guards


def unlike_the_last(
    connection: Connection, ws: Workspace, issue: IssueRow, readers: int, accepted: int | None
) -> str:
    """Why the issue may not go to so many readers without a word; empty where it may.

    `accepted` is the count that a person named: it must be the very one.
    """
    if accepted is not None and accepted != readers:
        return f"{issue.key} would go to {readers} readers, not to {accepted}; --accept-audience names the very count"
    settings, community = ws.settings.guards, ws.settings.community.id
    last = guards.issue_before(connection, community, issue.digest, None) if issue.kind == "issue" else None
    if last is None or accepted is not None:
        return ""
    before = guards.planned_at_first(connection, last[0])
    if not differs(before, readers, settings.audience_change, settings.audience_least):
        return ""
    return refusal(issue.key, readers, last[1], before, settings.audience_change)


def hold_it(ws: Workspace, key: str, why: str, now: datetime) -> None:
    """Write down, and tell once, that the issue waits for a person's word."""
    with ws.store.begin("hold") as connection:
        hold(connection, ws, Hold("audience", why, None, key), now)


def go_on(connection: Connection, ws: Workspace, key: str, accepted: int | None, now: datetime) -> None:
    """It is planned after all: nothing is held any more, and who named the count stands in its history."""
    standing = guards.standing(connection, ws.settings.community.id, "audience", key)
    if standing and standing.active:
        lift(connection, ws, standing, now)
    if accepted is not None:
        note(connection, ws, key, f"audience: {accepted} readers accepted", now)
