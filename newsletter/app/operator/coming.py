"""The issues to come: the next ones of each digest, when they are drafted and sent, and how far they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.lookahead import next_slots
from newsletter.app.operator.words import ago_text, moment_text
from newsletter.app.timing import UsageError, home_zone
from newsletter.app.workspace import Workspace
from newsletter.dates.cadence.rules import CadenceError
from newsletter.model.issue import Slot
from newsletter.store import slots as slot_rows

#: So many of each digest.
OF_EACH, MOST = 2, 5


@dataclass(frozen=True, slots=True)
class ComingIssue:
    """An issue to come; `state` is empty while it has no row."""

    key: str
    title: str
    state: str
    draft: str
    send: str
    sends_in: str


@dataclass(frozen=True, slots=True)
class Coming:
    """The issues to come by send time, and of which digests none can be told, with why."""

    issues: tuple[ComingIssue, ...]
    without: tuple[str, ...]


def coming(ws: Workspace, connection: Connection, now: datetime) -> Coming:
    """What leaves next."""
    found, without = [], []
    for name, digest in ws.settings.digests.items():
        try:
            found += [(slot.send_at, one) for slot, one in _of_digest(ws, connection, name, now)]
        except (CadenceError, UsageError) as error:
            without.append(f"{digest.title}: {error}")
    return Coming(tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))[:MOST], tuple(without))


def _of_digest(ws: Workspace, connection: Connection, name: str, now: datetime) -> Iterator[tuple[Slot, ComingIssue]]:
    states = slot_rows.states(connection, ws.settings.community.id, name)
    zone, title = home_zone(ws), ws.settings.digests[name].title
    for slot in next_slots(ws, name, now, OF_EACH):
        draft, send = moment_text(slot.draft_at, zone, now), moment_text(slot.send_at, zone, now)
        state = states.get(slot.key) or ""
        yield slot, ComingIssue(slot.key, title, state, draft, send, ago_text(slot.send_at, now))
