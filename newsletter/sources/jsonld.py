"""schema.org events in web pages: Event and its kinds, courses and their dates, as JSON-LD."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from newsletter.sources.blob import Blob, UnreadableError, decode
from newsletter.sources.document import Document, Value, as_list, as_text
from newsletter.sources.html_markdown import markdown_of
from newsletter.sources.json_text import Table, load_json
from newsletter.sources.jsonld_place import read_places
from newsletter.sources.jsonld_scripts import Script, find_scripts
from newsletter.sources.record import Record
from newsletter.sources.report import Report

#: schema.org's kinds of Event whose names do not end so.
_EVENT_KINDS = frozenset({"Festival", "Hackathon", "CourseInstance", "EventSeries"})
_STATUSES = {
    "EventCancelled": "cancelled",
    "EventPostponed": "postponed",
    "EventScheduled": "confirmed",
    "EventRescheduled": "confirmed",
    "EventMovedOnline": "confirmed",
}
_MODES = {"OfflineEventAttendanceMode": "in_person", "OnlineEventAttendanceMode": "online"}
_MIXED = "MixedEventAttendanceMode"
_PEOPLE = ("organizer", "performer", "instructor", "provider")
MAX_DEPTH = 12

Node = dict[str, Value]


def read_jsonld(blob: Blob, report: Report) -> Iterator[Record]:
    """A record for each event, and for each course without dates; a broken block costs itself alone."""
    found = False
    for script in find_scripts(decode(blob.data)):
        found = True
        value = _load(script, report)
        if value is None:
            continue
        nodes = _by_id(value)
        for node, course in _things(value, nodes):
            yield _record(blob.path, node, course, script, nodes, report)
    if not found:
        report.warning("W-NOTHING", "The page holds no JSON-LD (script type application/ld+json).")


def _load(script: Script, report: Report) -> "Value | None":
    try:
        return load_json(script.text)
    except UnreadableError as fault:
        line = script.line + fault.line - 1 if fault.line else script.line
        report.error(fault.code, fault.text, line)
        return None


def _tables(value: Value, depth: int = 0) -> Iterator[Node]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _tables(inner, depth + 1)


def _by_id(value: Value) -> dict[str, Node]:
    """What each `@id` stands for: the table that says most of it."""
    nodes: dict[str, Node] = {}
    for node in _tables(value):
        name = as_text(node.get("@id", ""))
        if name and len(node) > len(nodes.get(name, {})):
            nodes[name] = node
    return nodes


def types_of(node: Mapping[str, Value]) -> list[str]:
    """The types of a node by their short names, whatever prefix they carry."""
    return [name.rstrip("/").replace("#", "/").rpartition("/")[2].removeprefix("schema:") for name in _types(node)]


def _types(node: Mapping[str, Value]) -> list[str]:
    return as_list(node.get("@type", ""), "")


def _is_event(node: Node) -> bool:
    return any(name.endswith("Event") or name in _EVENT_KINDS for name in types_of(node))


def _things(value: Value, nodes: Mapping[str, Node]) -> Iterator[tuple[Node, Node]]:
    """Each event or course once, with the course that it is an instance of (else an empty one)."""
    course_of: dict[int, Node] = {}
    seen: set[str] = set()
    for node in _tables(value):
        if "Course" in types_of(node):
            for instance in _nodes(node.get("hasCourseInstance", []), nodes):
                course_of.setdefault(id(instance), node)
    for node in _tables(value):
        name = as_text(node.get("@id", ""))
        if name in seen or (name and nodes.get(name) is not node):
            continue
        if _is_event(node) or ("Course" in types_of(node) and not node.get("hasCourseInstance")):
            seen |= {name} if name else set()
            yield node, course_of.get(id(node), {})


def _nodes(value: Value, nodes: Mapping[str, Node]) -> list[Node]:
    """The tables that a property holds, references (`{"@id": ...}`) followed."""
    entries = value if isinstance(value, list) else [value]
    tables = [entry for entry in entries if isinstance(entry, dict)]
    return [nodes.get(as_text(table.get("@id", "")), table) for table in tables]


def _record(path: str, node: Node, course: Node, script: Script, nodes: Mapping[str, Node], report: Report) -> Record:
    line = script.line + (node.line if isinstance(node, Table) else 1) - 1
    both = {**course, **node}
    fields: Node = _event(both, nodes) if _is_event(node) else {"kind": "page"}
    if node.get("eventSchedule") and not node.get("startDate"):
        report.warning("W-SCHEDULE", "An eventSchedule is not read; give the event a startDate.", line)
    about: Node = {
        "id": _id(node),
        "title": as_text(both.get("name") or both.get("headline") or ""),
        "url": as_text(both.get("url") or both.get("mainEntityOfPage") or ""),
        "image": _image(both.get("image", "")),
        "tags": [*as_list(both.get("keywords", ""))],
    }
    kept = {name: value for name, value in {**fields, **about}.items() if value}
    return Record(
        path, line, Document(kept, {}, line), markdown_of(as_text(both.get("description", ""))), line, row=True
    )


def _event(node: Node, nodes: Mapping[str, Node]) -> Node:
    place = read_places(_location(node, nodes), nodes)
    status = _last(node.get("eventStatus", ""))
    offers = _nodes(node.get("offers", []), nodes)
    schema: Node = {
        "kind": "event",
        "start": as_text(node.get("startDate", "")),
        "end": as_text(node.get("endDate", "")),
        "duration": as_text(node.get("duration", "")),
        "status": _STATUSES.get(status, status),
        "mode": "online" if status == "EventMovedOnline" else _mode(node),
        "place": {"name": place.name, "address": place.address} if place.name or place.address else "",
        "join_url": place.url,
        "hosts": [name for role in _PEOPLE for name in _names(node.get(role, []), nodes)],
        "cost": _cost(node, offers),
        "registration_url": next((url for offer in offers if (url := as_text(offer.get("url", "")))), ""),
        "audience": as_text([entry.get("audienceType", "") for entry in _nodes(node.get("audience", []), nodes)]),
    }
    return schema


def _location(node: Node, nodes: Mapping[str, Node]) -> Value:
    """The location, references followed; text where only text is given."""
    value = node.get("location", "")
    entries = value if isinstance(value, list) else [value]
    return [_nodes(entry, nodes)[0] if isinstance(entry, dict) else entry for entry in entries]


def _mode(node: Node) -> str:
    modes = {_last(mode) for mode in as_list(node.get("eventAttendanceMode") or node.get("courseMode") or "", ",")}
    if _MIXED in modes or set(_MODES) <= modes:
        return "hybrid"
    known = [_MODES[mode] for mode in sorted(modes) if mode in _MODES]
    spoken = {"online": "online", "onsite": "in_person", "blended": "hybrid"}
    return next(iter([*known, *(spoken[mode.lower()] for mode in sorted(modes) if mode.lower() in spoken)]), "")


def _last(value: Value) -> str:
    """`https://schema.org/EventCancelled` is EventCancelled."""
    return as_text(value).rstrip("/").rpartition("/")[2].removeprefix("schema:")


def _names(value: Value, nodes: Mapping[str, Node]) -> list[str]:
    entries = value if isinstance(value, list) else [value]
    resolved = (_nodes(entry, nodes)[0] if isinstance(entry, dict) else entry for entry in entries)
    texts = (as_text(entry.get("name", "")) if isinstance(entry, dict) else as_text(entry) for entry in resolved)
    return [text for text in texts if text and not text.startswith(("http://", "https://"))]


def _cost(node: Node, offers: list[Node]) -> str:
    if as_text(node.get("isAccessibleForFree", "")).casefold() == "true":
        return "Free"
    prices = (_price(offer) for offer in offers)
    return ", ".join(dict.fromkeys(price for price in prices if price))


def _price(offer: Node) -> str:
    low = as_text(offer.get("price", "") or offer.get("lowPrice", ""))
    high = as_text(offer.get("highPrice", ""))
    if not low:
        return ""
    if low.replace(".", "").strip("0") == "" and high in ("", low):
        return "Free"
    amount = f"{low}–{high}" if high and high != low else low
    return f"{amount} {as_text(offer.get('priceCurrency', ''))}".strip()


def _image(value: Value) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return as_text(first.get("url", "") or first.get("contentUrl", "")) if isinstance(first, dict) else as_text(first)


def _id(node: Node) -> str:
    """An `@id` that is an address names the event everywhere; one such as `#event` only within its page."""
    name = as_text(node.get("@id", ""))
    try:
        return name if urlsplit(name).scheme in ("http", "https", "urn") else ""
    except ValueError:
        return ""
