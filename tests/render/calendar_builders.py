"""Events of every shape as items, and three readers of the calendars made of them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from hypothesis import strategies as st

from newsletter.dates.recurrence import occurrences
from newsletter.language.languages import ENGLISH
from newsletter.model.item import Item, Place
from newsletter.model.problem import Origin
from newsletter.model.publishing import Revision
from newsletter.model.when import AllDay, Instant, Override, Recurrence, Sessions, WeeklyRange, When
from newsletter.model.workspace import SourceSettings, TopicSettings
from newsletter.render.calendar.document import calendar
from newsletter.render.calendar.events import Publisher
from newsletter.render.calendar.revising import Reread, revise
from newsletter.sources.blob import Blob
from newsletter.sources.registry import SourceContext, read_source

SEATTLE = "America/Los_Angeles"
ZONES = (SEATTLE, "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
PUBLISHED = datetime(2026, 12, 1, 17, tzinfo=UTC)
PUBLISHER = Publisher("data-lab", "Cascadia Data Science Lab", "data@example.org", ENGLISH)
TOPICS = (("deep-dives", TopicSettings(title="Deep dives", tags=("deep-dive",))),)


def item(when: When | None, title: str = "Missing data, honestly", **values: object) -> Item:
    """A public event of one page."""
    base: dict[str, object] = {
        "id": "events:content/events/2026-12-08-missing-data.md",
        "kind": "event",
        "title": title,
        "origins": (Origin("events", "content/events/2026-12-08-missing-data.md", 1),),
        "when": when,
        "place": Place("in_person", "Lakeview 1.203"),
        "url": "https://data.example.org/missing-data",
        "tags": ("deep-dive",),
    }
    return Item(**(base | values))  # type: ignore[arg-type]


def at(text: str, hours: float = 1.5, zone: str = SEATTLE) -> Instant:
    """One start on a wall clock."""
    start = datetime.fromisoformat(text)
    return Instant(start, start + timedelta(hours=hours) if hours else None, zone)


def published(
    *items: Item, before: Iterable[Revision] = (), now: datetime = PUBLISHED, **values: object
) -> dict[str, Revision]:
    """All revisions after these items were read and published on top of those before."""
    known = {one.item_id: one for one in before}
    reading = Reread(items, values.get("problems", ()), values.get("at", now))  # type: ignore[arg-type]
    return known | {one.item_id: one for one in revise(known, reading, TOPICS, PUBLISHER, now)}


def file_of(*items: Item) -> bytes:
    """The calendar of these items."""
    return calendar("Deep dives", "", published(*items).values())


def ours(one: Item) -> list[tuple[str, str]]:
    """What our own recurrence says takes place: starts and ends, in UTC or as dates."""
    assert one.when is not None
    found = occurrences(one.when, START, END, home=ZoneInfo("UTC"))
    return sorted((_plain(each.start), _last(each.end, each.start)) for each in found if each.status != "cancelled")


def theirs(data: bytes) -> list[tuple[str, str]]:
    """What a calendar program sees of the file (icalendar, strictly, and recurring_ical_events)."""
    feed = icalendar.Calendar.from_ical(data)
    assert [fault for part in feed.walk() for fault in part.errors] == []
    found = recurring_ical_events.of(feed).between(START, END)
    live = [each for each in found if each.get("STATUS") != "CANCELLED"]
    return sorted((_plain(each.start), _shown_end(each)) for each in live)


def read_again(data: bytes) -> list[tuple[str, str]]:
    """What our own calendar reader makes of the file."""
    source = SourceSettings(name="again", format="ics", path="again.ics", midnight_is_date=False)
    reading = read_source(source, [Blob("again.ics", data)], SourceContext("UTC", {}))
    assert [str(one) for one in reading.problems if one.level == "error"] == []
    return sorted(pair for one in reading.items if one.status != "cancelled" for pair in ours(one))


def _shown_end(each: icalendar.Event) -> str:
    """An end as ours: dates inclusive, and the start where there is none."""
    if "DTEND" not in each:
        return _plain(each.start)
    end = each["DTEND"].dt
    return _plain(end if isinstance(end, datetime) else end - timedelta(days=1))


def _last(end: date | None, start: date) -> str:
    return _plain(end if end is not None else start)


def _plain(moment: date) -> str:
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else moment.isoformat()


zones = st.sampled_from(ZONES)
clocks = st.integers(0, 900_000).map(lambda one: datetime(2026, 1, 10) + timedelta(minutes=one))
hours = st.sampled_from([0.5, 1.0, 1.5, 3.0, 26.0])
dates = st.dates(date(2026, 2, 1), date(2027, 10, 1))


def _instant(start: datetime, length: float | None, zone: str) -> Instant:
    return Instant(start, start + timedelta(hours=length) if length else None, zone)


def _days(first: date, more: int) -> AllDay:
    return AllDay(first, first + timedelta(days=more))


def _in_order(sessions: list[Instant | AllDay]) -> Sessions:
    return Sessions(tuple(sessions))


@st.composite
def weekly_ranges(draw: st.DrawFn) -> WeeklyRange:
    """Weekdays between two days, some of them left out, with a clock or as whole days."""
    first = draw(dates)
    last = first + timedelta(days=draw(st.integers(0, 120)))
    out = draw(st.lists(st.integers(0, 120), max_size=4))
    start = draw(st.none() | st.times().map(lambda one: one.replace(second=0, microsecond=0)))
    end = draw(st.none() | st.times().map(lambda one: one.replace(second=0, microsecond=0))) if start else None
    days = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1, max_size=3))))
    excluded = tuple(first + timedelta(days=one) for one in out)
    return WeeklyRange(days, first, last, start, end, draw(zones), excluded=excluded)


RULES = (
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
    "FREQ=WEEKLY;BYDAY=TU;COUNT=7",
    "FREQ=WEEKLY;BYDAY=WE;UNTIL=20270318T065959Z",
    "FREQ=MONTHLY;BYDAY=1FR",
    "FREQ=MONTHLY;BYDAY=-1SU;COUNT=5",
    "FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20270630",
    "FREQ=DAILY;COUNT=3",
    "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
    "RRULE:freq=weekly;byday=sa",
)


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    """A rule or two, dates added and left out, instances moved and cancelled, cut off by a last day."""
    all_day = draw(st.booleans())
    start = draw(clocks)
    start = start.replace(hour=0, minute=0) if all_day else start
    length = draw(st.integers(1, 2))
    end = start + (timedelta(days=length) if all_day else timedelta(hours=length))
    rules = tuple(draw(st.lists(st.sampled_from(RULES), min_size=0, max_size=1)))
    shifts = st.integers(0, 30).map(lambda weeks: start + timedelta(weeks=weeks))
    moves = st.builds(
        lambda original, days, status: Override(
            original,
            status,
            original + timedelta(days=days) if status == "moved" else None,
            original + timedelta(days=days) + (end - start) if status == "moved" else None,
        ),
        shifts,
        st.integers(-2, 2),
        st.sampled_from(["moved", "cancelled"]),
    )
    return Recurrence(
        start,
        end,
        "UTC" if all_day else draw(zones),
        rules,
        rdates=tuple(draw(st.lists(shifts.map(lambda one: one + timedelta(days=1)), max_size=2, unique=True))),
        exdates=tuple(draw(st.lists(shifts, max_size=3, unique=True))),
        overrides=tuple(draw(st.lists(moves, max_size=2, unique_by=lambda one: one.original))),
        until=draw(st.none() | dates),
        all_day=all_day,
    )


single = st.builds(_instant, clocks, st.none() | hours, zones) | st.builds(_days, dates, st.integers(0, 3))
whens = st.one_of(single, st.lists(single, min_size=1, max_size=3).map(_in_order), weekly_ranges(), recurrences())
