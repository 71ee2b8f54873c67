"""When a worker's hold is over, and what becomes of what it held."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from newsletter.delivery.retry import settlement
from newsletter.model.delivery import Receipt
from newsletter.model.ledger import OpenAttempt, Settlement

#: From claim to mark: time to read an edition and fill a batch.
CLAIM_LEASE = timedelta(minutes=2)
#: From mark to reply. An SMTP peer may take ten minutes to answer for one message (RFC 5321, 4.5.3.2.6).
SUBMIT_LEASE = timedelta(minutes=30)
#: Clocks of two machines may differ by as much.
SKEW = timedelta(minutes=10)

Fate = Literal["release", "lose"]


def fate(attempt: OpenAttempt, now: datetime, *, dead: bool) -> Fate | None:
    """Release what was only claimed, lose what may be on the wire, leave alone what is still held.

    `dead` says that the worker is known to have ended, so that nobody waits for its lease to run out. A lease that
    would last longer than any does was taken by a clock that was put back since: it is over.
    """
    if not dead and timedelta(0) < attempt.lease_until - now <= SUBMIT_LEASE + SKEW:
        return None
    return "lose" if attempt.phase == "submitting" else "release"


def aftermath(tries: Mapping[str, int], told: Mapping[str, Receipt | None], now: datetime) -> tuple[Settlement, ...]:
    """What becomes of a dead worker's batch by its journal; `tries` are those of each delivery, this one included.

    Whoever did not begin goes back at once, whoever was in flight is unknown, and the others are as they were told.
    """
    return tuple(_after(one, count, told, now) for one, count in tries.items())


def _after(one: str, tries: int, told: Mapping[str, Receipt | None], now: datetime) -> Settlement:
    if one not in told:
        return Settlement(
            one, "not_submitted", "pending", "its worker ended before it was handed over", not_before=now
        )
    receipt = told[one]
    if receipt is None:
        return Settlement(one, "unknown", "unknown", "it was in flight when its worker ended")
    return settlement(receipt, tries, now, jitter=0.5)
