"""What the ledger writes down: issues as rows, mailings, planned deliveries and claims.

Values that pass between the store, which speaks SQL, and the decisions, which do not.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from newsletter.model.delivery import DeliveryState, MailingKind, Outcome
from newsletter.model.issue import IssueState
from newsletter.model.mail import Edition
from newsletter.model.people import SubscriptionState
from newsletter.model.service import ServiceMailName

MailingState = Literal["sending", "paused", "sent", "cancelled"]
MAILING_STATES: tuple[MailingState, ...] = ("sending", "paused", "sent", "cancelled")

#: Phases of an attempt. From `submitting` on, a message may have left; only `done` says what became of it.
AttemptPhase = Literal["claimed", "submitting", "done", "released", "unknown"]
PHASES: tuple[AttemptPhase, ...] = ("claimed", "submitting", "done", "released", "unknown")


@dataclass(frozen=True, slots=True)
class IssueRow:
    """The row of one slot, or of a correction or one-off: state, frozen draft as text, whose approval of which hash.

    `covers_from` is where its window begins, if a missed issue was merged into it. `held` says why an approved one
    waits. `list` is set where no digest says it. What is `scheduled` leaves by itself at `send_at` once it is
    approved, anything else when told to.
    """

    key: str
    digest: str
    state: IssueState
    draft_at: datetime
    send_at: datetime
    draft: str = ""
    draft_hash: str = ""
    approved_hash: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    covers_from: datetime | None = None
    kind: MailingKind = "issue"
    list: str = ""
    scheduled: bool = True
    held: str = ""


@dataclass(frozen=True, slots=True)
class IssueEvent:
    """One line of an issue's history: when it came into which state (or stayed), by whom, and why in words."""

    at: datetime
    state: IssueState
    by: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Mailing:
    """One thing that is sent to many: `key` is unique within (community, kind)."""

    id: int
    community: str
    kind: MailingKind
    key: str
    list: str
    digest: str
    state: MailingState
    content_hash: str
    planned_at: datetime


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a reader had before: the key of the last issue that reached them, and the name of what they remember."""

    issue: str
    memory: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One edition and what its readers know after it, under a name that equal memories share."""

    edition: Edition
    memory_key: str = ""
    memory: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery as planning freezes it, through a membership of `list`; `skipped` where nothing is to be sent.

    `not_before` is when it may leave; None is at once.
    """

    delivery_id: str
    subscriber_id: str
    edition_key: str
    state: DeliveryState = "pending"
    reason: str = ""
    list: str = ""
    not_before: datetime | None = None


class Due(NamedTuple):
    """A pending delivery whose time has come, with what is known of its reader at this moment.

    `subscription` is None where the reader is not on the list any more, and `address` is empty where the reader
    is gone altogether. `suppressed` is the reason why nothing may be sent to the address, or empty; `paused` says
    that they want no mail for a while. `service` names a mail that answers this one reader; its link is a token for
    `purpose`, which holds in `scope`. `breaks` counts how often workers broke off over it.
    """

    delivery_id: str
    subscriber_id: str
    edition_key: str
    tries: int
    address: str = ""
    name: str = ""
    subscription: SubscriptionState | None = None
    digests: tuple[str, ...] = ()
    suppressed: str = ""
    list: str = ""
    paused: bool = False
    service: ServiceMailName | Literal[""] = ""
    purpose: str = ""
    scope: str = ""
    breaks: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on one batch until `lease_until`; all its deliveries share one edition."""

    attempt_id: str
    worker: str
    mailing_id: int
    edition_key: str
    lease_until: datetime
    rows: tuple[Due, ...]


class Settlement(NamedTuple):
    """What one receipt makes of one delivery; `not_before` is set where it goes back to pending.

    `counts` is False where the try is not counted, because nobody answered for the whole batch.
    """

    delivery_id: str
    outcome: Outcome
    state: DeliveryState
    detail: str = ""
    provider_id: str = ""
    not_before: datetime | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt nobody has finished: who holds it, how far it came, and until when."""

    attempt_id: str
    worker: str
    phase: AttemptPhase
    lease_until: datetime
