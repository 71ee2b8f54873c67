"""Content lines of iCalendar (RFC 5545, 3.1): values escaped, long lines folded, CRLF at their ends."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from newsletter.render.escaping import clean

#: Octets in one line, without its CRLF.
LINE = 75
_SPECIAL = re.compile(r"([\\;,])")
_UNQUOTABLE = re.compile(r'["\x00-\x1f\x7f]+')


def text(value: str) -> str:
    """A value of type TEXT (3.3.11)."""
    return _SPECIAL.sub(r"\\\1", clean(value)).replace("\n", "\\n")


def texts(values: Iterable[str]) -> str:
    """Several TEXT values in one line."""
    return ",".join(text(value) for value in values)


def parameter(value: str) -> str:
    """A parameter's value in quotes, in which neither quotes nor line breaks can stand (3.2)."""
    return f'"{_UNQUOTABLE.sub(" ", value).strip()}"'


def utc(moment: datetime) -> str:
    """An aware time as a UTC DATE-TIME."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def day(value: date) -> str:
    """A DATE."""
    return f"{value:%Y%m%d}"


def wall(moment: datetime) -> str:
    """A naive wall clock as a DATE-TIME of the zone beside it."""
    return f"{moment:%Y%m%dT%H%M%S}"


def folded(line: str) -> str:
    """The line in pieces of at most 75 octets, never cut inside a character; all but the first are indented."""
    octets = line.encode()
    if len(octets) <= LINE:
        return line
    pieces: list[str] = []
    start = 0
    while start < len(octets):
        end = min(start + LINE - bool(pieces), len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        pieces.append(octets[start:end].decode())
        start = end
    return "\r\n ".join(pieces)


def block(lines: Iterable[str]) -> str:
    """Lines as they stand in a file."""
    return "".join(f"{folded(line)}\r\n" for line in lines)
