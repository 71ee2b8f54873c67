"""The grammar of dates: single ones, lists, ranges, weekdays, and what is left out of a range.

A month or year that is not written is taken from its neighbours; a year that stands nowhere is refused.
"""

from calendar import monthcalendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

from newsletter.dates.day_cursor import Count, DayCursor, Item, Pattern
from newsletter.dates.findings import Finding, RefusalError, error, warning
from newsletter.dates.tokens import WEEKDAYS, Token, say

_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
#: The most that two neighbours may lie apart where their year is carried over New Year.
_HALF_YEAR = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Span:
    """One day or a range of days, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Days:
    """What the date words say; `weekdays` is a pattern ("Mondays", "Mon/Wed", "daily"), not a check of one date.

    `interval` are the weeks between, `places` those of every month; `opened` tells that a lone date begins a series.
    """

    spans: tuple[Span, ...] = ()
    weekdays: tuple[int, ...] = ()
    excluded: tuple[date, ...] = ()
    stated_count: int | None = None
    findings: tuple[Finding, ...] = ()
    interval: int = 1
    places: tuple[int, ...] = ()
    opened: bool = False
    for_weeks: int | None = None

    @property
    def is_series(self) -> bool:
        """Whether a rule is needed to say when it comes again."""
        begins = self.opened and len(self.spans) == 1 and self.spans[0].first == self.spans[0].last
        return bool(self.weekdays) and (self.interval > 1 or bool(self.places) or begins)


def read_days(found: list[Token], *, day_first: bool, year: int | None = None) -> Days:
    """Read date tokens whole; `year` is the one a label in front has named. RefusalError names what is left over."""
    cursor = DayCursor(found, day_first)
    pattern = cursor.pattern()
    items = cursor.months(pattern) or cursor.items()
    opened = cursor.opened
    count = cursor.count()
    excluded = cursor.exceptions()
    count = cursor.count() or count
    if not pattern.weekdays:
        pattern = cursor.pattern(trailing=True)
    cursor.finish()
    if excluded and not items:
        raise RefusalError("it excludes dates without naming any")
    findings: list[Finding] = []
    dates = _resolve(items, year, findings)
    left_out = _excluded(excluded, dates, findings)
    return _days(_spans(items, dates, findings), pattern, left_out, count, findings, opened)


def _days(
    spans: tuple[Span, ...],
    pattern: Pattern,
    excluded: tuple[date, ...],
    count: Count | None,
    findings: list[Finding],
    opened: bool,
) -> Days:
    lasting = count is not None and count.open_end
    weeks = count.number if count and lasting and count.weeks else None
    stated = count.number if count and weeks is None else None
    opened = opened or lasting
    return Days(
        spans, pattern.weekdays, excluded, stated, tuple(findings), pattern.interval, pattern.places, opened, weeks
    )


def _resolve(items: list[Item], year: int | None, findings: list[Finding]) -> list[date]:
    return _with_years(_with_months(items), year, findings)


def _with_months(items: list[Item]) -> list[Item]:
    """ "Jan 21, 28" carries the month on, "7 to 13 December" carries it back; both in one text is refused."""
    styles = {item.style for item in items if item.style}
    if len(styles) > 1:
        raise RefusalError("it writes the day before the month and after it; write all dates one way")
    backwards = styles == {"day first"}
    month: int | None = None
    filled: list[Item] = []
    for item in reversed(items) if backwards else items:
        month = item.month or month
        if month is None:
            raise RefusalError(f'the month of "{item.day}" is missing')
        filled.append(replace(item, month=month))
    return filled[::-1] if backwards else filled


def _with_years(items: list[Item], year: int | None, findings: list[Finding]) -> list[date]:
    """From the right, since "April 30, May 7, 2027" names it last; over New Year it is the year before."""
    years: list[int | None] = [item.year for item in items]
    for index in range(len(items) - 2, -1, -1):
        if years[index] is None and (after := years[index + 1]) is not None:
            years[index] = after - (_in_year(items[index]) > _in_year(items[index + 1]))
    for index, item in enumerate(items):
        if years[index] is None:
            before = years[index - 1] if index else None
            years[index] = year if before is None else before + (_in_year(item) < _in_year(items[index - 1]))
    dates = [_date(item, value) for item, value in zip(items, years, strict=True)]
    _check_carried(items, dates, findings)
    return dates


def _in_year(item: Item) -> tuple[int, int]:
    return item.month or 0, item.day


def _date(item: Item, year: int | None) -> date:
    if year is None:
        raise RefusalError("the year is missing; write it after the date")
    try:
        return _at_place(item.nth, year, item.month or 0) if item.nth else date(year, item.month or 0, item.day)
    except ValueError:
        what = f"a {_ORDINALS[item.nth[0]]} {WEEKDAYS[item.nth[1] or 0].title()}" if item.nth else str(item.day)
        raise RefusalError(f"{what}/{item.month} (day/month) does not exist in {year}") from None


def _at_place(nth: tuple[int, int | None], year: int, month: int) -> date:
    """The first (1) to last (-1) of a weekday, or of all days, in a month; ValueError where it has no fifth."""
    place, weekday = nth
    weeks = monthcalendar(year, month)
    days = [day for week in weeks for day in (week if weekday is None else [week[weekday]]) if day]
    if place > len(days):
        raise ValueError(place)
    return date(year, month, days[place - 1] if place > 0 else days[-1])


def _check_carried(items: list[Item], dates: list[date], findings: list[Finding]) -> None:
    """A year carried over New Year is right only between close neighbours; in a list it is worth a word."""
    for item, following, day, after in zip(items, items[1:], dates, dates[1:], strict=False):
        carried = item.year is None or following.year is None
        if carried and day.year != after.year:
            if after - day > _HALF_YEAR:
                raise RefusalError(f"{say(day)} to {say(after)}: the dates run backwards", "E-ORDER")
            if not item.joined:
                findings.append(warning("W-YEAR", f"read as {say(day)} and {say(after)}; write both years"))


def _spans(items: list[Item], dates: list[date], findings: list[Finding]) -> tuple[Span, ...]:
    for item, day in zip(items, dates, strict=True):
        if item.weekday is not None and item.weekday != day.weekday():
            findings.append(contradiction(item.weekday, day))
    spans: list[Span] = []
    for index, day in enumerate(dates):
        if index and items[index - 1].joined:
            if day < dates[index - 1]:
                raise RefusalError(f"the range ends ({say(day)}) before it begins", "E-ORDER")
            spans[-1] = Span(spans[-1].first, day)
        else:
            spans.append(Span(day, day))
    return _in_order(spans, findings)


def _in_order(spans: list[Span], findings: list[Finding]) -> tuple[Span, ...]:
    ordered = sorted(set(spans), key=lambda span: (span.first, span.last))
    if ordered != spans:
        findings.append(warning("W-ORDER", "the dates are not in order, or one stands twice"))
    return tuple(ordered)


def _excluded(items: list[Item], dates: list[date], findings: list[Finding]) -> tuple[date, ...]:
    """The year of an exception is the one that puts it inside the range."""
    if not items:
        return ()
    filled = _with_months(items)
    found: list[date] = []
    for item in filled:
        years = [item.year] if item.year else range(dates[0].year, dates[-1].year + 1)
        inside = [day for year in years if dates[0] <= (day := _date(item, year)) <= dates[-1]]
        if not inside:
            raise RefusalError(f"{item.day}/{item.month} (day/month) is excluded but lies outside the range")
        if item.weekday is not None and item.weekday != inside[0].weekday():
            findings.append(contradiction(item.weekday, inside[0]))
        found.append(inside[0])
    return tuple(found)


def contradiction(weekday: int, day: date) -> Finding:
    """The finding for a weekday that is not the date's."""
    right = WEEKDAYS[day.weekday()].title()
    return error("E-WEEKDAY", f"{say(day)} is a {right}, not a {WEEKDAYS[weekday].title()}")
