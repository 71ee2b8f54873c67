"""schema.org's Place, PostalAddress and VirtualLocation as a name, an address and a link to join."""

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.sources.document import Value, as_text

_ADDRESS = ("streetAddress", "addressLocality", "addressRegion", "postalCode", "addressCountry")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What the locations of an event say together."""

    name: str = ""
    address: str = ""
    url: str = ""


def read_places(locations: Value, nodes: Mapping[str, dict[str, Value]]) -> Whereabouts:
    """All locations as one: rooms side by side, and the first link to join."""
    entries = locations if isinstance(locations, list) else [locations]
    parts = [_one(entry, nodes) for entry in entries]
    return Whereabouts(
        ", ".join(dict.fromkeys(part.name for part in parts if part.name)),
        ", ".join(dict.fromkeys(part.address for part in parts if part.address)),
        next((part.url for part in parts if part.url), ""),
    )


def _one(value: Value, nodes: Mapping[str, dict[str, Value]]) -> Whereabouts:
    if not isinstance(value, dict):
        text = as_text(value)
        return Whereabouts(url=text) if text.startswith(("http://", "https://")) else Whereabouts(name=text)
    kind = as_text(value.get("@type", ""))
    if kind.endswith("VirtualLocation"):
        return Whereabouts(url=as_text(value.get("url", "")))
    name = as_text(value.get("name", ""))
    address = _address(value if kind.endswith("PostalAddress") else value.get("address", ""), nodes)
    return Whereabouts(name or address, address if name and name != address else "")


def _address(value: Value, nodes: Mapping[str, dict[str, Value]]) -> str:
    """A postal address on one line; a country may be a table of its own."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if not isinstance(value, dict):
        return as_text(value)
    value = nodes.get(as_text(value.get("@id", "")), value)
    return ", ".join(text for key in _ADDRESS if (text := as_text(value.get(key, ""))))
