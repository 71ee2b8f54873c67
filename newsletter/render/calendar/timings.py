"""When something happens as calendar programs take it: a start, an end, at most one rule, and what departs from it.

Programs differ over what a rule with a loose end means, so every rule is told with its true last start, a start that
its own rule does not name is an event of its own, and of several rules all but the first are told as dates.
What is vague or only "usually" so has no timing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from newsletter.dates.recurrence import RuleError, moments
from newsletter.dates.rules import END_OF_TIME, WEEKDAYS, Rule, expand, parse_rule, until_on_wall_clock
from newsletter.dates.zones import localise
from newsletter.model.when import AllDay, Instant, Override, Recurrence, Sessions, WeeklyRange, When
from newsletter.render.calendar.lines import day, utc

#: How long, and how often, a second rule of one series is told.
SECOND_RULE = timedelta(days=1830)
MOST_DATES = 500
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of one component: naive wall clocks of `zone`, or midnights where `all_day`; `end` is exclusive.

    `part` tells components of one item apart that are events of their own ("2" of three sessions); those that change
    one instance carry `instance`, the start that it had.
    """

    start: datetime
    end: datetime | None
    zone: str
    all_day: bool = False
    rule: str = ""
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()
    instance: datetime | None = None
    cancelled: bool = False
    place: str = ""
    note: str = ""
    part: str = ""
    of: int = 1
    last: date | None = None


def timings_of(when: When | None, until: date | None = None) -> tuple[Timing, ...]:
    """The components of an event's times; `until` (inclusive) ends a series before its rule does."""
    match when:
        case Instant():
            return (_instant(when),)
        case AllDay():
            return (_all_day(when),)
        case Sessions():
            return _sessions(when)
        case WeeklyRange() if not when.approximate:
            return _weekly(when, until)
        case Recurrence() if not when.approximate:
            return _recurrence(replace(when, until=min(filter(None, (when.until, until)), default=None)))
    return ()


def _instant(when: Instant) -> Timing:
    return Timing(when.start, when.end, when.timezone, last=(when.end or when.start).date())


def _all_day(when: AllDay) -> Timing:
    return Timing(_midnight(when.first), _midnight(when.last) + _DAY, "", True, last=when.last)


def _sessions(when: Sessions) -> tuple[Timing, ...]:
    """Events of their own: few programs know a list of dates, and sessions differ in length."""
    found = [timing for one in when.sessions for timing in timings_of(one)]
    if len(found) == 1:
        return tuple(found)
    return tuple(replace(one, part=str(number), of=len(found)) for number, one in enumerate(found, 1))


def _weekly(when: WeeklyRange, until: date | None) -> tuple[Timing, ...]:
    last = min(when.last, until) if until else when.last
    days = [when.first + index * _DAY for index in range((last - when.first).days + 1)]
    held = [one for one in days if one.weekday() in when.weekdays and one not in when.excluded]
    if not held:
        return ()
    clock = when.start or time()
    starts = [datetime.combine(one, clock) for one in held]
    end = _end_of_day(starts[0], when)
    rule = "FREQ=WEEKLY;BYDAY=" + ",".join(WEEKDAYS[one] for one in when.weekdays)
    timing = Timing(starts[0], end, when.timezone if when.start else "", when.start is None, last=held[-1])
    if len(held) == 1:
        return (timing,)
    left_out = tuple(datetime.combine(one, clock) for one in sorted(when.excluded) if _between(one, held, when))
    return (replace(timing, rule=f"{rule};UNTIL={_until(timing, starts[-1])}", exdates=left_out),)


def _between(one: date, held: list[date], when: WeeklyRange) -> bool:
    return held[0] < one < held[-1] and one.weekday() in when.weekdays


def _end_of_day(start: datetime, when: WeeklyRange) -> datetime | None:
    if when.start is None:
        return start + _DAY
    if when.end is None:
        return None
    end = datetime.combine(start.date(), when.end)
    return end if end > start else end + _DAY


def _recurrence(when: Recurrence) -> tuple[Timing, ...]:
    try:
        return tuple(_series(when))
    except RuleError:
        return ()


def _series(when: Recurrence) -> Iterator[Timing]:
    cap = datetime.combine(when.until, time.max) if when.until else END_OF_TIME
    changed = [one for one in when.overrides if one.original not in when.exdates]
    kept = [one for one in changed if max(one.start or one.original, one.original) <= cap]
    gone = [one.original for one in changed if one not in kept]
    when = replace(when, exdates=_listed((*when.exdates, *gone), cap))
    plain = Timing(when.start, when.end, "" if when.all_day else when.timezone, when.all_day)
    series = _by_rule(when, plain, cap)
    alone: list[datetime] = []
    if series is not None and not series.rule and not series.rdates:
        alone = [series.start]
        series = None
    told = (series.start, *series.rdates) if series else ()
    if when.start not in (*told, *alone) and moments(when, when.start, min(when.start, cap)):
        alone.insert(0, when.start)
    for start in alone:
        yield _alone(when, plain, start, kept, "" if start == alone[0] and series is None else f"of {day(start)}")
    if series is not None:
        yield replace(series, exdates=when.exdates)
    yield from _instances(when, plain, [one for one in kept if one.original not in alone], series)


