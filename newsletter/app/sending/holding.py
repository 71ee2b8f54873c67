"""Writing down what a guard holds, and telling it once: in the issue's history, and to the operator."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from newsletter.app.alerting import sound_alert
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.model.guarding import GuardName, Hold, Standing
from newsletter.model.joining import Alert
from newsletter.store import guards, issues

#: What these hold is as the operator wanted it: it stands in the history, once, and alerts nobody.
ROUTINE: frozenset[GuardName] = frozenset({"pace", "warm-up", "canary"})
#: Who acts where a guard does.
BY = "guard"


def hold(
    connection: Connection, ws: Workspace, one: Hold, now: datetime, data: Mapping[str, Any] | None = None
) -> None:
    """Write the hold down; it is told where it is new, and not again while it lasts."""
    community = ws.settings.community.id
    before = guards.standing(connection, community, one.guard, one.about)
    lasting = before is not None and before.active
    known = data if data is not None else before.data if before else {}
    if before is None or not lasting or before.hold != one or before.data != known:
        since = before.since if before and lasting else now
        guards.keep(connection, community, Standing(one, since, True, known))
    if not lasting and not (before and one.guard == "pace"):
        _tell(connection, ws, one, now)


def _tell(connection: Connection, ws: Workspace, one: Hold, now: datetime) -> None:
    if one.about:
        note(connection, ws, one.about, f"{one.guard}: {one.why}", now)
    if one.guard not in ROUTINE:
        alert(
            connection, ws, one.guard, f"{now.isoformat()} {one.about}", f"{_of(one)}{one.why}", now, issue=one.about
        )


def lift(
    connection: Connection, ws: Workspace, standing: Standing, now: datetime, data: Mapping[str, Any] | None = None
) -> None:
    """Write down that it is held no longer; who was told of the hold is told of its end."""
    one = standing.hold
    kept = standing.data if data is None else data
    guards.keep(connection, ws.settings.community.id, Standing(one, standing.since, False, kept))
    if not standing.active or one.guard == "pace":
        return
    if one.about:
        note(connection, ws, one.about, f"{one.guard}: no longer held", now)
    if one.guard not in ROUTINE:
        text = f"{_of(one)}{one.guard}: it goes on again"
        alert(connection, ws, one.guard, f"{now.isoformat()} over {one.about}", text, now)


def drop(connection: Connection, ws: Workspace, key: str) -> None:
    """Forget what holds a mailing of which nothing more is sent."""
    for one in guards.active(connection, ws.settings.community.id, (key,)):
        guards.keep(connection, ws.settings.community.id, replace(one, active=False))


def _of(one: Hold) -> str:
    return f"{one.about}: " if one.about and one.about not in one.why else ""


def note(connection: Connection, ws: Workspace, key: str, text: str, now: datetime) -> None:
    """A line in the history of an issue, a correction or a one-off; service mails have none."""
    if issues.find_issue(connection, ws.settings.community.id, key):
        issues.remark(connection, ws.settings.community.id, key, text, now, by=BY)


def alert(
    connection: Connection, ws: Workspace, guard: GuardName, about: str, text: str, now: datetime, **ids: object
) -> None:
    """Tell the operator, once for what it is about; `ids` are fields of the line in the log."""
    sound_alert(connection, ws, Alert(f"guard-{guard}", about[:80], now, text), **ids)


def held_now(connection: Connection, ws: Workspace, key: str, now: datetime) -> tuple[Standing, ...]:
    """What keeps this mailing from leaving, as far as it is written down; what has run out by itself is not."""
    found = guards.active(connection, ws.settings.community.id, ("", key))
    return tuple(one for one in found if one.hold.until is None or one.hold.until > now)


def holds_json(ws: Workspace, found: Collection[Standing]) -> list[dict[str, Any]]:
    """The holds for `status --json`: guard, why, since and until (community's zone; null while nobody can say)."""
    home = home_zone(ws)
    return [
        {
            **{name: value for name, value in asdict(one.hold).items() if name in ("guard", "why")},
            "since": one.since.astimezone(home).isoformat(timespec="seconds"),
            "until": one.hold.until.astimezone(home).isoformat(timespec="seconds") if one.hold.until else None,
        }
        for one in found
    ]
