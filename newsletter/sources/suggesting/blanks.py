"""What prose leaves open, as fields for a person to fill in: a first day, a last day, the rule between them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from newsletter.dates.clocks import Clock, find_clock
from newsletter.dates.findings import RefusalError
from newsletter.dates.tokens import WEEKDAYS, tokens
from newsletter.sources.suggesting.spans import Span

_BETWEEN = re.compile(r"\bbetween (.{1,12}?) and (?=\d|noon|midnight)", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(first|second|third|fourth|last|1st|2nd|3rd|4th)\b", re.IGNORECASE)
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_ONCE_A_TERM = re.compile(r"\b(?:quarter|term|semester|year)\b", re.IGNORECASE)
_EVERY_OTHER = re.compile(r"\b(?:other|second)\b", re.IGNORECASE)
_DAY = "YYYY-MM-DD"


@dataclass(frozen=True, slots=True)
class Blanks:
    """A sentence of advice, and (our name of a field, value or pattern) to stand under it as comments."""

    hint: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def series_blanks(text: str, spans: Sequence[Span], home: ZoneInfo) -> Blanks:
    """For weekdays that come again the rule, its first and last day left open; for all else the day."""
    fields = tuple(_start_and_end(_clock_of(text, spans, home), home))
    weekly = (text[span.start : span.end] for span in spans if span.kind == "weekly")
    rule = next(filter(None, map(rule_of, weekly)), "")
    if not rule:
        return Blanks("No day is named. Once it is known, write it here and take the # away:", fields)
    hint = "No first and no last day is named. Fill them in and take the # away:"
    return Blanks(hint, (*fields, ("recurrence", rule), ("until", _DAY)))


def clock_words(text: str) -> str:
    """ "between 1 and 2pm" as a range."""
    return _BETWEEN.sub(r"\1 - ", text)


def rule_of(words: str) -> str:
    """ "every other Thursday" as an RRULE (RFC 5545); empty for what happens once a term, which no rule can say."""
    if _ONCE_A_TERM.search(words):
        return ""
    days = dict.fromkeys(token.value for token in tokens(words)[0] if token.kind == "weekday")
    names = [WEEKDAYS[day][:2].upper() for day in days]
    if "month" in words.lower():
        places = [_PLACES[word.lower()] for word in _ORDINAL.findall(words)]
        return "FREQ=MONTHLY;BYDAY=" + ",".join(f"{place}{name}" for place in places for name in names)
    interval = ";INTERVAL=2" if _EVERY_OTHER.search(words) else ""
    return f"FREQ=WEEKLY{interval};BYDAY={','.join(names)}"


def _start_and_end(clock: Clock | None, home: ZoneInfo) -> Iterator[tuple[str, str]]:
    yield "start", f"{_DAY} {clock.start_time:%H:%M}" if clock else _DAY
    if clock and clock.end_time:
        yield "end", f"{_DAY} {clock.end_time:%H:%M}"
    if clock and clock.zone and clock.zone.zone and clock.zone.zone != home:
        yield "timezone", clock.zone.zone.key


def _clock_of(text: str, spans: Sequence[Span], home: ZoneInfo) -> Clock | None:
    span = next((span for span in spans if span.kind == "clock"), None)
    if span is None:
        return None
    try:
        return find_clock(tokens(clock_words(text[span.start : span.end]))[0], home)[0]
    except RefusalError:
        return None
