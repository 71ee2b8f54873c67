"""A small world for histories: events that editors change day by day, and what stands in the sources at a moment.

Its arithmetic of days is its own, so that it can judge what is composed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from compose_builders import COMMUNITY, HOME, LIST, SEATTLE, TERMS, TOPICS

from newsletter.model.issue import Draft, Note, Slot
from newsletter.model.item import Item, Place
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, Vague, WeeklyRange, When
from newsletter.model.workspace import CategorySettings, DigestSettings

DAY = timedelta(days=1)
BEGIN = date(2026, 9, 1)
SOURCES = ("events", "calendar")
WORDS = {"summary": "What it is about.", "body": "Everything there is to know about it, in full."}
CATEGORIES = (("conference", CategorySettings(lead="8 weeks", repeats=1)),)
QUARTERS = (
    *TERMS,
    ("Summer Quarter 2027", TERMS[2][1].model_copy(update={"first": date(2027, 6, 21), "last": date(2027, 8, 20)})),
    ("Autumn Quarter 2027", TERMS[2][1].model_copy(update={"first": date(2027, 9, 27), "last": date(2027, 12, 10)})),
)


@dataclass(frozen=True)
class Edit:
    """What an editor does to one event on a day; `by` says how far or how much."""

    day: int
    what: str
    by: int = 1


@dataclass(frozen=True)
class Life:
    """One event of a source: when it is first written down, and what becomes of it."""

    item: Item
    added: int
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class World:
    """All events, and the days on which a source cannot be read."""

    lives: tuple[Life, ...]
    broken: tuple[tuple[str, int], ...] = ()

    def items(self, at: datetime) -> tuple[Item, ...]:
        """What stands in the sources at the moment; editors work at noon."""
        day = number(at)
        found = (_as_of(life, at) for life in self.lives)
        unread = {source for source, when in self.broken if when == day}
        return tuple(item for item in found if item and item.origin.source not in unread)

    def problems(self, at: datetime) -> tuple[Problem, ...]:
        unread = {source for source, when in self.broken if when == number(at)}
        return tuple(Problem("error", "source.down", "cannot be read", Origin(source, source)) for source in unread)


@dataclass(frozen=True)
class Span:
    """One time that something happens, as instants."""

    begin: datetime
    end: datetime
    day: date = field(compare=False)

    def in_zone(self, zone: str) -> date:
        """The day a reader in the zone would call it."""
        return self.day if self.is_whole else self.begin.astimezone(ZoneInfo(zone)).date()

    @property
    def is_whole(self) -> bool:
        local, end = self.begin.astimezone(HOME), self.end.astimezone(HOME)
        return local.time() == end.time() == time() and end.date() > local.date()


def number(at: datetime) -> int:
    """Days since the world began, on the community's clock."""
    return (at.astimezone(HOME).date() - BEGIN).days


def day(index: int) -> date:
    return BEGIN + index * DAY


def event_of(index: int, when: When, *tags: str, source: str = "events", **values) -> Item:
    """The world's event of that number."""
    key = f"{source}:event-{index}"
    origin = Origin(source, f"content/{source}/{index}.md", 1)
    place = Place("in_person", f"Room {index}")
    return Item(key, "event", f"Event {index}", (origin,), when, place=place, tags=tags, **WORDS, **values)


def draft_at(slot: Slot, world: World, settings: DigestSettings, as_of: datetime) -> Draft:
    """The draft of the slot from what stands in the sources at `as_of`."""
    items = world.items(as_of)
    return Draft(
        key=slot.key,
        digest=slot.digest,
        slot=slot,
        as_of=as_of,
        number=1,
        community=COMMUNITY,
        settings=settings,
        list=LIST,
        topics=TOPICS,
        sections=(),
        terms=QUARTERS,
        items=items,
        problems=world.problems(as_of),
        note=Note(),
        section_texts=(),
        theme=(),
        sender="Common Hours <hours@news.example.org>",
        reply_to="",
        base_url="https://news.example.org",
        categories=CATEGORIES,
    )


def spans(when: When | None) -> tuple[Span, ...]:
    """Every time that something happens, worked out by hand and in order; words have none."""
    return tuple(sorted(_spans(when), key=lambda span: span.begin))


def _spans(when: When | None) -> Iterator[Span]:
    if isinstance(when, Instant):
        end = when.end or when.start
        yield Span(_utc(when.start, when.timezone), _utc(end, when.timezone), when.start.date())
    elif isinstance(when, AllDay):
        yield Span(_utc(_midnight(when.first)), _utc(_midnight(when.last + DAY)), when.first)
    elif isinstance(when, Sessions):
        for one in when.sessions:
            yield from _spans(one)
    elif isinstance(when, WeeklyRange):
        yield from (_clocked(one, when) for one in _weekdays(when) if one not in when.excluded)
    elif isinstance(when, Recurrence):
        yield from _monthly(when)


