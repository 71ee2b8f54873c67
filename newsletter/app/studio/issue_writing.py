"""Writes issues/KEY.md from the studio: whole or not at all, and never over a file that nobody looked at."""

import os
import shutil
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from newsletter.app.editors_file import issue_file
from newsletter.app.studio.said import YOURS, Said
from newsletter.app.timing import terms_around
from newsletter.app.workspace import Workspace
from newsletter.model.issue import Draft
from newsletter.model.problem import Problem
from newsletter.sources.blob import Blob, SourceContext, UnreadableError
from newsletter.sources.issue_file import read_issue_file
from newsletter.sources.issue_file_changes import Changes, with_changes
from newsletter.sources.issue_file_text import new_file


def hash_of(data: bytes | None) -> str:
    """By what a file is known to be the one that was looked at; empty where there is none."""
    return sha256(data).hexdigest() if data is not None else ""


def bytes_of(path: Path) -> bytes | None:
    """What the file holds; None where there is none."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    return None


def write_changes(ws: Workspace, draft: Draft, seen: str, changes: Changes, mine: str) -> Said:
    """Write the changes into the editor's file that was `seen` (its hash); `mine` is what they were, in words.

    Nothing is written over another file, and nothing that the file's reader would not understand.
    """
    if changes == Changes():
        return Said("Nothing is other than it was.")
    path, name = issue_file(ws, draft.key), f"issues/{draft.key}.md"
    if not path.resolve().is_relative_to(ws.root.resolve()):
        return Said(f"{name} leads out of the workspace; it is not written.", well=False)
    data = bytes_of(path)
    if hash_of(data) != seen:
        return _conflict(name, data, mine)
    try:
        fresh = with_changes(new_file(draft.slot).encode() if data is None else data, changes)
    except UnreadableError as error:
        return Said(f"{name} is not written: {error}", False, name, ((YOURS, mine),))
    news = _new_errors(ws, draft, data or b"", fresh)
    if news:
        return Said(f"Not written: {news[0].text}.", False, texts=((YOURS, mine),))
    if not replace_file(path, data, fresh):
        return _conflict(name, bytes_of(path), mine)
    return Said(f"Written into {name}.")


def replace_file(path: Path, old: bytes | None, fresh: bytes) -> bool:
    """Put the file there whole; False, and nothing done, where what stands there is not the old one any more."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(fresh)
        if old is None:
            return _put_first(beside, path)
        shutil.copymode(path, beside)
        if bytes_of(path) != old:
            return False
        beside.replace(path)
        return True
    finally:
        beside.unlink(missing_ok=True)


def _put_first(beside: Path, path: Path) -> bool:
    """By a second name for the file: unlike replacing, that fails where there is one already."""
    with suppress(FileExistsError):
        path.hardlink_to(beside)
        return True
    return False


def _conflict(name: str, data: bytes | None, mine: str) -> Said:
    there = data.decode("utf-8", "replace") if data is not None else "(there is no such file any more)"
    text = f"{name} was changed meanwhile. Nothing is written: both stand here, and the form below has what is there."
    return Said(text, well=False, texts=(("On disk now", there), (YOURS, mine)))


def _new_errors(ws: Workspace, draft: Draft, old: bytes, fresh: bytes) -> list[Problem]:
    """What would not be understood in the file and was not there before."""
    context = SourceContext(ws.settings.community.timezone, terms_around(ws, draft.slot.send_at))
    name = f"issues/{draft.key}.md"
    known = {one.text for one in read_issue_file(Blob(name, old), context).problems}
    found = read_issue_file(Blob(name, fresh), context).problems
    return [one for one in found if one.level == "error" and one.text not in known]
