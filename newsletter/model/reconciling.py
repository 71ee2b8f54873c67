"""What is unknown about a delivery, who may know, and what came of asking."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from newsletter.model.delivery import MailingKind, Notice
from newsletter.model.ledger import AttemptPhase, MailingState

#: What a provider's own log says: it has the message, it has not, or it did not say.
Seen = Literal["there", "absent", "unsaid"]
#: What becomes of an unknown delivery: evidence settles it, or it is sent again, or it stays and an operator is told.
Settling = Literal["accepted", "resend", "hold"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery that may have left, with the attempt under which it may have.

    `address` is empty where it cannot be known any more to what address that was; `submitted_at` is aware.
    """

    delivery_id: str
    mailing_id: int
    kind: MailingKind
    key: str
    mailing_state: MailingState
    subscriber_id: str
    list: str
    address: str
    attempt_id: str
    worker: str
    phase: AttemptPhase
    submitted_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Asks a provider's log for the message of one delivery, to this address, handed over at that moment or later."""

    delivery_id: str
    address: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the log said; `notices` are what it tells of a message that is there."""

    delivery_id: str
    seen: Seen
    detail: str = ""
    notices: tuple[Notice, ...] = ()


@runtime_checkable
class Traceable(Protocol):
    """A road out whose log can be asked for single messages."""

    def look_up(self, questions: Sequence[Question]) -> Iterator[Sighting]:
        """One sighting for each question, in their order; what cannot be asked is `unsaid`, and nothing raises."""
        ...


@dataclass(frozen=True, slots=True)
class Coverage:
    """How complete somebody's knowledge is: of so many deliveries accepted nearby, it knew of so many."""

    who: str
    asked: int = 0
    knew: int = 0
