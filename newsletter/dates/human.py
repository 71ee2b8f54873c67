"""Dates and times as people write them, read by a strict grammar that refuses what it does not understand.

What is refused becomes Vague with an error that names the words; what is vague by nature ("TBA") is Vague and fine.
Nothing is guessed, and nothing that was put right goes unsaid.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from newsletter.dates.clocks import Clock, find_bare_clock, find_clock
from newsletter.dates.days import Days, read_days
from newsletter.dates.findings import Finding, Parsed, RefusalError, error
from newsletter.dates.iso import read_iso_span
from newsletter.dates.languages import ENGLISH, words_of
from newsletter.dates.meaning import clock_findings, when_of
from newsletter.dates.moments import entries_of, read_moments
from newsletter.dates.reading import Offset, Rules, cut
from newsletter.dates.tokens import plain
from newsletter.dates.vague import (
    Label,
    check_label_year,
    label_findings,
    label_of,
    refused,
    vague_finding,
    vague_time,
    window_of_words,
)
from newsletter.dates.zones import find_zone, localise
from newsletter.model.when import AllDay, Instant, Sessions, Vague
from newsletter.model.workspace import TermSettings

__all__ = ["Finding", "Parsed", "read_clock", "read_date", "read_datetime", "read_when"]

#: Characters; a date in words is shorter, and what is longer is something else that would only cost time.
_LONGEST = 1000
_NO_TERMS: Mapping[str, TermSettings] = {}


def read_when(
    dates: str,
    time: str = "",
    *,
    zone: str,
    day_first: bool = False,
    locale: str = "en",
    offset: Offset = "trust",
    terms: Mapping[str, TermSettings] = _NO_TERMS,
) -> Parsed:
    """Read a date text and a time text (either may hold both); clocks without a zone of their own are in `zone`.

    `offset` is for clocks that carry one: "wall_clock" keeps the written clock and drops the offset. `locale` (CLDR)
    adds that language's words to the English ones, and its order of day and month. `terms` bound what is vague but
    names one of them.
    """
    text = " ".join(part for part in (plain(dates), plain(time)) if part)
    home, words = find_zone(zone), words_of(locale)
    if home is None:
        return Parsed(Vague(text), (error("E-TZ", f'"{zone}" is not a time zone; write for example Europe/Berlin'),))
    if words is None:
        return Parsed(Vague(text), (error("E-LOCALE", f'"{locale}" is not a locale; write for example de or pt-BR'),))
    if len(text) > _LONGEST:
        start = f"{text[:80]}..."
        return Parsed(Vague(start), (error("E-DATE", f'"{start}" is too long for a date: {len(text)} characters'),))
    rules = Rules(home, words, day_first or words.day_first, offset, terms)
    try:
        return _read(dates, time, rules)
    except RefusalError as refusal:
        return _entries(text, rules) or refused(text, refusal, rules)


def read_date(text: str, day_first: bool = False, locale: str = "en") -> date | None:
    """The one date that `text` names, with nothing beside it but its own right weekday."""
    parsed = read_when(text, zone="UTC", day_first=day_first, locale=locale)
    when = parsed.when
    return when.first if isinstance(when, AllDay) and when.first == when.last and parsed.ok else None


def read_clock(text: str, locale: str = "en") -> time | None:
    """The one time of day that `text` names, without end or zone; English where the locale is not known."""
    try:
        found, _, _ = cut(text, words_of(locale) or ENGLISH)
        clock, rest = find_clock(found, ZoneInfo("UTC"))
    except RefusalError:
        return None
    if clock is None or rest or clock.end is not None or clock.zone is not None or clock.others:
        return None
    return clock.start_time


def read_datetime(
    text: str, zone: ZoneInfo, *, day_first: bool = False, offset: Offset = "trust", locale: str = "en"
) -> datetime | None:
    """The one date and time of `text`, aware and in `zone`, which is also meant where none is written."""
    when = (parsed := read_when(text, zone=zone.key, day_first=day_first, offset=offset, locale=locale)).when
    if not isinstance(when, Instant) or when.end is not None or not parsed.ok:
        return None
    return localise(when.start, ZoneInfo(when.timezone)).astimezone(zone)


def _read(dates: str, clock_text: str, rules: Rules) -> Parsed:
    if not clock_text.strip() and (iso := read_iso_span(plain(dates), rules.home, rules.offset)):
        return Parsed(iso)
    label, rest = label_of(plain(dates))
    found, findings, approximate = cut(rest, rules.words)
    if not clock_text.strip() and (span := read_moments(found, rules, findings)):
        return Parsed(span, tuple(findings))
    clock, date_tokens = find_clock(found, rules.home)
    second, extra, more, usually = _time_field(clock_text, rules)
    findings += more
    if clock and second and (clock.start, clock.end) != (second.start, second.end):
        raise RefusalError("the date field names one time and the time field another", "E-TIME")
    days = read_days(date_tokens, day_first=rules.day_first, year=label[1] if label else None)
    check_label_year(label, date_tokens, days)
    days = _with_weekdays(days, extra)
    clock = _by_policy(second or clock, rules)
    if not days.spans:
        return _dateless(dates, clock_text, label, days, clock, rules)
    findings += days.findings
    findings += label_findings(label, days)
    when = when_of(days, clock, rules.home, approximate or usually, findings)
    findings += clock_findings(clock, days, rules.home)
    return Parsed(when, tuple(findings))


def _entries(text: str, rules: Rules) -> Parsed | None:
    """Entries divided by semicolons, each of which can be read alone; None where one cannot."""
    sessions: list[Instant | AllDay] = []
    findings: list[Finding] = []
    for entry in entries_of(text):
        try:
            parsed = _read(entry, "", rules)
        except RefusalError:
            return None
        when = parsed.when
        if isinstance(when, Instant | AllDay | Sessions):
            sessions += when.sessions if isinstance(when, Sessions) else [when]
            findings += parsed.warnings
        else:
            return None
    return Parsed(Sessions(_in_order(sessions)), tuple(findings)) if len(sessions) > 1 else None


def _in_order(sessions: list[Instant | AllDay]) -> tuple[Instant | AllDay, ...]:
    def begin(one: Instant | AllDay) -> datetime:
        return one.start if isinstance(one, Instant) else datetime.combine(one.first, time())

    return tuple(sorted(sessions, key=begin))


def _by_policy(clock: Clock | None, rules: Rules) -> Clock | None:
    """Without the offset, where the source says that written offsets mean nothing."""
    if clock is None or clock.zone is None or clock.zone.offset is None or rules.offset == "trust":
        return clock
    return replace(clock, zone=None)


def _time_field(text: str, rules: Rules) -> tuple[Clock | None, tuple[int, ...], list[Finding], bool]:
    """A time field: a time and, at most, the weekdays it holds for."""
    if told := vague_time(text):
        return None, (), told, False
    kept, findings, approximate = cut(text, rules.words)
    clock, rest = find_clock(kept, rules.home)
    if clock is None:
        clock, rest = find_bare_clock(kept, rules.home)
    days = read_days(rest, day_first=False)
    if days.spans:
        raise RefusalError(f'the time field holds a date: "{text.strip()}"')
    if days.interval > 1 or days.places:
        raise RefusalError(f'the rhythm "{text.strip()}" belongs into the date field')
    if kept and clock is None and not days.weekdays:
        raise RefusalError(f'"{text.strip()}" is not a time')
    return clock, days.weekdays, findings, approximate


def _with_weekdays(days: Days, weekdays: tuple[int, ...]) -> Days:
    """Weekdays of the time field hold for the dates as well."""
    if not weekdays or set(weekdays) == set(days.weekdays):
        return days
    if days.weekdays:
        raise RefusalError("the date field and the time field name different weekdays", "E-WEEKDAY")
    return replace(days, weekdays=weekdays)


def _dateless(
    dates: str, clock_text: str, label: Label | None, days: Days, clock: Clock | None, rules: Rules
) -> Parsed:
    """Weekdays, times or a season without a date: understood, but nothing to put into a calendar."""
    text = " ".join(part for part in (plain(dates), plain(clock_text)) if part)
    if not text:
        raise RefusalError("there is no date")
    if not (label or days.weekdays or clock):
        raise RefusalError("it names no date")
    return Parsed(Vague(text, *window_of_words(text, rules)), (vague_finding("it names no date"),))
