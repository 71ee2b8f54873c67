"""Asking an SMTP server whether it lets us in: greeting, security, login, and goodbye. No envelope is begun."""

import contextlib
import ssl

from newsletter.model.outcomes import OUTCOMES
from newsletter.model.probe import Probe
from newsletter.providers.smtp_dialog import Session
from newsletter.providers.smtp_route import SmtpRoute
from newsletter.providers.smtp_session import NoSessionError, open_session

_ADVICE = {
    "doctor.provider-login": "Mend provider.username or NEWSLETTER_SMTP_PASSWORD",
    "doctor.provider-certificate": "Set provider.host to the name on the certificate, or have it renewed",
    "doctor.provider-security": 'Ask how it secures connections: provider.security is "starttls" or "tls"',
    "doctor.provider-unreachable": "Mend provider.host and provider.port, or let this machine out to it",
}
_WORTH_SAYING = ("STARTTLS", "PIPELINING", "CHUNKING", "SMTPUTF8")


def probe_smtp(route: SmtpRoute) -> Probe:
    """Go in and out again."""
    try:
        session = open_session(route)
    except NoSessionError as error:
        code = _code(error)
        return Probe(fault=error.answer.detail, code=code, advice=_ADVICE[code])
    try:
        return Probe(f"{route.place} lets us in{_offers(session)}")
    finally:
        with contextlib.suppress(OSError):
            session.command("QUIT")
        session.wire.close()


def _offers(session: Session) -> str:
    offered = [name for name in _WORTH_SAYING if session.offers(name)]
    secured = ", encrypted" if session.wire.encrypted else ", in clear"
    return secured + (f", and offers {', '.join(offered)}" if offered else "")


def _code(error: NoSessionError) -> str:
    if error.answer.outcome == OUTCOMES["ours_to_mend"]:
        return "doctor.provider-login"
    if isinstance(error.__cause__, ssl.SSLCertVerificationError):
        return "doctor.provider-certificate"
    if isinstance(error.__cause__, ssl.SSLError) or error.__cause__ is None:
        return "doctor.provider-security"
    return "doctor.provider-unreachable"
