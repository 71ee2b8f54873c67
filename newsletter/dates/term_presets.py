"""Terms that follow a rule, for any year; terms with dates of their own win over them."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Literal

from newsletter.dates.cadence.days import month_after
from newsletter.dates.terms import Terms, season_of
from newsletter.model.workspace import TermSettings

Preset = Literal["", "calendar", "uw"]
#: The days of the week, as `date.weekday` counts them.
MONDAY, WEDNESDAY, FRIDAY, SUNDAY = 0, 2, 4, 6


def terms_between(named: Terms, preset: Preset, first: int, last: int) -> Mapping[str, TermSettings]:
    """The named terms, and the preset's that begin in the years `first` to `last`, by their first day.

    A named term stands in for the preset's of the same name, or of the same season and year ("Fall 2026").
    """
    seasons = {season_of(name) for name in named} - {None}
    found = dict(named)
    for year in range(first, last + 1) if preset else ():
        for name, term in preset_terms(preset, year):
            if name not in named and season_of(name) not in seasons:
                found[name] = term
    return dict(sorted(found.items(), key=lambda pair: (pair[1].first, pair[1].last, pair[0])))


@cache
def preset_terms(preset: Preset, year: int) -> tuple[tuple[str, TermSettings], ...]:
    """The terms of a preset that begin in this calendar year, in order; none where no preset is named."""
    rule = {"calendar": _calendar_quarters, "uw": _uw_quarters}.get(preset)
    return tuple((name, TermSettings(first=first, last=last)) for name, first, last in rule(year)) if rule else ()


def _calendar_quarters(year: int) -> Iterator[tuple[str, date, date]]:
    """Q1 to Q4 of three months each."""
    for number in range(4):
        first = date(year, 3 * number + 1, 1)
        yield f"Q{number + 1} {year}", first, month_after(first, 3) - timedelta(days=1)


def _uw_quarters(year: int) -> Iterator[tuple[str, date, date]]:
    """The quarters of the University of Washington as they "normally begin and end": WAC 478-132-030 (2017).

    Autumn: the last Wednesday of September to the twelfth Friday after. Winter: the first Monday after 1 January, or
    3 January where that day is a Sunday or Monday, to the eleventh Friday after. Spring: the second Monday after
    winter's close to the eleventh Friday after. Summer: the second Monday after the June commencement, the Saturday
    that follows spring's last day, to the ninth Friday after. Where a holiday moves a day, name that term with its
    dates; a first day on Juneteenth does.
    """
    winter, winter_end = _term(_winter_start(year), 11)
    spring, spring_end = _term(_nth_after(winter_end, MONDAY, 2), 11)
    summer, summer_end = _term(_nth_after(spring_end + timedelta(days=1), MONDAY, 2), 9)
    autumn, autumn_end = _term(_last_wednesday_of_september(year), 12)
    yield f"Winter Quarter {year}", winter, winter_end
    yield f"Spring Quarter {year}", spring, spring_end
    yield f"Summer Quarter {year}", summer, summer_end
    yield f"Autumn Quarter {year}", autumn, autumn_end


def _term(first: date, fridays: int) -> tuple[date, date]:
    return first, _nth_after(first, FRIDAY, fridays)


def _winter_start(year: int) -> date:
    new_year = date(year, 1, 1)
    return date(year, 1, 3) if new_year.weekday() in (SUNDAY, MONDAY) else _nth_after(new_year, MONDAY, 1)


def _last_wednesday_of_september(year: int) -> date:
    last = date(year, 9, 30)
    return last - timedelta(days=(last.weekday() - WEDNESDAY) % 7)


def _nth_after(day: date, weekday: int, nth: int) -> date:
    """The nth such weekday after `day`, which does not count itself."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1 + 7 * (nth - 1))
