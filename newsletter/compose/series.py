"""A series told once: its pattern on the reader's clock, and whatever inside the window does not follow it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from newsletter.compose.entries import community_city, moment_text, reader_time
from newsletter.compose.moments import begins, day_of
from newsletter.compose.programme import ASKED, Timed, between, is_series, usual_of
from newsletter.compose.sessions import in_a_row
from newsletter.compose.view import View
from newsletter.dates.recurrence import last_date, occurrences
from newsletter.dates.wording import day_text, pattern_text, span_text
from newsletter.dates.zones import localise
from newsletter.language.languages import Language
from newsletter.model.item import Item
from newsletter.model.when import Occurrence, Override, Recurrence, WeeklyRange

#: Patterns of one series that are named; more are counted.
PATTERNS = 4


def series_of(view: View) -> tuple[Timed, ...]:
    """Every series that has, or by its rule would have had, an occurrence inside the window."""
    inside = {timed.item: timed for timed in view.timed}
    found = (inside.get(item, Timed(item, ())) for item in view.items if is_series(item.when))
    return tuple(timed for timed in found if timed.occurrences or _departures(view, timed.item))


def pattern_of(view: View, item: Item) -> str:
    """ "Mondays 12-1 PM" in the reader's zone, as it stands when the window opens; empty where there is none.

    What has several hours has a pattern for each: "Mondays 9-10 AM; Thursdays 3-4 PM".
    """
    groups = _by_hours(one for one in usual_of(item, view.programme) if not _is_added(item, one))
    patterns = [_pattern(view, item, group) for group in groups]
    return _with_rhythm(view.language, in_a_row(view.language, patterns, PATTERNS), item) if patterns else ""


def _pattern(view: View, item: Item, group: Sequence[Occurrence]) -> str:
    weekdays = sorted({_weekday(one) for one in group})
    usually = isinstance(item.when, WeeklyRange | Recurrence) and item.when.approximate
    clock, language = view.choices.clock, view.language
    return pattern_text(group[0], weekdays, zone=view.zone, clock=clock, approximate=usually, language=language)


def _by_hours(found: Iterable[Occurrence]) -> list[list[Occurrence]]:
    """The occurrences with the same hours on their author's clock together, in order of their first ones."""
    groups: dict[object, list[Occurrence]] = {}
    for one in found:
        groups.setdefault(_hours(one), []).append(one)
    return list(groups.values())


def _hours(one: Occurrence) -> object:
    if not isinstance(one.start, datetime):
        return None
    return one.start.time(), one.end.time() if isinstance(one.end, datetime) else None


def _is_added(item: Item, one: Occurrence) -> bool:
    """Whether the source adds it to what its rule gives: it is no part of the pattern."""
    if not isinstance(item.when, Recurrence):
        return False
    start = one.start.replace(tzinfo=None) if isinstance(one.start, datetime) else None
    midnight = datetime.combine(one.start, time()) if start is None else start
    return midnight in item.when.rdates


def place_in_week(view: View, item: Item) -> tuple[int, str, str, str]:
    """Sort key of a series on the reader's calendar: weekday, clock, title, id; what has no usual time comes last."""
    usual = next(iter(usual_of(item, view.programme)), None)
    if usual is None:
        return 7, "", item.title.casefold(), item.id
    clock = usual.start.astimezone(view.zone).time().isoformat() if isinstance(usual.start, datetime) else ""
    return day_of(usual, view.zone).weekday(), clock, item.title.casefold(), item.id


def elsewhere_of(view: View, item: Item) -> str:
    """What the pattern's clock is for the community, where that is another: "3 PM in Seattle"."""
    if view.zone.key == view.home.key:
        return ""
    usual = next(iter(usual_of(item, view.programme)), None)
    elsewhere = reader_time(view, usual).elsewhere if usual else ""
    if usual is None or not elsewhere or day_of(usual, view.home) == day_of(usual, view.zone):
        return elsewhere
    # A date beside a pattern would name one week of many: where the weekday differs, it is the weekday that is said.
    there = pattern_text(usual, zone=view.home, clock=view.choices.clock, language=view.language)
    return view.language.gettext("{time} in {place}", time=there, place=community_city(view))


