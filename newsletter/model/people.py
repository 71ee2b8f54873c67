"""Subscribers and their consent: states, the events that move them, and who may be written to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

SubscriptionState = Literal["pending", "active", "left", "bounced", "complained"]
ConsentAction = Literal[
    "requested", "confirmed", "imported", "added", "left", "removed", "bounced", "complained", "moved"
]

#: State of a subscription after each consent event; a pair that is missing leaves the state as it was.
#: Only its owner's confirmation brings back somebody who left, bounced or complained. A change of address ("moved")
#: changes no state: the lines before it stand under the new address's hash too.
CONSENT_TRANSITIONS: dict[tuple[SubscriptionState | None, ConsentAction], SubscriptionState] = {
    (None, "requested"): "pending",
    (None, "imported"): "active",
    (None, "added"): "active",
    (None, "left"): "left",
    ("pending", "confirmed"): "active",
    ("pending", "imported"): "active",
    ("pending", "added"): "active",
    ("pending", "left"): "left",
    ("pending", "removed"): "left",
    ("active", "left"): "left",
    ("active", "removed"): "left",
    ("active", "bounced"): "bounced",
    ("active", "complained"): "complained",
    ("left", "confirmed"): "active",
    ("left", "complained"): "complained",
    ("bounced", "confirmed"): "active",
    ("bounced", "left"): "left",
    ("bounced", "complained"): "complained",
}

SuppressionReason = Literal["bounced", "complained", "operator", "erased"]


def next_state(state: SubscriptionState | None, action: ConsentAction) -> SubscriptionState | None:
    """The state after a consent event; unchanged where the table has no row."""
    return CONSENT_TRANSITIONS.get((state, action), state)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person's address and how they read: zone (IANA), clock, language, density.

    Where zone or language is empty, the community's is meant. `attributes` are what an import brought that we have
    no field for, by name: text, or any JSON value.
    """

    id: str
    address: str
    name: str = ""
    timezone: str = ""
    clock: Literal[12, 24] = 12
    language: str = ""
    density: Literal["full", "compact"] = "full"
    text_only: bool = False
    created_at: datetime | None = None
    attributes: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """Membership of one list: the digests chosen, the topics chosen (None: all), and the state.

    Until `paused_until` (aware) nothing is sent. `stopped` are series the reader asked to hear no more of, as item id
    and title; with `online_only` they are told of no event that takes place in a room alone.
    """

    subscriber_id: str
    list: str
    digests: tuple[str, ...]
    topics: tuple[str, ...] | None
    state: SubscriptionState
    since: datetime | None = None
    paused_until: datetime | None = None
    stopped: tuple[tuple[str, str], ...] = ()
    online_only: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """What decides about a reader's mail, as they chose it: how they read, and what of a list.

    Where zone or language is empty, the community's is meant; `stopped` are ids of series.
    """

    digests: tuple[str, ...]
    topics: tuple[str, ...] | None = None
    timezone: str = ""
    clock: Literal[12, 24] = 12
    language: str = ""
    density: Literal["full", "compact"] = "full"
    text_only: bool = False
    stopped: tuple[str, ...] = ()
    online_only: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """One line of the append-only proof. `who` and `network` are keyed hashes; no address stands here.

    `text` is what was agreed to, and `version` a short name for those very words. `given_at` is when the person
    agreed, where that was elsewhere and before `at`.
    """

    who: str
    list: str
    action: ConsentAction
    at: datetime
    how: str
    text: str = ""
    detail: str = ""
    given_at: datetime | None = None
    version: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Persona:
    """A named reader for previews, from personas.toml, with no zone and no language left open."""

    name: str
    title: str
    timezone: str
    topics: tuple[str, ...] | None = None
    clock: Literal[12, 24] = 12
    language: str = ""
    density: Literal["full", "compact"] = "full"
    text_only: bool = False
    digests: tuple[str, ...] | None = None
