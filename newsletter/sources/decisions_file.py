"""decisions.toml: what editors decided about entries they cannot change where they stand.

An entry with an error is not followed at all; values are read by the same rules as those of any source.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches

from newsletter.model.decisions import Decisions, FieldOverride, Pairing
from newsletter.model.item import Item
from newsletter.model.problem import Origin, Problem, has_errors
from newsletter.model.workspace import SourceSettings
from newsletter.sources.blob import Blob, SourceContext, UnreadableError, decode
from newsletter.sources.document import Document, Path, Value, as_text, is_empty, squash
from newsletter.sources.fields import USUAL_KEYS
from newsletter.sources.items import build_item
from newsletter.sources.record import Record
from newsletter.sources.toml_text import toml_document

SOURCE = "decisions"
_TABLES = ("same", "different", "override")
_KNOWN = ", ".join(f"[[{name}]]" for name in _TABLES)
_WHEN = (
    "start", "start_time", "end", "end_time", "dates", "time", "timezone", "duration", "recurrence", "exceptions",
)  # fmt: skip
#: The attribute of an item that each field makes; an id, and what kind of thing it is, are not an editor's to change.
ATTRIBUTES: Mapping[str, str] = (
    dict.fromkeys(_WHEN, "when")
    | dict.fromkeys(("place", "mode", "join_url"), "place")
    | dict.fromkeys(("deadlines", "deadline"), "deadlines")
    | {
        name: name
        for name in (
            "title", "url", "registration_url", "summary", "body", "hosts", "image", "audience", "prerequisites",
            "cost", "tags", "category", "status", "visibility", "expires", "publish", "series", "follows",
        )
    }
)  # fmt: skip
_NEVER_EMPTY = ("title", "status", "visibility", "when")


def read_decisions(blob: Blob, context: SourceContext) -> Decisions:
    """What the file decides; whatever it cannot mean is a problem with its line, and the rest still counts."""
    try:
        document = toml_document(decode(blob.data))
    except UnreadableError as fault:
        return Decisions(problems=(Problem("error", fault.code, fault.text, Origin(SOURCE, blob.path, fault.line)),))
    return _Reader(blob.path, document, context).read()


class _Reader:
    """Gathers the decisions and problems of one file."""

    def __init__(self, path: str, document: Document, context: SourceContext) -> None:
        self._path = path
        self._document = document
        self._context = context
        self._problems: list[Problem] = []

    def read(self) -> Decisions:
        for name in self._document.data:
            if name not in _TABLES:
                self._refuse((name,), f"{name!r} is nothing that can be decided; write {_KNOWN}")
        same, different = tuple(self._pairings("same")), tuple(self._pairings("different"))
        overrides = tuple(self._overrides())
        return Decisions(same, different, overrides, tuple(self._problems))

    def _entries(self, name: str, keys: Iterable[str]) -> Iterator[tuple[int, dict[str, Value]]]:
        """The tables of one kind that hold no key but these."""
        found = self._document.data.get(name, [])
        if not isinstance(found, list):
            self._refuse((name,), f"write [[{name}]] with two brackets: there may be several")
            return
        for number, entry in enumerate(found):
            unknown = [key for key in entry if key not in keys] if isinstance(entry, dict) else []
            for key in unknown:
                self._refuse((name, number, key), f"[[{name}]] has no {key!r}; it holds {', '.join(keys)}")
            if isinstance(entry, dict) and not unknown:
                yield number, entry

    def _pairings(self, name: str) -> Iterator[Pairing]:
        for number, entry in self._entries(name, ("ids", "reason")):
            ids = entry.get("ids")
            texts = tuple(dict.fromkeys(as_text(one) for one in ids)) if isinstance(ids, list) else ()
            if len(texts) < 2:
                self._refuse((name, number, "ids"), f'[[{name}]] needs two ids or more: ids = ["one", "other"]')
            else:
                yield Pairing(texts, self._origin((name, number)), as_text(entry.get("reason", "")))

    def _overrides(self) -> Iterator[FieldOverride]:
        for number, entry in self._entries("override", ("id", "fields", "reason", "until")):
            place: Path = ("override", number)
            before = len(self._problems)
            named, fields = as_text(entry.get("id", "")), entry.get("fields")
            if not named:
                self._refuse(place, "[[override]] needs the id of the entry that it is about, as `collect` shows it")
            if not isinstance(fields, dict) or not fields:
                self._refuse(place, '[[override]] needs fields, such as fields = { place = "Lakeview 1.203" }')
                continue
            until = self._until(entry, place)
            found = list(self._values(fields, place))
            if not has_errors(self._problems[before:]):
                reason = as_text(entry.get("reason", ""))
                yield from (replace(one, id=named, reason=reason, until=until) for one in found)

    def _until(self, entry: Mapping[str, Value], place: Path) -> date | None:
        text = as_text(entry.get("until", ""))
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self._refuse((*place, "until"), f"until = {text!r} is no date, such as 2027-01-31")
            return None

    def _values(self, fields: dict[str, Value], place: Path) -> Iterator[FieldOverride]:
        names = {key: self._field(key, (*place, "fields", key)) for key in fields}
        if not all(names.values()) or not self._all_said(fields, names, place):
            return
        item = self._built(fields, set(names.values()), place)
        for attribute in dict.fromkeys(ATTRIBUTES[name] for name in names.values()) if item else ():
            keys = [key for key, name in names.items() if ATTRIBUTES[name] == attribute]
            origin = self._origin((*place, "fields", keys[0]))
            yield FieldOverride("", ", ".join(keys), attribute, getattr(item, attribute), origin)

    def _all_said(self, fields: dict[str, Value], names: Mapping[str, str], place: Path) -> bool:
        """Whether no field is empty that every entry must have."""
        missing = [key for key, name in names.items() if ATTRIBUTES[name] in _NEVER_EMPTY and is_empty(fields[key])]
        for key in missing:
            self._refuse((*place, "fields", key), f"{key} may be another, but not empty")
        return not missing

    def _field(self, key: str, place: Path) -> str:
        """The field that a key means by the usual names; empty, with an error, where it means none."""
        name = next((name for name in ATTRIBUTES if squash(key) in USUAL_KEYS[name]), "")
        if not name:
            near = get_close_matches(squash(key), [squash(known) for known in ATTRIBUTES], 1)
            known = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(ATTRIBUTES)}"
            self._refuse(place, f"{key!r} is no field that can be overridden; {known}")
        return name

    def _built(self, fields: dict[str, Value], names: set[str], place: Path) -> Item | None:
        """The values as a source would give them: an item that holds nothing else."""
        timed = any(ATTRIBUTES[name] == "when" for name in names)
        if timed and names.isdisjoint(("start", "dates", "recurrence")):
            self._refuse((*place, "fields"), "a time needs its day beside it; write start or dates as well")
            return None
        source = SourceSettings(name=SOURCE, format="toml", path=self._path, kind="event" if timed else "page")
        data = fields if "title" in names else {"title": "-", **fields}
        own = Document(data, self._lines_below((*place, "fields")), self._line((*place, "fields")))
        if as_text(fields.get("status", "")).casefold() == "draft":
            return self._left_out(own, source)
        built = build_item(Record(self._path, own.line, own), source, self._context)
        self._problems += built.problems
        return built.item

    def _left_out(self, own: Document, source: SourceSettings) -> Item | None:
        data = {key: value for key, value in own.data.items() if squash(key) != "status"}
        built = build_item(Record(self._path, own.line, replace(own, data=data)), source, self._context)
        self._problems += built.problems
        return replace(built.item, status="draft") if built.item else None

    def _lines_below(self, place: Path) -> dict[Path, int]:
        depth = len(place)
        return {path[depth:]: line for path, line in self._document.lines.items() if path[:depth] == place}

    def _line(self, place: Path) -> int | None:
        return self._document.line_of(place)

    def _origin(self, place: Path) -> Origin:
        return Origin(SOURCE, self._path, self._line(place))

    def _refuse(self, place: Path, text: str) -> None:
        self._problems.append(Problem("error", "E-DECISION", text, self._origin(place)))
