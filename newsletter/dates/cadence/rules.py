"""What a cadence and a window say once they are read: plain values, without a calendar."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

Kind = Literal["weekly", "monthly", "quarterly", "quarter", "term", "manual"]
Unit = Literal["days", "month", "quarter", "term", "since"]

#: "every 2 weeks" without a "from" counts from this Monday.
EPOCH = date(2024, 1, 1)
#: The `day` of "the last day": more than any month has, so that it is clamped in every one.
LAST_DAY = 31
#: The `nth` of "last Friday". A "fifth Friday" is the same: where a month has four, it is clamped to the fourth.
LAST = -1


class CadenceError(ValueError):
    """A cadence, lead or window that cannot be read; says what may be written instead."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often and when: `kind` says which of the other fields count.

    "quarterly" has its day in the first month of each quarter; "quarter" and "term" count an `offset` from the first
    day of one. Quarters are three months each from the month `year_from` (1 to 12) on.
    """

    kind: Kind
    at: time = time(9)
    weekday: int = 0
    weeks: int = 1
    anchor: date = EPOCH
    nth: int = 0
    day: int = 0
    offset: timedelta = timedelta()
    year_from: int = 1

    @property
    def earliest_day(self) -> int:
        """The first day of a month on which a monthly or quarterly slot can fall."""
        if self.day:
            return min(self.day, 28)
        return 22 if self.nth == LAST else 7 * self.nth - 6


@dataclass(frozen=True, slots=True)
class WindowRule:
    """What an issue covers: `days` from the slot's date or the next `weekday`, a month, quarter or term, or since
    the last issue.

    `year_from` is the month that quarters are counted from; None is that of the cadence.
    """

    unit: Unit
    days: int = 0
    weekday: int | None = None
    year_from: int | None = None
