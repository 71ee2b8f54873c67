"""What a provider posts about mails, and one event of it, read once and the same for its webhook and its log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from newsletter.model.delivery import Notice

#: What is done with an event: it is a notice; it is kept, because nobody knows it or nothing follows; it is about the
#: account and an operator is told; or it is counted and forgotten (opens, clicks).
EventUse = Literal["notice", "kept", "account", "forgotten"]
#: Why an event was kept apart: it is about nothing that we sent, it cannot be read, or nothing follows from it.
Standing = Literal["quarantine", "unreadable", "noted"]
STANDINGS: tuple[Standing, ...] = ("quarantine", "unreadable", "noted")


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """What an event says: `kind` is the provider's own word, `notice` is set where its use is that."""

    kind: str
    use: EventUse
    at: datetime | None = None
    event_id: str = ""
    delivery_id: str = ""
    attempt_id: str = ""
    address: str = ""
    notice: Notice | None = None
    why: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)


@dataclass(frozen=True, slots=True)
class Keepsake:
    """An event that changed nothing, as it is kept: by keyed hash and not by address, and nothing personal in it.

    `fingerprint` is the same for an event that was sent again under another id.
    """

    provider: str
    fingerprint: str
    standing: Standing
    kind: str
    received_at: datetime
    why: str = ""
    at: datetime | None = None
    event_id: str = ""
    delivery_id: str = ""
    who: str = ""
    payload: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """One body as a provider posted it, whose signature was found good at `at`."""

    provider: str
    at: datetime
    body: bytes


class Webhook(Protocol):
    """How one provider's posts are checked and read; neither raises but as told, whatever comes."""

    def genuine(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Whether the provider signed these very bytes lately; header names are in lower case."""
        ...

    def look(self, body: bytes) -> None:
        """ValueError where the body cannot be one of the provider's."""
        ...

    def events(self, body: bytes) -> Sequence[ProviderEvent]:
        """The events of a body, in its order; ValueError where it is none."""
        ...

    def keepsake(self, event: ProviderEvent) -> tuple[str, Mapping[str, object]]:
        """What of an event may be kept: its fingerprint, and the fields that name nobody."""
        ...