def _by_rule(when: Recurrence, plain: Timing, cap: datetime) -> Timing | None:
    """The series from the first start that its first rule names, with the other rules' starts as dates."""
    zone = ZoneInfo(when.timezone)
    rules = [parse_rule(rule) for rule in when.rules]
    added = {one for rule in rules[1:] for one in _some(rule, when.start, cap, zone)}
    found = _rule(when, rules[0], cap, zone) if rules else None
    listed = _listed((*when.rdates, *added, *(() if rules else (when.start,))), cap)
    dates = tuple(one for one in listed if one not in when.exdates)
    if found is None:
        return _by_dates(plain, dates)
    start, last, text = found
    length = when.end - when.start if when.end else None
    finish = None if last is None else max((last, *dates))
    return replace(
        plain,
        start=start,
        end=start + length if length is not None else None,
        rule=text,
        rdates=tuple(one for one in dates if one != start),
        last=None if finish is None else (finish + (length or timedelta())).date(),
    )


def _by_dates(plain: Timing, dates: tuple[datetime, ...]) -> Timing | None:
    """A series that is told by its dates alone; None where there are none."""
    if not dates:
        return None
    length = plain.end - plain.start if plain.end else None
    end = dates[0] + length if length is not None else None
    last = (dates[-1] + (length or timedelta())).date()
    return replace(plain, start=dates[0], end=end, rdates=dates[1:], last=last)


def _rule(
    when: Recurrence, rule: Rule, cap: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime | None, str] | None:
    """The rule's first start, its last one (None: without an end), and its text; None where it names no start."""
    final = min(cap, until_on_wall_clock(rule, zone))
    if rule.count is None and final >= END_OF_TIME:
        first = next(expand(rule, when.start, when.start, END_OF_TIME, zone), None)
        return None if first is None else (first, None, _parts(when.rules[0]))
    starts = list(expand(rule, when.start, when.start, final, zone))
    if not starts:
        return None
    until = _until(Timing(when.start, None, when.timezone, when.all_day), starts[-1])
    return starts[0], starts[-1], f"{_parts(when.rules[0])};UNTIL={until}"


def _some(rule: Rule, start: datetime, cap: datetime, zone: ZoneInfo) -> list[datetime]:
    return list(islice(expand(rule, start, start, min(cap, start + SECOND_RULE), zone), MOST_DATES))


def _parts(rule: str) -> str:
    """The rule's parts without its ends."""
    parts = rule.upper().replace(" ", "").removeprefix("RRULE:").strip(";").split(";")
    return ";".join(part for part in parts if not part.startswith(("UNTIL=", "COUNT=")))


def _until(timing: Timing, last: datetime) -> str:
    """The last start, in the form that goes with DTSTART (RFC 5545, 3.3.10): a date, or UTC."""
    return day(last) if timing.all_day else utc(localise(last, ZoneInfo(timing.zone)))


def _listed(dates: tuple[datetime, ...], cap: datetime) -> tuple[datetime, ...]:
    return tuple(sorted({one for one in dates if one <= cap}))


def _alone(when: Recurrence, plain: Timing, start: datetime, kept: list[Override], part: str) -> Timing:
    """A start that no rule names, as its source tells it: moved or cancelled, too."""
    as_is = Override(start, "moved", start)
    override = next((one for one in kept if one.original == start), as_is)
    return replace(_instance(when, plain, override), instance=None, part=part)


def _instances(when: Recurrence, plain: Timing, kept: list[Override], series: Timing | None) -> Iterator[Timing]:
    """What became of single instances; one that the rule does not know cannot be cancelled."""
    for override in kept:
        if override.status == "moved" or moments(when, override.original, override.original):
            changed = _instance(when, plain, override)
            yield changed if series else replace(changed, instance=None, part=f"of {day(override.original)}")


def _instance(when: Recurrence, plain: Timing, override: Override) -> Timing:
    length = when.end - when.start if when.end else None
    start = override.start if override.status == "moved" and override.start else override.original
    end = override.end if override.status == "moved" and override.end else start + length if length else None
    return Timing(
        start,
        end,
        plain.zone,
        plain.all_day,
        instance=override.original,
        cancelled=override.status == "cancelled",
        place=override.place or "",
        note=override.note,
        last=(end or start).date(),
    )


def _midnight(value: date) -> datetime:
    return datetime.combine(value, time())
