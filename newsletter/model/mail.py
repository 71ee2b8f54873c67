"""A mail before it is anybody's: static parts with slots, and what fills them for one person.

An edition is rendered and encoded once; a message is its bytes with the slots filled. Values are escaped for the
place they stand in, so nothing a subscriber wrote can leave its slot.
"""

import quopri
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from newsletter.model.slot_values import SlotContext, body_octets, escape, header_octets

__all__ = [
    "SLOT_NAMES",
    "Edition",
    "MimeParts",
    "Parts",
    "Row",
    "SlotContext",
    "SlotRef",
    "date_value",
    "escape",
    "fill_mime",
    "fill_text",
    "header_values",
    "message_bytes",
    "quoted_printable",
]

#: The slots a template may ask for; everything else in an edition is the same for all its readers.
SLOT_NAMES: tuple[str, ...] = ("unsubscribe_url", "preferences_url", "web_url", "action_url", "name", "address")


@dataclass(frozen=True, slots=True)
class SlotRef:
    """Where a person's value goes, and how it must be escaped there."""

    name: str
    context: SlotContext


#: Decoded text of one part: static strings and slots, in order.
Parts = tuple[str | SlotRef, ...]
#: Encoded MIME bytes: static bytes (CRLF, quoted-printable) and slots, in order.
MimeParts = tuple[bytes | SlotRef, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """One distinct mail: what all readers with these choices and this baseline get.

    `headers` are the static ones (From, Subject, List-Id, ...) as (name, decoded value); `mime` is the whole message
    with header, html and text slots; `html` and `text` are the same parts decoded, for providers that build their
    own. `html` is empty for a text-only edition.
    """

    key: str
    subject: str
    preheader: str
    sender: str
    reply_to: str
    headers: tuple[tuple[str, str], ...]
    html: Parts
    text: Parts
    mime: MimeParts


@dataclass(frozen=True, slots=True)
class Row:
    """One recipient of a batch: the delivery it is for, and the values of the slots by name (unescaped).

    `return_path` is where SMTP is to report failures; empty where that is the sender's own address.
    """

    delivery_id: str
    address: str
    message_id: str
    unsubscribe_url: str
    values: Mapping[str, str]
    name: str = ""
    one_click: bool = True
    unsubscribe_mailto: str = ""
    return_path: str = ""

    @property
    def list_unsubscribe(self) -> str:
        """The header's value (RFC 2369): the link that RFC 8058 needs, and an address for older programs."""
        if not self.unsubscribe_mailto:
            return f"<{self.unsubscribe_url}>"
        return f"<{self.unsubscribe_url}>, <{self.unsubscribe_mailto}>"


def fill_text(parts: Parts, values: Mapping[str, str]) -> str:
    """One decoded part with its slots filled; KeyError names a slot without a value."""
    return "".join(p if isinstance(p, str) else escape(values[p.name], p.context) for p in parts)


def quoted_printable(text: str) -> bytes:
    """Text as quoted-printable with CRLF line ends and lines of at most 76 octets (RFC 2045, 6.7)."""
    raw = text.replace("\r\n", "\n").encode("utf-8")
    return quopri.encodestring(raw).replace(b"\n", b"\r\n")


def header_values(row: Row, at: datetime) -> dict[str, str]:
    """The header slots of one message, each one raw line; `at` (aware) becomes the Date."""
    return {
        "to": row.address,
        "message_id": row.message_id,
        "date": date_value(at),
        "list_unsubscribe": row.list_unsubscribe,
    }


@lru_cache(maxsize=8)
def date_value(at: datetime) -> str:
    """The Date header of what is sent at this (aware) moment; a batch has one."""
    return format_datetime(at)


def message_bytes(edition: Edition, row: Row, at: datetime, *, utf8: bool = False) -> bytes:
    """The edition filled for one person, ready for the wire (CRLF); `at` becomes the Date header.

    With `utf8`, header values may be beyond ASCII (RFC 6532); without, they raise UnicodeEncodeError.
    """
    return fill_mime(edition.mime, {**row.values, **header_values(row, at)}, utf8=utf8)


def fill_mime(parts: MimeParts, values: Mapping[str, str], *, utf8: bool = False) -> bytes:
    """The message's bytes, CRLF throughout; slots in bodies are quoted-printable, in headers ready-made."""
    return b"".join(_bytes(parts, values, utf8=utf8))


def _bytes(parts: MimeParts, values: Mapping[str, str], *, utf8: bool) -> Iterable[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
        elif part.context == "header":
            yield header_octets(values[part.name], utf8=utf8)
        else:
            yield body_octets(values[part.name], part.context)
