"""How far a sending is, how fast it goes, and how long it takes on: from counts, and what was handed over lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.model.operator import HandedOver, IssueCounts

#: So far back the rate is measured.
LATELY = timedelta(minutes=5)
#: A shorter time than this says nothing of a rate.
LEAST = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `base` who are to get it; `per_minute` is 0 where nothing left lately, and `left` is None then."""

    done: int
    base: int
    per_minute: float = 0.0
    left: timedelta | None = None

    @property
    def waiting(self) -> int:
        """How many have not left yet."""
        return self.base - self.done


def progress(issue: IssueCounts, lately: Sequence[HandedOver], now: datetime) -> Progress:
    """The progress of an issue of which this was handed over within LATELY.

    Whoever is left out on purpose is no part of the base: they were never to get it.
    """
    base = issue.planned - issue.count("suppressed", "skipped", "cancelled")
    waiting = issue.count("pending", "claimed", "submitting")
    rate = _rate(lately, now)
    left = timedelta(minutes=waiting / rate) if rate and waiting else None
    return Progress(base - waiting, base, rate, left)


def _rate(lately: Sequence[HandedOver], now: datetime) -> float:
    """Mails in a minute, from the first batch that is looked at until now."""
    recent = [one for one in lately if one.at > now - LATELY]
    if not recent:
        return 0.0
    span = max(now - min(one.at for one in recent), LEAST)
    return sum(one.mails for one in recent) / (span / timedelta(minutes=1))
