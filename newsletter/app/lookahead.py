"""Tables of what lies ahead: items with their next times, and the slots of a digest."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from newsletter.app.timing import UsageError, read_at, upcoming
from newsletter.app.views import HORIZON, Json, moment
from newsletter.app.workspace import Workspace
from newsletter.dates.cadence.rules import CadenceError
from newsletter.dates.recurrence import last_date, occurrences
from newsletter.dates.wording import full_day_text, time_text
from newsletter.model.issue import Slot, Window
from newsletter.model.item import Item, Reading
from newsletter.model.when import Occurrence, Vague, When


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
            yield item.kind, _next_time(item, found, window, home), title, ", ".join(item.tags), str(item.origin)


def _next_time(item: Item, found: Iterable[Occurrence], window: Window, home: ZoneInfo) -> str:
    times = list(found)
    if not times:
        return _outside(item.when, window, home) if item.when else ""
    text = time_text(times[0], zone=home, clock=12, home=home, home_city="").full
    text += f" ({times[0].status})" if times[0].status != "confirmed" else ""
    return f"{text} and {len(times) - 1} more" if len(times) > 1 else text


def _outside(when: When, window: Window, home: ZoneInfo) -> str:
    """When it was or will be, for what does not take place in the window."""
    if isinstance(when, Vague):
        return when.text
    later = occurrences(when, window.end, window.end + 10 * HORIZON, home=home, limit=1)
    if later:
        first = later[0].start
        return full_day_text(first.astimezone(home).date() if isinstance(first, datetime) else first)
    last, today = last_date(when), window.start.astimezone(home).date()
    if last is None or last > today:
        return full_day_text(last) if last else "no date left"
    return f"over since {last.day} {last:%b}" + (f" {last.year}" if last.year != today.year else "")


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
    found: list[Slot] = []
    try:
        for slot in islice(upcoming(ws, digest, at), count):
            found.append(slot)
    except CadenceError:
        if not found:
            raise
    return found


def slot_json(slot: Slot) -> Json:
    """One slot of `cadence --json`."""
    return {
        "key": slot.key,
        "draft_at": moment(slot.draft_at),
        "send_at": moment(slot.send_at),
        "window": {"start": moment(slot.window.start), "end": moment(slot.window.end)},
    }


def slot_rows(slots: Iterable[Slot]) -> Iterator[tuple[str, str, str, str, str]]:
    """Each slot as a line of a table, in the community's zone: key, draft, send, window and a remark."""
    clocks = ""
    for slot in slots:
        window = _days_text(slot.window.start, slot.window.end)
        yield slot.key, _moment_text(slot.draft_at), _moment_text(slot.send_at), window, _remark(slot, clocks)
        clocks = f"{slot.send_at:%Z}"


def _moment_text(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M %Z}"


def _days_text(start: datetime, end: datetime) -> str:
    """The days from `start` up to the midnight `end`, first and last."""
    last = end.date() - timedelta(days=1)
    years = f" {start.year}" if start.year != last.year else ""
    return f"{start:%a} {start.day} {start:%b}{years} to {last:%a} {last.day} {last:%b %Y}"


def _remark(slot: Slot, clocks: str) -> str:
    """That the clocks changed since the slot before, and which days lie between its window and the next one's."""
    changed = f"clocks: {clocks} to {slot.send_at:%Z}" if clocks not in ("", f"{slot.send_at:%Z}") else ""
    gap = f"and ahead {_days_text(slot.window.end, slot.until)}" if slot.until else ""
    return ", ".join(remark for remark in (changed, gap) if remark)
