"""The editor's file of one issue, issues/KEY.md: TOML front matter, and the note as Markdown.

It is about this issue alone, so whatever in it cannot be followed is an error: an issue is not approved over words
of its editor that were not understood.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from newsletter.model.decisions import FieldOverride, Pairing
from newsletter.model.editing import EditorsFile, Mention, Silence
from newsletter.model.issue import Note
from newsletter.model.problem import Origin, Problem, has_errors
from newsletter.sources.blob import Blob, SourceContext, UnreadableError, decode
from newsletter.sources.document import Path, Value, as_text
from newsletter.sources.override_fields import EditorsTable
from newsletter.sources.toml_text import toml_document

#: The source that its problems name; nothing but an editor's file is read under it.
SOURCE = "issue"
FENCE = "+++"
WORDS = ("subject", "preheader", "by", "role")
NAMES = ("pins", "hides", "order")
KEYS = (*WORDS, *NAMES, "merges", "silence", "overrides")
SILENCE = ("rule", "reason", "where")
#: Front matter begins below its fence.
_FIRST_LINE = 2


def read_issue_file(blob: Blob, context: SourceContext) -> EditorsFile:
    """The note, the decisions, and what is wrong in the file; one that cannot be read at all gives only that."""
    origin = Origin(SOURCE, blob.path, 1)
    try:
        text = decode(blob.data)
        front, body = split(text)
        document = toml_document(front, _FIRST_LINE)
    except UnreadableError as fault:
        code = {"E-TOML": "note.toml", "note.fence": "note.fence"}.get(fault.code, "note.encoding")
        return EditorsFile(problems=(Problem("error", code, fault.text, replace(origin, line=fault.line or 1)),))
    reader = _Reader(EditorsTable(blob.path, document, context, SOURCE, "note.value"), text.split("\n"))
    return reader.read(Note(body=body.strip(), origin=origin))


def split(text: str) -> tuple[str, str]:
    """Front matter and body; a file without a fence is all body, and UnreadableError says what fence is missing."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        if lines[0].rstrip() == "---":
            raise UnreadableError("note.fence", f"This file's front matter is TOML; write {FENCE} for ---.", 1)
        return "", text
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise UnreadableError("note.fence", f"The front matter is not closed; write {FENCE} in a line below it.", 1)
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :])


def _with_words(note: Note, words: Mapping[str, str]) -> Note:
    return Note(body=note.body, origin=note.origin, **words)


class _Reader:
    """Gathers what one file says, and the problems with it."""

    def __init__(self, table: EditorsTable, lines: list[str]) -> None:
        self._table = table
        self._data = table.document.data
        self._lines = lines

    def read(self, note: Note) -> EditorsFile:
        words = {key: self._word(key) for key in WORDS if key in self._data}
        unknown = [key for key in self._data if key not in KEYS]
        names = {key: tuple(self._names(key)) for key in NAMES}
        merges, overrides, silences = tuple(self._merges()), tuple(self._overrides()), tuple(self._silences())
        return EditorsFile(
            note=_with_words(note, words),
            merges=merges,
            overrides=overrides,
            silences=silences,
            problems=(*(self._unknown(key) for key in unknown), *self._table.problems),
            **names,
        )

    def _word(self, key: str) -> str:
        value = self._data[key]
        if not isinstance(value, str):
            self._table.refuse((key,), f'{key} is one text: {key} = "..."')
        return as_text(value)

    def _unknown(self, key: str) -> Problem:
        near = get_close_matches(key, KEYS, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(KEYS)}"
        return Problem("error", "note.unknown-key", f"`{key}` means nothing here; {hint}", self._table.origin((key,)))

    def _names(self, key: str) -> Iterator[Mention]:
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._table.refuse((key,), f'{key} is a list of ids or titles: {key} = ["...", "..."]')
            return
        for name in dict.fromkeys(filter(None, map(as_text, value))):
            yield Mention(name, self._where((key,), name))

    def _merges(self) -> Iterator[Pairing]:
        value = self._data.get("merges", [])
        groups = value if isinstance(value, list) else []
        # One event alone may be written without the outer brackets.
        groups = [groups] if groups and all(isinstance(one, str) for one in groups) else groups
        for group in groups if groups or not value else [value]:
            ids = tuple(dict.fromkeys(map(as_text, group))) if isinstance(group, list) else ()
            if len(ids) < 2:
                self._table.refuse(("merges",), 'merges lists what is one event: merges = [["one id", "other id"]]')
            else:
                yield Pairing(ids, self._where(("merges",), ids[0]))

    def _silences(self) -> Iterator[Silence]:
        entries = self._data.get("silence", [])
        for number, entry in enumerate(entries if isinstance(entries, list) else [entries]):
            place: Path = ("silence", number) if isinstance(entries, list) else ("silence",)
            words = {key: as_text(entry.get(key, "")) for key in SILENCE} if isinstance(entry, dict) else {}
            if isinstance(entry, dict) and not set(entry) - set(SILENCE) and words["rule"] and words["reason"]:
                yield Silence(origin=self._table.origin(place), once=True, **words)
            else:
                self._table.refuse(
                    place, '[[silence]] needs a rule and a reason: rule = "evt.no-place", reason = "..."'
                )

    def _overrides(self) -> Iterator[FieldOverride]:
        tables = self._data.get("overrides", {})
        if not isinstance(tables, dict):
            self._table.refuse(("overrides",), 'write [overrides."ID"], with the fields below it')
            return
        for name, fields in tables.items():
            yield from self._override(name, fields, ("overrides", name))

    def _override(self, name: str, fields: Value, place: Path) -> Iterator[FieldOverride]:
        if not isinstance(fields, dict) or not fields:
            text = f'[overrides."{name}"] needs fields below it, such as place = "Lakeview 1.203"'
            self._table.refuse(place, text)
            return
        misplaced = [key for key in fields if key in KEYS]
        for key in misplaced:
            self._table.refuse((*place, key), f"`{key}` belongs above the first [overrides] table")
        before = len(self._table.problems)
        found = list(self._table.overrides(fields, place)) if not misplaced else []
        if not has_errors(self._table.problems[before:]):
            yield from (replace(one, id=name) for one in found)

    def _where(self, path: Path, name: str) -> Origin:
        """The line of a name in a list: the first from its key on that holds it."""
        origin = self._table.origin(path)
        first = origin.line or 1
        lines = enumerate(self._lines[first - 1 :], first)
        return replace(origin, line=next((number for number, line in lines if name in line), first))
