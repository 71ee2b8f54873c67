"""Whether the store is an older copy of itself: then nobody knows what was sent since, and nothing may leave."""

from dataclasses import dataclass

from newsletter.model.guarding import Hold


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a store came: batches that left, and lines of consent."""

    sent: int = 0
    consents: int = 0


def hold(known: Mark | None, store: Mark) -> Hold | None:
    """The hold where what is known of the store from outside is ahead of it."""
    if known is None or (store.sent >= known.sent and store.consents >= known.consents):
        return None
    lost = [
        f"{known.sent - store.sent} batches that were sent" if known.sent > store.sent else "",
        f"{known.consents - store.consents} joinings and leavings" if known.consents > store.consents else "",
    ]
    why = (
        f"the store is an older copy: it does not know of {' and '.join(filter(None, lost))}. Nothing leaves. "
        "Look at newsletter status; newsletter resume --restored goes on with it"
    )
    return Hold("restored", why)
