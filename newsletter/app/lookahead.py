"""Tables of what lies ahead: items with their next times, and the slots of a digest."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from newsletter.app.timing import UsageError, read_at, upcoming
from newsletter.app.views import HORIZON, Json, moment
from newsletter.app.workspace import Workspace
from newsletter.dates.recurrence import occurrences
from newsletter.dates.wording import time_text
from newsletter.model.issue import Slot, Window
from newsletter.model.item import Item, Reading
from newsletter.model.when import Occurrence, Vague


def chosen_window(ws: Workspace, start: str | None, end: str | None, at: datetime) -> Window:
    """`--from` and `--to`, half-open; by default the next 400 days."""
    first = read_at(ws, start) if start else at
    last = read_at(ws, end) if end else first + HORIZON
    if last <= first:
        raise UsageError(f"--to {last:%Y-%m-%d} must lie after --from {first:%Y-%m-%d}")
    return Window(first, last)


def item_rows(
    reading: Reading, window: Window, home: ZoneInfo, *, selected: bool
) -> Iterator[tuple[str, str, str, str, str]]:
    """Kind, next time, title, tags and where it stands; items held back say so."""
    for item in reading.items:
        found = occurrences(item.when, window.start, window.end, home=home) if item.when else ()
        if found or not selected:
            title = f"{item.title} (held back)" if item.held_back else item.title
            yield item.kind, _next_time(item, found, home), title, ", ".join(item.tags), str(item.origin)


def _next_time(item: Item, found: Iterable[Occurrence], home: ZoneInfo) -> str:
    times = list(found)
    if not times:
        return item.when.text if isinstance(item.when, Vague) else ""
    text = time_text(times[0], zone=home, clock=12, home=home, home_city="").full
    text += f" ({times[0].status})" if times[0].status != "confirmed" else ""
    return f"{text} and {len(times) - 1} more" if len(times) > 1 else text


def source_rows(reading: Reading) -> Iterator[tuple[str, str, int, int, int, int, int]]:
    """How each source fared."""
    for report in reading.sources:
        yield (
            report.name,
            report.format,
            report.files,
            report.events,
            report.announcements,
            report.pages,
            report.held_back,
        )


def next_slots(ws: Workspace, digest: str, at: datetime, count: int) -> list[Slot]:
    """The next `count` slots at or after `at`; fewer where terms or the cadence end."""
    return list(islice(upcoming(ws, digest, at), count))


def slot_json(slot: Slot) -> Json:
    """One slot of `cadence --json`."""
    return {
        "key": slot.key,
        "draft_at": moment(slot.draft_at),
        "send_at": moment(slot.send_at),
        "window": {"start": moment(slot.window.start), "end": moment(slot.window.end)},
    }


def slot_row(slot: Slot) -> tuple[str, ...]:
    """One slot as a line of a table, in the community's zone."""
    times = (slot.draft_at, slot.send_at)
    days = (slot.window.start, slot.window.end)
    return (slot.key, *(f"{at:%a %d %b %Y, %H:%M %Z}" for at in times), *(f"{day:%a %d %b %Y}" for day in days))
