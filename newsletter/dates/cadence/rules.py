"""What a cadence and a window say once they are read: plain values, without a calendar."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

Unit = Literal["days", "month", "term", "since"]

#: "every 2 weeks" without a "from" counts from this Monday.
EPOCH = date(2024, 1, 1)


class CadenceError(ValueError):
    """A cadence, lead or window that cannot be read; says what may be written instead."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often and when: `kind` says which of the other fields count."""

    kind: Literal["weekly", "monthly", "quarterly", "term", "manual"]
    at: time = time(9)
    weekday: int = 0
    weeks: int = 1
    anchor: date = EPOCH
    nth: int = 0
    day: int = 0
    offset: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class WindowRule:
    """What an issue covers: `days` from the slot's date or the next `weekday`, a month, a term, or since the last."""

    unit: Unit
    days: int = 0
    weekday: int | None = None
