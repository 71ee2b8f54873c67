"""What the time words of a sentence come to: the text for `when`, how it reads, and what a person still has to say.

Words that name no day stay words. A year or a first day is asked for in a comment, never filled in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from newsletter.dates.findings import Finding, Parsed
from newsletter.dates.human import read_when
from newsletter.dates.recurrence import last_date
from newsletter.model.when import Vague, When
from newsletter.sources.suggesting.blanks import Blanks, clock_words, series_blanks
from newsletter.sources.suggesting.spans import Span

_SMALL_WORDS = re.compile(
    r"(?:[\s,;:()-]|\b(?:usually|around|about|approximately|approx|roughly|typically|normally|ca|circa|from|at|on|an?|"
    r"the|between|and|starting|every|each)\b\.?)*",
    re.IGNORECASE,
)
_USUALLY = re.compile(r"\b(?:usually|typically|normally|generally|mostly|tend to|often)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|/\d\d$")
_YEARS_AHEAD = 6
_TO_COME = "(date to be announced)"


@dataclass(frozen=True, slots=True)
class Timing:
    """The words for `when` and how they read; `blanks` is what a person has to fill in. `over`: it has passed."""

    text: str
    when: When
    findings: tuple[Finding, ...] = ()
    blanks: Blanks = field(default_factory=Blanks)
    over: bool = False


def timing_of(text: str, spans: Sequence[Span], home: ZoneInfo, today: date, told: date | None) -> Timing:
    """Read the spans; `today` tells what is over, `told` is the day the page was published, where known."""
    days = [text[span.start : span.end] for span in spans if span.kind == "date"]
    words, parsed = _read(_words(text, spans), home, dated=bool(days))
    if not isinstance(parsed.when, Vague):
        blanks, last = Blanks(), last_date(parsed.when)
    elif days and not _YEAR.search(days[-1]):
        blanks, last = _year_blanks(words, days[-1], home, told or today)
    else:
        blanks, last = series_blanks(text, spans, home), None
    return Timing(words, parsed.when, parsed.warnings, blanks, last is not None and last < today)


def _read(words: str, home: ZoneInfo, *, dated: bool) -> tuple[str, Parsed]:
    """The words as they read; where they name no date and `dates` refuses them, they say that it is to come."""
    parsed = read_when(words, zone=home.key)
    if parsed.ok or dated:
        return words, parsed
    return f"{words} {_TO_COME}", read_when(f"{words} {_TO_COME}", zone=home.key)


def _words(text: str, spans: Sequence[Span]) -> str:
    """From the first span to the last where only small words lie between, else the spans alone."""
    parts = [text[spans[0].start : spans[0].end]]
    for before, span in pairwise(spans):
        between = text[before.end : span.start]
        parts += [between if _SMALL_WORDS.fullmatch(between) else ", ", text[span.start : span.end]]
    words = clock_words("".join(parts)).strip(" ,;:")
    outside = text[: spans[0].start] + text[spans[-1].end :]
    approximate = _USUALLY.search(outside) and not any(span.kind == "date" for span in spans)
    return f"usually {words}" if approximate else words


def _year_blanks(words: str, day: str, home: ZoneInfo, told: date) -> tuple[Blanks, date | None]:
    """The words with the first year, from the telling on, in which they can be meant; and the day that would be."""
    for dated, parsed in _with_years(words, day, home, told.year):
        last = None if isinstance(parsed.when, Vague) else last_date(parsed.when)
        if parsed.ok and last is not None and last >= told:
            hint = f"The year is missing. If {last:%A} {last.day} {last:%B %Y} is meant, write:"
            return Blanks(hint, (("dates", dated),)), last
    return Blanks("The year is missing."), None


def _with_years(words: str, day: str, home: ZoneInfo, first: int) -> Iterator[tuple[str, Parsed]]:
    for year in range(first, first + _YEARS_AHEAD):
        dated = words.replace(day, f"{day}{',' if day[-1].isalnum() else ''} {year}", 1)
        yield dated, read_when(dated, zone=home.key)
