"""The instances of a series: expand on the naive wall clock, attach the zone after, so 12:00 stays 12:00 across DST.

An issue asks a series for its week, for the weeks around it and whether it goes on, and the next issue asks nearly
the same. So a series is expanded by stretches of the calendar, each once; what is asked for is cut out of them.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from zoneinfo import ZoneInfo

from newsletter.dates.rules import END_OF_TIME, expand, parse_rule, until_on_wall_clock
from newsletter.dates.zones import localise
from newsletter.model.when import Occurrence, Override, Recurrence

DAY = timedelta(days=1)
#: What lasts longer than this is not looked for by what is left of it.
LONGEST = timedelta(days=400)
#: Days of a stretch: an issue about a week asks for six weeks, mostly.
STRETCH = 64
#: Who asks for more stretches than these asks for something else than an issue does, and is given no kept ones.
FEW = 9
#: Whose instances are counted is walked from its first one on, for each stretch anew: so many of them, and so long.
MOST_COUNTED = 200
LONGEST_COUNTED = timedelta(days=800)
#: Rules and single dates of a series whose stretches are kept.
MOST_SAID = 400
#: Stretches that are kept; one of a weekly series holds nine instances, and none more than a day and rule can have.
KEPT = 4096

Dated = tuple[datetime, Occurrence]


def instances(when: Recurrence, lower: datetime, upper: datetime) -> Iterator[Occurrence]:
    """What may overlap the naive wall clocks [lower, upper], and more; what was moved comes last, wherever it is."""
    duration = when.end - when.start if when.end else None
    last = end_of(when)
    stretch = min(max(duration or DAY, DAY), LONGEST)
    yield from (one for _, one in _in_place(when, before(lower, stretch), min(upper, last)))
    for override in when.overrides:
        new = override.start or override.original
        if (
            override.status == "moved"
            and max(new, override.original) <= last
            and override.original not in when.exdates
        ):
            yield _moved(when, override, new, duration)


def before(moment: datetime, span: timedelta) -> datetime:
    """The moment so much earlier, or the first there is."""
    return moment - span if moment - datetime.min > span else datetime.min  # noqa: DTZ901  wall clocks are naive


def end_of(when: Recurrence) -> datetime:
    """The last wall clock that the source allows besides the rule."""
    return datetime.combine(when.until, time.max) if when.until else END_OF_TIME


def moments(when: Recurrence, lower: datetime, upper: datetime) -> set[datetime]:
    """The rule set's naive wall clocks in [lower, upper]: DTSTART and RDATE counted once, EXDATE taken out.

    A series whose rules end before it starts has no first instance either: calendars leave such shells behind
    when somebody deletes "this and all following".
    """
    zone = ZoneInfo(when.timezone)
    rules = [parse_rule(rule) for rule in when.rules]
    ruled = chain.from_iterable(expand(rule, when.start, lower, upper, zone) for rule in rules)
    alive = not rules or any(until_on_wall_clock(rule, zone) >= when.start for rule in rules)
    first = (when.start,) if alive else ()
    listed = (moment for moment in (*first, *when.rdates) if lower <= moment <= upper)
    return {*ruled, *listed} - set(when.exdates)


def _in_place(when: Recurrence, lower: datetime, upper: datetime) -> Iterator[Dated]:
    """The instances that are not moved, cancelled ones included, by their wall clock in [lower, upper]; ascending."""
    numbers = range(lower.toordinal() // STRETCH, upper.toordinal() // STRETCH + 1)
    if not 0 < len(numbers) <= FEW or _is_too_much(when, lower):
        yield from _expanded(when, lower, upper)
        return
    for number in numbers:
        yield from (dated for dated in _stretch(when, number) if lower <= dated[0] <= upper)


def _is_too_much(when: Recurrence, lower: datetime) -> bool:
    """Whether stretches would cost more than they spare: in time, each for itself, or in room."""
    often, counted = _kind_of(when.rules)
    long_ago = counted and lower - when.start > LONGEST_COUNTED
    return often or long_ago or len(when.rdates) + len(when.exdates) + len(when.rules) > MOST_SAID


@lru_cache(maxsize=1024)
def _kind_of(rules: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether it takes place several times a day or is counted far, and whether it is counted at all."""
    read = [parse_rule(rule) for rule in rules]
    often = any("BYHOUR" in rule.by or (rule.count or 0) > MOST_COUNTED for rule in read)
    return often, any(rule.count for rule in read)


@lru_cache(maxsize=KEPT)
def _stretch(when: Recurrence, number: int) -> tuple[Dated, ...]:
    first = date.fromordinal(max(number * STRETCH, date.min.toordinal()))
    last = date.fromordinal(min(number * STRETCH + STRETCH - 1, date.max.toordinal()))
    return tuple(_expanded(when, datetime.combine(first, time()), datetime.combine(last, time.max)))


def _expanded(when: Recurrence, lower: datetime, upper: datetime) -> Iterator[Dated]:
    duration = when.end - when.start if when.end else None
    changed = {override.original: override for override in when.overrides}
    for moment in sorted(moments(when, lower, upper)):
        override = changed.get(moment)
        if override is None:
            yield moment, _instance(when, moment, moment + duration if duration else None)
        elif override.status == "cancelled":
            yield moment, _cancelled(when, override, moment + duration if duration else None)


def _instance(when: Recurrence, begin: datetime, finish: datetime | None) -> Occurrence:
    if when.all_day:
        return Occurrence(begin.date(), _inclusive(begin, finish))
    zone = ZoneInfo(when.timezone)
    return Occurrence(localise(begin, zone), localise(finish, zone) if finish else None)


def _cancelled(when: Recurrence, override: Override, finish: datetime | None) -> Occurrence:
    plain = _instance(when, override.original, finish)
    return Occurrence(plain.start, plain.end, "cancelled", place=override.place, note=override.note)


def _moved(when: Recurrence, override: Override, new: datetime, duration: timedelta | None) -> Occurrence:
    """An override that keeps its start (another room, say) is no move."""
    plain = _instance(when, new, override.end or (new + duration if duration else None))
    if new == override.original:
        return Occurrence(plain.start, plain.end, place=override.place, note=override.note)
    was = _instance(when, override.original, None).start
    return Occurrence(plain.start, plain.end, "moved", was, override.place, override.note)


def _inclusive(begin: datetime, finish: datetime | None) -> date:
    return max(begin.date(), (finish - DAY).date()) if finish else begin.date()
