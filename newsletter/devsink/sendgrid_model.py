"""What a v3 mail/send request may hold, from the published limits; unknown fields are refused."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

_RESERVED = frozenset(
    {
        *("x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"),
        *("to", "from", "subject", "reply-to", "cc", "bcc"),
    }
)
_EMAIL = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_ORDER = ("text/plain", "text/x-amp-html", "text/html")
_LATEST = 72 * 3600
_MOST_BYTES = 10_000


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("Does not contain a valid address.")
    return value


def _allowed(headers: dict[str, str]) -> dict[str, str]:
    for name in headers:
        if name.casefold() in _RESERVED:
            raise ValueError(f"The header {name} is reserved and cannot be set.")
    return headers


def _small(values: dict[str, str]) -> dict[str, str]:
    if len(json.dumps(values).encode()) > _MOST_BYTES:
        raise ValueError(f"Takes more than {_MOST_BYTES} bytes.")
    return values


def _soon(at: int) -> int:
    if at > time.time() + _LATEST:
        raise ValueError("Cannot be scheduled more than 72 hours in advance.")
    return at


Email = Annotated[str, AfterValidator(_email)]
Headers = Annotated[dict[str, str], AfterValidator(_allowed)]
Small = Annotated[dict[str, str], AfterValidator(_small)]
SendAt = Annotated[int, AfterValidator(_soon)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Mailbox(_Table):
    """An address and the name that goes with it."""

    email: Email
    name: str | None = None


class Personalization(_Table):
    """What one envelope has of its own."""

    to: Annotated[list[Mailbox], Field(min_length=1, max_length=1000)]
    cc: list[Mailbox] = []
    bcc: list[Mailbox] = []
    from_: Annotated[Mailbox | None, Field(alias="from")] = None
    subject: Annotated[str | None, Field(min_length=1)] = None
    headers: Headers = {}
    substitutions: Small = {}
    custom_args: Small = {}
    dynamic_template_data: dict[str, Any] = {}
    send_at: SendAt | None = None

    def addresses(self) -> Iterator[str]:
        """All who would get it."""
        return (box.email.casefold() for box in (*self.to, *self.cc, *self.bcc))


class Content(_Table):
    """One part of the body."""

    type: Annotated[str, Field(min_length=1)]
    value: Annotated[str, Field(min_length=1)]


class MailSend(_Table):
    """The whole request."""

    personalizations: Annotated[list[Personalization], Field(min_length=1, max_length=1000)]
    from_: Annotated[Mailbox, Field(alias="from")]
    reply_to: Mailbox | None = None
    reply_to_list: Annotated[list[Mailbox] | None, Field(max_length=1000)] = None
    subject: Annotated[str | None, Field(min_length=1)] = None
    content: Annotated[list[Content] | None, Field(min_length=1)] = None
    attachments: list[dict[str, Any]] = []
    template_id: str | None = None
    sections: dict[str, str] = {}
    headers: Headers = {}
    categories: Annotated[list[Annotated[str, Field(max_length=255)]], Field(max_length=10)] = []
    custom_args: Small = {}
    send_at: SendAt | None = None
    batch_id: str | None = None
    asm: dict[str, Any] | None = None
    ip_pool_name: Annotated[str | None, Field(min_length=2, max_length=64)] = None
    mail_settings: dict[str, dict[str, Any]] = {}
    tracking_settings: dict[str, dict[str, Any]] = {}

    @property
    def sandbox(self) -> bool:
        """Whether it is to be checked and not sent."""
        return self.mail_settings.get("sandbox_mode", {}).get("enable") is True

    @model_validator(mode="after")
    def _whole(self) -> "MailSend":
        for fault in (_recipients(self), _subject(self), _parts(self)):
            if fault:
                raise ValueError(fault)
        return self


def _recipients(mail: MailSend) -> str:
    counts = Counter(address for one in mail.personalizations for address in one.addresses())
    if counts.total() > 1000:
        return "There is a limit of 1000 total recipients (to + cc + bcc) per request."
    if len(counts) < counts.total():
        return "Each unique email address in the personalizations array should only be included once."
    return ""


def _subject(mail: MailSend) -> str:
    if mail.template_id or mail.subject or all(one.subject for one in mail.personalizations):
        return ""
    return "The subject is required. You can get around this requirement if you use a template."


def _parts(mail: MailSend) -> str:
    kinds = [part.type for part in mail.content or ()]
    if not kinds:
        return (
            "" if mail.template_id else "Unless a valid template_id is provided, the content parameter is required."
        )
    places = [_ORDER.index(kind) if kind in _ORDER else len(_ORDER) for kind in kinds]
    return "" if places == sorted(places) else "If present, text/plain and text/html must come first, in this order."


def errors_of(error: ValidationError) -> list[dict[str, str | None]]:
    """The faults as the API lists them: message, and the place in dots where there is one."""
    return [
        {"message": one["msg"].removeprefix("Value error, "), "field": _place(one["loc"]), "help": None}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _place(parts: tuple[int | str, ...]) -> str | None:
    return ".".join(str(part) for part in parts) or None
