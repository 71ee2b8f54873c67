"""The window as a table: one row per time that something happens, cancelled ones struck through."""

from dataclasses import replace

from newsletter.compose.continuing import running
from newsletter.compose.entries import entry_of, in_order, marked, with_flag, with_note_of_start
from newsletter.compose.programme import Timed, is_series
from newsletter.compose.view import View, is_off
from newsletter.model.issue import Change, Entry, Section
from newsletter.model.when import Occurrence


def build(view: View) -> Section | None:
    """A row per occurrence; in windows longer than a fortnight a series is told in one line elsewhere."""
    rows = [_row(view, timed, one) for timed in view.timed if _is_shown(view, timed) for one in timed.occurrences]
    return Section("glance", _title(view), in_order(view, rows))


def _title(view: View) -> str:
    days = (view.programme.window.end.date() - view.programme.window.start.date()).days
    return view.language.gettext("The week at a glance") if days <= 7 else view.language.gettext("At a glance")


def _is_shown(view: View, timed: Timed) -> bool:
    told = timed.item.id in view.marks.known_off or running(view, timed) is not None
    return not told and (view.programme.is_weekly or not is_series(timed.item.when))


def _row(view: View, timed: Timed, occurrence: Occurrence) -> Entry:
    entry = entry_of(view, timed.item, occurrence)
    if is_off(timed.item):
        off: Change = "cancelled" if timed.item.status == "cancelled" else "postponed"
        return replace(with_flag(view, entry, off), cancelled=True)
    if occurrence.status == "cancelled":
        return replace(with_flag(view, entry, "cancelled"), cancelled=True, summary=occurrence.note)
    if occurrence.status == "moved":
        return with_flag(view, entry, "moved")
    return marked(view, with_note_of_start(view, entry, occurrence), timed.item)
