"""What a line says of how its person reads, checked against what their list offers; who chose alike shares it."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from newsletter.dates.zones import find_zone
from newsletter.language.languages import known_codes, words_code
from newsletter.people.importing.words import is_yes

#: The fields that are read here, in the order `read_choices` takes them.
FIELDS = ("timezone", "clock", "language", "density", "text_only", "topics", "digests")
#: What stands for a choice of no topic at all; an empty cell means all of them.
NO_TOPICS = "none"
_Remark = Callable[[str], None]


class Choices(NamedTuple):
    """How somebody reads; empty `digests` means the list's first, `topics` None all of them."""

    timezone: str = ""
    clock: int = 12
    language: str = ""
    density: str = "full"
    text_only: bool = False
    topics: tuple[str, ...] | None = None
    digests: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def read_choices(
    cells: tuple[str | None, ...], offered_topics: tuple[str, ...], offered_digests: tuple[str, ...]
) -> Choices:
    """The choices of cells in the order of FIELDS, None where there is no such column; what is odd is remarked."""
    timezone, clock, language, density, text_only, topics, digests = (cell or "" for cell in cells)
    remarks: list[str] = []
    say = remarks.append
    return Choices(
        _zone(timezone, say),
        _clock(clock, say),
        _language(language, say),
        _density(density, say),
        _flag(text_only, say),
        _topics(topics, offered_topics, say),
        _known("digest", digests, offered_digests, say),
        tuple(remarks),
    )


def _zone(text: str, say: _Remark) -> str:
    zone = find_zone(text) if text else None
    if text and zone is None:
        say(f"time zone {text!r} is not known; the community's is used")
    return zone.key if zone else ""


def _clock(text: str, say: _Remark) -> int:
    if text not in ("", "12", "24"):
        say(f"clock {text!r} is neither 12 nor 24; 12 is used")
    return 24 if text == "24" else 12


def _language(text: str, say: _Remark) -> str:
    code = words_code(text) if text else ""
    if text and not code:
        say(f"language {text!r} is not one of {', '.join(known_codes())}; the community's is used")
    return code


def _density(text: str, say: _Remark) -> str:
    if text not in ("", "full", "compact"):
        say(f"density {text!r} is neither full nor compact; full is used")
    return "compact" if text == "compact" else "full"


def _flag(text: str, say: _Remark) -> bool:
    try:
        return is_yes(text)
    except ValueError as error:
        say(f"text only: {error}")
        return False


def _topics(text: str, offered: tuple[str, ...], say: _Remark) -> tuple[str, ...] | None:
    if not text or text.casefold() == NO_TOPICS:
        return () if text else None
    return _known("topic", text, offered, say) or None


def _known(word: str, text: str, offered: tuple[str, ...], say: _Remark) -> tuple[str, ...]:
    named = [name for name in re.split(r"[\s,;|]+", text) if name]
    for name in named:
        if name not in offered:
            say(f"{word} {name!r} is not one of {', '.join(offered) or 'none'}; it is left out")
    return tuple(name for name in offered if name in named)
