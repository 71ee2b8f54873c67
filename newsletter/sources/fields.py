"""Which key of a record answers to which field of ours: the source's field map first, then the usual names.

A mapped field looks nowhere else, so that a site's own `date` cannot slip in where `extra.starts` was meant, unless
its map ends in `*`, the usual names: `extra.starts | *`. `venue + room` joins what stands under both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsletter.model.workspace import SourceSettings
from newsletter.sources.document import (
    Document,
    Path,
    Value,
    as_list,
    as_text,
    find,
    is_empty,
    parse_path,
    path_text,
    squash,
)

#: The keys people use, best first, compared without case, blanks, `_` and `-`; also looked for in the tables below.
USUAL_KEYS: dict[str, tuple[str, ...]] = {
    "title": ("title", "name", "subject", "headline", "eventname"),
    "start": ("start", "startdate", "starts", "startsat", "startdatetime", "begin", "begins", "dtstart", "eventdate"),
    "start_time": ("starttime",),
    "end": ("end", "enddate", "ends", "endsat", "enddatetime", "dtend"),
    "end_time": ("endtime",),
    "dates": ("dates", "when", "humandate", "eventdates"),
    "date": ("date", "day"),
    "days": ("days", "numberofdays"),
    "time": ("time", "times", "humantime", "hours"),
    "timezone": ("timezone", "tz", "tzid"),
    "duration": ("duration", "length"),
    "place": ("place", "location", "venue", "where", "locations", "room"),
    "mode": ("mode", "attendance", "presence"),
    "join_url": ("joinurl", "meetingurl", "zoomurl", "onlineurl"),
    "url": ("url", "link", "permalink", "website", "eventurl"),
    "registration_url": (
        "registrationurl",
        "registrationlink",
        "registration",
        "register",
        "registerurl",
        "signup",
        "signupurl",
        "rsvp",
        "tickets",
    ),
    "summary": ("summary", "description", "excerpt", "abstract", "tease", "subtitle"),
    "body": ("body", "content", "text", "details"),
    "hosts": (
        "hosts",
        "host",
        "organizers",
        "organizer",
        "organisers",
        "organiser",
        "speakers",
        "speaker",
        "presenters",
        "presenter",
        "instructors",
        "instructor",
        "authors",
        "author",
    ),
    "image": ("image", "thumbnail", "cover"),
    "image_alt": ("imagealt", "alt", "imagedescription", "thumbnailalt", "coveralt"),
    "audience": ("audience", "targetaudience", "eligibility"),
    "prerequisites": ("prerequisites", "prerequisite", "prereqs"),
    "cost": ("cost", "price", "fee"),
    "tags": ("tags", "taxonomies.tags", "keywords", "topics", "labels"),
    "category": ("category", "categories", "taxonomies.categories"),
    "status": ("status", "eventstatus", "staging"),
    "visibility": ("visibility",),
    "expires": ("expires", "expirydate", "expireson", "expiry"),
    "publish": ("publish", "publishdate", "publishon", "publishat", "pubdate", "publicationdate", "posted"),
    "id": ("id", "uid", "guid"),
    "series": ("series",),
    "follows": ("follows", "followson"),
    "recurrence": ("recurrence", "rrule", "recurrencerules", "repeats", "repeat", "ics"),
    "exceptions": ("exceptions", "except", "exdates", "exdate", "skip"),
    "until": ("until", "repeatuntil"),
    "deadlines": ("deadlines",),
    "deadline": ("registrationdeadline", "deadline", "registerby", "applyby", "cfpenddate"),
    "kind": ("kind", "type"),
}

#: Tables of their own front matter in which site generators keep what their author made up (Zola, Hugo).
_INNER_TABLES = ("extra", "params", "attributes")

NAMES = frozenset(USUAL_KEYS)

#: Where a table of one moment keeps it (calendar services and team calendars write such), best key first.
_MOMENT_KEYS = {
    "start": ("local", "datetime", "date"),
    "end": ("local", "datetime", "date"),
    "timezone": ("timezone", "tz"),
}

#: One place to look for a field: a path, or several whose texts are joined.
Choice = tuple[Path, ...]
#: `*` in a field map: look under the usual names.
USUAL: Choice = (("*",),)


def _ranked() -> dict[str, list[tuple[str, int]]]:
    ranked: dict[str, list[tuple[str, int]]] = {}
    for name, keys in USUAL_KEYS.items():
        for rank, key in enumerate(keys):
            ranked.setdefault(key, []).append((name, rank))
    return ranked


#: The fields that each usual key may stand for, and how good a key for it that is (0 is best).
_RANKED = _ranked()


@dataclass(frozen=True, slots=True)
class Found:
    """A value that was written, the key it stands under as one would map it, and its line."""

    value: Value
    key: str
    path: Path
    line: int | None

    @property
    def text(self) -> str:
        """The value as one line of text."""
        return as_text(self.value)

    @property
    def entries(self) -> list[str]:
        """The value as a list of texts."""
        return as_list(self.value)


class Fields:
    """The fields of one record, looked up by our names."""

    def __init__(self, document: Document, source: SourceSettings) -> None:
        self.document = document
        self._map = _mapped_paths(tuple(source.field_map.items()))
        self._defaults: Mapping[str, str | list[str]] = source.defaults
        self._index = _index(document.data)
        self._known = _known(self._index)
        self.used: set[str] = set()
        self._answers: dict[str, Found | None] = {}

    def find(self, name: str) -> Found | None:
        """What was written for the field, or the source's default for it."""
        if name in self._answers:
            return self._answers[name]
        # Most fields of ours are in no record: that must cost next to nothing.
        if name not in self._known and name not in self._map and name not in self._defaults and name != "timezone":
            return None
        found = self._answers[name] = self._look_up(name)
        return found

    def _look_up(self, name: str) -> Found | None:
        written = self._mapped(name) if name in self._map else self._usual(name)
        if name in _MOMENT_KEYS:
            written = self._in_moment(written, name)
        if written is None and name in self._defaults:
            default = self._defaults[name]
            return Found([*default] if isinstance(default, list) else default, f"defaults.{name}", (), None)
        return written

    def text(self, name: str) -> str:
        """The field as one line of text; empty where nothing was written."""
        found = self.find(name)
        return found.text if found else ""

    def entries(self, name: str) -> list[str]:
        """The field as a list of texts."""
        found = self.find(name)
        return found.entries if found else []

    def line(self, name: str) -> int | None:
        """The line of the field's key, or of the record."""
        found = self.find(name)
        return (found.line if found else None) or self.document.line

    def named(self, key: str) -> Found | None:
        """What stands under a key of the record itself, such as `draft`."""
        hit = self._index.get(squash(key))
        return self._found(*hit) if hit else None

    def at(self, path: str) -> str:
        """What stands in the record itself under a path such as `event.room`, as one line; empty where nothing."""
        hit = find(self.document.data, parse_path(path) or (path,))
        return as_text(hit[0]) if hit else ""

    def custom(self) -> Iterator[tuple[str, str]]:
        """The fields that the source maps to `custom.*`, as (name, text)."""
        for name in self._map:
            if name.startswith("custom.") and (found := self._mapped(name)):
                yield name.removeprefix("custom."), found.text

    def _in_moment(self, written: Found | None, name: str) -> Found | None:
        """What a table such as `start = { date = ..., timezone = ... }` says of its moment, or of its zone."""
        if name == "timezone" and written is None:
            table = self._mapped("start") if "start" in self._map else self._usual("start")
            return self._part(table, name) if table and isinstance(table.value, dict) else None
        return self._part(written, name) or written if written and isinstance(written.value, dict) else written

    def _part(self, table: Found, name: str) -> Found | None:
        for key in _MOMENT_KEYS[name]:
            hit = find(table.value, (key,))
            if hit and not is_empty(hit[0]):
                return self._found(hit[0], (*table.path, *hit[1]))
        return None

    def _mapped(self, name: str) -> Found | None:
        for choice in self._map[name]:
            if choice == USUAL:
                found = self._usual(name)
            elif len(choice) == 1:
                found = self._at(name, choice[0])
            else:
                found = self._joined(name, choice)
            if found:
                return found
        return None

    def _at(self, name: str, path: Path) -> Found | None:
        hit = find(self.document.data, path)
        if hit is None and len(path) > 1:
            hit = find(self.document.data, (path_text(path),))
        if hit is None:
            return None
        self.used.add(name)
        return None if is_empty(hit[0]) else self._found(*hit)

    def _joined(self, name: str, choice: Choice) -> Found | None:
        parts = [found for path in choice if (found := self._at(name, path))]
        if len(parts) < 2:
            return parts[0] if parts else None
        key = " + ".join(found.key for found in parts)
        return Found(", ".join(found.text for found in parts), key, parts[0].path, parts[0].line)

    def _usual(self, name: str) -> Found | None:
        hit = self._known.get(name)
        if hit is None or (name == "date" and self._is_mapped(hit[1])):
            return None
        return self._found(*hit)

    def _is_mapped(self, path: Path) -> bool:
        """Whether the map gives the key to a field, so that it is not a bare `date` besides."""
        return any((path,) in choices for choices in self._map.values())

    def _found(self, value: Value, path: Path) -> Found:
        return Found(value, path_text(path), path, self.document.line_of(path))


