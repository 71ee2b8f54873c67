"""Reports in prose, as mail servers wrote them before RFC 3464 and some still do; flufl.bounce knows their shapes."""

import logging
import re
from email.message import Message

from flufl.bounce import all_failures

from newsletter.delivery.bounces.parts import addresses_in, field, parts_of, read_mail, text_of
from newsletter.delivery.bounces.status import Failure

#: Octets of a report in prose that are looked at: its words stand at the beginning, what it returns may be long.
LONGEST = 60_000
#: Who writes reports; a reader who forwards one to us reports nothing.
_DAEMONS = ("mailer-daemon", "postmaster", "mail-daemon", "maildaemon", "mailer_daemon", "microsoftexchange")
_ID_LINE = re.compile(r"^[> \t]*Message-Id:[ \t]*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_ANSWERS = re.compile(
    r"^(?:[45]\d\d[ -]|.*\b(?:remote host said|said:|error:|reason:)).*$", re.IGNORECASE | re.MULTILINE
)
_ENDS = re.compile(
    r"^(?:-+ ?(?:this is|below|the (?:header|text|body)|original|returned).*|.*\bcopy of (?:the|your) message.*)$",
    re.IGNORECASE | re.MULTILINE,
)

# The library tells of every detector it asks.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)


def prose_failure(message: Message) -> Failure | None:
    """What a report in prose says of its recipient; None where the mail is none, or only a person's."""
    if not _by_a_program(message):
        return None
    temporary, permanent = all_failures(_short(message))
    found = sorted(address.decode("latin-1") for address in permanent or temporary)
    if not found:
        return None
    return Failure(found[0], "failed" if permanent else "delayed", "", _words(message))


def returned_in_prose(message: Message) -> str:
    """The Message-ID lines among the words of a report, in one line."""
    return " ".join(_ID_LINE.findall(_text(message)))


def _by_a_program(message: Message) -> bool:
    if field(message, "Return-Path") == "<>" or "X-Failed-Recipients" in message:
        return True
    senders = addresses_in(field(message, "From"), field(message, "Sender"))
    return any(one.partition("@")[0].lower().startswith(_DAEMONS) for one in senders)


def _short(message: Message) -> Message:
    """The same mail, cut: the library's patterns are many, and some walk every line."""
    return read_mail(message.as_bytes(), LONGEST)


def _text(message: Message) -> str:
    texts = (text_of(part) for part in parts_of(message) if part.get_content_maintype() == "text")
    return "\n".join(texts)[:LONGEST]


def _words(message: Message) -> str:
    """What the server that refused said, from among the words around it; what is returned is none of them."""
    text = _ENDS.split(_text(message))[0]
    said = " ".join(line.strip() for line in _ANSWERS.findall(text))
    return (said or " ".join(text.split()))[:2_000]
