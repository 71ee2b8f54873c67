"""The editor's words; the issue carries them itself, this only says that they are there."""

from newsletter.compose.view import View
from newsletter.model.issue import Section


def build(view: View) -> Section | None:
    """A place for the note where the editor wrote one."""
    return Section("note", "") if view.draft.note.body.strip() else None
