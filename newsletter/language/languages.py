"""A language: its words, lists and direction. Languages we have no words for fall back (de-AT, de, English)."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from gettext import NullTranslations

from babel import Locale, UnknownLocaleError
from babel.lists import format_list

from newsletter.language.catalogue import CatalogueError, packaged_codes, translations_of
from newsletter.language.filling import fill, isolated

SOURCE = "en"
#: "A, B and C": messages are written in British English.
_LIST_LOCALES = {SOURCE: Locale("en", "GB")}


class Language:
    """The program's words in one language. Messages are English sentences with places such as `{title}`.

    `code` is a BCP 47 tag that is true of what is printed; `locale` names the days and months; `direction` is "ltr"
    or "rtl".
    """

    def __init__(self, code: str, locale: Locale, translations: NullTranslations) -> None:
        self.code = code
        self.locale = locale
        self.direction = locale.text_direction
        self.right_to_left = self.direction == "rtl"
        self._translations = translations

    def gettext(self, message: str, /, **values: object) -> str:
        """The message in this language, its places filled; values that run the other way are isolated."""
        return self._filled(self.open_message(message), values)

    def ngettext(self, singular: str, plural: str, count: int, /, **values: object) -> str:
        """The form of the message that goes with the number, which fills the place `{count}`."""
        found = self._translations.ngettext(singular, plural, count)
        return self._filled(found, {"count": count, **values})

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """A message that needs its context to be understood, such as a pattern of time."""
        return self._filled(self._translations.pgettext(context, message), values)

    def open_message(self, message: str, plural: str = "", count: int | None = None, context: str = "") -> str:
        """The message in this language with its places still open, for those who fill them with markup."""
        if context:
            return self._translations.pgettext(context, message)
        if count is None:
            return self._translations.gettext(message) if message else ""
        return self._translations.ngettext(message, plural, count)

    def listing(self, parts: Sequence[str]) -> str:
        """ "Ada, Lin and Jo"."""
        locale = _LIST_LOCALES.get(self.locale.language, self.locale)
        return format_list([self.isolated(part) for part in parts], locale=locale)

    def row(self, parts: Sequence[str]) -> str:
        """ "Ada, Lin, Jo"."""
        return self.pgettext("between the parts of a list", ", ").join(self.isolated(part) for part in parts)

    def isolated(self, text: str) -> str:
        """The text, safe to stand among words of this language."""
        return isolated(text, right_to_left=self.right_to_left)

    def _filled(self, message: str, values: Mapping[str, object]) -> str:
        safe = {name: self.isolated(value) if isinstance(value, str) else value for name, value in values.items()}
        return fill(message, safe)


@lru_cache(maxsize=128)
def language_of(code: str, own: str = "") -> Language:
    """The language of a tag such as "de-AT", or the nearest there is; `own` is the text of a theme's .po for it.

    CatalogueError where `own` is at fault.
    """
    known = words_code(code) or SOURCE
    locale = _locale(code, known)
    return Language(str(locale).replace("_", "-"), locale, translations_of(known, own))


@lru_cache(maxsize=128)
def words_code(code: str) -> str:
    """The code of the catalogue that a tag is told in: "de" for "de-AT"; empty where there is none."""
    parts = code.replace("_", "-").split("-")
    names = ("-".join(parts[:length]).casefold() for length in range(len(parts), 0, -1))
    return next((known[name] for name in names if name in (known := _known())), "")


def known_languages() -> tuple[tuple[str, str], ...]:
    """Code and own name of every language there is: ("de", "Deutsch"), ordered by code with English first."""
    return tuple((code, _name(Locale.parse(code))) for code in known_codes())


def known_codes() -> tuple[str, ...]:
    """The codes of the languages there are, English first."""
    return (SOURCE, *packaged_codes())


@lru_cache(maxsize=128)
def language_in(code: str, theme: tuple[tuple[str, str], ...], *, strict: bool = False) -> Language:
    """The language of a mail, with the theme's own words (its words/CODE.po) above the packaged ones.

    Where those are at fault they are passed over; with `strict`, CatalogueError.
    """
    own = dict(theme).get(own_words_path(code), "")
    try:
        return language_of(code, own)
    except CatalogueError:
        if strict:
            raise
        return language_of(code)


def own_words_path(code: str) -> str:
    """Where a theme keeps its own words for a language, inside the theme."""
    return f"words/{words_code(code) or SOURCE}.po"


@cache
def _known() -> Mapping[str, str]:
    return {code.casefold(): code for code in known_codes()}


def _name(locale: Locale) -> str:
    name = locale.get_display_name() or locale.language
    return name[:1].upper() + name[1:]


def _locale(code: str, known: str) -> Locale:
    """The reader's own region where its language is the one that is told: "de-AT" has names of its own for months."""
    base = Locale.parse(known.replace("-", "_"))
    try:
        found = Locale.parse(code.replace("-", "_"), resolve_likely_subtags=False)
    except (UnknownLocaleError, ValueError):
        return base
    return found if found.language == base.language and known != SOURCE else base


#: The language messages are written in.
ENGLISH = language_of(SOURCE)

__all__ = [
    "ENGLISH",
    "SOURCE",
    "CatalogueError",
    "Language",
    "known_codes",
    "known_languages",
    "language_in",
    "language_of",
    "own_words_path",
    "words_code",
]
