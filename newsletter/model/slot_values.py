"""A person's values as bytes for the slots of an encoded message: escaped, quoted-printable, and cheap where plain.

Most values are letters of ASCII that mean nothing to HTML and nothing to quoted-printable; these are recognised by
one look and only cut into lines. Whatever is not goes the long way, which is remembered for a while: names recur.
"""

import binascii
import html
from functools import lru_cache
from typing import Literal

SlotContext = Literal["html", "text", "header"]

#: Octets that stand for themselves in HTML and in quoted-printable, wherever they stand.
_PLAIN = bytes(octet for octet in range(0x21, 0x7F) if octet not in b"\"&'<=>")
#: RFC 2045: encoded lines of at most 76 characters, the soft break's "=" included.
_LINE = 75
_SOFT = b"=\r\n"
_DOT = ord(".")
#: A relay may change a line of a lone dot or one that starts an mbox entry; a dot is doubled on the way.
_FRAGILE = (b".", b"From ")
#: Different values whose long way is remembered.
_REMEMBERED = 4096


def escape(value: str, context: SlotContext) -> str:
    """The value made safe for its place; header values must already be free of CR and LF, else ValueError."""
    if context == "html":
        return html.escape(value, quote=True)
    if context == "header" and any(ch in value for ch in "\r\n\0"):
        raise ValueError("a header value holds a line break")
    return value


def plain_octets(value: str) -> bytes | None:
    """The octets of a value that is the same in HTML and in text; None where it needs the long way."""
    if not value.isascii():
        return None
    octets = value.encode()
    if octets.translate(None, _PLAIN) or octets[:1] == b".":
        return None
    length = len(octets)
    if length <= _LINE:
        return octets
    if length <= 2 * _LINE:  # a link with a token
        return None if octets[_LINE] == _DOT else octets[:_LINE] + _SOFT + octets[_LINE:]
    cut = _SOFT.join([octets[start : start + _LINE] for start in range(0, length, _LINE)])
    return None if b"\n." in cut else cut


@lru_cache(maxsize=_REMEMBERED)
def body_octets(value: str, context: SlotContext) -> bytes:
    """A value for a slot of a part: no line of it is too long, even with a soft break behind it, or fragile."""
    raw = escape(value, context).replace("\r\n", "\n").replace("\r", "\n").encode("utf-8")
    # The dash keeps a last line of 76 from growing by the soft break that follows every slot.
    lines = binascii.b2a_qp(raw + b"-")[:-1].split(b"\n")
    return b"\r\n".join(_sturdy(line) for line in lines)


def header_octets(value: str, *, utf8: bool = False) -> bytes:
    """A value for a slot of the head: one raw line. ValueError where it is none, or not ASCII without `utf8`."""
    if value.isascii() and value.isprintable():
        return value.encode()
    return escape(value, "header").encode("utf-8" if utf8 else "ascii")


def _sturdy(line: bytes) -> bytes:
    if not line.startswith(_FRAGILE):
        return line
    head, rest = b"=%02X" % line[0], line[1:]
    return head + rest if len(head) + len(rest) <= _LINE else head + _SOFT + _sturdy(rest)
