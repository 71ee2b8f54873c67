"""What a provider's later report says about a delivery and about its reader; repeatable, and free of order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.model.delivery import TRANSITIONS, DeliveryState, Notice
from newsletter.model.people import ConsentAction, SuppressionReason

#: Deliveries that came back for now, one after the other, after which an address counts as dead; over so long.
MOST_SOFT = 5
SOFT_FOR = timedelta(days=14)
#: A bounce that names no delivery is of the last mail that left for its address within this time.
LATE_BOUNCE = timedelta(days=7)
#: A provider's clock and ours may differ by so much, and it tells whole seconds.
CLOCKS_APART = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The delivery's state after the notice, and what follows for the reader, if anything.

    `soft` says that it came back for now, so that the reader's earlier mails are to be looked at.
    """

    state: DeliveryState
    consent: ConsentAction | None = None
    suppression: SuppressionReason | None = None
    soft: bool = False


def verdict(state: DeliveryState, notice: Notice, *, same_address: bool = True) -> Verdict:
    """What the notice means for a delivery in this state; a step that the state table has not is not taken.

    A bounce is of an address: where its reader has another by now (`same_address`), nothing follows for them.
    """
    if notice.kind == "unsubscribed":
        return Verdict(state, consent="left")
    after: DeliveryState = notice.kind if notice.kind in TRANSITIONS[state] else state
    if "complained" in (notice.kind, notice.because):
        return Verdict(after, consent="complained", suppression="complained")
    if notice.because == "unsubscribed":
        return Verdict(after, consent="left")
    dead = (notice.kind == "bounced" and notice.permanent) or notice.because == "bounced"
    if dead and same_address:
        return Verdict(after, consent="bounced", suppression="bounced")
    return Verdict(after, soft=notice.word == "blocked" and same_address)


def is_worn_out(returned: Sequence[datetime]) -> bool:
    """Whether mails that came back for now, in order of time, mean that nobody is there any more."""
    return len(returned) >= MOST_SOFT and returned[-1] - returned[0] >= SOFT_FOR
