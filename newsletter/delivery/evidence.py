"""What a provider's later report says about a delivery and about its reader; repeatable, and free of order."""

from dataclasses import dataclass

from newsletter.model.delivery import TRANSITIONS, DeliveryState, Notice
from newsletter.model.people import ConsentAction, SuppressionReason

#: Nothing was handed over for these, so that a report about one of them proves nothing, and may be forged.
NEVER_LEFT: frozenset[DeliveryState] = frozenset({"claimed", "suppressed", "skipped", "cancelled"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The delivery's state after the notice, and what follows for the reader, if anything."""

    state: DeliveryState
    consent: ConsentAction | None = None
    suppression: SuppressionReason | None = None


def verdict(state: DeliveryState, notice: Notice) -> Verdict:
    """What the notice means for a delivery in this state; a step that the state table has not is not taken."""
    if state in NEVER_LEFT:
        return Verdict(state)
    if notice.kind == "unsubscribed":
        return Verdict(state, consent="left")
    after: DeliveryState = notice.kind if notice.kind in TRANSITIONS[state] else state
    if notice.kind == "complained":
        return Verdict(after, consent="complained", suppression="complained")
    if notice.kind == "bounced" and notice.permanent:
        return Verdict(after, consent="bounced", suppression="bounced")
    return Verdict(after)
