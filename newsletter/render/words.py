"""What templates say in the reader's language: `_`, `ngettext` and `pgettext`, and `bdi` for what others wrote."""

from collections.abc import Callable, Mapping

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from newsletter.language.filling import fill, isolated
from newsletter.language.languages import Language
from newsletter.render.escaping import escape


def words_for(language: Language) -> dict[str, object]:
    """The names by which a template speaks: the three functions of gettext, the language's tag and its sides."""

    def gettext(message: str, /, **values: object) -> str:
        return _filled(language, language.open_message(message), values)

    def ngettext(singular: str, plural: str, count: int, /, **values: object) -> str:
        return _filled(language, language.open_message(singular, plural, count), {"count": count, **values})

    def pgettext(context: str, message: str, /, **values: object) -> str:
        return _filled(language, language.open_message(message, context=context), values)

    return {
        "_": gettext,
        "ngettext": ngettext,
        "pgettext": pgettext,
        "language": language,
        "lang": language.code,
        "dir": language.direction,
        "start": "right" if language.right_to_left else "left",
        "end": "left" if language.right_to_left else "right",
    }


def settled_words(language: Language) -> dict[str, str | Callable[[str], str]]:
    """What of those names never changes: the tag, the sides, and `_` with a message and no values."""
    named = words_for(language)
    return {"_": language.gettext, **{name: str(named[name]) for name in ("lang", "dir", "start", "end")}}


@pass_context
def bdi(names: Context, text: str) -> Markup:
    """The text, kept from turning its surroundings around where it or they are written right to left."""
    safe = Markup(escape(text))  # noqa: S704 - escaped just here
    return Markup("<bdi>{}</bdi>").format(safe) if turns(names, text) else safe


def turns(names: Context, text: str) -> bool:
    """Whether the text, or what it stands in, is written right to left."""
    return names.get("dir") == "rtl" or isolated(text, right_to_left=False) != text


def _filled(language: Language, message: str, values: Mapping[str, object]) -> str:
    """The message with its values; markup as soon as one of them is, and the rest is escaped then."""
    safe = {name: _isolated(language, value) for name, value in values.items()}
    if not any(isinstance(value, Markup) for value in values.values()):
        return fill(message, safe)
    escaped = {name: value if isinstance(value, Markup) else escape(str(value)) for name, value in safe.items()}
    return Markup(fill(message, escaped, escape))  # noqa: S704 - markup, or escaped just above


def _isolated(language: Language, value: object) -> object:
    return language.isolated(value) if isinstance(value, str) and not isinstance(value, Markup) else value
