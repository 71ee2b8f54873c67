"""Where it takes place: a room, a link to join, or both; told from one text or from a table."""

import re

from newsletter.model.item import Mode, Place
from newsletter.sources.document import Value, as_text, squash
from newsletter.sources.fields import Fields
from newsletter.sources.links import Base

_URL = re.compile(r"https?://[^\s<>\"')\]]+")
_ONLINE = re.compile(
    r"\b(?:online|virtual(?:ly)?|zoom|webinar|google meet|ms teams|microsoft teams|jitsi|remote)\b", re.IGNORECASE
)
_BOTH = re.compile(r"\bhybrid\b", re.IGNORECASE)
_JOINTS = re.compile(r"\band\b|&|/|\+|,|;|\bor\b|\bvia\b|\bon\b|\bin\b|\bover\b|[()\-–—:|]", re.IGNORECASE)
_MODES: dict[str, Mode] = {
    "inperson": "in_person",
    "onsite": "in_person",
    "offline": "in_person",
    "physical": "in_person",
    "online": "online",
    "virtual": "online",
    "remote": "online",
    "hybrid": "hybrid",
    "tba": "tba",
    "tbd": "tba",
}
_UNKNOWN = frozenset({"tba", "tbd", "tbc", "fixme", "n/a", "to be announced", "to be determined", ""})


def read_place(fields: Fields, base: Base) -> Place:
    """The place of a record; what is not said stays `tba`."""
    found = fields.find("place")
    name, address, url = _parts(found.value) if found else ("", "", "")
    url = base.absolute(fields.text("join_url") or url) if fields.text("join_url") or url else ""
    stated = _stated(fields.text("mode")) or _flagged(fields, name)
    if name.casefold() in _UNKNOWN:
        name = ""
    return Place(stated or _mode(name, address, url), name, address, url)


def _stated(mode: str) -> Mode | None:
    """The mode by its name, or by that of the program one joins with: `event_platform: zoom`."""
    return _MODES.get(squash(mode)) or ("online" if _ONLINE.fullmatch(mode) else None)


def _flagged(fields: Fields, name: str) -> Mode | None:
    """The mode that a flag such as `online: true` states; with a place besides it is both."""
    for key in ("online", "is_online", "online_event", "is_online_event", "virtual"):
        if (found := fields.named(key)) and found.text.casefold() in ("true", "yes", "1"):
            return "hybrid" if name and not _ONLINE.search(name) else "online"
    return None


def _parts(value: Value) -> tuple[str, str, str]:
    if isinstance(value, dict):
        return _of_table({squash(key): as_text(entry) for key, entry in value.items()})
    if isinstance(value, list):
        parts = [_parts(entry) for entry in value]
        names, addresses, urls = (list(dict.fromkeys(filter(None, column))) for column in zip(*parts, strict=True))
        return ", ".join(names), ", ".join(addresses), next(iter(urls), "")
    found = _URL.search(value)
    if found is None:
        return " ".join(value.split()), "", ""
    url = found[0].rstrip(".,;")
    rest = " ".join(value.replace(url, " ").split()).strip(" ,;:|–-()<>")
    return rest, "", url


def _of_table(table: dict[str, str]) -> tuple[str, str, str]:
    venue = next((table[key] for key in ("name", "venuename", "venue", "title", "place") if table.get(key)), "")
    name = ", ".join(part for part in (venue, table.get("room", "")) if part)
    address = ", ".join(table[key] for key in ("address", "address1", "street", "city", "country") if table.get(key))
    url = next((table[key] for key in ("joinurl", "url", "link") if table.get(key)), "")
    return name or address, address if name else "", url


def _mode(name: str, address: str, url: str) -> Mode:
    if _BOTH.search(name):
        return "hybrid"
    if _ONLINE.search(name) or (url and not name):
        room = _JOINTS.sub(" ", _ONLINE.sub(" ", name)).strip()
        return "hybrid" if room or address else "online"
    return "in_person" if name or address else "tba"
