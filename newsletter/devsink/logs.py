"""The Email Logs routes of the sink: POST /v3/logs finds accepted messages, GET /v3/logs/{id} tells one whole.

The published rules hold: conditions joined by AND, these fields with these operators, at most 1000 messages.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_MESSAGES = 1000
DEFAULT_MESSAGES = 10

_TEXT = r"(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\")"
_EQUALS = re.compile(rf"(?P<field>sg_message_id|subject|to_email|reason)\s*=\s*{_TEXT}")
_AMONG = re.compile(r"(?P<field>status|categories)\s+IN\s*\((?P<values>[^()]*)\)")
_SINCE = re.compile(rf"sg_message_id_created_at\s*(?P<sign>>=|<=|>|<)\s*TIMESTAMP\s*{_TEXT}")
_VALUE = re.compile(r"'([^']*)'|\"([^\"]*)\"")

#: What the last event of a message makes of its status.
STATUSES: Mapping[str, str] = {
    "processed": "processed",
    "deferred": "deferred",
    "dropped": "dropped",
    "bounce": "bounced",
    "blocked": "blocked",
}


class QueryError(ValueError):
    """The query is not one that the API takes."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One message to one reader, with its events, oldest first, as the Event Webhook tells them."""

    sg_message_id: str
    to_email: str
    from_email: str
    subject: str
    categories: tuple[str, ...]
    custom_args: Mapping[str, str]
    created_at: float
    events: Sequence[Mapping[str, Any]] = ()

    @property
    def status(self) -> str:
        """The summary of its events."""
        kinds = [str(one.get("type") if one["event"] == "bounce" else one["event"]) for one in self.events]
        return STATUSES.get(kinds[-1], "delivered") if kinds else "processed"

    def summary(self) -> dict[str, Any]:
        """As a search lists it."""
        made = datetime.fromtimestamp(self.created_at, UTC)
        return {
            "from_email": self.from_email,
            "sg_message_id": self.sg_message_id,
            "subject": self.subject,
            "to_email": self.to_email,
            "status": self.status,
            "sg_message_id_created_at": made.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }

    def whole(self) -> dict[str, Any]:
        """As it is told by its id; custom arguments stand apart, in the message and in each event."""
        events = [{k: v for k, v in one.items() if k not in self.custom_args} for one in self.events]
        return {
            "from_email": self.from_email,
            "sg_message_id": self.sg_message_id,
            "subject": self.subject,
            "to_email": self.to_email,
            "status": self.status,
            "api_key_id": "",
            "client_ip": "127.0.0.1",
            "category": list(self.categories),
            "custom_args": dict(self.custom_args),
            "events": [one | {"custom_args": dict(self.custom_args)} for one in events],
        }


Condition = Callable[[Logged], bool]


class MailLog:
    """Everything accepted, found by recipient or id without looking through the rest."""

    def __init__(self) -> None:
        self._by_id: dict[str, Logged] = {}
        self._by_reader: dict[str, list[Logged]] = {}

    def add(self, message: Logged) -> None:
        """One more, newest last."""
        self._by_id[message.sg_message_id] = message
        self._by_reader.setdefault(message.to_email, []).append(message)

    def clear(self) -> None:
        """Forget all of them."""
        self._by_id.clear()
        self._by_reader.clear()

    def one(self, sg_message_id: str) -> Logged | None:
        """The message of this id."""
        return self._by_id.get(sg_message_id)

    def search(self, query: str, limit: int) -> list[Logged]:
        """At most so many messages for which the query holds, newest first; QueryError where it is none."""
        conditions = [_condition(part.strip()) for part in _parts(query)]
        found = (one for one in self._among(query) if all(holds(one) for holds in conditions))
        return sorted(found, key=lambda one: -one.created_at)[:limit]

    def _among(self, query: str) -> Sequence[Logged]:
        asked = [found for found in _EQUALS.finditer(query) if found["field"] == "to_email"]
        return self._by_reader.get(_text(asked[0]), ()) if asked else tuple(self._by_id.values())


def _parts(query: str) -> Iterator[str]:
    return (part for part in re.split(r"\s+AND\s+", query.strip()) if query.strip())


def _condition(part: str) -> Condition:
    if found := _EQUALS.fullmatch(part):
        return _equals(found["field"], _text(found))
    if found := _AMONG.fullmatch(part):
        return _among(found["field"], {single or double for single, double in _VALUE.findall(found["values"])})
    if found := _SINCE.fullmatch(part):
        return _since(found["sign"], _text(found))
    raise QueryError(f"not a condition of this API: {part!r}")


def _text(found: re.Match[str]) -> str:
    return found["double"] if found["single"] is None else found["single"]


def _equals(field: str, value: str) -> Condition:
    if field == "reason":
        return lambda one: any(event.get("reason") == value for event in one.events)
    return lambda one: getattr(one, field) == value


def _among(field: str, values: set[str]) -> Condition:
    if field == "status":
        return lambda one: one.status in values
    return lambda one: not values.isdisjoint(one.categories)


def _since(sign: str, value: str) -> Condition:
    try:
        moment = datetime.fromisoformat(value).timestamp()
    except ValueError as error:
        raise QueryError(f"not a timestamp: {value!r}") from error
    compare: Mapping[str, Callable[[float], bool]] = {
        ">": lambda at: at > moment,
        "<": lambda at: at < moment,
        ">=": lambda at: at >= moment,
        "<=": lambda at: at <= moment,
    }
    holds = compare[sign]
    return lambda one: holds(one.created_at)
