"""What a consent event does: the state of a subscription is a fold over its log, by the model's table."""

from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.model.people import Consent, ConsentAction, SubscriptionState, next_state

#: Events by which somebody else brings a person in. They never raise who left, bounced, complained or is suppressed.
BROUGHT_IN: frozenset[ConsentAction] = frozenset({"requested", "imported", "added"})
#: States that no one but their owner ends, and why.
GONE: dict[SubscriptionState, str] = {
    "left": "they left this list; only they can come back",
    "bounced": "mail to this address bounced; only its owner can bring it back",
    "complained": "they reported a mail as spam; they are not written to again",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """The state after an event. `refusal` says why it changes nothing; `changed` that a line belongs in the log."""

    state: SubscriptionState | None
    changed: bool
    refusal: str = ""


def fold(lines: Iterable[Consent], list_name: str) -> SubscriptionState | None:
    """The state that these lines, in order, make of a subscription; None for who was never on the list."""
    state: SubscriptionState | None = None
    for line in lines:
        if line.list == list_name:
            state = next_state(state, line.action)
    return state


def decide(state: SubscriptionState | None, action: ConsentAction, *, suppressed: str = "") -> Decision:
    """What the event does to a subscription in this state; `suppressed` is the address's suppression, or empty."""
    if action in BROUGHT_IN and suppressed:
        return Decision(state, changed=False, refusal=f"the address is suppressed ({suppressed})")
    if action in BROUGHT_IN and state in GONE:
        return Decision(state, changed=False, refusal=GONE[state])
    after = next_state(state, action)
    return Decision(after, changed=after != state)
