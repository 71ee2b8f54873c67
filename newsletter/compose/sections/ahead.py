"""Dates to keep free: what lies behind the window, and is announced long before or would be told in no issue."""

from dataclasses import replace

from newsletter.compose.entries import at_time, entry_of, in_order, marked, reminded
from newsletter.compose.programme import Timed
from newsletter.compose.sessions import sessions_text
from newsletter.compose.view import View
from newsletter.model.issue import Entry, Section


def build(view: View) -> Section | None:
    """One line for each; a later issue tells it in full, where there is one before it happens."""
    title = view.language.gettext("Save the date")
    return Section("ahead", title, in_order(view, [_line(view, timed) for timed in view.ahead]))


def _line(view: View, timed: Timed) -> Entry:
    entry = at_time(view, entry_of(view, timed.item), timed.occurrences[0])
    entry = replace(entry, when_text=sessions_text(view, timed.occurrences), body="")
    return reminded(view, marked(view, entry, timed.item), timed)
