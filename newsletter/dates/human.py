"""Dates and times as people write them, read by a strict grammar that refuses what it does not understand.

What is refused becomes Vague with an error that names the words; what is vague by nature ("TBA") is Vague and fine.
Nothing is guessed, and nothing that was put right goes unsaid.
"""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from newsletter.dates.clocks import Clock, find_bare_clock, find_clock
from newsletter.dates.days import Days, read_days
from newsletter.dates.findings import Finding, Parsed, RefusalError, error
from newsletter.dates.iso import read_iso_span
from newsletter.dates.meaning import clock_findings, when_of
from newsletter.dates.tokens import Token, plain, tokens
from newsletter.dates.vague import label_findings, label_of, refused, vague_finding, vague_time
from newsletter.dates.zones import find_zone, localise
from newsletter.model.when import AllDay, Instant, Vague

__all__ = ["Finding", "Parsed", "read_clock", "read_date", "read_datetime", "read_when"]

Offset = Literal["trust", "wall_clock"]

_APPROXIMATE = {
    "usually", "around", "about", "approximately", "approx", "ca", "circa", "typically", "normally", "roughly",
}  # fmt: skip


def read_when(
    dates: str,
    time: str = "",
    *,
    zone: str,
    day_first: bool = False,
    locale: str = "en",
    offset: Offset = "trust",
) -> Parsed:
    """Read a date text and a time text (either may hold both); clocks without a zone of their own are in `zone`.

    `offset` is for ISO forms that carry one: "wall_clock" keeps the written clock and drops the offset.
    `locale` is "en"; other languages are refused word by word.
    """
    text = " ".join(part for part in (plain(dates), plain(time)) if part)
    home = find_zone(zone)
    if home is None:
        return Parsed(Vague(text), (error("E-TZ", f'"{zone}" is not a time zone; write for example Europe/Berlin'),))
    try:
        return _read(dates, time, home, day_first, offset)
    except RefusalError as refusal:
        return refused(text, refusal)


def read_date(text: str, day_first: bool = False) -> date | None:
    """The one date that `text` names, with nothing beside it but its own right weekday."""
    parsed = read_when(text, zone="UTC", day_first=day_first)
    when = parsed.when
    return when.first if isinstance(when, AllDay) and when.first == when.last and parsed.ok else None


def read_clock(text: str) -> time | None:
    """The one time of day that `text` names, without end or zone."""
    try:
        found, _ = tokens(text)
        clock, rest = find_clock(found, ZoneInfo("UTC"))
    except RefusalError:
        return None
    if clock is None or rest or clock.end is not None or clock.zone is not None or clock.others:
        return None
    return clock.start_time


def read_datetime(text: str, zone: ZoneInfo, *, day_first: bool = False, offset: Offset = "trust") -> datetime | None:
    """The one date and time of `text`, aware and in `zone`, which is also meant where none is written."""
    when = (parsed := read_when(text, zone=zone.key, day_first=day_first, offset=offset)).when
    if not isinstance(when, Instant) or when.end is not None or not parsed.ok:
        return None
    return localise(when.start, ZoneInfo(when.timezone)).astimezone(zone)


def _read(dates: str, clock_text: str, home: ZoneInfo, day_first: bool, offset: Offset) -> Parsed:
    if not clock_text.strip() and (iso := read_iso_span(plain(dates), home, offset)):
        return Parsed(iso)
    label, rest = label_of(plain(dates))
    found, findings = tokens(rest)
    date_tokens, approximate = _without_approximate(found)
    clock, date_tokens = find_clock(date_tokens, home)
    second, extra, more, usually = _time_field(clock_text, home)
    findings += more
    if clock and second and (clock.start, clock.end) != (second.start, second.end):
        raise RefusalError("the date field names one time and the time field another", "E-TIME")
    days = read_days(date_tokens, day_first=day_first, year=label[1] if label else None)
    days = _with_weekdays(days, extra)
    clock = second or clock
    if not days.spans:
        return _dateless(dates, clock_text, label, days, clock)
    findings += days.findings
    findings += label_findings(label, days)
    when = when_of(days, clock, home, approximate or usually, findings)
    findings += clock_findings(clock, days, home)
    return Parsed(when, tuple(findings))


def _without_approximate(found: list[Token]) -> tuple[list[Token], bool]:
    kept = [token for token in found if token.text.casefold().rstrip(".") not in _APPROXIMATE and token.text != "~"]
    return kept, len(kept) < len(found)


def _time_field(text: str, home: ZoneInfo) -> tuple[Clock | None, tuple[int, ...], list[Finding], bool]:
    """A time field: a time and, at most, the weekdays it holds for."""
    if told := vague_time(text):
        return None, (), told, False
    found, findings = tokens(text)
    kept, approximate = _without_approximate(found)
    clock, rest = find_clock(kept, home)
    if clock is None:
        clock, rest = find_bare_clock(kept, home)
    days = read_days(rest, day_first=False)
    if days.spans:
        raise RefusalError(f'the time field holds a date: "{text.strip()}"')
    if text.strip() and clock is None and not days.weekdays:
        raise RefusalError(f'"{text.strip()}" is not a time')
    return clock, days.weekdays, findings, approximate


def _with_weekdays(days: Days, weekdays: tuple[int, ...]) -> Days:
    """Weekdays of the time field hold for the dates as well."""
    if not weekdays or set(weekdays) == set(days.weekdays):
        return days
    if days.weekdays:
        raise RefusalError("the date field and the time field name different weekdays", "E-WEEKDAY")
    return replace(days, weekdays=weekdays)


def _dateless(dates: str, clock_text: str, label: tuple[str, int] | None, days: Days, clock: Clock | None) -> Parsed:
    """Weekdays, times or a season without a date: understood, but nothing to put into a calendar."""
    text = " ".join(part for part in (plain(dates), plain(clock_text)) if part)
    if not text:
        raise RefusalError("there is no date")
    if not (label or days.weekdays or clock):
        raise RefusalError("it names no date")
    return Parsed(Vague(text), (vague_finding("it names no date"),))
