"""What goes wrong and lasts: how it is found, how it is remembered until it is over, and who is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from newsletter.model.guarding import GuardName
from newsletter.model.issue import IssueState
from newsletter.model.joining import Alert

Severity = Literal["warning", "error"]
TroubleKind = Literal[
    "issue-late",
    "no-slot",
    "held",
    "queue",
    "unknown",
    "rate",
    "events-silent",
    "source",
    "disk",
    "joining",
    "events",
    "account",
    "deadline",
    "test",
]
#: Roads by which an operator is told; each goes on whatever becomes of the others.
Channel = Literal["log", "webhook", "mail"]
CHANNELS: tuple[Channel, ...] = ("log", "webhook", "mail")
#: A telling says that something began, that it is over, or that telling works.
Turn = Literal["began", "over", "test"]
TURNS: tuple[Turn, ...] = ("began", "over", "test")
TellingState = Literal["pending", "telling", "told", "failed", "unknown"]
TELLING_STATES: tuple[TellingState, ...] = ("pending", "telling", "told", "failed", "unknown")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong at this moment, about one `subject`: a sentence with its figures, and what to do.

    What is `final` happened and lasts not: it is told once, ever, and nobody is told that it is over. Where it is the
    end of something that was told, it is told as that end.
    """

    kind: TroubleKind
    subject: str
    severity: Severity
    text: str
    advice: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Episode:
    """A trouble from its first sight to its end; at most one of a kind and subject is open.

    `clear_since` is when it was first found gone, while it may still come back; `ending` says how it ended.
    """

    id: int
    trouble: Trouble
    first_seen: datetime
    last_seen: datetime
    clear_since: datetime | None = None
    ended_at: datetime | None = None
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """One channel's word about one turn of an episode; `tries` made so far."""

    id: int
    episode: Episode
    turn: Turn
    channel: Channel
    address: str = ""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a telling that was tried: `not_before` is set where it is tried again."""

    state: TellingState
    detail: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class IssueFact:
    """An issue, a correction or a one-off whose time has come (`send_at`), and how far it is.

    `left` of `planned` mails have left; `why` is what the ledger says of a skip or a hold.
    """

    key: str
    state: IssueState
    send_at: datetime
    why: str = ""
    left: int = 0
    planned: int = 0


@dataclass(frozen=True, slots=True)
class HoldFact:
    """A guard that holds all mails, or those of `about`."""

    guard: GuardName
    about: str
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class QueueFact:
    """A mailing under way: how many of its mails wait though they may leave, and when anything of it moved last."""

    key: str
    waiting: int
    planned: int
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class UnknownFact:
    """A mailing with deliveries of which nobody knows whether they left; `since` is the oldest."""

    key: str
    count: int
    planned: int
    since: datetime


@dataclass(frozen=True, slots=True)
class RateFact:
    """A rate of a mailing that is too high, with its sentence; `stops` where it is as high as would stop it."""

    key: str
    guard: GuardName
    text: str
    stops: bool


@dataclass(frozen=True, slots=True)
class EventsFact:
    """Of the last `count` accepted mails that should have had an event by now, how many had one; accepted `since`."""

    count: int
    reported: int
    since: datetime


@dataclass(frozen=True, slots=True)
class SourceReading:
    """How one source was read last: well, at all, with new content, with any content; and what was wrong with it.

    `fault` says why it could not be read when it was tried last, `unmet` what it was expected to hold.
    """

    name: str
    tried_at: datetime
    read_at: datetime
    changed_at: datetime
    filled_at: datetime | None
    items: int
    fingerprint: str = ""
    fault: str = ""
    unmet: str = ""


@dataclass(frozen=True, slots=True)
class DiskFact:
    """Bytes that are free where the store lies."""

    free: int
    place: str


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """Everything that is judged at one moment; times are in the community's zone.

    `waits` is what the last wake-up said of issues that it could not go on with, by key, and of digests, by name.
    """

    now: datetime
    issues: tuple[IssueFact, ...] = ()
    digests: frozenset[str] = frozenset()
    waits: Mapping[str, str] = field(default_factory=dict)
    holds: tuple[HoldFact, ...] = ()
    queues: tuple[QueueFact, ...] = ()
    unknown: tuple[UnknownFact, ...] = ()
    rates: tuple[RateFact, ...] = ()
    events: EventsFact | None = None
    sources: tuple[SourceReading, ...] = ()
    disk: DiskFact | None = None
    happened: tuple[Alert, ...] = ()
