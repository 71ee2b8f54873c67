"""Settings of what people ask for by themselves: how often, and by mail to which address."""

from typing import Literal

from pydantic import Field

from newsletter.model.strict import Strict


class JoiningSettings(Strict):
    """How often people may ask for a mail: one address (minutes apart, times a day), a network, everybody (an hour).

    A network is what one household or office has: the first 24 bits of an IPv4 address, the first 64 of IPv6.
    """

    minutes_apart: int = Field(default=15, ge=1, le=1440)
    a_day: int = Field(default=3, ge=1, le=100)
    per_network: int = Field(default=20, ge=1)
    per_hour: int = Field(default=500, ge=1)


class BoxSettings(Strict):
    """Where mails lie to be read: a Maildir, an mbox file, or a folder on an IMAP server."""

    kind: Literal["", "maildir", "mbox", "imap"] = ""
    address: str = ""
    path: str = ""
    host: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    security: Literal["none", "starttls", "tls"] = "tls"
    username: str = ""
    folder: str = "INBOX"
    timeout: float = Field(default=30.0, gt=0)


class MailboxSettings(BoxSettings):
    """Where mails that ask to join or to leave arrive.

    `address` is what people write to; every mail then names it in List-Unsubscribe beside its link. `list` is what
    "join" means without a name.
    """

    list: str = ""


class BouncesSettings(BoxSettings):
    """Where mails arrive that report failures of ours.

    `address` is the return path of every mail that goes over SMTP (empty: the sender's own address); with `verp`,
    each mail has one of its own (`NAME+TOKEN@DOMAIN`), by which a report says which mail it is about.
    """

    verp: bool = False
