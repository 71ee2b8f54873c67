"""Guards: what may keep mails from leaving at a moment, how that is set, and what is written down about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from newsletter.model.strict import Strict

GuardName = Literal[
    "restored",
    "reserve",
    "breaker",
    "pace",
    "warm-up",
    "canary",
    "audience",
    "complaints",
    "bounces",
    "deadline",
    "poison",
]


#: What `canary_hold` says where only a person lets the others have it.
BY_HAND = "resume"


class PaceSettings(Strict):
    """How many mails leave in any second, minute or hour, and to any one mail domain in an hour; 0 is as many as go.

    `domains` names mail domains with an hourly pace of their own. Communities of one store that name the same
    `account` keep these together: what left for one of them counts for all.
    """

    second: int = Field(default=0, ge=0)
    minute: int = Field(default=0, ge=0)
    hour: int = Field(default=0, ge=0)
    domain_hour: int = Field(default=0, ge=0)
    domains: dict[str, int] = Field(default_factory=dict)
    account: str = Field(default="", max_length=80)


class GuardSettings(Strict):
    """When sending stops by itself; 0, or an empty text, turns a guard off.

    `breaker` counts batches in a row that got no answer. `warm_up` are ceilings of the days from `warm_up_from` on.
    `canary` is how many readers get an issue first, or their addresses; `canary_hold` how long the others wait, or
    "resume". `audience_change` is in percent of the issue before, and passes over less than `audience_least` readers.
    `deadline` counts from the send time. The rates are in percent of at least `rates_from` mails.
    """

    breaker: int = Field(default=3, ge=0)
    warm_up_from: date | None = None
    warm_up: tuple[int, ...] = (50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600)
    canary: int | tuple[str, ...] = 0
    canary_hold: str = "1 hour"
    audience_change: int = Field(default=30, ge=0)
    audience_least: int = Field(default=10, ge=0)
    deadline: str = "7 days"
    reserve_mb: int = Field(default=64, ge=0)
    complaints_alert: float = Field(default=0.1, ge=0, le=100)
    complaints_pause: float = Field(default=0.3, ge=0, le=100)
    bounces_pause: float = Field(default=5.0, ge=0, le=100)
    rates_from: int = Field(default=100, ge=1)


@dataclass(frozen=True, slots=True)
class Hold:
    """Which guard keeps a mailing (or, with an empty `about`, all of them) from leaving, why, and until when.

    `until` is None where a person, or the cause's end, lets it go on.
    """

    guard: GuardName
    why: str
    until: datetime | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A hold as the store keeps it: `active` while it stands; `data` is what the guard itself remembers."""

    hold: Hold
    since: datetime
    active: bool = True
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Road:
    """How the road out has done: failures in a row, how often it was given up, and until when it is left alone."""

    failures: int = 0
    trips: int = 0
    until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it carries mails as far as is known."""
        return self.until is None
