"""The editor's file of the issue on the stage: what it says now, and quick changes to it. Nothing else is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from newsletter.app.drafting import for_everybody
from newsletter.app.editors_file import ISSUES, issue_file, read_editors_file
from newsletter.app.studio.arranging import ARRANGING, arrangement_of
from newsletter.app.studio.issue_writing import bytes_of, hash_of, write_changes
from newsletter.app.studio.said import Said
from newsletter.app.workspace import Workspace
from newsletter.compose.editing import BY_TIME
from newsletter.compose.naming import overrides_of, told_in
from newsletter.model.editing import EditorsFile
from newsletter.model.issue import Draft, Entry, Section
from newsletter.model.problem import Problem
from newsletter.sources.blob import UnreadableError
from newsletter.sources.issue_file import WORDS
from newsletter.sources.issue_file_changes import Changes, overridden

#: Fields that are quickly said otherwise, and what they are called.
FIELDS = (
    ("title", "Title"), ("start", "Begins, as 2026-12-08 13:00"), ("end", "Ends"), ("dates", "Or: days in words"),
    ("time", "and hours in words"), ("place", "Place"), ("summary", "Summary"),
)  # fmt: skip
#: The form's name for who signs the note: who acts in the studio goes by another.
SIGNED = "signed"
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry, and what the editor made of it."""

    id: str
    title: str
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its entries; those `by_time` have an order of their own."""

    kind: str
    title: str
    rows: tuple[Row, ...]
    by_time: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the entry that is edited: what the file says of it, and what stands in the issue."""

    name: str
    title: str
    value: str
    stands: str


@dataclass(frozen=True, slots=True)
class EditPane:
    """The editor's file as it is (`seen` is its hash, empty where there is none), and the entries to decide about."""

    file: str
    seen: str
    words: Mapping[str, str]
    note: str
    parts: tuple[Part, ...]
    hidden: tuple[Row, ...]
    chosen: Row | None = None
    fields: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()


def edit_pane(ws: Workspace, draft: Draft, item: str = "") -> EditPane:
    """What is to be edited; with an `item`, the fields of that entry too."""
    file, issue = read_editors_file(ws, draft.slot), for_everybody(draft)
    entries = {entry.id: entry for section in issue.sections for entry in section.entries}
    chosen = entries.get(item)
    return EditPane(
        file=f"{ISSUES}/{draft.key}.md",
        seen=hash_of(bytes_of(issue_file(ws, draft.key))),
        words={name: getattr(file.note, name) for name in WORDS},
        note=file.note.body,
        parts=tuple(_part(section) for section in issue.sections if section.entries),
        hidden=tuple(Row(one.id, one.title) for one in draft.editing.hides),
        chosen=_row(chosen) if chosen else None,
        fields=tuple(_fields(chosen, _said(ws, draft, file, item)[1])) if chosen else (),
        problems=file.problems,
    )


def write_words(ws: Workspace, draft: Draft, values: Values) -> Said:
    """Write subject, preheader, signature and note, those that are other than what the file says."""
    note = read_editors_file(ws, draft.slot).note
    given = {name: values.get(SIGNED if name == "by" else name) for name in WORDS}
    words = {name: one_line(text) for name, text in given.items() if text is not None}
    body = values.get("note", note.body).replace("\r\n", "\n").strip()
    changes = Changes(
        words={name: text for name, text in words.items() if text != getattr(note, name)},
        note=body if body != note.body else None,
    )
    mine = "\n".join((*(f"{name}: {text}" for name, text in words.items()), "", body))
    return write_changes(ws, draft, values.get("seen", ""), changes, mine)


def arrange(ws: Workspace, draft: Draft, values: Values) -> Said:
    """Pin, hide or move one entry, or move a section, as `do` says: the name of what is done, a blank, whose."""
    what, _, name = values.get("do", "").partition(" ")
    known = {one.id for one in draft.items} | {section.kind for section in for_everybody(draft).sections}
    if what not in ARRANGING or name not in known:
        return Said("There is no such entry in this issue.", well=False)
    lists = ARRANGING[what](arrangement_of(ws, draft), name)
    return write_changes(ws, draft, values.get("seen", ""), Changes(lists=lists), values["do"])


def override(ws: Workspace, draft: Draft, values: Values) -> Said:
    """Say fields of one entry otherwise in this issue; what is emptied is said by its source again."""
    item = values.get("item", "")
    if item not in {one.id for one in draft.items}:
        return Said("There is no such entry in this issue.", well=False)
    name, before = _said(ws, draft, read_editors_file(ws, draft.slot), item)
    asked = {key: one_line(values[key]) for key, _ in FIELDS if key in values}
    fields = {key: text for key, text in asked.items() if text != before.get(key, "")}
    mine = "\n".join(f"{key}: {text}" for key, text in asked.items() if text)
    changes = Changes(overrides={name: fields} if fields else {})
    return write_changes(ws, draft, values.get("seen", ""), changes, mine)


def silence(ws: Workspace, draft: Draft, values: Values) -> Said:
    """Silence a warning in this issue, with a reason; at one place where it has one."""
    rule, where, reason = (one_line(values.get(name, "")) for name in ("rule", "where", "reason"))
    if not rule or not reason:
        return Said("A warning is silenced with a reason: say why it is meant.", well=False)
    seen = hash_of(bytes_of(issue_file(ws, draft.key)))
    return write_changes(ws, draft, seen, Changes(silence=(rule, where, reason)), f"{rule}: {reason}")


def one_line(text: str) -> str:
    """What was written into a field of one line."""
    return " ".join(text.split())


def _part(section: Section) -> Part:
    rows = tuple(_row(entry) for entry in section.entries)
    return Part(section.kind, section.title or section.kind.capitalize(), rows, section.kind in BY_TIME)


def _row(entry: Entry) -> Row:
    return Row(entry.id, entry.title, entry.pinned)


def _fields(entry: Entry, said: Mapping[str, str]) -> Sequence[Field]:
    stands = {"title": entry.title, "start": entry.when_text, "place": entry.place, "summary": entry.summary}
    return [Field(name, title, said.get(name, ""), stands.get(name, "")) for name, title in FIELDS]


def _said(ws: Workspace, draft: Draft, file: EditorsFile, item: str) -> tuple[str, Mapping[str, str]]:
    """Under which name the file overrides the entry, and what it says there, as written."""
    here = told_in(for_everybody(draft), draft.items)

    def means_it(names: Iterable[str]) -> Iterable[str]:
        for name in names:
            alone = replace(file, overrides=tuple(one for one in file.overrides if one.id == name))
            if any(one.id == item for one in overrides_of(alone, draft.items, here)[0]):
                yield name

    name = next(iter(means_it(dict.fromkeys(one.id for one in file.overrides))), item)
    try:
        return name, overridden(bytes_of(issue_file(ws, draft.key)) or b"", name)
    except UnreadableError:
        return name, {}
