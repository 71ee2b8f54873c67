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

Fate = Literal["release", "lose"]


def fate(attempt: OpenAttempt, now: datetime, *, dead: bool) -> Fate | None:
    """Release what was only claimed, lose what may be on the wire, leave alone what is still held.

    `dead` says that the worker is known to have ended, so that nobody waits for its lease to run out.
    """
    if not dead and now < attempt.lease_until:
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
