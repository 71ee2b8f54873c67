"""What every family of checks is made of: a rule takes an item and the facts around it, and yields what it found."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from newsletter.compose.follows import Names
from newsletter.dates.recurrence import RuleError, last_date
from newsletter.model.item import Item
from newsletter.model.problem import Level, Origin
from newsletter.model.when import AllDay, Instant, Sessions, WeeklyRange, When
from newsletter.model.workspace import TermSettings


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule says of an item; `origin` where it stands elsewhere than the item begins."""

    level: Level
    code: str
    text: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What items are checked against; `year` is the community's at `as_of`, `home` its zone."""

    names: Names
    terms: Mapping[str, TermSettings]
    year: int
    home: ZoneInfo


Rule = Callable[[Item, Facts], Iterator[Found]]


def in_body(item: Item, rows: int) -> Origin | None:
    """The place so many rows down in the item's body; without a line where those of the body are not known."""
    at = item.body_at
    return at if at is None or at.line is None else replace(at, line=at.line + rows)


def last_day(when: When | None) -> date | None:
    """The last day it takes place, or None; a rule that cannot be expanded is told elsewhere."""
    try:
        return last_date(when) if when is not None else None
    except RuleError:
        return None


def spans(when: When | None) -> Iterator[tuple[date, date]]:
    """First and last day (both inclusive) of everything it lists; nothing for rules and vague words."""
    if isinstance(when, Instant):
        yield when.start.date(), (when.end or when.start).date()
    elif isinstance(when, AllDay):
        yield when.first, when.last
    elif isinstance(when, Sessions):
        for one in when.sessions:
            yield from spans(one)
    elif isinstance(when, WeeklyRange):
        yield from ((day, day) for day in slots(when))


def slots(when: WeeklyRange) -> Iterator[date]:
    """The days of a weekly range."""
    weekday = when.first.weekday()
    for step in range((when.last - when.first).days + 1):
        if (weekday + step) % 7 in when.weekdays and (day := when.first + timedelta(days=step)) not in when.excluded:
            yield day
