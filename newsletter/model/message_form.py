"""One edition made ready to be filled by the thousand: a list of octets in which only the slots are exchanged.

What comes out is what `message_bytes` gives, in pieces, for one gathered write. The static pieces carry their doubled
dots already, and no value of a slot can begin a line with a dot, so that nothing is looked through on the way.
"""

import copy
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from newsletter.model.mail import Edition, MimeParts, Row, SlotContext, SlotRef, date_value, message_bytes
from newsletter.model.slot_values import body_octets, header_octets, plain_octets

_LINE_END = re.compile(rb"\r\n|\r|\n")


class Filled(NamedTuple):
    """A whole message in pieces, CRLF throughout: as it is, and as DATA sends it, without the final dot.

    `size` counts the octets of the message as it is, `dots` those that DATA has more.
    """

    pieces: Sequence[bytes]
    stuffed: Sequence[bytes]
    size: int
    is_ascii: bool = True
    dots: int = 0

    def octets(self) -> bytes:
        """The message as it is, in one."""
        return b"".join(self.pieces)


class MessageForm:
    """The form of one edition at one moment, which becomes the Date of what is filled."""

    def __init__(self, edition: Edition, at: datetime) -> None:
        self.edition, self._at = edition, at
        parts = edition.mime
        self._pieces = [part if isinstance(part, bytes) else b"" for part in parts]
        self._stuffed = [stuffed(part) for part in self._pieces]
        self._length = sum(map(len, self._pieces))
        self._dots = sum(map(len, self._stuffed)) - self._length
        self._is_ascii = all(map(bytes.isascii, self._pieces))
        found = [(index, part) for index, part in enumerate(parts) if isinstance(part, SlotRef)]
        head = [(index, slot.name) for index, slot in found if slot.context == "header"]
        self._dates = tuple(index for index, name in head if name == "date")
        self._head = tuple((index, _of_row(name)) for index, name in head if name != "date")
        names = dict.fromkeys(slot.name for _, slot in found if slot.context != "header")
        self._body = tuple((name, _places(found, name, "html"), _places(found, name, "text")) for name in names)
        self._is_sound = _is_sound(parts)
        self._date()

    def dated(self, at: datetime) -> "MessageForm":
        """The same edition at another moment."""
        other = copy.copy(self)
        other._at = at
        other._date()
        return other

    def _date(self) -> None:
        """The date is the same for all, and stands with what is."""
        self._pieces = self._pieces.copy()
        for index in self._dates:
            octets = header_octets(date_value(self._at))
            self._length += len(octets) - len(self._pieces[index])
            self._pieces[index] = octets

    def fill(self, row: Row, *, utf8: bool = False) -> Filled:
        """The message for one person; KeyError or ValueError where a slot cannot be filled.

        With `utf8`, header values may be beyond ASCII (RFC 6532).
        """
        if utf8 or not self._is_sound:
            return as_filled(message_bytes(self.edition, row, self._at, utf8=utf8))
        pieces = self._pieces.copy()
        size = self._length + self._fill_head(pieces, row) + self._fill_body(pieces, row)
        return Filled(pieces, self._with_dots(pieces) if self._dots else pieces, size, self._is_ascii, self._dots)

    def _fill_head(self, pieces: list[bytes], row: Row) -> int:
        length = 0
        for index, value_of in self._head:
            pieces[index] = octets = header_octets(value_of(row))
            length += len(octets)
        return length

    def _fill_body(self, pieces: list[bytes], row: Row) -> int:
        values, length = row.values, 0
        for name, html_at, text_at in self._body:
            value = values[name]
            html = text = plain_octets(value)
            if html is None or text is None:
                html, text = body_octets(value, "html"), body_octets(value, "text")
            for index in html_at:
                pieces[index] = html
            for index in text_at:
                pieces[index] = text
            length += len(html) * len(html_at) + len(text) * len(text_at)
        return length

    def _with_dots(self, pieces: Sequence[bytes]) -> list[bytes]:
        """The stuffed statics, and the same values between them."""
        return [static or piece for piece, static in zip(pieces, self._stuffed, strict=True)]


def _of_row(name: str) -> Callable[[Row], str]:
    """Where a row keeps the value of a slot of the head."""
    kept = {"to": "address", "message_id": "message_id", "list_unsubscribe": "list_unsubscribe"}
    return attrgetter(kept[name]) if name in kept else lambda row: row.values[name]


def as_filled(message: bytes) -> Filled:
    """Any message, looked through: CRLF alone ends its lines, the last one too."""
    whole = with_crlf(message)
    lines = stuffed(whole)
    lines = b"." + lines if lines.startswith(b".") else lines
    return Filled((whole,), (lines,), len(whole), whole.isascii(), len(lines) - len(whole))


def with_crlf(data: bytes) -> bytes:
    """The message with CRLF alone ending its lines, the last one too."""
    lines = data if _ends_well(data) else _LINE_END.sub(b"\r\n", data)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def stuffed(part: bytes) -> bytes:
    """A part of a message with the dots doubled that begin a line within it (RFC 5321, 4.5.2)."""
    return part.replace(b"\r\n.", b"\r\n..")


def _ends_well(data: bytes) -> bool:
    return data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")


def _places(found: Sequence[tuple[int, SlotRef]], name: str, context: SlotContext) -> tuple[int, ...]:
    return tuple(index for index, slot in found if slot == SlotRef(name, context))


def _is_sound(parts: MimeParts) -> bool:
    """Whether its pieces need no look, as those of every rendered edition: CRLF alone ends lines, the last one too.

    A slot of the head follows its name, one of a body a line's end, and no dot comes right after either.
    """
    whole = b"".join(part for part in parts if isinstance(part, bytes))
    bounded = bool(parts) and isinstance(parts[0], bytes) and isinstance(parts[-1], bytes)
    ends = _ends_well(whole) and whole.endswith(b"\r\n") and not whole.startswith(b".")
    return bounded and ends and all(map(_stands_well, parts, parts[1:]))


def _stands_well(left: bytes | SlotRef, right: bytes | SlotRef) -> bool:
    if isinstance(left, SlotRef):
        return isinstance(right, bytes) and right.startswith((b"=\r\n", b"\r\n"))
    if isinstance(right, bytes):
        return not right.startswith((b".", b"\n"))
    return left.endswith(b": ") if right.context == "header" else left.endswith(b"\r\n")
