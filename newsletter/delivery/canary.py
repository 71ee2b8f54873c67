"""A few readers get an issue first; the others wait until somebody had the time to look at what arrived."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from newsletter.model.guarding import Hold

#: The few are getting it; all others wait; all get it.
Phase = Literal["first", "wait", "over"]


@dataclass(frozen=True, slots=True)
class Canary:
    """Who gets it first: so many readers, or those with these addresses; `rest` is None where a person resumes."""

    readers: int = 0
    addresses: tuple[str, ...] = ()
    rest: timedelta | None = None

    @property
    def wanted(self) -> bool:
        """Whether anybody is to get it first."""
        return bool(self.readers or self.addresses)


def begins(count: int, waiting: int) -> Phase:
    """The phase in which it begins with `count` first readers of `waiting`: without others, nothing is held."""
    if count and count >= waiting:
        return "over"
    return "first" if count else "wait"


def hold(canary: Canary, key: str, count: int, now: datetime) -> Hold:
    """What the others wait for once the first have it."""
    had = f"{count} readers have it" if count else "none of those who were to get it first is among its readers"
    until = now + canary.rest if canary.rest is not None else None
    why = f"{had}; newsletter resume {key} sends it to the others now, newsletter cancel {key} to nobody more"
    return Hold("canary", why, until, key)
