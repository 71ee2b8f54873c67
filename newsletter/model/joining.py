"""Signing up: what somebody asks for, and what their request is answered with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newsletter.model.people import SubscriptionState

#: What a request does: a mail that asks its owner to confirm, an entry at once, a mail with the link, or nothing.
RequestAnswer = Literal["confirm", "enter", "remind", "nothing"]

#: By the state of the membership: the answer where the list asks for a confirmation, and where it does not.
REQUEST_ANSWERS: Mapping[SubscriptionState | None, tuple[RequestAnswer, RequestAnswer]] = {
    None: ("confirm", "enter"),
    "pending": ("confirm", "enter"),
    "active": ("remind", "remind"),
    "left": ("confirm", "confirm"),
    "bounced": ("confirm", "confirm"),
    "complained": ("nothing", "nothing"),
}
#: By why the address is suppressed, which goes before its state. Its owner's confirmation lifts the first two.
SUPPRESSED_ANSWERS: Mapping[str, RequestAnswer] = {
    "bounced": "confirm",
    "erased": "confirm",
    "complained": "nothing",
    "operator": "nothing",
}

SignupKind = Literal["join", "link"]
#: Not looked at yet; its owner was asked to confirm; confirmed, and still to be welcomed.
SignupState = Literal["new", "asked", "confirmed"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed into a form: the address and its key, and what they chose; an empty zone or language: ours.

    `how` is the road it came by, `text` the words that stood above the button.
    """

    list: str
    address: str
    key: str
    digests: tuple[str, ...] = ()
    topics: tuple[str, ...] | None = None
    timezone: str = ""
    language: str = ""
    how: str = "page"
    text: str = ""
    kind: SignupKind = "join"


@dataclass(frozen=True, slots=True)
class Signup:
    """A wish as it was taken down; `who` and `network` are keyed hashes, `version` names the text."""

    id: str
    wish: Wish
    who: str
    at: datetime
    state: SignupState = "new"
    version: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be asked for: `most` times in `window` seconds, and `spacing` seconds apart."""

    name: str
    most: int
    window: float
    spacing: float = 0.0


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that an operator should know of, told once for each thing it is about."""

    kind: str
    about: str
    at: datetime
    text: str
