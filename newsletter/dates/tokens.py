"""Human dates cut into tokens. Every character is accounted for: what has no meaning becomes a "word"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Literal

from newsletter.dates.findings import Finding, RefusalError, warning

Kind = Literal[
    "date", "numeric", "clock", "number", "ordinal", "year", "month", "weekday", "half", "noon", "midnight",
    "dash", "and", "word", "mark", "offset",
]  # fmt: skip

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MONTH_NUMBER = {form: n for n, name in enumerate(MONTHS, 1) for form in (name, name[:3])} | {"sept": 9}
_WEEKDAY_NUMBER = {form: n for n, name in enumerate(WEEKDAYS) for form in (name, name[:3])} | {
    "tues": 1, "weds": 2, "thur": 3, "thurs": 3, "tu": 1, "th": 3,
}  # fmt: skip
_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]+")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]|-{2,3}")
_TOKEN = re.compile(
    r"""
    (?P<date>\d{4}-\d\d-\d\d(?!\d)|(?:19|20)\d\d[01]\d[0-3]\d(?!\d))(?:T(?=\d))?
  | (?P<numeric>\d{1,4}(?P<sep>[/.])\d{1,2}(?P=sep)\d{2,4}(?!\d)|\d{1,2}-\d{1,2}-\d{4}(?!\d))
  | (?P<offset>(?:\bUTC|\bGMT)?[ ]?\+\d\d?:?(?:\d\d)?(?!\d)|\b(?:UTC|GMT)[ ]?-\d\d?(?::?\d\d)?(?!\d))
  | (?P<clock>\d{1,2}:\d\d(?::\d\d)?(?!\d)|\d{1,2}\.\d\d(?=[ ]?[ap]\.?m))
  | (?P<ordinal>\d{1,2}(?:st|nd|rd|th)\b)
  | (?P<year>(?:19|20)\d\d(?!\d))
  | (?P<number>\d+)
  | (?P<half>[ap]\.m\.|[ap]\.?m\b)
  | (?P<path>[a-z]+(?:/[a-z_+-]+)+)
  | (?P<dash>-)
  | (?P<and>,|;|&)
  | (?P<word>[^\W\d_]+(?:'[a-z]+)?\.?)
  | (?P<mark>.)
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign; `value` is its number (month, weekday, day, year, minutes of the day)."""

    kind: Kind
    text: str
    value: int = 0
    plural: bool = False


def plain(text: str) -> str:
    """One kind of space and one kind of dash; nothing else changes."""
    return _DASHES.sub("-", _SPACES.sub(" ", text)).strip()


def tokens(text: str) -> tuple[list[Token], list[Finding]]:
    """Cut plain text; findings tell of spellings that were put right."""
    found: list[Token] = []
    findings: list[Finding] = []
    clean = plain(text)
    position = 0
    while position < len(clean):
        match = _TOKEN.match(clean, position)
        assert match is not None  # the last alternative takes any character
        position = match.end()
        if not match.group().isspace():
            found.extend(_token(match, findings))
    return found, findings


def minutes_of(clock: str) -> int:
    """Minutes since midnight of "9:30"; 24:00 is allowed, seconds are dropped where zero."""
    hour, minute, *second = (int(part) for part in re.split(r"[:.]", clock))
    if hour > 24 or minute > 59 or hour * 60 + minute > 24 * 60 or any(second):
        raise RefusalError(f'"{clock}" is not a time of day')
    return hour * 60 + minute


def numeric_date(text: str, day_first: bool) -> date:
    """8/5/26 (month first unless `day_first`), 7.12.2026 (always day first), 2026/12/07."""
    first, second, third = (int(part) for part in re.split(r"[/.-]", text))
    if re.match(r"\d{4}", text):
        year, month, day = first, second, third
    else:
        year = third + 2000 if third < 100 else third
        month, day = (second, first) if day_first or "." in text else (first, second)
    try:
        return date(year, month, day)
    except ValueError:
        hint = "; set day_first where days come first" if month > 12 >= day else ""
        raise RefusalError(f'"{text}" is not a date{hint}') from None


def _token(match: re.Match[str], findings: list[Finding]) -> list[Token]:
    kind, text = match.lastgroup or "mark", match.group().strip()
    if kind == "word":
        return [_word(text, findings)]
    if kind == "path":
        return _path(text, findings)
    if kind == "clock":
        return [_clock(text)]
    if kind in ("ordinal", "number", "year"):
        return [Token(kind, text, int(re.sub(r"\D", "", text)))]  # type: ignore[arg-type]  # three of Kind's names
    return [Token(kind, text.rstrip("T") if kind == "date" else text)]  # type: ignore[arg-type]  # group names are kinds


def _clock(text: str) -> Token:
    try:
        return Token("clock", text, minutes_of(text))
    except RefusalError:
        return Token("word", text)


def _path(text: str, findings: list[Finding]) -> list[Token]:
    """ "Europe/Berlin" stays one word, "Mon/Wed" is two weekdays."""
    pieces = text.split("/")
    words = [_word(piece, findings) for piece in pieces]
    if all(word.kind == "weekday" for word in words):
        return [part for word in words for part in (Token("and", "/"), word)][1:]
    return [Token("word", text)]


def _word(text: str, findings: list[Finding]) -> Token:
    folded = text.casefold().rstrip(".")
    if folded in ("and", "plus"):
        return Token("and", text)
    if folded in ("to", "through", "thru", "until", "till"):
        return Token("dash", text)
    if folded in ("noon", "midday"):
        return Token("noon", text, 12 * 60)
    if folded == "midnight":
        return Token("midnight", text)
    return _named(text, folded) or _misspelt(text, folded, findings) or Token("word", text)


def _named(text: str, folded: str) -> Token | None:
    if folded in _MONTH_NUMBER:
        return Token("month", text, _MONTH_NUMBER[folded])
    if folded in _WEEKDAY_NUMBER:
        return Token("weekday", text, _WEEKDAY_NUMBER[folded])
    single = folded.removesuffix("s").removesuffix("'")
    if single != folded and single in WEEKDAYS:
        return Token("weekday", text, _WEEKDAY_NUMBER[single], plural=True)
    return None


def _misspelt(text: str, folded: str, findings: list[Finding]) -> Token | None:
    """A month or weekday but for a letter; only where it can be no other."""
    names = [*MONTHS, *WEEKDAYS, *(f"{day}s" for day in WEEKDAYS)]
    near = get_close_matches(folded, names, n=2, cutoff=0.83) if len(folded) >= 5 else []
    if not near or abs(len(near[0]) - len(folded)) > 1:
        return None
    token = _named(text, near[0])
    if token is not None:
        findings.append(warning("W-SPELLING", f'"{text}" is read as {near[0].title()}; correct the spelling'))
    return token


def say(day: date) -> str:
    """ "7 December 2026", for findings."""
    return f"{day.day} {MONTHS[day.month - 1].title()} {day.year}"


def spell(found: Sequence[Token]) -> str:
    """The tokens as the author wrote them, for telling which were not understood."""
    return " ".join(token.text for token in found)
