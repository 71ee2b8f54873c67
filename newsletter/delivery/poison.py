"""A delivery over which workers break off: it is tried alone, and given up, so that all others get theirs."""

from collections.abc import Sequence
from datetime import timedelta

from newsletter.model.delivery import DeliveryState
from newsletter.model.ledger import Due

#: `Due.breaks` is 0 where nothing happened, 1 after a batch broke off that it was in, and one more for each time that
#: it was alone: after three of these it is given up.
GIVEN_UP = 4
#: How long it waits each time.
WAIT = timedelta(seconds=10)
REASON = f"given up: its worker broke off {GIVEN_UP - 1} times over it alone"


def pick(due: Sequence[Due]) -> tuple[Due, ...]:
    """What may share a batch: all that broke nothing off, else one suspect alone."""
    innocent = tuple(one for one in due if not one.breaks or one.breaks >= GIVEN_UP)
    return innocent or tuple(due[:1])


def bar(due: Due) -> tuple[DeliveryState, str] | None:
    """Why it is not tried any more."""
    if due.breaks < GIVEN_UP:
        return None
    return "skipped", REASON
