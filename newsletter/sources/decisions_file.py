"""decisions.toml: what editors decided about entries they cannot change where they stand.

An entry with an error is not followed at all; values are read by the same rules as those of any source.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from newsletter.model.decisions import Decisions, FieldOverride, Pairing
from newsletter.model.problem import Origin, Problem, has_errors
from newsletter.sources.blob import Blob, SourceContext, UnreadableError, decode
from newsletter.sources.document import Path, Value, as_text
from newsletter.sources.override_fields import EditorsTable
from newsletter.sources.toml_text import toml_document

SOURCE = "decisions"
_TABLES = ("same", "different", "override")
_KNOWN = ", ".join(f"[[{name}]]" for name in _TABLES)


def read_decisions(blob: Blob, context: SourceContext) -> Decisions:
    """What the file decides; whatever it cannot mean is a problem with its line, and the rest still counts."""
    try:
        document = toml_document(decode(blob.data))
    except UnreadableError as fault:
        return Decisions(problems=(Problem("error", fault.code, fault.text, Origin(SOURCE, blob.path, fault.line)),))
    return _Reader(EditorsTable(blob.path, document, context, SOURCE, "E-DECISION")).read()


class _Reader:
    """Gathers the decisions and problems of one file."""

    def __init__(self, table: EditorsTable) -> None:
        self._table = table
        self._data = table.document.data

    def read(self) -> Decisions:
        for name in self._data:
            if name not in _TABLES:
                self._table.refuse((name,), f"{name!r} is nothing that can be decided; write {_KNOWN}")
        same, different = tuple(self._pairings("same")), tuple(self._pairings("different"))
        overrides = tuple(self._overrides())
        return Decisions(same, different, overrides, tuple(self._table.problems))

    def _entries(self, name: str, keys: Iterable[str]) -> Iterator[tuple[int, dict[str, Value]]]:
        """The tables of one kind that hold no key but these."""
        found = self._data.get(name, [])
        if not isinstance(found, list):
            self._table.refuse((name,), f"write [[{name}]] with two brackets: there may be several")
            return
        for number, entry in enumerate(found):
            unknown = [key for key in entry if key not in keys] if isinstance(entry, dict) else []
            for key in unknown:
                self._table.refuse((name, number, key), f"[[{name}]] has no {key!r}; it holds {', '.join(keys)}")
            if isinstance(entry, dict) and not unknown:
                yield number, entry

    def _pairings(self, name: str) -> Iterator[Pairing]:
        for number, entry in self._entries(name, ("ids", "reason")):
            ids = entry.get("ids")
            texts = tuple(dict.fromkeys(as_text(one) for one in ids)) if isinstance(ids, list) else ()
            if len(texts) < 2:
                self._table.refuse((name, number, "ids"), f'[[{name}]] needs two ids or more: ids = ["one", "other"]')
            else:
                yield Pairing(texts, self._table.origin((name, number)), as_text(entry.get("reason", "")))

    def _overrides(self) -> Iterator[FieldOverride]:
        for number, entry in self._entries("override", ("id", "fields", "reason", "until")):
            place: Path = ("override", number)
            before = len(self._table.problems)
            named, fields = as_text(entry.get("id", "")), entry.get("fields")
            if not named:
                self._table.refuse(
                    place, "[[override]] needs the id of the entry that it is about, as `collect` shows it"
                )
            if not isinstance(fields, dict) or not fields:
                self._table.refuse(place, '[[override]] needs fields, such as fields = { place = "Lakeview 1.203" }')
                continue
            until = self._until(entry, place)
            found = list(self._table.overrides(fields, (*place, "fields")))
            if not has_errors(self._table.problems[before:]):
                reason = as_text(entry.get("reason", ""))
                yield from (replace(one, id=named, reason=reason, until=until) for one in found)

    def _until(self, entry: Mapping[str, Value], place: Path) -> date | None:
        text = as_text(entry.get("until", ""))
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self._table.refuse((*place, "until"), f"until = {text!r} is no date, such as 2027-01-31")
            return None
