"""One message of an SMTP session, command by command, so that a failure is known to lie before or after the dot.

Until the final dot is on the wire a lost connection has submitted nothing; from then on only a reply can tell
(RFC 5321, 4.5.3.2.6; RFC 1047). What each end means stands in `model.outcomes`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from newsletter.crash_points import crash_point
from newsletter.model.delivery import Outcome
from newsletter.model.message_form import as_filled, with_crlf
from newsletter.model.outcomes import OUTCOMES, smtp_end
from newsletter.providers.smtp_replies import LONGEST_WORDS, Reply, in_one_line
from newsletter.providers.smtp_wire import Wire
from newsletter.redaction import redact

_QUEUE_ID = re.compile(r"queued (?:mail for delivery )?as <?([A-Za-z0-9._-]+)", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9._-]+")
_LOST = {
    "incomplete": "the connection failed before the message was whole",
    "silent": "no reply came to the end of the message",
}


@dataclass(slots=True)
class Session:
    """An open session, what its server offers (by name in capitals), and how many messages it was given.

    One that `is_dirty` holds the rest of a message that was refused. `limit` is how many octets of a message it says
    that it takes; 0 where it does not say.
    """

    wire: Wire
    extensions: Mapping[str, str] = field(default_factory=dict)
    handled: int = 0
    is_dirty: bool = False
    limit: int = field(init=False)

    def __post_init__(self) -> None:
        size = self.extensions.get("SIZE", "")
        self.limit = int(size) if size.isdecimal() else 0

    def offers(self, name: str) -> bool:
        """Whether the server announced the extension."""
        return name in self.extensions

    def command(self, line: str) -> Reply:
        """Say one line and hear the answer."""
        self.wire.write(line.encode("utf-8") + b"\r\n")
        return self.wire.reply()


@dataclass(slots=True)
class Envelope:
    """Who the message is from and for, as bare addresses; some can be carried with SMTPUTF8 (RFC 6531) alone."""

    sender: str
    recipient: str
    needs_utf8: bool = field(init=False)

    def __post_init__(self) -> None:
        self.needs_utf8 = not (self.sender.isascii() and self.recipient.isascii())


class Answer(NamedTuple):
    """What became of one message, and whether the session can take another."""

    outcome: Outcome
    detail: str
    alive: bool
    provider_id: str = ""


def deliver(
    session: Session,
    envelope: Envelope,
    data: bytes,
    dot_timeout: float,
    leaving: Callable[[], None] = lambda: None,
) -> Answer:
    """Hand one message over on an open session; `dot_timeout` in seconds bounds the wait for the last reply.

    `leaving` is called when all but the dot is on the wire; OSError from it keeps the message from leaving.
    """
    message = with_crlf(data)
    unfit = unfit_for(session, envelope, len(message), is_ascii=message.isascii())
    if unfit:
        return Answer(OUTCOMES["unfit"], unfit, alive=True)
    session.handled += 1
    try:
        refused = _offer(session, envelope, message) or _send_body(session.wire, wire_form(message))
        if refused:
            return refused
        leaving()
        crash_point("before dot")
        session.wire.write(b".\r\n")
        crash_point("after dot")
    except OSError as error:
        return lost("incomplete", error)
    return _last_reply(session.wire, dot_timeout)


def wire_form(data: bytes) -> bytes:
    """Any bytes as DATA sends them, without the final dot."""
    return b"".join(as_filled(data).stuffed)


def unfit_for(session: Session, envelope: Envelope, size: int, *, is_ascii: bool) -> str:
    """Why this server cannot carry this message of so many octets, in words; empty where it can."""
    if 0 < session.limit < size:
        return f"the message has {size} bytes and the server takes {session.limit}"
    if envelope.needs_utf8 and not session.offers("SMTPUTF8"):
        return "the address is not ASCII, and the server does not offer SMTPUTF8 for it"
    if not is_ascii and not session.offers("8BITMIME"):
        return "the message holds octets beyond ASCII, and the server does not offer 8BITMIME for them"
    return ""


def envelope_commands(session: Session, envelope: Envelope, size: int, *, is_ascii: bool) -> tuple[str, str]:
    """MAIL and RCPT for a message, with what the server wants to know of it."""
    mail = f"MAIL FROM:<{envelope.sender}>"
    if session.offers("SIZE"):
        mail += f" SIZE={size}"
    if not is_ascii:
        mail += " BODY=8BITMIME"
    if envelope.needs_utf8:
        mail += " SMTPUTF8"
    return mail, f"RCPT TO:<{envelope.recipient}>"


def _offer(session: Session, envelope: Envelope, message: bytes) -> Answer | None:
    mail, recipient = envelope_commands(session, envelope, len(message), is_ascii=message.isascii())
    for command, well in ((mail, 2), (recipient, 2), ("DATA", 3)):
        reply = session.command(command)
        if reply.kind != well:
            return refusal(reply, whole=False)
    return None


def _send_body(wire: Wire, body: bytes) -> Answer | None:
    crash_point("before body")
    wire.write(body)
    crash_point("after body")
    # A server that speaks or hangs up before the dot has not taken the message: better to hear it now.
    return early(wire.reply()) if wire.has_spoken() else None


def _last_reply(wire: Wire, timeout: float) -> Answer:
    try:
        reply = wire.reply(timeout)
        crash_point("after reply")
    except OSError as error:
        return lost("silent", error)
    return last_answer(reply)


def last_answer(reply: Reply) -> Answer:
    """What the reply to a whole message makes of it."""
    if reply.kind != 2:
        return refusal(reply, whole=True)
    said = redact.known(f"{reply.code} {reply.text}")
    before, _, word = said.rpartition(" ")
    if len(said) <= LONGEST_WORDS and _ID.fullmatch(word) and (words := _words_before_id(before)):
        return Answer(OUTCOMES["taken"], words, True, word)
    return _taken(said)


@lru_cache(maxsize=256)
def _words_before_id(before: str) -> str:
    """What is kept of words behind which only the message's id comes; empty where none does."""
    answer = _taken(f"{before} ID")
    return answer.detail if answer.provider_id == "ID" and answer.detail == in_one_line(before) else ""


