"""Dates, counts and clocks that stand in prose, as far as they can be told without guessing.

Only the opening of a text is looked at, since that is where an event says when it is; later paragraphs tell of other
things. A date counts where weekday, month and day all stand together, and where the words around it do not make it
the date of something else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.dates.abbreviations import SEASONAL

PARAGRAPHS = 3
LONGEST = 2_000

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?P<weekday>mon|tue(?:s)?|wed(?:nes)?|thu(?:r|rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<year>(?:19|20)\d\d)\b)?"
_DATE_BEGINS = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)", re.IGNORECASE)
_DATES = (
    re.compile(rf"{_WEEKDAY},?\s+(?:the\s+)?{_MONTH}\s+{_DAY}\b{_YEAR}", re.IGNORECASE),
    re.compile(rf"{_WEEKDAY},?\s+(?:the\s+)?{_DAY}\s+(?:of\s+)?{_MONTH}(?!\w){_YEAR}", re.IGNORECASE),
)
_ELSEWHERE_BEFORE = re.compile(
    r"\b(?:regist\w*|rsvp|sign(?:ing)?[ -]?up|apply|appl\w+|submi\w+|deadline|due|clos\w+|by|before|until|till|than|"
    r"since|after|last|previous\w*|earlier|was|were|took place|original\w*|reschedul\w+|moved|instead|postponed|"
    r"follow\w*|next|cancel\w*|except|no (?:class|session|meeting)s?|holiday)\b",
    re.IGNORECASE,
)
_ELSEWHERE_AFTER = re.compile(
    r"\b(?:regist\w*|rsvp|sign[ -]?up|appl\w+|deadline|clos\w+|is due)\b|\bno (?:class|session|meeting)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?;]\s+(?=[A-Z\[*_#(])|\n\s*[-*#]\s|\n\s*\n")
_BEFORE, _AFTER = 60, 30

_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNT = rf"(?P<count>[2-9]|[1-4]\d|{'|'.join(_NUMBERS)})"
_LINKING = r"(?:before|after|ago|from|into|of|in|until|to|for|the|our|this|your|later|and)"
_COUNTS = (
    re.compile(
        rf"\b{_COUNT}[ -](?P<unit>week|session|part|class)s?[ -]?(?:long\s+)?(?:(?!{_LINKING}\b)\w+\s+){{0,2}}?"
        r"(?:course|class|series|workshop|program(?:me)?|group|seminar|circle|training|bootcamp|intensive)\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:over|in|across|runs?(?: for)?|meets?(?: for)?|lasts?|of|has|have)\s+{_COUNT}\s+(?:weekly\s+)?"
        r"(?P<unit>session|class|meeting|lesson|lecture)(?:s|es)\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:runs?|meets?|lasts?|held)(?: for| over)?\s+{_COUNT}\s+(?P<unit>week)s\b(?!\s+(?:after|before|later))",
        re.IGNORECASE,
    ),
)
#: Names that hold for half of the year; one that holds all year cannot be wrong.
_ZONE = "|".join(name for _, standard, summer, _ in SEASONAL for name in (standard, summer))
_ZONE_STANDS = re.compile(rf"\b(?:{_ZONE}|BST)\b")
_CLOCK = re.compile(
    rf"\b(?:\d{{1,2}}(?::\d\d)?\s*(?:[AaPp]\.?[Mm]\.?)?|[Nn]oon|[Mm]idnight)\s*\(?(?P<zone>{_ZONE}|BST)\b"
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A weekday, month and day in a text, the year where it stands there, and how many lines down that is."""

    text: str
    weekday: int
    month: int
    day: int
    year: int | None
    line: int


@dataclass(frozen=True, slots=True)
class CountMention:
    """So many weeks, or sessions, in the author's words."""

    text: str
    count: int
    weeks: bool


def opening(text: str) -> str:
    """The first paragraphs of a text."""
    found = list(re.finditer(r"\n[ \t]*\n", text[:LONGEST]))
    return text[: found[PARAGRAPHS - 1].start()] if len(found) >= PARAGRAPHS else text[:LONGEST]


def dates_in(text: str) -> list[DateMention]:
    """The full dates in the opening of the text that may be the event's own, in order."""
    text = opening(text)
    begun = [begin.start() for begin in _DATE_BEGINS.finditer(text)]
    found = [match for at in begun for pattern in _DATES if (match := pattern.match(text, at))]
    return [_date(match) for match in found if not _is_elsewhere(match)]


def counts_in(text: str) -> Iterator[CountMention]:
    """How many weeks or sessions the opening of the text speaks of."""
    text = opening(text)
    for pattern in _COUNTS:
        for match in pattern.finditer(text):
            words = " ".join(match.group().split())
            yield CountMention(words, _number(match["count"]), match["unit"].casefold() == "week")


def zones_in(text: str) -> Iterator[tuple[str, str]]:
    """(words, abbreviation) of each clock in the opening of the text with a zone's name of winter or summer."""
    text = opening(text)
    for match in _CLOCK.finditer(text) if _ZONE_STANDS.search(text) else ():
        if not _is_elsewhere(match):
            yield " ".join(match.group().split()), match["zone"]


def _date(match: re.Match[str]) -> DateMention:
    return DateMention(
        " ".join(match.group().split()),
        _WEEKDAYS.index(match["weekday"][:3].casefold()),
        _MONTHS.index(match["month"][:3].casefold()) + 1,
        int(match["day"]),
        int(match["year"]) if match["year"] else None,
        match.string.count("\n", 0, match.start()),
    )


def _is_elsewhere(match: re.Match[str]) -> bool:
    """Whether the words around it, in its own sentence, make it the time of something else."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    begin = max((end.end() for end in _SENTENCE_END.finditer(before)), default=0)
    stop = _SENTENCE_END.search(after)
    near = before[begin:][-_BEFORE:], after[: stop.start() if stop else None][:_AFTER]
    return bool(_ELSEWHERE_BEFORE.search(near[0]) or _ELSEWHERE_AFTER.search(near[1]))


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS.index(word.casefold()) + 2
