"""An edition's message, encoded once: static bytes with slots, in which a person's values can be dropped unread.

Every slot of a body stands between two soft line breaks, so that whatever fills it neither makes a line too long nor
changes how its neighbours are encoded (RFC 2045, 6.7).
"""

import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from newsletter.model.mail import MimeParts, Parts, SlotRef
from newsletter.render.headers import header_lines

_SOFT = b"=\r\n"
#: RFC 2045: encoded lines of at most 76 characters, the soft break's "=" included.
_LINE = 76
#: The header slots, each with its field name, in the order of the message.
_FIRST = (("Date", "date"), ("To", "to"), ("Message-ID", "message_id"), ("List-Unsubscribe", "list_unsubscribe"))
#: A relay may change a line of a lone dot or one that starts an mbox entry.
_FRAGILE = re.compile(rb"^(?:\.|From )")


def mime_parts(headers: Sequence[tuple[str, str]], html: Parts, text: Parts, *, to_list: bool = True) -> MimeParts:
    """The whole message: slots for To, Date, Message-ID and List-Unsubscribe, text first, then HTML.

    A mail that goes to no list cannot be left, and has no List-Unsubscribe.
    """
    slots = _FIRST if to_list else _FIRST[:-1]
    return tuple(_joined([*_head(slots, headers), *_content(html, text)]))


def quoted(parts: Parts) -> Iterator[bytes | SlotRef]:
    """A decoded part as quoted-printable bytes with fenced slots."""
    for part in parts:
        if isinstance(part, SlotRef):
            yield from (_SOFT, part, _SOFT)
        else:
            yield _encode(part)


def _head(slots: Sequence[tuple[str, str]], headers: Sequence[tuple[str, str]]) -> Iterator[bytes | SlotRef]:
    for name, slot in slots:
        yield from (f"{name}: ".encode("ascii"), SlotRef(slot, "header"), b"\r\n")
    for name, value in headers:
        yield header_lines(name, value)
    yield b"MIME-Version: 1.0\r\n"


def _content(html: Parts, text: Parts) -> Iterator[bytes | SlotRef]:
    if not html:
        yield from _part("plain", text)
        return
    boundary = _boundary(html, text)
    yield b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n\r\n'
    for kind, parts in (("plain", text), ("html", html)):
        yield b"--" + boundary + b"\r\n"
        yield from _part(kind, parts)
        yield b"\r\n"
    yield b"--" + boundary + b"--\r\n"


def _part(kind: str, parts: Parts) -> Iterator[bytes | SlotRef]:
    yield f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
    yield from quoted(parts)


def _boundary(html: Parts, text: Parts) -> bytes:
    """Depends on the content alone; "=_" cannot occur in quoted-printable (RFC 2045, 6.7)."""
    return b"=_" + hashlib.sha256(repr((html, text)).encode("utf-8", "replace")).hexdigest()[:32].encode("ascii")


def _encode(text: str) -> bytes:
    """Quoted-printable with CRLF. The dash keeps the last line within the limit whatever follows it."""
    raw = text.replace("\r\n", "\n").encode("utf-8")
    lines = binascii.b2a_qp(raw + b"-")[:-1].split(b"\n")
    return b"\r\n".join(_sturdy(line) for line in lines)


def _sturdy(line: bytes) -> bytes:
    if not _FRAGILE.match(line):
        return line
    head, rest = b"=%02X" % line[0], line[1:]
    return head + rest if len(line) + 2 <= _LINE else head + _SOFT + rest


def _joined(parts: Iterable[bytes | SlotRef]) -> Iterator[bytes | SlotRef]:
    """The same parts with neighbouring bytes made one."""
    held = b""
    for part in parts:
        if isinstance(part, bytes):
            held += part
            continue
        if held:
            yield held
        held = b""
        yield part
    if held:
        yield held
