"""When something happens, as its author wrote it: wall clock and IANA zone are kept, instants are derived.

What is vague stays vague; nothing here guesses.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

TzSource = Literal["iana", "offset", "abbreviation", "source_default", "floating"]


@dataclass(frozen=True, slots=True)
class Instant:
    """One start on a wall clock (naive datetime) in an IANA zone; `end` is None where none is stated."""

    start: datetime
    end: datetime | None
    timezone: str
    tz_source: TzSource = "source_default"
    kind: Literal["instant"] = "instant"


@dataclass(frozen=True, slots=True)
class AllDay:
    """Whole days without a clock; first and last are both inclusive and belong to no zone."""

    first: date
    last: date
    kind: Literal["all_day"] = "all_day"


@dataclass(frozen=True, slots=True)
class Sessions:
    """Several dated sessions listed one by one; never empty, in order."""

    sessions: tuple[Instant | AllDay, ...]
    kind: Literal["sessions"] = "sessions"


@dataclass(frozen=True, slots=True)
class WeeklyRange:
    """Mondays, Sept 21 to Nov 2, 12-1: weekdays (Monday 0) between two inclusive dates.

    `approximate` says that the author wrote "usually" or "around": such times are shown so and never exported.
    """

    weekdays: tuple[int, ...]
    first: date
    last: date
    start: time | None
    end: time | None
    timezone: str
    tz_source: TzSource = "source_default"
    excluded: tuple[date, ...] = ()
    stated_count: int | None = None
    approximate: bool = False
    kind: Literal["weekly_range"] = "weekly_range"


@dataclass(frozen=True, slots=True)
class Override:
    """What became of one instance of a recurrence: moved (new wall clock) or cancelled; RFC 5545, 3.8.4.4."""

    original: datetime
    status: Literal["moved", "cancelled"]
    start: datetime | None = None
    end: datetime | None = None
    place: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule (RFC 5545 RRULE values, without the name) expanded on the wall clock of `timezone`.

    `start`, `end`, `rdates` and `exdates` are naive wall clocks; with `all_day` their time is midnight and
    `end` is exclusive. `until` (inclusive) is where the source ends it besides the rule, such as `expires`.
    """

    start: datetime
    end: datetime | None
    timezone: str
    rules: tuple[str, ...]
    tz_source: TzSource = "source_default"
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()
    overrides: tuple[Override, ...] = ()
    until: date | None = None
    all_day: bool = False
    approximate: bool = False
    kind: Literal["recurrence"] = "recurrence"


@dataclass(frozen=True, slots=True)
class Vague:
    """Words that name no date the program may act on; shown as written, never exported as an instant.

    `first` and `last` bound the time where the words do ("late winter quarter"), both inclusive.
    """

    text: str
    first: date | None = None
    last: date | None = None
    kind: Literal["vague"] = "vague"


When = Instant | AllDay | Sessions | WeeklyRange | Recurrence | Vague


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that something happens: aware datetimes, or plain dates (both inclusive) when all day.

    A cancelled instance stays an occurrence, so that readers are told of it; `moved_from` is the aware start
    (or the date) that the rule would have given.
    """

    start: datetime | date
    end: datetime | date | None
    status: Literal["confirmed", "cancelled", "moved"] = "confirmed"
    moved_from: datetime | date | None = None
    place: str | None = None
    note: str = field(default="")

    @property
    def all_day(self) -> bool:
        """Whether this occurrence is a matter of dates and not of instants."""
        return not isinstance(self.start, datetime)
