"""When a road that does not answer is left alone, for how long, and how it is tried again: by one mail at a time."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from newsletter.model.delivery import Outcome
from newsletter.model.guarding import Hold, Road
from newsletter.model.ledger import Settlement

#: Nobody answered: the road, and not the mail, is at fault.
UNANSWERED: frozenset[Outcome] = frozenset({"not_submitted", "unknown"})
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=1)
#: While one mail tries the road, others leave it alone for this long.
TRIAL = timedelta(minutes=1)


def failed(outcomes: Collection[Outcome]) -> bool:
    """Whether nobody answered for any mail of the batch."""
    return bool(outcomes) and all(outcome in UNANSWERED for outcome in outcomes)


def after(road: Road, outcomes: Collection[Outcome], now: datetime, most: int, *, trial: bool = False) -> Road:
    """How the road stands after a batch; with `most` failures in a row it is left alone, after each `trial` longer.

    A batch that was on its way when the road was given up tells nothing new by failing.
    """
    if not failed(outcomes):
        return Road()
    if not road.is_open and not trial:
        return road
    failures = road.failures + 1
    if failures < most:
        return replace(road, failures=failures)
    return Road(failures, road.trips + 1, now + rest(road.trips))


def spare(settled: Sequence[Settlement]) -> tuple[Settlement, ...]:
    """Where nobody answered, the try is not counted against those of whom it is known that nothing left."""
    if not failed([one.outcome for one in settled]):
        return tuple(settled)
    return tuple(one._replace(counts=one.outcome != "not_submitted") for one in settled)


def rest(trips: int) -> timedelta:
    """How long it is left alone when it was so often before: a minute, doubling up to an hour."""
    return min(FIRST_REST * float(2 ** min(trips, 10)), LONGEST_REST)


def on_trial(road: Road, now: datetime) -> Road | None:
    """The road while one mail tries it; None where its time has not come. A clock put back lengthens no rest."""
    if road.until is None or (now < road.until and road.until - now <= LONGEST_REST):
        return None
    return replace(road, until=now + TRIAL)


def hold(road: Road) -> Hold:
    """What is held while the road is left alone."""
    why = (
        f"the road out gave no answer {road.failures} times in a row and is left alone; then one mail tries it. Look "
        "at the provider, its address and its key in [provider]; newsletter resume KEY tries it at once"
    )
    return Hold("breaker", why, road.until)
