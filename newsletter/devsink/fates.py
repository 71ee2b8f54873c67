"""What becomes of an accepted message: the events that the Event Webhook and the Email Logs tell of it."""

import uuid
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from newsletter.devsink.logs import Logged

#: For each fate the event that ends the message, beyond `processed`; what is not named here is delivered.
ENDS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "bounce": (
        {
            "event": "bounce",
            "type": "bounce",
            "status": "5.1.1",
            "reason": "550 5.1.1 no such user",
            "bounce_classification": "Invalid Address",
        },
    ),
    "block": (
        {
            "event": "bounce",
            "type": "blocked",
            "status": "5.7.1",
            "reason": "550 5.7.1 refused for now",
            "bounce_classification": "Reputation",
        },
    ),
    "drop": ({"event": "dropped", "reason": "Bounced Address"},),
    "defer": ({"event": "deferred", "response": "451 4.7.1 try again later", "attempt": "1"},),
    "complain": ({"event": "delivered", "response": "250 OK"}, {"event": "spamreport"}),
    "unsubscribe": ({"event": "delivered", "response": "250 OK"}, {"event": "unsubscribe"}),
}
DELIVERED: tuple[Mapping[str, Any], ...] = ({"event": "delivered", "response": "250 OK"},)


def fate_of(address: str, fates: Mapping[str, Sequence[str]]) -> str:
    """The fate whose patterns (fnmatch, any case) name the address; empty where it is simply delivered."""
    named = (fate for fate, patterns in fates.items() if any(_matches(address, one) for one in patterns))
    return next(named, "")


def _matches(address: str, pattern: str) -> bool:
    return fnmatchcase(address.casefold(), pattern.casefold())


def logged(message: Mapping[str, Any], address: str, number: int, fate: str) -> Logged:
    """The accepted message as the log keeps it; `number` is its place in the request."""
    sg_message_id = f"{message['x_message_id']}.recvd-sink-{number}.0"
    base = {
        "email": address,
        "timestamp": int(message["at"]),
        "smtp-id": message["message_id"],
        "category": list(message["categories"]),
        "sg_message_id": sg_message_id,
        **message["custom_args"],
    }
    told = ({"event": "processed"}, *ENDS.get(fate, DELIVERED))
    events = tuple({**base, **one, "sg_event_id": new_event_id()} for one in told)
    return Logged(
        sg_message_id,
        address,
        message["from"],
        message["subject"],
        tuple(message["categories"]),
        message["custom_args"],
        message["at"],
        events,
    )


def new_event_id() -> str:
    """An id as the webhook gives them."""
    return uuid.uuid4().hex[:22]
