"""What is other than the reader was told: now this, was that."""

from dataclasses import replace

from newsletter.compose.entries import at_time, entry_of, flag_of
from newsletter.compose.view import Mark, View
from newsletter.model.issue import Entry, Section


def build(view: View) -> Section | None:
    """Every change since the reader's last issue, in order of time; what is merely new stands under its own title."""
    entries = tuple(_entry(view, mark) for mark in view.marks.listed)
    return Section("changes", view.language.gettext("Changed since last issue"), entries)


def _entry(view: View, mark: Mark) -> Entry:
    entry = entry_of(view, mark.item)
    if mark.occurrence is not None:
        entry = at_time(view, entry, mark.occurrence)
    return replace(
        entry,
        change=mark.change,
        flag=flag_of(view, mark.change),
        now=mark.now,
        was=mark.was,
        exceptions=(mark.note,) if mark.note else (),
        cancelled=mark.change in ("cancelled", "postponed"),
    )
