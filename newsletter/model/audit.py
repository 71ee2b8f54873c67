"""What the ledger holds about one delivery, as an audit reads it."""

from dataclasses import dataclass
from datetime import datetime

from newsletter.model.delivery import DeliveryState
from newsletter.model.ledger import AttemptPhase


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt's part in a delivery: `submitted_at` once it may have left; `live` while it may still have.

    `turn` counts the claims of the store: a higher one was claimed later, whatever the clocks said.
    """

    attempt_id: str
    worker: str
    phase: AttemptPhase
    edition_key: str
    claimed_at: datetime
    submitted_at: datetime | None
    live: bool
    outcome: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """One delivery with its attempts, in the order of claiming, and the states that its events name.

    `suppressed_after` and `gone_after` are the turn of the last claim there was when its reader's address was
    suppressed and when they were off its list, for those who are so now; `has_edition` whether the mail that it sends
    is kept.
    """

    delivery_id: str
    subscriber_id: str
    state: DeliveryState
    edition_key: str
    has_edition: bool
    tries: tuple[Try, ...] = ()
    reported: tuple[str, ...] = ()
    suppressed_after: int | None = None
    gone_after: int | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold, for which delivery or worker, and what was found."""

    invariant: str
    about: str
    text: str
