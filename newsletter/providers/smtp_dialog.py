"""One message of an SMTP session, command by command, so that a failure is known to lie before or after the dot.

Until the final dot is on the wire a lost connection has submitted nothing; from then on only a reply can tell
(RFC 5321, 4.5.3.2.6; RFC 1047). What each end means stands in `model.outcomes`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from newsletter.crash_points import crash_point
from newsletter.model.delivery import Outcome
from newsletter.model.outcomes import OUTCOMES, End, smtp_end
from newsletter.providers.smtp_wire import Reply, Wire

_LINE_END = re.compile(rb"\r\n|\r|\n")
_QUEUE_ID = re.compile(r"queued (?:mail for delivery )?as <?([A-Za-z0-9._-]+)", re.IGNORECASE)
#: What MAIL, RCPT and DATA are answered with where all is well.
_WELL = (2, 2, 3)


@dataclass(slots=True)
class Session:
    """An open session, what its server offers (by name in capitals), and how many messages it was given."""

    wire: Wire
    extensions: Mapping[str, str] = field(default_factory=dict)
    handled: int = 0

    def offers(self, name: str) -> bool:
        """Whether the server announced the extension."""
        return name in self.extensions

    def command(self, line: str) -> Reply:
        """Say one line and hear the answer."""
        self.wire.write(line.encode("utf-8") + b"\r\n")
        return self.wire.reply()


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who the message is from and for, as bare addresses."""

    sender: str
    recipient: str

    @property
    def needs_utf8(self) -> bool:
        """Whether only servers with SMTPUTF8 (RFC 6531) can carry it."""
        return not (self.sender + self.recipient).isascii()


@dataclass(frozen=True, slots=True)
class Answer:
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
    unfit = _unfit(session, envelope, message)
    if unfit:
        return Answer(OUTCOMES["unfit"], unfit, alive=True)
    session.handled += 1
    try:
        refused = _offer(session, envelope, message) or _send_body(session.wire, stuffed(message))
        if refused:
            return refused
        leaving()
        crash_point("before dot")
        session.wire.write(b".\r\n")
        crash_point("after dot")
    except OSError as error:
        return _lost("incomplete", "the connection failed before the message was whole", error)
    return _last_reply(session.wire, dot_timeout)


def with_crlf(data: bytes) -> bytes:
    """The message with CRLF alone ending its lines, the last one too."""
    ends = data.count(b"\r\n")
    right = data.count(b"\n") == data.count(b"\r") == ends
    lines = data if right else _LINE_END.sub(b"\r\n", data)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def stuffed(message: bytes) -> bytes:
    """The message as DATA sends it, without the final dot: leading dots are doubled (RFC 5321, 4.5.2)."""
    lines = message.replace(b"\r\n.", b"\r\n..")
    return b"." + lines if lines.startswith(b".") else lines


def wire_form(data: bytes) -> bytes:
    """Any bytes as DATA sends them, without the final dot."""
    return stuffed(with_crlf(data))


def _unfit(session: Session, envelope: Envelope, message: bytes) -> str:
    """Why this server cannot carry this message, in words; empty where it can."""
    limit = session.extensions.get("SIZE", "")
    if limit.isdecimal() and 0 < int(limit) < len(message):
        return f"the message has {len(message)} bytes and the server takes {limit}"
    if envelope.needs_utf8 and not session.offers("SMTPUTF8"):
        return "the address is not ASCII, and the server does not offer SMTPUTF8 for it"
    if not message.isascii() and not session.offers("8BITMIME"):
        return "the message holds octets beyond ASCII, and the server does not offer 8BITMIME for them"
    return ""


def _offer(session: Session, envelope: Envelope, message: bytes) -> Answer | None:
    options = [f"SIZE={len(message)}"] if session.offers("SIZE") else []
    if not message.isascii():
        options.append("BODY=8BITMIME")
    if envelope.needs_utf8:
        options.append("SMTPUTF8")
    mail = " ".join((f"MAIL FROM:<{envelope.sender}>", *options))
    commands = (mail, f"RCPT TO:<{envelope.recipient}>", "DATA")
    return _all_at_once(session, commands) if session.offers("PIPELINING") else _one_by_one(session, commands)


def _one_by_one(session: Session, commands: Sequence[str]) -> Answer | None:
    for command, well in zip(commands, _WELL, strict=True):
        reply = session.command(command)
        if reply.kind != well:
            return _refusal(reply, whole=False)
    return None


def _all_at_once(session: Session, commands: Sequence[str]) -> Answer | None:
    """The three commands in one write (RFC 2920); the first refusal is the message's, and DATA is undone after it."""
    session.wire.write("".join(f"{command}\r\n" for command in commands).encode("utf-8"))
    replies: list[Reply] = []
    try:
        while len(replies) < len(commands):
            replies.append(session.wire.reply())
    except OSError:
        if _first_refusal(replies) is None:
            raise
    refused = _first_refusal(replies)
    if refused is None:
        return None
    answer = _refusal(refused, whole=False)
    return answer if _undone(session.wire, replies) else _closing(answer)


def _first_refusal(replies: Sequence[Reply]) -> Reply | None:
    return next((one for one, well in zip(replies, _WELL, strict=False) if one.kind != well), None)


def _undone(wire: Wire, replies: Sequence[Reply]) -> bool:
    """Whether the session can go on after a refusal.

    A server that waits for a message all the same is given an empty one where it has no recipient for it (RFC 2920,
    3.1); where it has one, it is left instead.
    """
    if len(replies) < len(_WELL):
        return False
    if replies[2].kind != 3:
        return True
    if replies[1].kind == 2:
        return False
    try:
        wire.write(b".\r\n")
        wire.reply()
    except OSError:
        return False
    return True


def _send_body(wire: Wire, body: bytes) -> Answer | None:
    crash_point("before body")
    wire.write(body)
    crash_point("after body")
    # A server that speaks or hangs up before the dot has not taken the message: better to hear it now.
    return _closing(_refusal(wire.reply(), whole=False)) if wire.has_spoken() else None


def _last_reply(wire: Wire, timeout: float) -> Answer:
    try:
        reply = wire.reply(timeout)
        crash_point("after reply")
    except OSError as error:
        return _lost("silent", "no reply came to the end of the message", error)
    if reply.kind == 2:
        found = _QUEUE_ID.search(reply.words)
        return Answer(OUTCOMES["taken"], reply.words, alive=True, provider_id=found[1] if found else "")
    return _refusal(reply, whole=True)


def _refusal(reply: Reply, *, whole: bool) -> Answer:
    outcome = OUTCOMES[smtp_end(reply.code, whole=whole)]
    if reply.kind in (4, 5):
        return Answer(outcome, reply.words, alive=reply.code != 421)
    return Answer(outcome, f"the server gave a reply that does not belong here: {reply.words}", alive=False)


def _closing(answer: Answer) -> Answer:
    return replace(answer, alive=False)


def _lost(end: End, what: str, error: OSError) -> Answer:
    return Answer(OUTCOMES[end], f"{what}: {reason(error)}", alive=False)


def reason(error: OSError) -> str:
    """A network error in a few words."""
    return str(error.strerror or error or type(error).__name__)
