"""Fields that an editor says otherwise than their source: read by the rules of any source, with their lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from newsletter.model.decisions import FieldOverride
from newsletter.model.item import Item
from newsletter.model.problem import Origin, Problem
from newsletter.model.workspace import SourceSettings
from newsletter.sources.blob import SourceContext
from newsletter.sources.document import Document, Path, Value, as_text, is_empty, squash
from newsletter.sources.fields import USUAL_KEYS
from newsletter.sources.items import build_item
from newsletter.sources.record import Record

_WHEN = (
    "start", "start_time", "end", "end_time", "dates", "time", "timezone", "duration", "recurrence", "exceptions",
)  # fmt: skip
#: The attribute of an item that each field makes; an id, and what kind of thing it is, are not an editor's to change.
ATTRIBUTES: Mapping[str, str] = (
    dict.fromkeys(_WHEN, "when")
    | dict.fromkeys(("place", "mode", "join_url"), "place")
    | dict.fromkeys(("deadlines", "deadline"), "deadlines")
    | dict.fromkeys(("image", "image_alt"), "picture")
    | {
        name: name
        for name in (
            "title", "url", "registration_url", "summary", "body", "hosts", "audience", "prerequisites",
            "cost", "tags", "category", "status", "visibility", "expires", "publish", "series", "follows",
        )
    }
)  # fmt: skip
_NEVER_EMPTY = ("title", "status", "visibility", "when")


@dataclass(frozen=True, slots=True)
class EditorsTable:
    """One file of an editor's, as TOML with lines: its faults are gathered here, each under the file's own code."""

    path: str
    document: Document
    context: SourceContext
    source: str
    code: str
    problems: list[Problem] = field(default_factory=list)

    def origin(self, place: Path) -> Origin:
        """Where the key or table stands."""
        return Origin(self.source, self.path, self.document.line_of(place))

    def refuse(self, place: Path, text: str) -> None:
        """Tell an error about the key or table."""
        self.problems.append(Problem("error", self.code, text, self.origin(place)))

    def overrides(self, fields: dict[str, Value], place: Path) -> Iterator[FieldOverride]:
        """One override for each attribute that the fields make, without an id; none where a name means nothing."""
        names = {key: self._field(key, (*place, key)) for key in fields}
        if not all(names.values()) or not self._all_said(fields, names, place):
            return
        item = self._built(fields, set(names.values()), place)
        for attribute in dict.fromkeys(ATTRIBUTES[name] for name in names.values()) if item else ():
            keys = [key for key, name in names.items() if ATTRIBUTES[name] == attribute]
            origin = self.origin((*place, keys[0]))
            yield FieldOverride("", ", ".join(keys), attribute, getattr(item, attribute), origin)

    def _all_said(self, fields: dict[str, Value], names: Mapping[str, str], place: Path) -> bool:
        """Whether no field is empty that every entry must have."""
        missing = [key for key, name in names.items() if ATTRIBUTES[name] in _NEVER_EMPTY and is_empty(fields[key])]
        for key in missing:
            self.refuse((*place, key), f"{key} may be another, but not empty")
        return not missing

    def _field(self, key: str, place: Path) -> str:
        """The field that a key means by the usual names; empty, with an error, where it means none."""
        name = next((name for name in ATTRIBUTES if squash(key) in USUAL_KEYS[name]), "")
        if not name:
            near = get_close_matches(squash(key), [squash(known) for known in ATTRIBUTES], 1)
            known = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(ATTRIBUTES)}"
            self.refuse(place, f"{key!r} is no field that can be overridden; {known}")
        return name

    def _built(self, fields: dict[str, Value], names: set[str], place: Path) -> Item | None:
        """The values as a source would give them: an item that holds nothing else."""
        timed = any(ATTRIBUTES[name] == "when" for name in names)
        if timed and names.isdisjoint(("start", "dates", "recurrence")):
            self.refuse(place, "a time needs its day beside it; write start or dates as well")
            return None
        source = SourceSettings(name=self.source, format="toml", path=self.path, kind="event" if timed else "page")
        data = fields if "title" in names else {"title": "-", **fields}
        own = Document(data, self._lines_below(place), self.document.line_of(place))
        if as_text(fields.get("status", "")).casefold() == "draft":
            return self._left_out(own, source)
        built = build_item(Record(self.path, own.line, own), source, self.context)
        self.problems.extend(built.problems)
        return built.item

    def _left_out(self, own: Document, source: SourceSettings) -> Item | None:
        data = {key: value for key, value in own.data.items() if squash(key) != "status"}
        built = build_item(Record(self.path, own.line, replace(own, data=data)), source, self.context)
        self.problems.extend(built.problems)
        return replace(built.item, status="draft") if built.item else None

    def _lines_below(self, place: Path) -> dict[Path, int]:
        depth = len(place)
        return {path[depth:]: line for path, line in self.document.lines.items() if path[:depth] == place}
