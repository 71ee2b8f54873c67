"""The ledger's words: states of a delivery, outcomes of an attempt, and the table that moves one by the other.

The only place where a retry is decided (reliability: at most once by default, the uncertain is named).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from newsletter.model.mail import Edition, Row

DeliveryState = Literal[
    "pending",
    "claimed",
    "submitting",
    "accepted",
    "delivered",
    "deferred",
    "bounced",
    "dropped",
    "complained",
    "failed",
    "unknown",
    "suppressed",
    "skipped",
    "cancelled",
]
STATES: tuple[DeliveryState, ...] = (
    "pending",
    "claimed",
    "submitting",
    "accepted",
    "delivered",
    "deferred",
    "bounced",
    "dropped",
    "complained",
    "failed",
    "unknown",
    "suppressed",
    "skipped",
    "cancelled",
)

#: From each state, the states a delivery may enter. Evidence may lift unknown or submitting to accepted;
#: nothing ever returns from accepted to pending. What providers report only climbs (accepted, deferred, delivered,
#: dropped, bounced, complained), so that reports in any order end in the same state.
TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    # The rest of the words: a report came of an attempt that was thought not to have left.
    "pending": frozenset(
        {
            *("claimed", "suppressed", "skipped", "cancelled"),
            *("accepted", "delivered", "deferred", "bounced", "dropped", "complained"),
        }
    ),
    "claimed": frozenset({"pending", "submitting", "suppressed", "skipped", "cancelled"}),
    "submitting": frozenset(
        {"accepted", "pending", "failed", "unknown", "delivered", "bounced", "dropped", "complained", "deferred"}
    ),
    "unknown": frozenset(
        {"accepted", "delivered", "deferred", "bounced", "dropped", "complained", "pending", "cancelled"}
    ),
    "accepted": frozenset({"delivered", "deferred", "bounced", "dropped", "complained"}),
    "deferred": frozenset({"delivered", "bounced", "dropped", "complained"}),
    "delivered": frozenset({"dropped", "bounced", "complained"}),
    "bounced": frozenset({"complained"}),
    "dropped": frozenset({"bounced", "complained"}),
    "complained": frozenset(),
    "failed": frozenset(),
    "suppressed": frozenset(),
    "skipped": frozenset(),
    "cancelled": frozenset(),
}

Outcome = Literal["accepted", "rejected", "refused_for_now", "not_submitted", "unknown"]

#: What an attempt's outcome makes of a delivery that was `submitting`.
OUTCOME_STATE: dict[Outcome, DeliveryState] = {
    "accepted": "accepted",
    "rejected": "failed",
    "refused_for_now": "pending",
    "not_submitted": "pending",
    "unknown": "unknown",
}

MailingKind = Literal["issue", "correction", "one-off", "service", "test"]


class Witness(Protocol):
    """Hears of each message while a batch is under way, so that a worker that ends leaves little in doubt.

    Only providers with `tells_witness = True` are believed by what their witness heard, and by what it did not hear.
    """

    def begins(self, delivery_ids: Sequence[str]) -> None:
        """These leave now; OSError where they must not, because it cannot be kept or comes too late."""
        ...

    def ends(self, receipts: "Sequence[Receipt]") -> None:
        """What became of them, for good."""
        ...


class Nobody:
    """Hears, and keeps nothing."""

    def begins(self, delivery_ids: Sequence[str]) -> None:
        """Nothing speaks against it."""

    def ends(self, receipts: "Sequence[Receipt]") -> None:
        """Nothing is kept."""


NOBODY: Witness = Nobody()


@dataclass(frozen=True, slots=True)
class Batch:
    """One edition and up to N recipients, handed to a provider as one attempt."""

    attempt_id: str
    mailing: str
    kind: MailingKind
    edition: Edition
    rows: tuple[Row, ...]
    at: datetime
    witness: Witness = field(default=NOBODY, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider's answer at once for one delivery; `retry_after` in seconds where it named one."""

    delivery_id: str
    outcome: Outcome
    detail: str = ""
    provider_id: str = ""
    retry_after: float | None = None


NoticeKind = Literal["accepted", "delivered", "deferred", "bounced", "dropped", "complained", "unsubscribed"]


@dataclass(frozen=True, slots=True)
class Notice:
    """The provider's later report; idempotent and free of order, keyed by (delivery, kind, at).

    `attempt_id` and `address` are of the message it tells of, where it names them: a report about another attempt
    than ours is none of ours, and a bounce says nothing about an address that its reader has left behind. `because`
    is why the provider dropped it, where that is about its reader.
    """

    delivery_id: str
    kind: NoticeKind
    at: datetime
    detail: str = ""
    permanent: bool = True
    event_id: str = ""
    attempt_id: str = ""
    address: str = ""
    because: Literal["", "bounced", "complained", "unsubscribed"] = ""

    @property
    def word(self) -> str:
        """What history calls it: a bounce that may pass is a block."""
        return "blocked" if self.kind == "bounced" and not self.permanent else self.kind


class Provider(Protocol):
    """A road out. One receipt per row, in any order; it raises only for programming errors."""

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        """Hand the batch over and say what became of each row."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def receipts_for_all(batch: Batch, outcome: Outcome, detail: str) -> tuple[Receipt, ...]:
    """The same answer for every row of the batch."""
    return tuple(Receipt(row.delivery_id, outcome, detail) for row in batch.rows)
