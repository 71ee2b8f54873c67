"""SMTP: one message per reader over a connection that is kept, each answered for by itself.

At most one message of a batch can end unknown: after it nothing more of the batch is tried.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import SecretStr

from newsletter.model.delivery import Batch, Receipt
from newsletter.model.mail import Row, message_bytes
from newsletter.model.outcomes import OUTCOMES, End
from newsletter.providers.mailbox import mailbox
from newsletter.providers.receipts import not_filled
from newsletter.providers.smtp_dialog import Answer, Envelope, deliver, reason

_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
#: So many connections lost one after the other, and the rest of the batch waits for a better hour.
_LOSSES = 2


@dataclass(frozen=True, slots=True)
class SmtpRoute:
    """Where and how to reach the server; port 0 is the usual one of the security; times in seconds.

    `dot_timeout` is how long to wait for the reply to a whole message: RFC 5321 asks for ten minutes, since giving
    up earlier is what makes duplicates.
    """

    host: str
    port: int = 0
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password: SecretStr | None = None
    timeout: float = 60.0
    dot_timeout: float = 600.0
    tls: ssl.SSLContext | None = None

    @property
    def place(self) -> str:
        """Host and port for people."""
        return f"{self.host}:{self.port or _PORTS[self.security]}"


class _NoSessionError(Exception):
    def __init__(self, end: End, detail: str) -> None:
        super().__init__(detail)
        self.answer = Answer(OUTCOMES[end], detail, alive=False)


class SmtpProvider:
    """Hands messages to one SMTP server; one thread at a time."""

    def __init__(self, route: SmtpRoute) -> None:
        self._route = route
        self._smtp: smtplib.SMTP | None = None
        self._handled = 0

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        """Hand over row by row; where the server is gone, the rows left are not tried."""
        receipts: list[Receipt] = []
        losses, rest = 0, None
        self._wake()
        for row in batch.rows:
            answer = rest or self._hand_over(batch, row)
            receipts.append(_receipt(row, answer))
            losses = losses + 1 if _is_gone(answer) else 0
            rest = rest or _for_the_rest(answer, losses)
        return tuple(receipts)

    def close(self) -> None:
        """Say goodbye to the server."""
        if self._smtp is not None:
            self._quit(self._smtp)
            self._smtp = None

    def _hand_over(self, batch: Batch, row: Row) -> Answer:
        envelope = Envelope(mailbox(batch.edition.sender)[1], row.address)
        if not _ADDRESS.fullmatch(envelope.recipient):
            return Answer(
                OUTCOMES["unfit"], "the address cannot be used in SMTP (spaces, brackets or non-ASCII)", alive=True
            )
        try:
            return self._deliver(envelope, message_bytes(batch.edition, row, batch.at))
        except (KeyError, ValueError) as error:
            return Answer(OUTCOMES["unfit"], not_filled(row, error).detail, alive=True)

    def _deliver(self, envelope: Envelope, data: bytes) -> Answer:
        used = self._handled > 0
        answer = self._try(envelope, data)
        if used and _is_gone(answer):
            # Servers close connections that were idle or carried much; what was not taken may go over a fresh one.
            answer = self._try(envelope, data)
        return answer

    def _try(self, envelope: Envelope, data: bytes) -> Answer:
        try:
            smtp = self._session()
        except _NoSessionError as error:
            return error.answer
        self._handled += 1
        answer = _too_large(smtp, len(data)) or deliver(smtp, envelope, data, self._route.dot_timeout)
        if not answer.alive or not _ready_again(smtp, answer):
            self._drop()
        return answer

    def _session(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = connect(self._route)
            self._handled = 0
        return self._smtp

    def _wake(self) -> None:
        if self._smtp is not None and not _answers(self._smtp):
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp, self._handled = None, 0

    def _quit(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.quit()
        except OSError:
            smtp.close()


def connect(route: SmtpRoute) -> smtplib.SMTP:
    """An open, secured and authenticated session; what stands in its way says whose it is to mend."""
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _dial(route)
        _send_at_once(smtp)
        _secure(smtp, route)
        return smtp
    except OSError as error:
        if smtp is not None:
            smtp.close()
        raise _no_session(route, error) from error


def _dial(route: SmtpRoute) -> smtplib.SMTP:
    port = route.port or _PORTS[route.security]
    if route.security == "tls":
        return smtplib.SMTP_SSL(route.host, port, timeout=route.timeout, context=_context(route))
    return smtplib.SMTP(route.host, port, timeout=route.timeout)


def _send_at_once(smtp: smtplib.SMTP) -> None:
    # The dot is a small write after a large one: without this it would wait for the acknowledgement, 40 ms each time.
    if smtp.sock is not None:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _secure(smtp: smtplib.SMTP, route: SmtpRoute) -> None:
    smtp.ehlo_or_helo_if_needed()
    if route.security == "starttls":
        smtp.starttls(context=_context(route))
        smtp.ehlo()
    if route.username:
        smtp.login(route.username, route.password.get_secret_value() if route.password else "")


def _context(route: SmtpRoute) -> ssl.SSLContext:
    return route.tls or ssl.create_default_context()


def _no_session(route: SmtpRoute, error: OSError) -> _NoSessionError:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _NoSessionError("ours_to_mend", f"{route.place} refused the user name or password ({error.smtp_code})")
    if isinstance(error, ssl.SSLCertVerificationError):
        return _NoSessionError("unreached", f"the certificate of {route.place} is not good: {error.verify_message}")
    if isinstance(error, smtplib.SMTPResponseException):
        words = (
            error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        )
        return _NoSessionError("unreached", f"{route.place} would not begin: {error.smtp_code} {words}"[:300])
    return _NoSessionError("unreached", f"{route.place} cannot be reached: {reason(error)}")


def _too_large(smtp: smtplib.SMTP, size: int) -> Answer | None:
    limit = smtp.esmtp_features.get("size", "")
    if not limit.isdecimal() or not 0 < int(limit) < size:
        return None
    return Answer(OUTCOMES["unfit"], f"the message has {size} bytes and the server takes {limit}", alive=True)


def _ready_again(smtp: smtplib.SMTP, answer: Answer) -> bool:
    if answer.outcome == "accepted":
        return True
    try:
        return smtp.rset()[0] == 250
    except OSError:
        return False


def _answers(smtp: smtplib.SMTP) -> bool:
    try:
        return smtp.noop()[0] == 250
    except OSError:
        return False


def _is_gone(answer: Answer) -> bool:
    return not answer.alive and answer.outcome in ("refused_for_now", "not_submitted")


def _for_the_rest(answer: Answer, losses: int) -> Answer | None:
    if answer.outcome == "unknown":
        return Answer(
            OUTCOMES["untried"], "not tried: the end of an earlier message of this batch is unknown", alive=False
        )
    if losses < _LOSSES:
        return None
    return Answer(answer.outcome, f"not tried, since the server is gone: {answer.detail}", alive=False)


def _receipt(row: Row, answer: Answer) -> Receipt:
    return Receipt(row.delivery_id, answer.outcome, answer.detail, answer.provider_id)
