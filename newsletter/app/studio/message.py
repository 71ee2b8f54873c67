"""The message as mail programs read it: its headers and its parts."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the message: its type, encoding and decoded size in bytes."""

    type: str
    encoding: str
    size: int


def headers(message: bytes) -> tuple[tuple[str, str], ...]:
    """The message's headers in order, decoded (RFC 2047) and unfolded."""
    return tuple((name, " ".join(str(value).split())) for name, value in _parsed(message).items())


def parts(message: bytes) -> tuple[Part, ...]:
    """The leaves of the message in order."""
    leaves = (leaf for leaf in _parsed(message).walk() if not leaf.is_multipart())
    return tuple(_part(leaf) for leaf in leaves)


def _parsed(message: bytes) -> EmailMessage:
    return message_from_bytes(message, policy=modern)


def _part(leaf: EmailMessage) -> Part:
    decoded = leaf.get_payload(decode=True)
    size = len(decoded) if isinstance(decoded, bytes) else 0
    return Part(leaf.get_content_type(), str(leaf.get("Content-Transfer-Encoding", "7bit")), size)
