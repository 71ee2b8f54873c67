"""From date words and a clock to a When, with everything that contradicts itself said and nothing repaired."""

from zoneinfo import ZoneInfo

from newsletter.dates.clocks import Clock, placed, same_everywhere
from newsletter.dates.days import Days, contradiction
from newsletter.dates.findings import Finding, RefusalError, error, warning
from newsletter.dates.series import names, series, weekdays_of, weekly
from newsletter.dates.tokens import say
from newsletter.dates.zones import wrong_season
from newsletter.model.when import AllDay, Instant, Sessions, When

_LONGEST_DAILY = 14


def when_of(days: Days, clock: Clock | None, home: ZoneInfo, approximate: bool, findings: list[Finding]) -> When:
    """The When that the words mean; adds to `findings` what the author must be told."""
    spans = days.spans
    ranges = [span for span in spans if span.first != span.last]
    if days.is_series:
        return series(days, clock, home, approximate, findings)
    if days.for_weeks and ranges:
        raise RefusalError("it names an end and a number of weeks; write one of them")
    if days.for_weeks or (days.opened and not ranges):
        raise RefusalError("it says when it begins, and not on which weekdays")
    if not ranges:
        return _dated(days, clock, home, approximate, findings)
    if len(spans) == 1 and days.weekdays:
        return weekly(days, days.weekdays, clock, home, approximate, findings)
    if days.excluded:
        raise RefusalError("it excludes dates of a range without naming weekdays")
    if days.weekdays:
        raise RefusalError("it names weekdays and several ranges; list the dates")
    if clock is None:
        return _one_or_sessions([AllDay(span.first, span.last) for span in spans])
    return _daily(days, clock, home, approximate, findings)


def _daily(days: Days, clock: Clock, home: ZoneInfo, approximate: bool, findings: list[Finding]) -> When:
    """ "Jan 12-13, 9:00-16:30" is a workshop of two such days; a longer range must say which days it means."""
    span = days.spans[0]
    if len(days.spans) > 1 or clock.end is None or (span.last - span.first).days >= _LONGEST_DAILY:
        raise RefusalError("it names a range and a time; say which weekdays, or write 'daily'")
    findings.append(warning("W-DAILY", "read as this time on each of its days; write 'daily' to say so"))
    return weekly(days, weekdays_of(span), clock, home, approximate, findings)


def _dated(days: Days, clock: Clock | None, home: ZoneInfo, approximate: bool, findings: list[Finding]) -> When:
    """Dates that stand one by one, each checked against the weekdays in front."""
    if days.excluded:
        raise RefusalError("it excludes dates from a list")
    wrong = [span.first for span in days.spans if days.weekdays and span.first.weekday() not in days.weekdays]
    findings += [contradiction(days.weekdays[0], day) for day in wrong]
    missing = set(days.weekdays) - {span.first.weekday() for span in days.spans}
    if missing and not wrong and set(days.weekdays) != set(range(7)):
        findings.append(error("E-WEEKDAY", f"none of the dates is a {names(tuple(missing))}"))
    if days.stated_count not in (None, len(days.spans)):
        findings.append(warning("W-COUNT", f"it speaks of {days.stated_count}, but lists {len(days.spans)} dates"))
    if clock is None:
        return _one_or_sessions([AllDay(span.first, span.last) for span in days.spans])
    if approximate:
        findings.append(warning("W-APPROXIMATE", "the time is only approximate, but it is shown as written"))
    return _one_or_sessions([placed(clock, span.first, home) for span in days.spans])


def _one_or_sessions(parts: list[AllDay] | list[Instant]) -> When:
    return parts[0] if len(parts) == 1 else Sessions(tuple(parts))


def clock_findings(clock: Clock | None, days: Days, home: ZoneInfo) -> list[Finding]:
    """What is wrong with the zones of a time on those days."""
    if clock is None:
        return []
    findings: list[Finding] = []
    for each in (clock, *clock.others):
        findings += _zone_findings(each, days)
    if not all(same_everywhere(clock, span.first, home) for span in days.spans):
        findings.append(error("E-TIME", "the times it gives for different zones are not the same moment"))
    return findings


def _zone_findings(clock: Clock, days: Days) -> list[Finding]:
    name = clock.zone
    if name is None:
        return []
    if name.offset is not None:
        return []
    if name.zone is None:
        return [error("E-TZ", f'"{name.text}" is not a time zone that is known; write for example Europe/Berlin')]
    wrong = [span.first for span in days.spans if wrong_season(name.text, clock.on(span.first)[0], name.zone)]
    if not wrong or name.source != "abbreviation":
        return []
    right = wrong_season(name.text, clock.on(wrong[0])[0], name.zone)
    return [warning("W-TZ-ABBR", f"{name.text} is not in force on {say(wrong[0])}; read as {right}, the clock there")]
