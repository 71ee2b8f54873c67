"""What settles a delivery of which nobody knows whether it left: evidence, or absence where absence can be proven."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from newsletter.model.reconciling import Coverage, Doubt, Seen, Settling

#: Deliveries accepted this long before or after say whether a coverage is complete for that time.
NEAR = timedelta(minutes=10)
#: Doubts within this span are judged by the same neighbours, who are near to each of them.
TOGETHER = timedelta(minutes=5)
#: Of the neighbours, in hundredths, a complete coverage knows at least so many.
COMPLETE = 99
#: A worker that is not known to have ended may hold a message this long.
SLEEPER = timedelta(days=1)
#: Logs keep a message for 30 days; close to their end, absence says nothing.
REMEMBERED = timedelta(days=28)

Policy = Literal["hold", "resend"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a doubt and why, in words for an operator; `proven` says that it is known not to have left."""

    settling: Settling
    why: str
    proven: bool = False


def clusters(doubts: Sequence[Doubt]) -> Iterator[tuple[Doubt, ...]]:
    """Doubts that were handed over at about the same time, earliest first."""
    begun: list[Doubt] = []
    for doubt in sorted(doubts, key=lambda one: (one.submitted_at, one.delivery_id)):
        if begun and doubt.submitted_at - begun[0].submitted_at > TOGETHER:
            yield tuple(begun)
            begun = []
        begun.append(doubt)
    if begun:
        yield tuple(begun)


def near(cluster: Sequence[Doubt]) -> tuple[datetime, datetime]:
    """The time that is near to every one of them; both ends belong to it."""
    return cluster[-1].submitted_at - NEAR, cluster[0].submitted_at + NEAR


def complete(coverage: Coverage) -> bool:
    """Whether its silence says anything: it knew nearly all of the neighbours, and there were some."""
    return coverage.asked > 0 and coverage.knew * 100 >= coverage.asked * COMPLETE


def judge(
    doubt: Doubt,
    seen: Seen,
    coverage: Coverage,
    now: datetime,
    *,
    wait: timedelta,
    policy: Policy,
    ended: bool,
) -> Judgement:
    """What becomes of the doubt; `ended` says that whoever handed it over can be handing it over no more."""
    if seen == "there":
        return Judgement("accepted", f"{coverage.who} has it")
    if missing := _not_proven(doubt, seen, coverage, now, wait, ended=ended):
        return Judgement("hold", missing)
    why = f"{coverage.who} does not have it, and has {coverage.knew} of {coverage.asked} sent about then"
    return Judgement("resend" if policy == "resend" else "hold", why, proven=True)


def _not_proven(doubt: Doubt, seen: Seen, coverage: Coverage, now: datetime, wait: timedelta, *, ended: bool) -> str:
    """Why its absence proves nothing; empty where it does."""
    age = now - doubt.submitted_at
    if seen == "unsaid":
        return f"{coverage.who} did not say whether it has it"
    if not ended and age < SLEEPER:
        return "whoever was handing it over may still be doing so"
    if age < wait:
        until = f"{doubt.submitted_at + wait:%Y-%m-%d %H:%M %Z}"
        return f"it is too early to tell: {coverage.who} may still hear of it until {until}"
    if age > REMEMBERED:
        return f"it is too late to tell: {coverage.who} forgets"
    if coverage.asked == 0:
        return f"nothing else was accepted about then, by which {coverage.who} could be tried"
    if not complete(coverage):
        return f"{coverage.who} is not complete: it has {coverage.knew} of {coverage.asked} accepted about then"
    return ""
