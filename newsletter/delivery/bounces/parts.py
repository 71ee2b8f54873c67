"""The parts of a mail that was read from anywhere, without going into the mails it encloses."""

import re
from base64 import b64decode
from collections.abc import Iterator
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import getaddresses

MOST_PARTS = 100
_ENCLOSED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_MESSAGE_ID = re.compile(r"<([^<>\s@]{1,200}@[^<>\s@]{1,255})>")


def parts_of(message: Message) -> Iterator[Message]:
    """The leaves, and enclosed mails as leaves, in order; no more than `MOST_PARTS`."""
    waiting = [message]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting[:0] = [one for one in payload if isinstance(one, Message)]
        else:
            yield part


def blocks_of(part: Message) -> list[Message]:
    """A part made of header fields, block by block, as the library or a broken sender left it."""
    payload = part.get_payload()
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() in ("base64", "quoted-printable"):
        return _blocks(text_of(part) or _encoded(payload))
    if isinstance(payload, list):
        return [one for one in payload if isinstance(one, Message)]
    return _blocks(str(payload))


def enclosed_in(message: Message) -> Message | None:
    """The headers of the mail that a report returns, whole or without its body."""
    for part in parts_of(message):
        if part.get_content_type() in _ENCLOSED:
            found = blocks_of(part)
            return found[0] if found else None
    return None


def text_of(part: Message) -> str:
    """What a part says, decoded as far as it can be."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        return raw.decode(charset, "replace")
    except LookupError:
        return raw.decode("latin-1")


def field(message: Message, name: str) -> str:
    """One field in one line; empty where there is none."""
    return next(iter(fields(message, name)), "")


def fields(message: Message, name: str) -> list[str]:
    """Every field of the name, each in one line; octets beyond ASCII are read as UTF-8 (RFC 6532)."""
    found = (str(value) for key, value in message.raw_items() if key.lower() == name.lower())
    return [" ".join(one.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split()) for one in found]


def message_ids_in(text: str) -> tuple[str, ...]:
    """The Message-IDs named in a field, without their brackets."""
    return tuple(_MESSAGE_ID.findall(text[:20_000]))


def addresses_in(*texts: str) -> tuple[str, ...]:
    """The bare addresses in some fields, each once."""
    found = (address for _, address in getaddresses([text[:2_000] for text in texts]) if "@" in address)
    return tuple(dict.fromkeys(found))


def _encoded(payload: object) -> str:
    """An enclosed mail that was encoded although it must not be: the library took its text for a body."""
    inner = payload[0] if isinstance(payload, list) and payload else None
    text = inner.get_payload() if isinstance(inner, Message) else ""
    try:
        return b64decode("".join(str(text).split()), validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""


def _blocks(text: str) -> list[Message]:
    normal = text.replace("\r\n", "\n").strip("\n")
    return [message_from_string(block) for block in normal.split("\n\n")[:MOST_PARTS] if block.strip()]


def read_mail(raw: bytes, most: int) -> Message:
    """A mail's first `most` octets."""
    return message_from_bytes(raw[:most])
