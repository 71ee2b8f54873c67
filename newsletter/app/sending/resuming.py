"""A person lets go on what a guard holds: an issue by its key, or a store that was restored."""

from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.accounting.deeds import note, note_alone
from newsletter.app.sending import canaries, fence
from newsletter.app.sending.holding import BY, lift
from newsletter.app.sending.planning import SendRefused, find_issue, mailing_of
from newsletter.app.sending.rates import RATES
from newsletter.app.workspace import Workspace
from newsletter.model.guarding import GuardName, Road
from newsletter.store import guards, issues, mailings

#: What a person may let go on by the issue's key; a road that is left alone is then tried at once.
ENDED_BY_HAND: frozenset[GuardName] = frozenset({*RATES, "canary", "breaker"})


def resume(ws: Workspace, key: str, now: datetime, by: str = "") -> None:
    """Let go on what is paused, or what waits behind its first readers; SendRefused where it is neither."""
    community = ws.settings.community.id
    with ws.store.begin("steer") as connection:
        row = find_issue(connection, ws, key)
        mailing = mailing_of(connection, ws, row)
        if mailing is None:
            raise SendRefused(f"{key} is not being sent")
        note(connection, ws, "resumed", key)
        waited = _end_holds(connection, ws, key, now, paused=row.state == "paused")
        if row.state == "sending" and waited:
            return
        try:
            issues.move(connection, community, key, "sending", now, by)
        except issues.IssueMoveError as error:
            raise SendRefused(str(error)) from error
        mailings.move(connection, mailing.id, "sending")


def _end_holds(connection: Connection, ws: Workspace, key: str, now: datetime, *, paused: bool) -> bool:
    """End what a person may end; a pause by hand leaves alone what runs out by itself."""
    found = guards.active(connection, ws.settings.community.id, ("", key))
    ended = [one for one in found if one.hold.guard in ENDED_BY_HAND and paused == (one.hold.until is None)]
    for one in ended:
        if one.hold.guard == "canary":
            canaries.end_wait(connection, ws, one, now)
        else:
            lift(connection, ws, one, now)
        if one.hold.guard == "breaker":
            guards.set_road(connection, ws.settings.community.id, Road())
    return bool(ended)


def take_up_restored(ws: Workspace, now: datetime, by: str = "") -> tuple[str, ...]:
    """Go on with a store that was restored; the keys of what was being sent, which is paused now.

    SendRefused where the store is no older copy of itself.
    """
    try:
        paused = fence.take_up(ws, now, by or BY)
    except ValueError as error:
        raise SendRefused(str(error)) from error
    note_alone(ws, "released", detail=f"{len(paused)} mailings paused")
    return paused
