"""issues/KEY.md on disk: read, written once, and its listing refreshed; an editor's own words are never touched."""

import os
from collections.abc import Iterator
from pathlib import Path

from newsletter.app.collecting import load_files
from newsletter.app.timing import terms_around
from newsletter.app.workspace import Workspace
from newsletter.compose.editing import BY_TIME
from newsletter.model.editing import EditorsFile
from newsletter.model.issue import Draft, Issue, Slot
from newsletter.model.workspace import SourceSettings
from newsletter.sources.issue_file import SOURCE, read_issue_file
from newsletter.sources.issue_file_text import new_file, with_listing
from newsletter.sources.registry import SourceContext

ISSUES = "issues"


def issue_file(ws: Workspace, key: str) -> Path:
    """Where the editor's words for an issue stand."""
    return ws.root / ISSUES / f"{key}.md"


def read_editors_file(ws: Workspace, slot: Slot) -> EditorsFile:
    """What the editor wrote about the slot's issue; nothing where there is no file."""
    if not issue_file(ws, slot.key).exists():
        return EditorsFile()
    source = SourceSettings(name=SOURCE, format="toml", path=f"{ISSUES}/{slot.key}.md")
    blobs, problems = load_files(ws.root, source)
    if not blobs:
        return EditorsFile(problems=problems)
    return read_issue_file(blobs[0], SourceContext(ws.settings.community.timezone, terms_around(ws, slot.send_at)))


def write_new(ws: Workspace, slot: Slot) -> bool:
    """Write the file where there is none; False where one stands, whoever was first."""
    path = issue_file(ws, slot.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(new_file(slot))
    except FileExistsError:
        return False
    return True


def refresh_listing(ws: Workspace, draft: Draft, issue: Issue) -> bool:
    """Say anew what stands in the issue, in the comments that are the program's; True where that was other."""
    path = issue_file(ws, draft.key)
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    fresh = with_listing(text, tuple(_listing(draft, issue)))
    if fresh == text:
        return False
    # Whole or not at all: an editor's words are in this file.
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(fresh.encode("utf-8"))
    beside.replace(path)
    return True


def _listing(draft: Draft, issue: Issue) -> Iterator[str]:
    yield "In the issue as it was drafted:"
    for section in issue.sections:
        if section.entries and section.kind not in BY_TIME:
            yield f"{section.kind}: {section.title}" if section.title else section.kind
            yield from (_line(entry.id, entry.title, entry.when_text) for entry in section.entries)
    if draft.editing.hides:
        yield "hidden"
        yield from (_line(one.id, one.title, "") for one in draft.editing.hides)


def _line(name: str, title: str, when: str) -> str:
    return "  " + " | ".join(" ".join(part.split()) for part in (name, title, when) if part)
