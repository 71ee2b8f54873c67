"""The events of an issue as schema.org objects (JSON-LD), one for each time that something happens."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from markupsafe import Markup

from newsletter.compose.calendar_names import event_path, event_slug, is_hosted
from newsletter.compose.plain import summary_of
from newsletter.compose.programme import Programme, Timed
from newsletter.model.issue import Draft
from newsletter.model.item import Item, Place
from newsletter.model.when import Occurrence
from newsletter.render.links import safe_link

Node = dict[str, object]
_STATUS: Mapping[str, str] = {"cancelled": "EventCancelled", "postponed": "EventPostponed"}
_MODES: Mapping[str, str] = {
    "in_person": "OfflineEventAttendanceMode",
    "online": "OnlineEventAttendanceMode",
    "hybrid": "MixedEventAttendanceMode",
}
#: What could end a script element, or begin a comment in it.
_UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def event_nodes(programme: Programme) -> tuple[Node, ...]:
    """An object for each occurrence that the issue tells of, by start."""
    found = [
        (_start(one), timed.item.id, _node(programme.draft, timed.item, one))
        for timed in (*programme.timed, *programme.ahead)
        if is_hosted(timed.item)
        for one in _told(timed)
    ]
    return tuple(node for _, _, node in sorted(found, key=lambda row: row[:2]))


def script(nodes: tuple[Node, ...]) -> Markup:
    """The objects as a script element, in which no text of theirs can end it; nothing for no objects."""
    if not nodes:
        return Markup()
    text = json.dumps({"@context": "https://schema.org", "@graph": list(nodes)}, ensure_ascii=False, indent=1)
    safe = text.translate(_UNSAFE)
    return Markup(f'<script type="application/ld+json">\n{safe}\n</script>')  # noqa: S704 - made safe just above


def _told(timed: Timed) -> tuple[Occurrence, ...]:
    return timed.occurrences


def _node(draft: Draft, item: Item, one: Occurrence) -> Node:
    off = one.status == "cancelled"
    kind = "EventCancelled" if off else _STATUS.get(item.status)
    kind = kind or ("EventRescheduled" if one.moved_from is not None else "EventScheduled")
    node: Node = {
        "@type": "Event",
        "@id": f"{_address(draft, item)}#{_start(one)}",
        "name": item.title,
        "startDate": _start(one),
        "endDate": _end(one),
        "previousStartDate": _text(one.moved_from) if one.moved_from is not None else "",
        "eventStatus": f"https://schema.org/{kind}",
        "eventAttendanceMode": f"https://schema.org/{_MODES[item.place.mode]}" if item.place.mode in _MODES else "",
        "location": list(_locations(item.place, one.place or "")),
        "description": summary_of(item.summary, item.body),
        "url": safe_link(item.url or item.registration_url),
        "image": safe_link(_image(draft, item)),
        "keywords": list(item.tags),
        "performer": [{"@type": "Person", "name": name} for name in item.hosts],
        "organizer": {"@type": "Organization", "name": draft.community.name, "url": draft.community.url},
        "offers": {"@type": "Offer", "url": safe_link(item.registration_url)} if item.registration_url else {},
    }
    return {name: value for name, value in node.items() if value}


def _image(draft: Draft, item: Item) -> str:
    """The published picture, or the one on its own site."""
    found = dict(draft.pictures).get(item.picture.address) if item.picture else None
    return found.url if found else item.picture.address if item.picture else item.image


def _address(draft: Draft, item: Item) -> str:
    return f"{draft.base_url.rstrip('/')}/{event_path(event_slug(draft.community.id, item.id))}"


def _locations(place: Place, instead: str) -> Iterator[Node]:
    """A room, a link to join, or both."""
    name = instead or place.name
    if (name or place.address) and place.mode != "online":
        yield {"@type": "Place", "name": name or place.address, "address": place.address or name}
    if place.mode in ("online", "hybrid") or place.url:
        link = safe_link(place.url)
        yield {"@type": "VirtualLocation", **({"url": link} if link else {"name": name or "Online"})}


def _start(one: Occurrence) -> str:
    return _text(one.start)


def _end(one: Occurrence) -> str:
    return _text(one.end) if one.end is not None else ""


def _text(moment: object) -> str:
    """ISO 8601: instants with their offset, whole days as dates."""
    if isinstance(moment, datetime):
        return moment.isoformat()
    return str(moment)