def field_map_faults(source: SourceSettings) -> list[str]:
    """The names in the source's field map and defaults that are no fields of ours."""
    names = [*source.field_map, *source.defaults]
    return sorted({name for name in names if name not in NAMES and not name.startswith("custom.")})


def unused_mappings(source: SourceSettings, used: Sequence[set[str]]) -> list[str]:
    """The mapped fields whose key stands in no record at all: most likely misspelt in config.toml."""
    return [name for name in source.field_map if not any(name in names for names in used)] if used else []


@lru_cache(maxsize=256)
def _mapped_paths(fields: tuple[tuple[str, str], ...]) -> dict[str, tuple[Choice, ...]]:
    """`extra.when | when` gives two places to look, in that order; a key may itself hold dots."""
    return {name: tuple(_choice(choice.strip()) for choice in paths.split("|")) for name, paths in fields}


def _choice(text: str) -> Choice:
    return tuple(parse_path(part.strip()) or (part.strip(),) for part in text.split(" + "))


def _known(index: dict[str, tuple[Value, Path]]) -> dict[str, tuple[Value, Path]]:
    """What was written for each field of ours under its best usual key; one walk over the few keys of a record."""
    best: dict[str, tuple[int, tuple[Value, Path]]] = {}
    for key, hit in index.items():
        for name, rank in _RANKED.get(key, ()):
            if not is_empty(hit[0]) and (name not in best or rank < best[name][0]):
                best[name] = rank, hit
    return {name: hit for name, (_, hit) in best.items()}


def _index(data: dict[str, Value]) -> dict[str, tuple[Value, Path]]:
    index: dict[str, tuple[Value, Path]] = {}
    for key, value in data.items():
        index.setdefault(squash(key), (value, (key,)))
    for key, value in data.items():
        if isinstance(value, dict) and squash(key) in _INNER_TABLES:
            for inner, entry in value.items():
                index.setdefault(squash(inner), (entry, (key, inner)))
        elif isinstance(value, dict) and squash(key) == "taxonomies":
            for inner, entry in value.items():
                index.setdefault(f"taxonomies.{squash(inner)}", (entry, (key, inner)))
    return index
