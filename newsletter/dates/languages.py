"""What other languages call months, weekdays and the small words between them, as the grammar's own English ones.

Month and weekday names come from CLDR through Babel, for every locale it knows; the small words are listed here for
the languages that communities have asked for.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from newsletter.dates.phrases import PHRASES, SMALL_WORDS, WEEKLY_ENDINGS

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


#: Full-width digits and signs as Japanese keyboards give them; the wave dash stays one.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5E)}


@dataclass(frozen=True, slots=True)
class Words:
    """One language's names, folded and without a final dot; weekdays count from Monday 0.

    `weekly` are plurals such as "mondays", `small` the joints in English, `phrases` what is replaced before anything
    is cut, `dotted` whether a dot may stand for "th" and in "14.30".
    """

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    weekly: Mapping[str, int]
    full: tuple[str, ...]
    small: Mapping[str, str] = field(default_factory=dict)
    phrases: tuple[tuple[re.Pattern[str], str], ...] = ()
    day_first: bool = False
    dotted: bool = False

    def rewritten(self, text: str) -> str:
        """The text with the language's phrases in the grammar's own words."""
        if self.phrases:
            text = text.translate(_WIDE)
        for pattern, plain in self.phrases:
            text = pattern.sub(plain, text)
        return text


ENGLISH = Words(
    {form: n for n, name in enumerate(MONTHS, 1) for form in (name, name[:3])} | {"sept": 9},
    {form: n for n, name in enumerate(WEEKDAYS) for form in (name, name[:3])}
    | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3, "tu": 1, "th": 3},
    {f"{name}{ending}": n for n, name in enumerate(WEEKDAYS) for ending in ("s", "'s")},
    (*MONTHS, *WEEKDAYS, *(f"{day}s" for day in WEEKDAYS)),
)


def fold(word: str) -> str:
    """Case, accents and a final dot taken away; "Déc." and "DEC" are one word."""
    parts = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
    bare = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return unicodedata.normalize("NFKC", bare).rstrip(".")


@cache
def words_of(locale: str) -> Words | None:
    """The words of a locale such as "de", "pt-BR" or "en_GB", English ones among them; None where it is unknown."""
    if locale in ("", "en", "en_US", "en-US"):
        return ENGLISH
    # Imported here: most workspaces write English, and never need to wait for Babel.
    from babel import Locale, UnknownLocaleError

    try:
        found = Locale.parse(locale.replace("-", "_"))
    except (ValueError, TypeError, UnknownLocaleError):
        return None
    day_first = _day_stands_first(found.date_formats["short"].pattern)
    if found.language == "en":
        return Words(ENGLISH.months, ENGLISH.weekdays, ENGLISH.weekly, ENGLISH.full, day_first=day_first)
    months = {n: _names(found.months["format"], n) for n in range(1, 13)}
    weekdays = {n: _names(found.days["format"], n) for n in range(7)}
    return _words(found.language, months, weekdays, day_first)


def _day_stands_first(pattern: str) -> bool:
    return 0 <= pattern.find("d") < pattern.find("M")


def _names(table: Mapping[str, Mapping[int, str]], number: int) -> tuple[str, str]:
    """The whole name and the common short one; the two-letter ones of some languages are other words too."""
    whole, short = (fold(table[width][number]).partition("-")[0] for width in ("wide", "abbreviated"))
    return whole, short


def _words(
    language: str, months: dict[int, tuple[str, str]], weekdays: dict[int, tuple[str, str]], day_first: bool
) -> Words:
    small = {fold(word): plain for word, plain in SMALL_WORDS.get(language, {}).items()}
    endings = WEEKLY_ENDINGS.get(language, ())
    own_days = _shortened(weekdays)
    weekly = {f"{name}{ending}": n for n, (name, _) in weekdays.items() for ending in endings}
    taken = {*own_days, *weekly, *small}
    english = {name: n for name, n in ENGLISH.months.items() if name not in taken}
    return Words(
        english | _shortened(months),
        {name: n for name, n in ENGLISH.weekdays.items() if name not in {*small, *months}} | own_days,
        dict(ENGLISH.weekly) | weekly,
        (*(name for name, _ in months.values()), *(name for name, _ in weekdays.values()), *weekly),
        small,
        (*_compiled(PHRASES.get(language, ())), *_numbered(months)),
        day_first,
        dotted=True,
    )


def _shortened(names: Mapping[int, tuple[str, str]]) -> dict[str, int]:
    """Both forms, and the first three letters where no other name begins with them."""
    found = {form: n for n, forms in names.items() for form in forms}
    starts = [whole[:3] for whole, _ in names.values()]
    return {whole[:3]: n for n, (whole, _) in names.items() if starts.count(whole[:3]) == 1} | found


def _compiled(phrases: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), plain) for pattern, plain in phrases)


def _numbered(months: Mapping[int, tuple[str, str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Months that are a number and a sign ("12月") are put into words, since numbers are cut off what follows."""
    named = ((n, whole) for n, (whole, _) in months.items() if whole[0].isdigit())
    return tuple((re.compile(rf"(?<!\d)0?{re.escape(whole)}"), f" {MONTHS[n - 1]} ") for n, whole in named)
