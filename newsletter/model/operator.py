"""What the operator's pages count and list: values that pass between the store, which counts, and the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from newsletter.model.delivery import DeliveryState, MailingKind
from newsletter.model.issue import IssueState

States = Mapping[DeliveryState, int]


@dataclass(frozen=True, slots=True)
class IssueCounts:
    """An issue, correction or one-off, with how many of its deliveries are in each state (aware moments).

    `mailing_id` is 0, and nothing is counted, while nobody is planned for it; states that nothing is in are missing.
    """

    key: str
    kind: MailingKind
    digest: str
    list: str
    state: IssueState
    send_at: datetime
    held: str = ""
    mailing_id: int = 0
    planned_at: datetime | None = None
    states: States = field(default_factory=dict)

    @property
    def planned(self) -> int:
        """Everybody it was planned for."""
        return sum(self.states.values())

    def count(self, *states: DeliveryState) -> int:
        """How many deliveries are in one of these states."""
        return sum(self.states.get(one, 0) for one in states)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery, with its reader's address as it is now; empty where they are gone, or stand in the settings."""

    id: str
    key: str
    kind: MailingKind
    mailing_id: int
    subscriber_id: str
    list: str
    state: DeliveryState
    reason: str
    tries: int
    not_before: datetime
    updated_at: datetime
    address: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryNote:
    """One line of a delivery's history."""

    at: datetime
    kind: str
    state: DeliveryState
    detail: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A batch that was handed over at a moment: how many mails, and how many of them were not accepted."""

    at: datetime
    mails: int
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Growth:
    """What happened to memberships in a stretch of time that begins at `start` (aware)."""

    start: datetime
    joined: int = 0
    left: int = 0
    bounced: int = 0

    @property
    def net(self) -> int:
        """How many more there are at its end."""
        return self.joined - self.left - self.bounced


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """How many active members of a list chose exactly these topics; None is all that there are, also later ones.

    `resting` of them want no mail for a while.
    """

    list: str
    topics: tuple[str, ...] | None
    people: int
    resting: int = 0