def _taken(said: str) -> Answer:
    """An acceptance in these words.

    Without the id, which is kept beside them, they are the same for all: the ledger writes them as one.
    """
    words = in_one_line(said)
    found = _QUEUE_ID.search(words)
    if found is None:
        return Answer(OUTCOMES["taken"], words, alive=True)
    return Answer(OUTCOMES["taken"], words[: found.start(1)].rstrip(" <"), alive=True, provider_id=found[1])


def refusal(reply: Reply, *, whole: bool) -> Answer:
    """What a reply that is not the awaited one makes of a message, whose end is on the wire if it is `whole`."""
    outcome = OUTCOMES[smtp_end(reply.code, whole=whole)]
    if reply.kind in (4, 5):
        return Answer(outcome, reply.words, alive=reply.code != 421)
    return Answer(outcome, f"the server gave a reply that does not belong here: {reply.words}", alive=False)


def early(reply: Reply) -> Answer:
    """What a reply means to a message that is not whole: refused, or taken by a server that cannot be trusted."""
    if reply.kind == 2:
        return Answer(
            OUTCOMES["unclear"], f"the server took the message before it was whole: {reply.words}", alive=False
        )
    return closing(refusal(reply, whole=False))


def closing(answer: Answer) -> Answer:
    """The same answer, after which the session is left."""
    return answer._replace(alive=False)


def lost(end: Literal["incomplete", "silent"], error: OSError) -> Answer:
    """What a connection that failed makes of the message that was on it."""
    return Answer(OUTCOMES[end], f"{_LOST[end]}: {reason(error)}", alive=False)


def reason(error: OSError) -> str:
    """A network error in a few words."""
    return str(error.strerror or error or type(error).__name__)