def left_out(when: When | None) -> tuple[Span, ...]:
    """The times that a weekly range names and takes out."""
    if not isinstance(when, WeeklyRange):
        return ()
    return tuple(_clocked(one, when) for one in _weekdays(when) if one in when.excluded)


def is_weekly(when: When | None) -> bool:
    return isinstance(when, WeeklyRange)


def _weekdays(when: WeeklyRange) -> Iterator[date]:
    length = (when.last - when.first).days + 1
    yield from (one for one in _days(when.first, length) if one.weekday() in when.weekdays)


def _clocked(one: date, when: WeeklyRange) -> Span:
    assert when.start is not None
    assert when.end is not None
    start, end = datetime.combine(one, when.start), datetime.combine(one, when.end)
    return Span(_utc(start, when.timezone), _utc(end, when.timezone), one)


def _monthly(when: Recurrence) -> Iterator[Span]:
    """FREQ=MONTHLY;BYDAY=2WE;UNTIL=...: the second Wednesday is the one from the 8th to the 14th."""
    parts = dict(part.split("=") for part in when.rules[0].split(";"))
    until = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%S")
    nth, weekday = int(parts["BYDAY"][0]), ("MO", "TU", "WE", "TH", "FR", "SA", "SU").index(parts["BYDAY"][1:])
    length = (until.date() - when.start.date()).days + 1
    for one in _days(when.start.date(), length):
        if one.weekday() == weekday and (one.day - 1) // 7 == nth - 1:
            start = datetime.combine(one, when.start.time())
            end = start + (when.end - when.start if when.end else timedelta(0))
            yield Span(_utc(start, when.timezone), _utc(end, when.timezone), one)


def _days(first: date, count: int) -> Iterable[date]:
    return (first + index * DAY for index in range(max(count, 0)))


def _midnight(one: date) -> datetime:
    return datetime.combine(one, time())


def _utc(wall: datetime, zone: str = SEATTLE) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _as_of(life: Life, at: datetime) -> Item | None:
    """The event after all edits made by then; None where it is not, or no longer, in its source."""
    today = number(at) if at.astimezone(HOME).hour >= 12 else number(at) - 1
    if life.added > today:
        return None
    item: Item | None = life.item
    for edit in sorted(life.edits, key=lambda edit: edit.day):
        if edit.day <= today:
            item = life.item if item is None and edit.what == "return" else _edited(item, edit)
    return item


def _edited(item: Item | None, edit: Edit) -> Item | None:
    if item is None or edit.what == "vanish":
        return None
    match edit.what:
        case "cancel":
            return replace(item, status="cancelled")
        case "postpone":
            return replace(item, status="postponed")
        case "reinstate":
            return replace(item, status="confirmed")
        case "place":
            return replace(item, place=Place("in_person", f"Hall {edit.by}"))
        case "open":
            return replace(item, registration_url="https://data.example.org/register")
        case "words":
            return replace(item, summary=f"Other words, {edit.by}.", hosts=("Ada",))
        case "hold":
            return replace(item, held_back=True)
        case "release":
            return replace(item, held_back=False)
        case "move":
            return replace(item, when=_moved(item.when, edit.by))
        case "drop":
            return replace(item, when=_dropped(item.when))
    return item


def _moved(when: When | None, by: int) -> When | None:
    """So many days later, and an hour; a series changes its clock alone, and of sessions the last one moves."""
    match when:
        case Instant(start=start, end=end):
            hop = timedelta(days=by, hours=1)
            return replace(when, start=start + hop, end=end + hop if end else None)
        case AllDay(first=first, last=last):
            return AllDay(first + by * DAY, last + by * DAY)
        case Sessions(sessions=sessions):
            last = _moved(sessions[-1], abs(by))
            assert isinstance(last, Instant)
            return Sessions((*sessions[:-1], last))
        case WeeklyRange(start=start) if start is not None:
            hour = 9 + (start.hour - 9 + abs(by)) % 6
            return replace(when, start=time(hour), end=time(hour + 1))
        case Recurrence(start=start, end=end):
            hour = start.replace(hour=9 + (start.hour - 9 + abs(by)) % 6)
            return replace(when, start=hour, end=hour + timedelta(hours=1))
        case Vague(first=first):
            start = datetime.combine((first or BEGIN) + abs(by) * DAY, time(17))
            return Instant(start, start + timedelta(hours=1), SEATTLE)
    return when


def _dropped(when: When | None) -> When | None:
    """Without its second date, where it has one."""
    match when:
        case Sessions(sessions=sessions) if len(sessions) > 1:
            return Sessions((sessions[0], *sessions[2:]))
        case WeeklyRange():
            dates = [one for one in _weekdays(when) if one not in when.excluded]
            return replace(when, excluded=(*when.excluded, *dates[2:3]))
    return when
