"""A change of one instance and all that follow (RFC 5545, THISANDFUTURE): the series before, and the one from there.

Every later instance moves as the changed one does. A rule is carried over where it can say that; of a series that
ends, the instances are listed instead; a series without end whose rule cannot say it is refused.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from newsletter.dates.recurrence import moments, rule_problem
from newsletter.dates.rules import END_OF_TIME, WEEKDAYS, Rule, expand, parse_rule, until_on_wall_clock
from newsletter.model.when import Recurrence
from newsletter.sources.ics_event import VEvent
from newsletter.sources.ics_when import at_start, end_of
from newsletter.sources.report import Report

#: How often one series may be split, and how many instances may be listed for want of a rule.
MAX_SPLITS = 100
MAX_LISTED = 1000

_DAY = timedelta(days=1)


def split_series(series: Recurrence, change: VEvent, report: Report) -> tuple[Recurrence, Recurrence] | None:
    """The series before and from the change; None, with an error, where its rule cannot follow it."""
    zone = ZoneInfo(series.timezone)
    if change.recurrence_id is None or change.start is None:
        return None
    original, start = next(at_start([change.recurrence_id], series.start, zone)), change.start.wall(zone)
    if series.all_day:
        start = datetime.combine(start.date(), original.time())
    after = _after(series, original, start, zone)
    if after is None:
        text = "A change of this and all following instances moves a rule that cannot follow it; make it a new event."
        report.error("E-ICS-RANGE", text, change.line)
        return None
    before = replace(
        series,
        until=original.date() - _DAY,
        rdates=tuple(one for one in series.rdates if one < original),
        overrides=tuple(one for one in series.overrides if one.original < original),
    )
    duration = series.end - series.start if series.end else None
    return before, replace(after, end=end_of(change, zone) or (start + duration if duration else None))


def _after(series: Recurrence, original: datetime, start: datetime, zone: ZoneInfo) -> Recurrence | None:
    shift = start - original
    if any(len(parse_rule(rule).values("BYHOUR")) > 1 for rule in series.rules):
        return None
    rules = tuple(_moved(parse_rule(rule), rule, series.start, original, start, zone) for rule in series.rules)
    carried = tuple(rule for rule in rules if rule)
    listed = series.rdates
    if len(carried) < len(rules):
        found = tuple(islice(sorted(moments(series, original, END_OF_TIME)), MAX_LISTED + 1)) if _ends(series) else ()
        if not 0 < len(found) <= MAX_LISTED:
            return None
        carried, listed = (), found
    return replace(
        series,
        start=start,
        rules=carried,
        rdates=tuple(moment + shift for moment in listed if moment >= original),
        exdates=tuple(moment + shift for moment in series.exdates if moment >= original),
        overrides=tuple(
            replace(one, original=one.original + shift) for one in series.overrides if one.original >= original
        ),
    )


def _ends(series: Recurrence) -> bool:
    return all(rule.count or rule.until for rule in map(parse_rule, series.rules))


def _moved(rule: Rule, text: str, first: datetime, original: datetime, start: datetime, zone: ZoneInfo) -> str | None:
    """The rule as it goes on from the changed instance; None where no rule says that."""
    days = (start.date() - original.date()).days
    parts = dict(part.split("=", 1) for part in text.upper().removeprefix("RRULE:").strip(";").split(";"))
    if days and not _can_move(rule, parts, original, start):
        return None
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        parts.pop(name, None)
    if rule.count:
        # The instances before the change are counted already.
        parts["COUNT"] = str(
            rule.count - sum(1 for _ in expand(rule, first, first, original - timedelta.resolution, zone))
        )
    if rule.until:
        # Whoever moves the last instance to the afternoon does not mean to end the series before it.
        parts["UNTIL"] = f"{until_on_wall_clock(rule, zone) + (start - original):%Y%m%dT%H%M%S}"
    if days and rule.freq == "WEEKLY":
        parts["BYDAY"] = ",".join(WEEKDAYS[(day + days) % 7] for _, day in rule.days or ((0, original.weekday()),))
        parts["WKST"] = WEEKDAYS[(rule.week_start + days) % 7]
    moved = ";".join(f"{name}={value}" for name, value in parts.items())
    return None if rule_problem(moved) else moved


def _can_move(rule: Rule, parts: dict[str, str], original: datetime, start: datetime) -> bool:
    """Whether the rule can give every instance so many days later: days of the week can, days of a month seldom."""
    free = not any(name.startswith("BY") for name in parts if not re.fullmatch("BY(HOUR|MINUTE|SECOND)", name))
    if rule.freq == "DAILY":
        return free
    if rule.freq == "WEEKLY":
        return not any(name in parts for name in ("BYMONTH", "BYSETPOS"))
    return free and max(original.day, start.day) <= 28 and original.month == start.month
