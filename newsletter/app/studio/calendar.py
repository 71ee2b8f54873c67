"""The next issues of every digest: when each is drafted, asked for once more, and sent, in two zones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from newsletter.app.lookahead import next_slots
from newsletter.app.simulating import picture, simulate
from newsletter.app.studio.scene import Scene
from newsletter.app.timing import UsageError, home_zone, read_at
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.dates.cadence.parsing import parse_lead
from newsletter.dates.cadence.rules import CadenceError
from newsletter.model.issue import Slot
from newsletter.store import slots as slot_rows

ISSUES = 12
#: Days that the picture looks ahead.
PICTURE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment on the community's clock, and in UTC."""

    here: str
    utc: str


@dataclass(frozen=True, slots=True)
class Coming:
    """One issue to come: its window's first and last day, and its times; `approve` is when it is asked for again."""

    key: str
    state: str
    days: str
    draft: Moment
    approve: Moment | None
    send: Moment


@dataclass(frozen=True, slots=True)
class Schedule:
    """A digest's next issues, or why there are none to tell."""

    digest: str
    title: str
    cadence: str
    issues: tuple[Coming, ...] = ()
    why_none: str = ""


def picture_ahead(root: Path, at: str | None, environ: Mapping[str, str], clock: Callable[[], datetime]) -> str:
    """What every persona would get in the next PICTURE_DAYS, as SVG; it takes long, and opens a workspace for it."""
    ws = open_workspace(root, environ, clock)
    try:
        moment = read_at(ws, at)
        return picture(ws, moment, PICTURE_DAYS, simulate(ws, moment, PICTURE_DAYS), page=False)
    finally:
        ws.store.close()


def schedules(scene: Scene) -> tuple[Schedule, ...]:
    """The next ISSUES of every digest, as of the moment that is looked at."""
    return tuple(_schedule(scene.ws, name, scene.at) for name in scene.ws.settings.digests)


def _schedule(ws: Workspace, name: str, at: datetime) -> Schedule:
    digest = ws.settings.digests[name]
    try:
        slots = next_slots(ws, name, at, ISSUES)
    except (CadenceError, UsageError) as error:
        return Schedule(name, digest.title, digest.cadence, why_none=str(error))
    with ws.store.read() as connection:
        states = slot_rows.states(connection, ws.settings.community.id, name)
    if not slots:
        return Schedule(name, digest.title, digest.cadence, why_none="It leaves when somebody sends it.")
    coming = tuple(_coming(ws, slot, states.get(slot.key) or "") for slot in slots)
    return Schedule(name, digest.title, digest.cadence, coming)


def _coming(ws: Workspace, slot: Slot, state: str) -> Coming:
    zone, window = home_zone(ws), slot.window
    lead = ws.settings.editors.remind if ws.settings.digests[slot.digest].review != "automatic" else ""
    asked = _moment(slot.send_at - parse_lead(lead), zone) if lead else None
    days = f"{window.start.day} {window.start:%b} up to {window.end.day} {window.end:%b}"
    return Coming(slot.key, state, days, _moment(slot.draft_at, zone), asked, _moment(slot.send_at, zone))


def _moment(at: datetime, zone: ZoneInfo) -> Moment:
    local = at.astimezone(zone)
    return Moment(f"{local:%a} {local.day} {local:%b, %H:%M %Z}", f"{at.astimezone(UTC):%a %H:%M} UTC")
