"""Every rule on every item: an error holds the item back, and warnings about what is over would only be noise."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
    home = ZoneInfo(timezone)
    facts = Facts(Names(reading.items), terms, as_of.astimezone(home).date(), home)
    checked = [(item, list(_found(item, facts))) for item in reading.items]
    items = tuple(_held(item) if any(one.level == "error" for one in found) else item for item, found in checked)
    problems = [
        Problem(one.level, one.code, one.text, one.origin or item.origin) for item, found in checked for one in found
    ]
    return replace(
        reading,
        items=items,
        problems=(*reading.problems, *problems, *same_ids(reading.items)),
        sources=_counted(reading.sources, reading.items, items),
    )


def _found(item: Item, facts: Facts) -> Iterator[Found]:
    broken = [found for rule in ERRORS for found in rule(item, facts)]
    yield from broken
    if not broken and not _is_past(item, facts.today):
        yield from (found for rule in WARNINGS for found in rule(item, facts))


def _is_past(item: Item, today: date) -> bool:
    last = last_day(item.when)
    return last is not None and last < today


def _held(item: Item) -> Item:
    return replace(item, held_back=True)


def _counted(
    reports: tuple[SourceReport, ...], before: Sequence[Item], after: Sequence[Item]
) -> tuple[SourceReport, ...]:
    """The reports with what is now held back besides."""
    pairs = zip(before, after, strict=True)
    more = Counter(new.origin.source for old, new in pairs if new.held_back and not old.held_back)
    return tuple(replace(report, held_back=report.held_back + more[report.name]) for report in reports)
