"""Human dates cut into tokens. Every character is accounted for: what has no meaning becomes a "word"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from newsletter.dates.findings import Finding, RefusalError, warning
from newsletter.dates.languages import ENGLISH, MONTHS, WEEKDAYS, Words, fold

__all__ = ["MONTHS", "WEEKDAYS", "Token", "minutes_of", "numeric_date", "plain", "say", "spell", "tokens"]

Kind = Literal[
    "date", "numeric", "clock", "number", "ordinal", "year", "month", "weekday", "half", "noon", "midnight",
    "dash", "and", "word", "mark", "offset",
]  # fmt: skip

_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]+")
#: What is not yet plain in ASCII: any blank but a single space, dashes in a row.
_UNEVEN = re.compile(r"\s\s|[^\S ]|--")
_DASHES = re.compile(r"(?<!\d:\d\d)[\u2010-\u2015\u2212]|[\u2010-\u2015\u2212](?!\d\d:)|-{2,3}")
_PATTERN = r"""
    (?P<week>\d{4}-?W\d\d(?:-?\d)?(?![^\W_]))
  | (?P<date>\d{4}-\d\d-\d\d(?!\d)|(?:19|20)\d\d[01]\d[0-3]\d(?!\d))(?:T(?=\d))?
  | (?P<numeric>\d{1,4}(?P<sep>[/.])\d{1,2}(?P=sep)\d{2,4}(?!\d)|\d{1,2}-\d{1,2}-\d{4}(?!\d)
      |\d{4}(?P<by>[/.])\d{1,2}(?P=by)\d{1,2}(?!\d))
  | (?P<offset>(?:\bUTC|\bGMT)?[ ]?\+\d\d?:?(?:\d\d)?(?!\d)|\b(?:UTC|GMT)[ ]?-\d\d?(?::?\d\d)?(?!\d))
  | (?P<clock>\d{1,2}:\d\d(?::\d\d)?(?!\d)|\d{1,2}\.\d\d(?=[ ]?[ap]\.?m))
  | (?P<hours>\d{1,2}h(?:[0-5]\d)?(?![^\W_]))
  | (?P<ordinal>\d{1,2}(?:st|nd|rd|th)\b)
    DOTS
  | (?P<year>(?:19|20)\d\d(?!\d))
  | (?P<number>\d+)
  | (?P<half>[ap]\.m\.|[ap]\.?m\b)
  | (?P<path>[^\W\d_]+\.?(?:/[^\W\d][\w+-]*\.?)+)
  | (?P<dash>[-–—‒])
  | (?P<and>[,;&|•·])
  | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*\.?)
  | (?P<mark>.)
"""
_DOTS = r"""
  | (?P<own>\d{1,2}(?:(?:er|re|[eoº°ª])(?![^\W_])|:[ae](?![^\W_])|\.(?=[ ]?[^\W\d_]|[ ]?[-,&])))
  | (?P<daymonth>\d{1,2}\.[ ]?\d{1,2}\.(?!\d))
  | (?P<dotted>\d{1,2}\.[0-5]\d(?![\d.]))
"""
_TOKEN, _DOTTED_TOKEN = (
    re.compile(_PATTERN.replace("DOTS", dots), re.IGNORECASE | re.VERBOSE) for dots in ("", _DOTS)
)
_SPREADSHEET_DAY = re.compile(r"(?<![\w-])(\d{1,2})-([^\W\d_]{3,}\.?)-(\d{4})(?![\w-])")
_ALIKE = 0.83
_EITHER = "day.month or hour.minute"
_HOURS = {"hrs", "hours", "h"}
_PLAIN_WORDS: dict[str, tuple[Kind, int]] = {
    "and": ("and", 0), "plus": ("and", 0),
    "to": ("dash", 0), "through": ("dash", 0), "thru": ("dash", 0), "until": ("dash", 0), "till": ("dash", 0),
    "noon": ("noon", 12 * 60), "midday": ("noon", 12 * 60), "midnight": ("midnight", 0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign; `value` is its number (month, weekday, day, year, minutes of the day).

    `word` is the folded word, in English where the text is not.
    """

    kind: Kind
    text: str
    value: int = 0
    plural: bool = False
    word: str = ""


