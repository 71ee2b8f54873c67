"""The time of a calendar entry -> When: exclusive ends become inclusive days, rules keep their overrides."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.dates.recurrence import rule_problem
from newsletter.model.when import AllDay, Instant, Override, Recurrence, When
from newsletter.sources.ics_event import Moment, VEvent
from newsletter.sources.ics_zones import CalendarZones

_DAY = timedelta(days=1)


def event_when(
    event: VEvent, overrides: Sequence[VEvent], zones: CalendarZones, *, midnight_is_date: bool
) -> When | None:
    """When the event takes place; None, with an error, where its DTSTART is missing or broken."""
    if event.start is None:
        if not event.report.failed:
            event.report.error("E-ICS-DATE", f"The event {event.title[:80]!r} has no DTSTART.")
        return None
    zone = _zone(event, event.start, zones)
    start, end = event.start.wall(zone), end_of(event, zone)
    all_day = _is_all_day(event.start, event.end, start, end, midnight_is_date=midnight_is_date)
    single = _single(event.start, zone, start, end, all_day=all_day)
    rules = tuple(rule for rule in event.rules if _is_good(rule, event))
    if not rules and not event.rdates:
        return single
    series = Recurrence(start, end, zone.key, rules, event.start.source, all_day=all_day)
    if all_day:
        series = replace(series, end=max(end or start, start + _DAY))
    return replace(
        series,
        rdates=tuple(at_start(event.rdates, start, zone)),
        exdates=tuple(at_start(event.exdates, start, zone)),
        overrides=tuple(override for one in overrides if (override := _override(one, event, start, zone))),
    )


def _zone(event: VEvent, start: Moment, zones: CalendarZones) -> ZoneInfo:
    """UTC times show the calendar's clock; a rule that counts in UTC keeps doing so unless the file names a zone."""
    if start.zone is None:
        return zones.home
    if not start.is_utc:
        return start.zone
    if event.rules and not zones.named:
        return start.zone
    if event.rules:
        text = f"It repeats at a UTC time; it was read as the same time of day in {zones.home.key} all year."
        event.report.info("I-UTC", text, start.line)
    return zones.home


def end_of(event: VEvent, zone: ZoneInfo) -> datetime | None:
    """The naive end of an event in `zone`; None, perhaps with an error, where it has none."""
    start = event.start
    if start is None:
        return None
    begin = start.wall(zone)
    if event.end is None:
        duration = event.duration
        return begin + duration if duration else None
    end = event.end.wall(zone)
    if end < begin:
        text = f"It ends ({_text(event.end)}) before it starts ({_text(start)}); nothing was swapped."
        event.report.error("E-ORDER", text, event.end.line)
        return None
    return end


def _is_all_day(
    start: Moment, end: Moment | None, begin: datetime, finish: datetime | None, *, midnight_is_date: bool
) -> bool:
    if start.is_date:
        return True
    written = (start.stamp.is_midnight and (end is None or end.stamp.is_midnight)) and midnight_is_date
    return written and (finish is None or (finish - begin >= _DAY and finish - begin == _whole(finish - begin)))


def _whole(span: timedelta) -> timedelta:
    return timedelta(days=span.days)


def _single(start: Moment, zone: ZoneInfo, begin: datetime, end: datetime | None, *, all_day: bool) -> When:
    if not all_day:
        return Instant(begin, end, zone.key, start.source)
    days = max(1, (end - begin).days if end else 1)
    return AllDay(start.stamp.day, start.stamp.day + timedelta(days=days - 1))


def _is_good(rule: str, event: VEvent) -> bool:
    trouble = rule_problem(rule)
    if trouble:
        event.report.error("E-RECURRENCE", f"RRULE: {trouble}.")
    return trouble is None


def at_start(moments: Sequence[Moment], start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Instances that EXDATE, RDATE or RECURRENCE-ID name, on the clock of a series; a date means that day's."""
    for moment in moments:
        yield datetime.combine(moment.stamp.day, start.time()) if moment.is_date else moment.wall(zone)


def _override(one: VEvent, event: VEvent, start: datetime, zone: ZoneInfo) -> Override | None:
    if one.recurrence_id is None:
        return None
    original = next(at_start([one.recurrence_id], start, zone))
    note = _note(one, event)
    if one.is_cancelled:
        return Override(original, "cancelled", note=note)
    if one.start is None:
        if not one.report.failed:
            one.report.error("E-ICS-DATE", "This changed instance has no DTSTART.")
        return None
    begin = one.start.wall(zone)
    if one.start.is_date and not (event.start and event.start.is_date):
        begin = datetime.combine(begin.date(), start.time())
    location = one.texts.get("LOCATION", "").strip()
    place = location if location and location != event.texts.get("LOCATION", "").strip() else None
    return Override(original, "moved", begin, end_of(one, zone), place, note)


def _note(one: VEvent, event: VEvent) -> str:
    """What is said of the change: the comment, and the title where it is another one."""
    title = one.title if one.title and one.title != event.title else ""
    comment = " ".join(one.texts.get("COMMENT", "").split())
    return ": ".join(part for part in (title, comment) if part)


def _text(moment: Moment) -> str:
    return str(moment.stamp.day if moment.is_date else moment.stamp.wall)
