"""One message of an SMTP session, command by command, so that a failure is known to lie before or after the dot.

Until the final dot is on the wire a lost connection has submitted nothing; from then on only a reply can tell
(RFC 5321, 4.5.3.2.6; RFC 1047). What each end means stands in `model.outcomes`.
"""

import re
import select
import smtplib
import socket
from dataclasses import dataclass

from newsletter.model.delivery import Outcome
from newsletter.model.outcomes import OUTCOMES, End, smtp_end

_CHUNK = 65536
_LINE_END = re.compile(rb"\r\n|\r|\n")
_QUEUE_ID = re.compile(r"queued (?:mail for delivery )?as <?([A-Za-z0-9._-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who the message is from and for, as bare ASCII addresses."""

    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one message, and whether the session can take another."""

    outcome: Outcome
    detail: str
    alive: bool
    provider_id: str = ""


def deliver(smtp: smtplib.SMTP, envelope: Envelope, data: bytes, dot_timeout: float) -> Answer:
    """Hand one message over on an open session; `dot_timeout` in seconds bounds the wait for the last reply."""
    wire = wire_form(data)
    try:
        _socket(smtp).settimeout(smtp.timeout)
        refused = _offer(smtp, envelope, len(data)) or _send_body(smtp, wire)
        if refused:
            return refused
        _send_dot(smtp, dot_timeout)
    except OSError as error:
        return _lost("incomplete", "the connection failed before the message was whole", error)
    return _last_reply(smtp)


def wire_form(data: bytes) -> bytes:
    """The message as DATA sends it, without the final dot: CRLF alone ends lines, leading dots are doubled."""
    lines = _LINE_END.sub(b"\r\n", data)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _offer(smtp: smtplib.SMTP, envelope: Envelope, size: int) -> Answer | None:
    announced = f" SIZE={size}" if smtp.has_extn("size") else ""
    commands = (f"MAIL FROM:<{envelope.sender}>{announced}", f"RCPT TO:<{envelope.recipient}>", "DATA")
    for command, expected in zip(commands, (2, 2, 3), strict=True):
        code, text = smtp.docmd(command)
        if code // 100 != expected:
            return _refusal(code, text, whole=False)
    return None


def _send_body(smtp: smtplib.SMTP, wire: bytes) -> Answer | None:
    sock = _socket(smtp)
    for start in range(0, len(wire), _CHUNK):
        sock.sendall(wire[start : start + _CHUNK])
    # A server that speaks or hangs up before the dot has not taken the message: better to hear it now.
    if not _has_spoken(sock):
        return None
    return _closing(_refusal(*smtp.getreply(), whole=False))


def _has_spoken(sock: socket.socket) -> bool:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _send_dot(smtp: smtplib.SMTP, dot_timeout: float) -> None:
    sock = _socket(smtp)
    sock.settimeout(dot_timeout)
    sock.sendall(b".\r\n")


def _last_reply(smtp: smtplib.SMTP) -> Answer:
    try:
        code, text = smtp.getreply()
    except OSError as error:
        return _lost("silent", "no reply came to the end of the message", error)
    if code // 100 == 2:
        words = _words(code, text)
        found = _QUEUE_ID.search(words)
        return Answer(OUTCOMES["taken"], words, alive=True, provider_id=found[1] if found else "")
    return _refusal(code, text, whole=True)


def _refusal(code: int, text: bytes, *, whole: bool) -> Answer:
    words, outcome = _words(code, text), OUTCOMES[smtp_end(code, whole=whole)]
    if code // 100 in (4, 5):
        return Answer(outcome, words, alive=code != 421)
    return Answer(outcome, f"the server gave a reply that does not belong here: {words}", alive=False)


def _closing(answer: Answer) -> Answer:
    return Answer(answer.outcome, answer.detail, alive=False)


def _lost(end: End, what: str, error: OSError) -> Answer:
    return Answer(OUTCOMES[end], f"{what}: {reason(error)}", alive=False)


def reason(error: OSError) -> str:
    """A network error in a few words."""
    return str(error.strerror or error or type(error).__name__)


def _words(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}".replace("\n", " ")[:300]


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is closed")
    return smtp.sock