def plain(text: str) -> str:
    """One kind of space and one kind of dash, but for "22:00–02:00", which unlike "22:00-02:00" holds no offset."""
    if text.isascii() and not _UNEVEN.search(text):
        return text.strip()
    return _DASHES.sub("-", _SPACES.sub(" ", text)).strip()


def tokens(text: str, words: Words = ENGLISH) -> tuple[list[Token], list[Finding]]:
    """Cut plain text; findings tell of spellings that were put right."""
    found: list[Token] = []
    findings: list[Finding] = []
    clean = _SPREADSHEET_DAY.sub(r"\1 \2 \3", plain(words.rewritten(plain(text))))
    position = 0
    while position < len(clean):
        match = _next(clean, position, words)
        position = match.end()
        if not match.group().isspace():
            found.extend(_token(match, words, found, findings))
    return _with_between(_with_hours(found)), findings


def _next(text: str, position: int, words: Words) -> re.Match[str]:
    """The next token; dots after numbers mean something only where the language writes them so."""
    pattern = _DOTTED_TOKEN if words.dotted else _TOKEN
    match = pattern.match(text, position)
    assert match is not None  # the last alternative takes any character
    return match


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


def _token(match: re.Match[str], words: Words, before: list[Token], findings: list[Finding]) -> list[Token]:
    kind, text = match.lastgroup or "mark", match.group().strip()
    if kind == "word" or (kind == "half" and fold(text) in words.small):
        return [_word(text, words, before, findings)]
    if kind == "path":
        return _path(text, words, findings)
    if kind in ("clock", "hours"):
        return [_clock(text)]
    if kind == "dotted":
        return [_dotted(text)]
    if kind == "daymonth":
        return _day_and_month(text)
    if kind in ("ordinal", "own", "number", "year"):
        return [Token("ordinal" if kind == "own" else kind, text, _digits(text))]  # type: ignore[arg-type]  # Kind's
    if kind == "week":
        return [Token("word", text)]
    return [Token(kind, text.rstrip("T") if kind == "date" else text)]  # type: ignore[arg-type]  # group names are kinds


def _digits(text: str) -> int:
    return int(re.sub(r"\D", "", text, flags=re.ASCII) or 0)


def _clock(text: str) -> Token:
    """ "9:30", "9.30", "9h30" and "9h"."""
    digits = text.lower().replace("h", ":")
    try:
        return Token("clock", text, minutes_of(digits + "00" if digits.endswith(":") else digits))
    except RefusalError:
        return Token("word", text)


def _dotted(text: str) -> Token:
    """ "14.30" is a time, but "7.12" may be a day of December, unless the words beside it tell."""
    day, _, month = text.partition(".")
    clock = _clock(text)
    is_date = 1 <= int(day) <= 31 and 1 <= int(month) <= 12
    return replace(clock, kind="word", word=_EITHER) if is_date and clock.kind == "clock" else clock


def _day_and_month(text: str) -> list[Token]:
    """ "7.12." without its year."""
    day, month = (int(part) for part in text.rstrip(".").split("."))
    if not 1 <= month <= 12:
        return [Token("word", text)]
    return [Token("ordinal", text, day), Token("month", "", month)]


def _path(text: str, words: Words, findings: list[Finding]) -> list[Token]:
    """ "Europe/Berlin" stays one word, "Mon/Wed" is two weekdays, "PT/noon" a zone and a time."""
    pieces = [_word(piece, words, [], findings) for piece in text.split("/")]
    if all(piece.kind == "weekday" for piece in pieces):
        return [part for piece in pieces for part in (Token("and", "/"), piece)][1:]
    if any(piece.kind in ("noon", "midnight") for piece in pieces):
        return [part for piece in pieces for part in (Token("mark", "/"), piece)][1:]
    return [Token("word", text.rstrip("."))]


def _word(text: str, words: Words, before: list[Token], findings: list[Finding]) -> Token:
    folded = fold(text)
    named = _named(text, folded, words, before)
    if named:
        return named
    meant = words.small.get(folded, folded)
    if meant in _PLAIN_WORDS:
        kind, value = _PLAIN_WORDS[meant]
        return Token(kind, text, value, word=meant)
    return _misspelt(text, folded, words, findings) or Token("word", text, word=meant)


