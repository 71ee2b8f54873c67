"""The rows behind a number: deliveries with their readers, whose addresses are masked until somebody opens them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.list_addresses import PREFIX
from newsletter.app.operator.words import MEANINGS, ago_text, moment_text, name_of, states_of
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.model.operator import DeliveryRow, IssueCounts
from newsletter.people.address import parse_address
from newsletter.people.masking import masked
from newsletter.redaction import redact
from newsletter.store import operator

#: Rows of a page, and how far one may leaf: beyond that a filter helps more.
ON_A_PAGE, MOST_PAGES = 50, 200
#: More than these are not put in order for one page of them.
MOST_SORTED = 5_000
#: Deliveries that are shown of one reader.
MOST_OF_ONE = 50


@dataclass(frozen=True, slots=True)
class RowView:
    """One delivery as it is shown; `reader` is masked unless it was opened."""

    id: str
    key: str
    reader: str
    state: str
    why: str
    tries: int
    when: str
    ago: str


@dataclass(frozen=True, slots=True)
class RowsPage:
    """One page of an issue's deliveries, `number` of `pages` (from 1); `total` rows of `base` planned."""

    show: str
    name: str
    meaning: str
    total: int
    base: int
    number: int
    pages: int
    rows: tuple[RowView, ...]
    opened: bool = False


@dataclass(frozen=True, slots=True)
class NoteView:
    """A line of a delivery's history."""

    when: str
    kind: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery with all that became of it."""

    row: RowView
    list: str
    meaning: str
    notes: tuple[NoteView, ...]
    opened: bool = False


def rows_page(
    ws: Workspace, connection: Connection, one: IssueCounts, show: str, number: int, *, opened: bool, now: datetime
) -> RowsPage:
    """A page of the deliveries that a name stands for; a page that there is not becomes the last."""
    states = states_of(show)
    show = show if show in MEANINGS else "all"
    total = one.count(*states)
    pages = min(MOST_PAGES, max(1, -(-total // ON_A_PAGE)))
    number = min(max(1, number), pages)
    skipped, few = (number - 1) * ON_A_PAGE, total <= MOST_SORTED
    found = operator.deliveries(connection, one.mailing_id, states, ON_A_PAGE, skipped, sort=few)
    rows = rows_of(ws, found, now, opened=opened)
    return RowsPage(show, name_of(show), MEANINGS[show], total, one.planned, number, pages, rows, opened)


def rows_of(ws: Workspace, found: Iterable[DeliveryRow], now: datetime, *, opened: bool) -> tuple[RowView, ...]:
    """Deliveries as they are shown."""
    return tuple(_row(ws, one, now, opened=opened) for one in found)


def _row(ws: Workspace, one: DeliveryRow, now: datetime, *, opened: bool) -> RowView:
    return RowView(
        one.id,
        one.key,
        reader_of(ws, one, opened=opened),
        name_of(one.state),
        redact(one.reason),
        one.tries,
        moment_text(one.updated_at, home_zone(ws), now),
        ago_text(one.updated_at, now),
    )


def reader_of(ws: Workspace, one: DeliveryRow, *, opened: bool) -> str:
    """Who it goes to: a whole list stands in the settings, and somebody who was erased is nobody any more."""
    if one.subscriber_id.startswith(PREFIX):
        entry = ws.settings.lists.get(one.subscriber_id.removeprefix(PREFIX))
        return entry.address if entry else one.subscriber_id
    if not one.address:
        return "erased"
    return one.address if opened else masked(one.address) or "…"


def delivery_view(
    ws: Workspace, connection: Connection, one: DeliveryRow, now: datetime, *, opened: bool
) -> DeliveryView:
    """A delivery with its history."""
    zone = home_zone(ws)
    notes = tuple(
        NoteView(moment_text(note.at, zone, now), note.kind, name_of(note.state), redact(note.detail))
        for note in operator.notes_of(connection, one.id)
    )
    row = _row(ws, one, now, opened=opened)
    return DeliveryView(row, one.list, MEANINGS.get(one.state, ""), notes, opened)


def deliveries_to(ws: Workspace, connection: Connection, typed: str, now: datetime) -> tuple[RowView, ...]:
    """The last deliveries to whoever has this address; they are shown masked."""
    key = parse_address(typed).key
    found = operator.deliveries_to(connection, ws.settings.community.id, key, MOST_OF_ONE) if key else ()
    return rows_of(ws, found, now, opened=False)
