"""Messages with places for values: `{name}`, nothing else; what a value holds is never read as a place itself."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

_PLACE = re.compile(r"\{([a-z_]+)\}")
#: FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (Unicode UAX #9, 2.4).
_FIRST, _POP = "\u2068", "\u2069"
#: What is isolated already, to any depth that messages reach: the innermost go first.
_ISOLATED = re.compile(f"{_FIRST}[^{_FIRST}{_POP}]*{_POP}")
_RIGHT_TO_LEFT = ("R", "AL")


def places(message: str) -> frozenset[str]:
    """The names of a message's places."""
    return frozenset(_PLACE.findall(message))


def fill(message: str, values: Mapping[str, object], static: Callable[[str], str] = str) -> str:
    """The message with its values; `static` is applied to the message's own words. KeyError for a place unfilled."""
    pieces = _pieces(message)
    return "".join(f"{values[piece]}" if index % 2 else static(piece) for index, piece in enumerate(pieces))


@lru_cache(maxsize=1024)
def _pieces(message: str) -> tuple[str, ...]:
    """The message's own words and its places in turn."""
    return tuple(_PLACE.split(message))


@lru_cache(maxsize=8192)
def isolated(text: str, *, right_to_left: bool) -> str:
    """The text, kept from turning its surroundings around where it holds letters that run the other way."""
    turns = ("L",) if right_to_left else _RIGHT_TO_LEFT
    foreign = any(unicodedata.bidirectional(character) in turns for character in _ISOLATED.sub("", text))
    return f"{_FIRST}{text}{_POP}" if foreign else text


def opening(text: str) -> str:
    """The text as it opens a line, with a capital where its script has any."""
    return text[:1].upper() + text[1:]


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it, which tools that gather messages know
    """Marks a message of a table as one to be translated where it is used; returns it as it is."""
    return message