def _named(text: str, folded: str, words: Words, before: Sequence[Token] = ()) -> Token | None:
    """A month or weekday; "mar" is both in some languages, and there the month stands behind its day."""
    month, weekday = words.months.get(folded), words.weekdays.get(folded)
    behind_day = bool(before) and (before[-1].kind in ("number", "ordinal") or before[-1].word == "of")
    if month is not None and (weekday is None or behind_day):
        return Token("month", text, month)
    if weekday is not None:
        return Token("weekday", text, weekday)
    if folded in words.weekly:
        return Token("weekday", text, words.weekly[folded], plural=True)
    return None


def _misspelt(text: str, folded: str, words: Words, findings: list[Finding]) -> Token | None:
    """A month or weekday but for a letter; only where it can be no other."""
    written = folded if words.dotted else text.casefold().rstrip(".")  # in English, accents are another language
    if len(written) < 5:
        return None
    near = _near(written, words.full)
    meant = [token for name in near if (token := _named(text, name, words))]
    if not meant or any((token.kind, token.value) != (meant[0].kind, meant[0].value) for token in meant[1:]):
        return None
    findings.append(warning("W-SPELLING", f'"{text}" is read as {near[0].title()}; correct the spelling'))
    return meant[0]


# Most words that are no month are met again and again, and comparing letters is what takes the time.
@lru_cache(maxsize=4096)
def _near(written: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that differ by about a letter, the likest first."""
    close = sorted(((_likeness(written, name), name) for name in names), reverse=True)
    return tuple(name for likeness, name in close if likeness >= _ALIKE)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio() if abs(len(one) - len(other)) <= 1 else 0


def _with_hours(found: list[Token]) -> list[Token]:
    """What "Uhr", "hrs", "kl." and "o'clock" say of the number beside them: that it is a time of day."""
    kept: list[Token] = []
    for token in found:
        before = kept[-1] if kept else None
        if before and before.word == "oclock" and _may_be_clock(token):
            kept[-1] = _as_clock(token)
        elif before and token.word == _EITHER and (before.word == "at" or _goes_on(kept)):
            kept.append(_as_clock(token))
        elif before and token.word in _HOURS and _can_be_clock(before, token):
            kept[-1] = _as_clock(before)
            if len(kept) > 2 and kept[-2].kind == "dash" and _may_be_clock(kept[-3]):
                kept[-3] = _as_clock(kept[-3])
        elif before is None or token.word != "o'clock" or before.kind != "number":
            kept.append(token)
    return kept


def _goes_on(kept: list[Token]) -> bool:
    """Whether a time and a dash stand before."""
    return len(kept) > 1 and kept[-1].kind == "dash" and kept[-2].kind == "clock"


def _may_be_clock(token: Token) -> bool:
    return token.kind in ("number", "clock") or token.word == _EITHER


def _can_be_clock(before: Token, hours: Token) -> bool:
    """A bare number with "hrs" may be a length of time, so that in English it must be written as a clock."""
    military = before.kind in ("number", "year") and len(before.text) == 4
    foreign = before.kind == "number" and hours.word != fold(hours.text)
    return before.kind == "clock" or before.word == _EITHER or military or foreign


def _as_clock(token: Token) -> Token:
    if token.kind == "clock":
        return token
    if token.word == _EITHER:
        return replace(token, kind="clock", word="")
    text = token.text
    return _clock(f"{text[:2]}:{text[2:]}" if len(text) == 4 else f"{text}:00")


def _with_between(found: list[Token]) -> list[Token]:
    """ "between 3 and 5 pm" is a range."""
    begin = next((index for index, token in enumerate(found) if token.word == "between"), len(found))
    end = next((index for index in range(begin, len(found)) if found[index].word == "and"), None)
    if end is None:
        return found
    return [*found[:begin], *found[begin + 1 : end], replace(found[end], kind="dash"), *found[end + 1 :]]


def say(day: date) -> str:
    """ "7 December 2026", for findings."""
    return f"{day.day} {MONTHS[day.month - 1].title()} {day.year}"


def spell(found: Sequence[Token]) -> str:
    """The tokens as the author wrote them, for telling which were not understood."""
    return " ".join(token.text for token in found)
