"""Message catalogues: gettext's .po files, read with Babel and looked up with the standard library.

A theme may bring words of its own; they stand above the packaged ones.
"""

from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO, StringIO

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from newsletter.language.filling import places

_FOLDER = files(__package__).joinpath("catalogues")


class CatalogueError(ValueError):
    """A catalogue that cannot be used; `line` is 1-based where the fault has one."""

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.line = line


def packaged_codes() -> tuple[str, ...]:
    """The languages there are catalogues for, in order; English needs none."""
    names = (entry.name for entry in _FOLDER.iterdir() if entry.name.endswith(".po"))
    return tuple(sorted(name.removesuffix(".po") for name in names))


def packaged_text(code: str) -> str:
    """The packaged catalogue of a language, as it is written."""
    return _FOLDER.joinpath(f"{code}.po").read_text(encoding="utf-8")


def translations_of(code: str, own: str = "") -> NullTranslations:
    """A language's messages, under those of `own`, the text of a theme's .po; CatalogueError where it is at fault."""
    base = compiled(read_catalogue(packaged_text(code), code)) if code in packaged_codes() else NullTranslations()
    if not own:
        return base
    words = compiled(read_catalogue(own, code))
    words.add_fallback(base)
    return words


def read_catalogue(text: str, code: str) -> Catalog:
    """The catalogue, with every message's places checked; CatalogueError names the line."""
    try:
        catalogue = read_po(StringIO(text), locale=code, abort_invalid=True)
    except PoFileError as error:
        raise CatalogueError(f"not a gettext catalogue: {error.args[0]}", (error.lineno or 0) + 1) from None
    except ValueError as error:
        raise CatalogueError(f"not a gettext catalogue: {error}") from None
    for message in catalogue:
        _check_places(message)
    return catalogue


def compiled(catalogue: Catalog) -> GNUTranslations:
    """The catalogue as gettext looks it up, plural forms as its header has them; fuzzy messages are left out."""
    file = BytesIO()
    write_mo(file, catalogue)
    file.seek(0)
    return GNUTranslations(file)


def _check_places(message: Message) -> None:
    known = places(" ".join(_forms(message.id)))
    for form in _forms(message.string) if message.id else ():
        if unknown := places(form) - known:
            there = ", ".join(f"{{{name}}}" for name in sorted(known)) or "none"
            text = f"{form!r} has a place {{{min(unknown)}}} that its msgid has not; there: {there}"
            raise CatalogueError(text, message.lineno)


def _forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())