def exceptions_of(view: View, timed: Timed) -> tuple[str, ...]:
    """Everything that a reader who knows only the pattern would get wrong, in order of time."""
    kinds = (
        _cancelled(view, timed),
        _rescheduled(view, timed),
        _departures(view, timed.item),
        _shifted(view, timed),
        _added(view, timed),
    )
    told = sorted(one for kind in kinds for one in kind)
    return (*_opening(view, timed), *(text for _, text in told), *_closing(view, timed))


def cancelled_texts(view: View, timed: Timed) -> tuple[str, ...]:
    """ "cancelled Wed 9 Dec" for every occurrence inside the window that does not take place."""
    return tuple(text for _, text in _cancelled(view, timed))


def _cancelled(view: View, timed: Timed) -> Iterator[tuple[datetime, str]]:
    for one in timed.occurrences:
        if one.status == "cancelled":
            yield begins(one, view.home), view.language.gettext("cancelled {day}", day=_day(view, one))


def _rescheduled(view: View, timed: Timed) -> Iterator[tuple[datetime, str]]:
    for one in timed.occurrences:
        if one.status == "moved":
            yield begins(one, view.home), _moved_text(view, one)


def _departures(view: View, item: Item) -> list[tuple[datetime, str]]:
    """Instances that the rule would have put into the window and the source takes out or moves away."""
    out = [(begins(one, view.home), _not_text(view, one)) for one in _left_out(item)]
    away = [one for one in _moved(view, item) if not _in_window(view, begins(one, view.home))]
    out += [(begins(_origin(one), view.home), _moved_text(view, one)) for one in away]
    return [(at, text) for at, text in out if _in_window(view, at) and at > view.programme.moment]


def _left_out(item: Item) -> Iterator[Occurrence]:
    when = item.when
    if isinstance(when, WeeklyRange):
        inside = (day for day in when.excluded if day.weekday() in when.weekdays and when.first <= day <= when.last)
        yield from (_on(day, when) for day in inside)
    elif isinstance(when, Recurrence):
        yield from (_at(moment, when) for moment in when.exdates)


def _moved(view: View, item: Item) -> Iterator[Occurrence]:
    for override in _moves(item):
        start = override.start or override.original
        around = _utc_ish(start, view), _utc_ish(start, view) + timedelta(days=2)
        found = occurrences(_when(item), *around, home=view.home)
        yield from (one for one in found if one.status == "moved")


def _moves(item: Item) -> Iterable[Override]:
    overrides = item.when.overrides if isinstance(item.when, Recurrence) else ()
    return (override for override in overrides if override.status == "moved")


def _moved_text(view: View, one: Occurrence) -> str:
    day, when = _day(view, _origin(one)), moment_text(view, one)
    return view.language.gettext("{day} moved to {when}", day=day, when=when)


def _not_text(view: View, one: Occurrence) -> str:
    return view.language.gettext("not {day}", day=_day(view, one))


def _day(view: View, one: Occurrence) -> str:
    return day_text(day_of(one, view.zone), view.language)


def _origin(moved: Occurrence) -> Occurrence:
    """Where the rule would have put it."""
    return Occurrence(moved.moved_from or moved.start, None)


def _shifted(view: View, timed: Timed) -> Iterator[tuple[datetime, str]]:
    """Where a clock change, here or there, moves an ordinary occurrence on the reader's clock."""
    usual = _by_hours(usual_of(timed.item, view.programme))
    first = {_hours(group[0]): group[0] for group in usual}
    for group in _by_hours(_ordinary(timed.occurrences)):
        yield from _shifts(view, [*filter(None, (first.get(_hours(group[0])),)), *group])


def _added(view: View, timed: Timed) -> Iterator[tuple[datetime, str]]:
    """What the source adds besides its rule."""
    for one in timed.occurrences:
        if one.status == "confirmed" and _is_added(timed.item, one):
            yield begins(one, view.home), view.language.gettext("also {when}", when=moment_text(view, one))


