"""SendGrid's events in our words: what each type means, and what of it may be kept.

The Event Webhook puts custom arguments beside its own fields, the Email Logs under `custom_args`. Everything in an
event is foreign: values of any type, text of any length, bytes that no database takes.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from newsletter.model.delivery import Notice, NoticeKind
from newsletter.model.events import EventUse, ProviderEvent

#: What each type means for a delivery.
NOTICES: Mapping[str, NoticeKind] = {
    "received": "accepted",
    "processed": "accepted",
    "delivered": "delivered",
    "deferred": "deferred",
    "bounce": "bounced",
    "dropped": "dropped",
    "drop": "dropped",
    "cancel_drop": "dropped",
    "spamreport": "complained",
    "unsubscribe": "unsubscribed",
    "group_unsubscribe": "unsubscribed",
}
#: Types from which nothing follows: coming back needs our own confirmation, and nobody is followed.
OTHERS: Mapping[str, EventUse] = {
    "group_resubscribe": "kept",
    "open": "forgotten",
    "click": "forgotten",
    "account_status_change": "account",
}
#: Why SendGrid sends no more to an address, by how its reason begins; other reasons are not about the reader.
DROPPED: tuple[tuple[str, Literal["bounced", "complained", "unsubscribed"]], ...] = (
    ("bounced address", "bounced"),
    ("spam reporting address", "complained"),
    ("unsubscribed", "unsubscribed"),
    ("group unsubscribe", "unsubscribed"),
)
#: Bounces by which an address is not dead, though SendGrid calls them permanent: they are about us or the road.
PASSING = frozenset({"technical", "content", "reputation", "frequency or volume too high"})
#: Fields of an event that name nobody; of the others only numbers and short words without an "@" are kept.
PERSONAL = frozenset(
    {"email", "ip", "useragent", "url", "smtp-id", "from", "to", "domain", "client_ip", "outbound_ip"}
)

#: Why an event of a known type is no notice.
NO_TIME = "it does not say when"

_LONGEST_ID, _LONGEST_ADDRESS = 100, 320
_LONGEST_TEXT = 500
_EARLIEST, _LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (2009, 2200))
_NOT_STORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def read_event(event: object) -> ProviderEvent:
    """One entry of a webhook's array, or one event of the log; whatever it is, nothing raises."""
    if not isinstance(event, dict):
        return ProviderEvent("?", "kept", why="it is no object", raw={"?": event})
    kind = text(event.get("event"), 50) or "?"
    at = moment(event.get("timestamp"))
    use, why = _use(kind, at)
    ours = _custom_args(event)
    event_id, address = text(event.get("sg_event_id"), _LONGEST_ID), text(event.get("email"), _LONGEST_ADDRESS)
    delivery_id, attempt_id = text(ours.get("delivery_id"), 64), text(ours.get("attempt_id"), 40)
    notice = None
    if use == "notice" and at is not None:
        word, detail = NOTICES[kind], _reason(event)
        lasting = word != "bounced" or _is_permanent(event)
        because = _because(detail) if word == "dropped" else ""
        notice = Notice(delivery_id, word, at, detail, lasting, event_id, attempt_id, address, because)
    return ProviderEvent(kind, use, at, event_id, delivery_id, attempt_id, address, notice, why, event)


def _use(kind: str, at: datetime | None) -> tuple[EventUse, str]:
    """What is done with events of this type, and why one from which something would follow is only kept."""
    if kind in NOTICES:
        return ("notice", "") if at else ("kept", NO_TIME)
    return (OTHERS[kind], "") if kind in OTHERS else ("kept", "nobody here knows this type")


def _custom_args(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The webhook puts them beside its own fields, the log apart."""
    given = event.get("custom_args")
    return given if isinstance(given, dict) else event


def _is_permanent(event: Mapping[str, Any]) -> bool:
    """Whether a bounce says that the address is dead."""
    return event.get("type") != "blocked" and text(event.get("bounce_classification"), 50).lower() not in PASSING


def _because(reason: str) -> Literal["", "bounced", "complained", "unsubscribed"]:
    said = reason.casefold()
    if said.split(":")[0].strip() == "invalid":
        return "bounced"
    return next((because for beginning, because in DROPPED if said.startswith(beginning)), "")


def _reason(event: Mapping[str, Any]) -> str:
    """The provider's words, the status before them."""
    said = text(event.get("reason")) or text(event.get("response"))
    status = text(event.get("status"), 20)
    return f"{status} {said}".strip() if status and not said.startswith(status) else said


def text(value: object, longest: int = _LONGEST_TEXT) -> str:
    """A string as the store takes it, cut to this length; empty for anything that is none."""
    if not isinstance(value, str):
        return ""
    if len(value) <= longest and value.isprintable():
        return value.strip()
    return _NOT_STORABLE.sub(" ", value[: longest * 2]).strip()[:longest]


def moment(value: object) -> datetime | None:
    """An instant from seconds since the epoch, as a number or its digits; None for anything else."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{9,10}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not _EARLIEST <= value <= _LATEST:
        return None
    return datetime.fromtimestamp(int(value), UTC)


def fingerprint(event: Mapping[str, Any]) -> str:
    """The same for an event that is sent again under another id."""
    told = {name: value for name, value in event.items() if name != "sg_event_id"}
    # Escaped to ASCII, so that lone surrogates do no harm.
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def payload(event: Mapping[str, Any]) -> Mapping[str, object]:
    """What may be kept of an event: numbers, and short words that name nobody."""
    kept: dict[str, object] = {}
    for name, value in event.items():
        if name.lower() in PERSONAL or "@" in name or len(kept) >= 40:
            continue
        if isinstance(value, bool | int | float) and abs(value) < 1e15:
            kept[text(name, 50)] = value
        elif isinstance(value, str) and "@" not in value:
            kept[text(name, 50)] = text(value, 200)
    return kept
