"""Signing in: who may, how, for how long; and what is kept of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newsletter.model.strict import Strict

#: An editor has the studio; an operator has the pages about sending. Neither is the other.
Role = Literal["editor", "operator"]
ROLES: tuple[Role, ...] = ("editor", "operator")

SignInEventKind = Literal["linked", "signed in", "link refused", "signed out", "everywhere"]
SIGN_IN_EVENT_KINDS: tuple[SignInEventKind, ...] = (
    "linked",
    "signed in",
    "link refused",
    "signed out",
    "everywhere",
)


class SignInSettings(Strict):
    """Who may sign in at the running program, by address; nobody unless somebody is named.

    They prove who they are by a link that is mailed to them, or a proxy in front says so in a header that is believed
    from the addresses in `proxies` alone. A session ends when it was not used for `idle`, and in any case after
    `lasts`.
    """

    editors: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    by: Literal["mail", "proxy"] = "mail"
    header: str = "X-Forwarded-Email"
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    idle: str = "12 hours"
    lasts: str = "7 days"

    @property
    def is_on(self) -> bool:
        """Whether there is anybody who may."""
        return bool(self.editors or self.operators)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that somebody signed in with: `who` is the keyed hash of their address, `id` that of its cookie."""

    id: str
    who: str
    made_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SignInEvent:
    """One line of the log of sign-ins, which is only added to; people and networks stand in it as keyed hashes."""

    kind: SignInEventKind
    who: str
    at: datetime
    network: str = ""