def _shifts(view: View, group: Sequence[Occurrence]) -> Iterator[tuple[datetime, str]]:
    for before, after in pairwise(group):
        if _clock(view, before) != _clock(view, after) and isinstance(after.start, datetime):
            end = after.end.astimezone(view.zone) if isinstance(after.end, datetime) else None
            span = span_text(after.start.astimezone(view.zone), end, view.choices.clock, view.language)
            text = view.language.gettext("from {day}: {time}", day=_day(view, after), time=span)
            yield begins(after, view.home), text


def _opening(view: View, timed: Timed) -> Iterator[str]:
    """The very first one, where it lies in the window; what a reader knows as going on has no first one any more."""
    first = next((one for one in timed.occurrences if one.status != "cancelled"), None)
    told, start = view.told_of(timed.item), view.programme.window.start.date()
    going = told is not None and is_series(told.item.when) and _first_day(told.item) < start
    if first and _first_day(timed.item) >= start and not going:
        yield view.language.gettext("first one {day}", day=_day(view, first))


def _closing(view: View, timed: Timed) -> Iterator[str]:
    """The very last one, where it lies in the window."""
    last = next((one for one in reversed(timed.occurrences) if one.status != "cancelled"), None)
    if last and _has_end(timed.item) and not _goes_on(view, timed.item):
        yield view.language.gettext("last one {day}", day=_day(view, last))


def _has_end(item: Item) -> bool:
    return item.expires is not None or last_date(_when(item)) is not None


def _goes_on(view: View, item: Item) -> bool:
    end = view.programme.window.end
    coming = (between(item, end, end + span, view.programme) for span in ASKED)
    return any(one.status != "cancelled" for found in coming for one in found)


def _first_day(item: Item) -> date:
    when = _when(item)
    return when.first if isinstance(when, WeeklyRange) else when.start.date()


def _ordinary(found: Sequence[Occurrence]) -> tuple[Occurrence, ...]:
    return tuple(one for one in found if one.status == "confirmed")


def _clock(view: View, one: Occurrence) -> tuple[time, int] | None:
    """The reader's wall clock, and by how many days the reader's date differs from the source's."""
    if not isinstance(one.start, datetime):
        return None
    local = one.start.astimezone(view.zone)
    return local.time(), (local.date() - one.start.date()).days


def _weekday(one: Occurrence) -> int:
    return one.start.weekday()


def _with_rhythm(language: Language, pattern: str, item: Item) -> str:
    """ "Mondays 12-1 PM, every 2 weeks" where the rule skips weeks."""
    rule = item.when.rules[0].upper() if isinstance(item.when, Recurrence) and item.when.rules else ""
    found = re.search(r"INTERVAL=0*([2-9]|[1-9]\d+)\b", rule)
    if not found or "FREQ=WEEKLY" not in rule:
        return pattern
    weeks = int(found.group(1))
    return language.ngettext(
        "{pattern}, every {count} week", "{pattern}, every {count} weeks", weeks, pattern=pattern
    )


def _when(item: Item) -> WeeklyRange | Recurrence:
    if not isinstance(item.when, WeeklyRange | Recurrence):
        raise TypeError(f"{item.id} is no series")
    return item.when


def _on(day: date, when: WeeklyRange) -> Occurrence:
    if when.start is None:
        return Occurrence(day, None)
    return Occurrence(localise(datetime.combine(day, when.start), ZoneInfo(when.timezone)), None)


def _at(moment: datetime, when: Recurrence) -> Occurrence:
    return Occurrence(moment.date() if when.all_day else localise(moment, ZoneInfo(when.timezone)), None)


def _utc_ish(wall: datetime, view: View) -> datetime:
    """A day before the wall clock in the community's zone: early enough, whatever zone the clock is in."""
    return localise(wall, view.home) - timedelta(days=1)


def _in_window(view: View, at: datetime) -> bool:
    return view.programme.window.start <= at < view.programme.window.end
