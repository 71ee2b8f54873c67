"""Where a sentence speaks of time: dates, weekdays that come again, parts of a term, clocks. Nothing is read here.

The patterns only locate words; `dates.human` reads them. Text has one kind of space and of dash.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from newsletter.dates.tokens import tokens

Kind = Literal["date", "weekly", "opening", "period", "clock", "weekday"]

_LONG = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_SHORT = r"(?:Mon|Tues?|Weds?|Thu|Thurs?|Fri|Sat|Sun)\b\.?"
_WEEKDAY = rf"(?:(?i:{_LONG})|{_SHORT})"
_MONTH = (
    r"(?:(?i:jan(?:uary)?|feb(?:r?uary)?|april|apr|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)|March|Mar|May)\b\.?"
)
_NO_CLOCK = r"(?!\d|[:.]\d|%|\s*[ap]\.?m\b|\s*(?:-|to)\s*(?:\d{1,2}(?::\d\d)?\s*[ap]\.?m\b|noon|midnight))"
_DAY = rf"(?:3[01]|[12]\d|0?[1-9])(?:st\b|nd\b|rd\b|th\b)?{_NO_CLOCK}"
_BARE_DAY = rf"{_DAY}(?!\s+(?!(?:and|from|at|to|in|noon|through|of)\b)[a-z])"
_YEAR = r"(?:,?\s+(?:19|20)\d\d\b)?"
_JOIN = r"(?:\s*(?:-|,\s*and\b|,|&)\s*|\s+(?:to|through|thru|until|and)\s+)"
_NAMED = rf"(?:{_WEEKDAY},?\s+(?:the\s+)?)?"
_MONTH_FIRST = rf"{_NAMED}{_MONTH}\s+{_DAY}(?:{_JOIN}{_NAMED}(?:{_MONTH}\s+{_DAY}|{_BARE_DAY}))*{_YEAR}"
_NO_OTHER_DAY = r"(?!\s+\d{1,2}\b(?!\d|\s*[-:]|\s*[ap]\.?m))"
_DAY_FIRST_ONE = rf"{_NAMED}{_DAY}(?:{_JOIN}{_DAY})*\s+(?:of\s+)?{_MONTH}{_NO_OTHER_DAY}{_YEAR}"
_DAY_FIRST = rf"{_DAY_FIRST_ONE}(?:{_JOIN}{_DAY_FIRST_ONE})*"
_NUMERIC = rf"{_NAMED}(?:20\d\d-[01]\d-[0-3]\d|[01]?\d/[0-3]?\d/(?:20)?\d\d|[0-3]?\d\.[01]?\d\.20\d\d)(?![\d./])"

_ORDINAL = r"(?:first|second|third|fourth|fifth|last|1st|2nd|3rd|4th)"
_AND = r"(?:\s*(?:,\s*and\b|,|&|/|\+)\s*|\s+(?:and|or)\s+)"
_OF_TERM = (
    r"of\s+(?:the|each|every|a)\s+(?:(?:spring|summer|autumn|fall|winter)\s+)?(?:month|quarter|term|semester|year)"
)
_ORDINAL_DAY = rf"(?:every\s+|each\s+)?{_ORDINAL}(?:{_AND}{_ORDINAL})*\s+{_LONG}s?(?:\s+{_OF_TERM})"
_EVERY = rf"(?:every|each)\s+(?:(?:other|{_ORDINAL})\s+)?{_LONG}s?(?:{_AND}(?:every\s+)?{_LONG}s?)*"
_PLURALS = rf"{_LONG}s(?:{_AND}{_LONG}s)*|{_LONG}(?:{_AND}{_LONG})*{_AND}{_LONG}s"
_SEVERAL = rf"{_SHORT}(?:{_AND}{_SHORT})+"
_OPENING = rf"{_WEEKDAY}s?\s*(?:-|\bto\b|\bthrough\b)\s*{_WEEKDAY}s?"

_SEASON = r"(?:spring|summer|autumn|fall|winter)(?:\s+(?:quarter|term|semester))?"
_PERIOD = (
    r"(?:end|start|beginning|middle)\s+of\s+(?:the|this|next|each|every)\s+"
    rf"(?:(?:spring|summer|autumn|fall|winter|academic)\s+)?(?:quarter|term|semester|month|year)"
    rf"|(?:early|mid|late)[\s-]+(?:in\s+)?(?:the\s+)?(?:{_MONTH}|{_SEASON})"
)

_HOUR = r"(?:1\d|2[0-4]|0?\d)(?::[0-5]\d)?"
_HALF = r"\s*[ap](?:\.m\.|\.?m\b)"
_SURE = rf"(?:\b(?:12\s+)?(?:noon|midday|midnight)\b|{_HOUR}{_HALF}|(?:1\d|2[0-3]|0?\d):[0-5]\d(?!\d|:))"
_ZONE = (
    r"(?:\s*\(?\b(?:[PECM][SD]?T|AK[SD]?T|HST|W?E[ES]S?T|CES?T|UTC|GMT|BST|IST|JST|A[EW][SD]T|NZ[SD]?T)\b\)?"
    r"|\s+(?:Pacific|Eastern|Central|Mountain)\b(?:\s+(?:Standard|Daylight))?(?:\s+[Tt]ime)?|\s+local\s+time)"
)
_CLOCK = (
    rf"(?<![\d.:/$€£])(?:{_SURE}{_ZONE}?\s*(?:-|\bto\b|\buntil\b|\bthrough\b)\s*(?:{_SURE}|{_HOUR}(?!\d|[:%]))"
    rf"|{_HOUR}\s*(?:-|\bto\b|\buntil\b)\s*{_SURE}|between\s+{_HOUR}(?:{_HALF})?\s+and\s+{_SURE}|{_SURE}){_ZONE}?"
)

_PATTERNS: Sequence[tuple[Kind, re.Pattern[str]]] = (
    ("date", re.compile(rf"(?<![\w./-])(?:{_NUMERIC})")),
    ("date", re.compile(rf"(?<![\w./:-])(?:{_DAY_FIRST})")),
    ("date", re.compile(rf"(?<![\w./-])(?:{_MONTH_FIRST})")),
    ("opening", re.compile(rf"\b(?:{_OPENING})(?!\w)")),
    ("weekly", re.compile(rf"\b(?:{_ORDINAL_DAY}|{_EVERY}|{_PLURALS})\b", re.IGNORECASE)),
    ("weekly", re.compile(rf"\b(?:{_SEVERAL})(?!\w)")),
    ("period", re.compile(rf"\b(?:{_PERIOD})(?!\w)", re.IGNORECASE)),
    ("clock", re.compile(_CLOCK, re.IGNORECASE)),
    ("weekday", re.compile(rf"(?:\b(?:this|next)\s+)?\b{_LONG}\b(?!s|')", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Span:
    """Words from `start` to `end` (not included) of a sentence, and what they seem to name."""

    kind: Kind
    start: int
    end: int


#: A word in the place of a month, which `dates` may know for a misspelt one.
_LIKE_A_MONTH = re.compile(r"\b[A-Z][a-z]{4,9}\b(?=\s+\d{1,2}\b)|(?<=\d )[A-Z][a-z]{4,9}\b(?=,?\s+20\d\d\b)")


def spans_of(text: str) -> tuple[Span, ...]:
    """What the sentence says of time, in order and without overlaps; the more telling pattern wins."""
    found: list[Span] = []
    text = _LIKE_A_MONTH.sub(_well_spelt, text)
    for kind, pattern in _PATTERNS:
        found += [span for span in _matches(kind, pattern, text) if not any(_overlap(span, one) for one in found)]
    return tuple(sorted(found, key=lambda span: span.start))


def _well_spelt(match: re.Match[str]) -> str:
    """Any month in the place of a misspelt one, and as long, so that everything stays where it is."""
    (token, *_), _findings = tokens(match[0])
    return "Jan".ljust(len(match[0])) if token.kind == "month" and not re.fullmatch(_MONTH, match[0]) else match[0]


def _matches(kind: Kind, pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    return (Span(kind, *match.span()) for match in pattern.finditer(text))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
