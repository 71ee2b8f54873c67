"""Mailman's members: one `Display Name <address>` or bare address a line, `#` before a remark, and no head."""

import re
from collections.abc import Iterable, Iterator

from newsletter.people.importing.record import Person

_NAMED = re.compile(r"(.*?)\s*<([^<>]*@[^<>]*)>\s*")
_BARE = re.compile(r"[^\s,;<>\"]+@[^\s,;<>\"]+")


def is_member(line: str) -> bool:
    """Whether the line is one of `mailman members`."""
    text = line.strip()
    return bool(_NAMED.fullmatch(text) or _BARE.fullmatch(text))


def members(lines: Iterable[str]) -> Iterator[tuple[int, Person]]:
    """The person of every line that is not empty and no remark."""
    for number, line in enumerate(lines, 1):
        text = line.strip().lstrip("\ufeff")
        if text and not text.startswith("#"):
            yield number, _person(text)


def _person(text: str) -> Person:
    named = _NAMED.fullmatch(text)
    if named is None:
        return Person({"email": text})
    return Person({"email": named[2], "name": named[1].strip().strip('"').replace('\\"', '"')})
