"""JSON lines: our own export, with memberships and proofs as they stood, or plain objects with a column's names."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from newsletter.model.people import ConsentAction, SuppressionReason
from newsletter.people.importing.columns import Columns, columns_of
from newsletter.people.importing.profiles import plain
from newsletter.people.importing.record import Person, Refused, Restored
from newsletter.people.importing.standing import Standing, UnknownWordError

_ACTIONS, _REASONS = get_args(ConsentAction), get_args(SuppressionReason)
_NOT_OURS = "this line looks like our own export, and is none: a state, action or reason in it is not known"
#: How a membership of ours stands, as a line of another file would say it.
_STANDINGS: dict[str, Standing] = {
    "pending": "unconfirmed",
    "active": "active",
    "left": "left",
    "bounced": "bounced",
    "complained": "complained",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A person of a JSON line, or one of their memberships as our own export has it."""

    person: Person
    restored: Restored | None = None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """An address that is known by its keyed hash alone; `key` tells under which key that was made."""

    line: int
    who: str
    reason: str
    at: str
    detail: str
    key: str


Line = tuple[int, Document] | Suppressed | Refused


def documents(lines: Iterable[str]) -> Iterator[Line]:
    """What stands on every line that is not empty; several documents for one with several memberships."""
    for number, line in enumerate(lines, 1):
        if line.strip("\ufeff\r\n "):
            yield from _line(number, line.strip("\ufeff"))


def _line(number: int, text: str) -> Iterator[Line]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        yield Refused(number, "json", "this line is no JSON document")
        return
    if not isinstance(found, dict):
        yield Refused(number, "json", "this line is no JSON object")
    elif isinstance(found.get("suppression"), dict):
        yield _suppressed(number, found["suppression"])
    elif isinstance(found.get("subscriptions"), list) and "address" in found:
        yield from _ours(number, found)
    else:
        yield _plain(number, found)


def _suppressed(number: int, found: Mapping[str, Any]) -> Suppressed | Refused:
    if found.get("reason") not in _REASONS:
        return Refused(number, "json", _NOT_OURS)
    return Suppressed(number, *(str(found.get(name, "")) for name in ("who", "reason", "at", "detail", "key")))


def _plain(number: int, found: Mapping[str, Any]) -> Line:
    """A plain object: text of its values by column, and anything deeper as the attribute it is."""
    head = tuple(map(str, found))
    columns = columns_of(plain.PROFILE, head, [[_text(value) for value in found.values()]])
    if columns is None:
        return Refused(number, "columns", f"no address in this document; it has {', '.join(head)}")
    try:
        return number, Document(_with_depth(columns, head, found))
    except UnknownWordError as error:
        return Refused(number, "state", str(error), _text(found.get("email", "")))


def _with_depth(columns: Columns, head: Sequence[str], found: Mapping[str, Any]) -> Person:
    person = columns.person([_text(found[name]) for name in head])
    deep = {name: found[head[at]] for at, name, _ in columns.attributes if found[head[at]] not in (None, "")}
    return Person(person.cells, person.standing, deep)


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_CELLS = {"name": "name", "timezone": "timezone", "language": "language", "clock": "clock", "density": "density"}


def _ours(number: int, found: Mapping[str, Any]) -> Iterator[Line]:
    try:
        yield from [(number, one) for one in _memberships(found)]
    except (ValueError, TypeError, AttributeError):
        yield Refused(number, "json", _NOT_OURS, _text(found["address"]))


def _memberships(found: Mapping[str, Any]) -> Iterator[Document]:
    cells = {field: _text(found.get(name)) for name, field in _CELLS.items()}
    cells |= {"email": _text(found["address"]), "text_only": "yes" if found.get("text_only") else ""}
    attributes = found.get("attributes")
    for one in found["subscriptions"] or [{}]:
        if one and one.get("state") not in _STANDINGS:
            raise ValueError("no state of ours")
        person = Person(
            cells | _membership(one), _STANDINGS.get(one.get("state", ""), "passed"), dict(attributes or {})
        )
        yield Document(person, _restored(found, one))


def _membership(one: Mapping[str, Any]) -> dict[str, str]:
    topics, since = one.get("topics"), _text(one.get("since"))
    return {
        "list": _text(one.get("list")),
        "digests": ";".join(map(str, one.get("digests") or ())),
        "topics": "" if topics is None else ";".join(map(str, topics)) or "none",
        "joined": since if one.get("state") == "active" else "",
        "ended": since,
    }


def _restored(found: Mapping[str, Any], one: Mapping[str, Any]) -> Restored:
    mine = tuple(line for line in found.get("consents") or () if line.get("list") == one.get("list"))
    reason = _text((found.get("suppressed") or {}).get("reason"))
    if reason not in ("", *_REASONS) or any(line.get("action") not in _ACTIONS for line in mine):
        raise ValueError("no action or reason of ours")
    return Restored(
        state=_text(one.get("state")),
        since=_text(one.get("since")),
        created_at=_text(found.get("created_at")),
        consents=mine,
        suppressed=reason,
        paused_until=_text(one.get("paused_until")),
        stopped=tuple((str(item), str(title)) for item, title in one.get("stopped") or ()),
        online_only=bool(one.get("online_only")),
    )
