"""The SMTP half of the sink: takes every message, keeps it, then answers; or fails as told."""

import asyncio
import hmac
import socket
import ssl
from email import message_from_bytes
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from newsletter.devsink.keep import Keeper
from newsletter.devsink.manners import Manners
from newsletter.devsink.misbehave import Misbehaviour


class Sink:
    """aiosmtpd's handler: what is done at each command."""

    def __init__(self, keeper: Keeper, faults: Misbehaviour, manners: Manners) -> None:
        self._keeper, self._faults, self._manners = keeper, faults, manners

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Say what is offered: lines are read as they come, whoever waits for answers between them."""
        session.host_name = hostname
        offered = ["250-PIPELINING"] if self._manners.pipelining else []
        return [*responses[:-1], *offered, *responses[-1:]]

    async def handle_MAIL(  # noqa: N802  # aiosmtpd looks handlers up by these names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any sender."""
        if self._faults.befalls("throttle"):
            return "421 4.7.0 too much from you, come back later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 sender ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any recipient that was not to be refused."""
        if self._faults.refuses(address):
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message, then say so."""
        await asyncio.sleep(self._faults.delay)
        if self._faults.befalls("fail"):
            return "451 4.3.0 local trouble, try again"
        self._keeper.keep_smtp(_envelope(envelope), bytes(envelope.original_content or b""))
        if self._faults.befalls("drop_after"):
            hang_up(server)
        return "250 2.0.0 kept"


class FaultySmtp(SMTP):
    """aiosmtpd's server, able to hang up at DATA."""

    def __init__(
        self, keeper: Keeper, faults: Misbehaviour, manners: Manners, encrypted: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(
            Sink(keeper, faults, manners),
            hostname="dev-sink.localhost",
            ident="newsletter dev-sink",
            data_size_limit=manners.size,
            enable_SMTPUTF8=manners.smtputf8,
            tls_context=encrypted,
            require_starttls=encrypted is not None,
            auth_required=bool(manners.user),
            auth_require_tls=encrypted is not None,
            authenticator=_Doorkeeper(manners.user) if manners.user else None,
        )
        self._faults = faults

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Answer at once: several answers in a row would each wait for the other side's acknowledgement, 40 ms."""
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """DATA, unless the connection is to be lost here."""
        if self._faults.befalls("drop_before"):
            hang_up(self)
            return
        await super().smtp_DATA(arg)


class _Doorkeeper:
    """Lets one user in."""

    def __init__(self, user: str) -> None:
        self._user = user.encode()

    def __call__(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
    ) -> AuthResult:
        """Whether these are the credentials."""
        right = hmac.compare_digest(b":".join((given.login, given.password)), self._user)
        return AuthResult(success=right, handled=False)


def hang_up(server: SMTP) -> None:
    """Close without another word."""
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()


def _envelope(envelope: Envelope) -> dict[str, Any]:
    message = message_from_bytes(bytes(envelope.original_content or b""))
    return {
        "from": envelope.mail_from,
        "to": list(envelope.rcpt_tos),
        "message_id": message.get("Message-ID", ""),
        "subject": message.get("Subject", ""),
        "size": len(envelope.original_content or b""),
    }
