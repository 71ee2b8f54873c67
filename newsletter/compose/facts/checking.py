"""Every rule on every item: an error holds the item back, and warnings about what is over would only be noise."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from newsletter.compose.facts.belonging import no_place, same_ids, unknown_target
from newsletter.compose.facts.labels import wrong_term
from newsletter.compose.facts.placeholders import still_open, unfinished
from newsletter.compose.facts.prose import other_count, other_date, other_season
from newsletter.compose.facts.rule import Facts, Found, Rule, last_day
from newsletter.compose.facts.times import (
    after_expiry,
    bad_rule,
    end_before_start,
    late_deadline,
    strange_year,
    too_long,
)
from newsletter.compose.follows import Names
from newsletter.model.item import Item, Reading, SourceReport
from newsletter.model.problem import Problem
from newsletter.model.workspace import TermSettings

#: Whatever one of these finds is an error.
ERRORS: tuple[Rule, ...] = (end_before_start, bad_rule, strange_year, unfinished)
WARNINGS: tuple[Rule, ...] = (
    still_open,
    after_expiry,
    late_deadline,
    too_long,
    wrong_term,
    other_date,
    other_count,
    other_season,
    unknown_target,
    no_place,
)


def check_facts(reading: Reading, *, terms: Mapping[str, TermSettings], timezone: str, as_of: datetime) -> Reading:
    """The reading with a problem for every contradiction, its items held back where one is an error."""
    today = as_of.astimezone(ZoneInfo(timezone)).date()
    return Checks(reading.items, terms=terms, timezone=timezone, year=today.year).checked(reading, today)


class Checks:
    """What the rules say of these items, as of any day of one year: each rule is asked of an item once.

    Only whether an item is over hangs on the day. What is over already is not asked for warnings, as long as nobody
    wants to know of a day on which it is not.
    """

    def __init__(self, items: Sequence[Item], *, terms: Mapping[str, TermSettings], timezone: str, year: int) -> None:
        self._facts = Facts(Names(items), terms, year, ZoneInfo(timezone))
        self._before = items
        self._broken = [[found for rule in ERRORS for found in rule(item, self._facts)] for item in items]
        self._warned: dict[int, list[Found]] = {}
        self._last = [last_day(item.when) for item in items]
        self._items = tuple(_held(item) if broken else item for item, broken in zip(items, self._broken, strict=True))
        self._same_ids = tuple(same_ids(items))

    def checked(self, reading: Reading, today: date) -> Reading:
        """The reading, whose items these are, as `check_facts` gives it on that day of the year."""
        problems = [
            Problem(one.level, one.code, one.text, one.origin or item.origin)
            for place, item in enumerate(self._before)
            for one in self._found(place, item, today)
        ]
        return replace(
            reading,
            items=self._items,
            problems=(*reading.problems, *problems, *self._same_ids),
            sources=_counted(reading.sources, self._before, self._items),
        )

    def _found(self, place: int, item: Item, today: date) -> Sequence[Found]:
        last = self._last[place]
        if self._broken[place] or (last is not None and last < today):
            return self._broken[place]
        if place not in self._warned:
            self._warned[place] = [found for rule in WARNINGS for found in rule(item, self._facts)]
        return self._warned[place]


def _held(item: Item) -> Item:
    return replace(item, held_back=True)


def _counted(
    reports: tuple[SourceReport, ...], before: Sequence[Item], after: Sequence[Item]
) -> tuple[SourceReport, ...]:
    """The reports with what is now held back besides."""
    pairs = zip(before, after, strict=True)
    more = Counter(new.origin.source for old, new in pairs if new.held_back and not old.held_back)
    return tuple(replace(report, held_back=report.held_back + more[report.name]) for report in reports)
