"""An SMTP session up to the first message: greeting, EHLO, encryption and credentials.

Where encryption is asked for and not given, nothing more is said: neither credentials nor mail go on in clear.
"""

import contextlib
import socket
import ssl
from base64 import b64encode
from functools import cache
from ipaddress import ip_address

from newsletter.model.outcomes import OUTCOMES, End
from newsletter.providers.smtp_dialog import Answer, Session, reason
from newsletter.providers.smtp_replies import Reply
from newsletter.providers.smtp_route import SmtpRoute
from newsletter.providers.smtp_wire import Wire


class NoSessionError(Exception):
    """Nothing can be handed over now; `answer` says why, and what that makes of the mails."""

    def __init__(self, end: End, detail: str) -> None:
        super().__init__(detail)
        self.answer = Answer(OUTCOMES[end], detail, alive=False)


def open_session(route: SmtpRoute) -> Session:
    """A session that takes mail; NoSessionError where something stands in its way, with whose it is to mend."""
    with contextlib.ExitStack() as stack:
        try:
            wire = _dial(route)
            stack.callback(wire.close)
            _expect(route, wire.reply(), 220)
            session = _secured(route, _introduced(route, wire))
            if route.username:
                _authenticate(route, session)
        except ssl.SSLCertVerificationError as error:
            why = f"the certificate of {route.place} is not good: {error.verify_message}"
            raise NoSessionError("unreached", why) from error
        except OSError as error:
            raise NoSessionError("unreached", f"{route.place} cannot be reached: {reason(error)}") from error
        stack.pop_all()
        return session


def _dial(route: SmtpRoute) -> Wire:
    sock = socket.create_connection(route.at, timeout=route.timeout)
    wire = Wire(sock, route.timeout)
    if route.security == "tls":
        try:
            wire.encrypt(_context(route), route.host)
        except OSError:
            wire.close()
            raise
    return wire


def _introduced(route: SmtpRoute, wire: Wire) -> Session:
    wire.write(f"EHLO {_own_name()}\r\n".encode("ascii"))
    reply = wire.reply()
    if reply.kind == 5:  # a server of old (RFC 5321, 3.2)
        wire.write(f"HELO {_own_name()}\r\n".encode("ascii"))
        _expect(route, wire.reply(), 250)
        return Session(wire)
    _expect(route, reply, 250)
    return Session(wire, _extensions(reply))


def _extensions(reply: Reply) -> dict[str, str]:
    """What the server offers, by name in capitals; "AUTH=LOGIN" is how it was once written."""
    lines = (line.replace("=", " ", 1).partition(" ") for line in reply.text.split("\n")[1:])
    offered: dict[str, str] = {}
    for name, _, more in lines:
        offered[name.upper()] = f"{offered.get(name.upper(), '')} {more}".strip()
    return offered


def _secured(route: SmtpRoute, session: Session) -> Session:
    if route.security != "starttls":
        return session
    if not session.offers("STARTTLS"):
        raise NoSessionError("unreached", f"{route.place} does not offer STARTTLS, and nothing is sent in clear")
    _expect(route, session.command("STARTTLS"), 220)
    session.wire.encrypt(_context(route), route.host)
    return _introduced(route, session.wire)


def _authenticate(route: SmtpRoute, session: Session) -> None:
    if not session.wire.encrypted and not ip_address(session.wire.peer).is_loopback:
        raise NoSessionError("unreached", f"the password for {route.place} would go over the network in clear")
    ways = session.extensions.get("AUTH", "").upper().split()
    password = route.password.get_secret_value() if route.password else ""
    if "PLAIN" in ways:
        replies = [session.command("AUTH PLAIN " + _base64(f"\0{route.username}\0{password}"))]
    elif "LOGIN" in ways:
        replies = _login(session, route.username, password)
    else:
        raise NoSessionError("unreached", f"{route.place} offers neither AUTH PLAIN nor AUTH LOGIN")
    if replies[-1].code != 235:
        refused = f"{route.place} refused the user name or password ({replies[-1].code})"
        raise NoSessionError("ours_to_mend", refused)


def _login(session: Session, *words: str) -> list[Reply]:
    replies = [session.command("AUTH LOGIN")]
    for word in words:
        if replies[-1].code != 334:
            break
        replies.append(session.command(_base64(word)))
    return replies


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")


def _expect(route: SmtpRoute, reply: Reply, code: int) -> None:
    if reply.code != code:
        raise NoSessionError("unreached", f"{route.place} would not begin: {reply.words}")


def _context(route: SmtpRoute) -> ssl.SSLContext:
    return route.tls or ssl.create_default_context()


@cache
def _own_name() -> str:
    """How we introduce ourselves: the full host name, or the address of this machine (RFC 5321, 4.1.4)."""
    name = socket.getfqdn()
    if "." in name and name.isascii() and name.isprintable() and " " not in name:
        return name
    with contextlib.suppress(OSError):
        return f"[{socket.gethostbyname(socket.gethostname())}]"
    return "[127.0.0.1]"
