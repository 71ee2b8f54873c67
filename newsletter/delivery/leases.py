"""When a worker's hold is over, and what becomes of what it held."""

from datetime import datetime, timedelta
from typing import Literal

from newsletter.model.ledger import OpenAttempt

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
