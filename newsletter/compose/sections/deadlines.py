"""Deadlines are dated facts of their own: told before they pass, never after."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.compose.entries import at_time, entry_of, in_order, moment_text
from newsletter.compose.moments import begins, day_of, ends
from newsletter.compose.view import View, is_off
from newsletter.dates.zones import localise
from newsletter.model.issue import Entry, Section
from newsletter.model.item import Deadline, Item
from newsletter.model.when import Occurrence

#: How far beyond the window a deadline is already told.
AHEAD = timedelta(days=14)
#: Days are compared before instants, so that a placeholder at the end of the calendar needs no instant.
_SLACK = timedelta(days=1)


def build(view: View) -> Section | None:
    """Every deadline from the window's start to a fortnight after its end, the soonest first."""
    found = [(item, deadline) for item in view.items if not is_off(item) for deadline in item.deadlines]
    entries = [_entry(view, item, deadline) for item, deadline in found if is_near(view, deadline)]
    return Section("deadlines", view.language.gettext("Deadlines"), in_order(view, entries))


def is_near(view: View, deadline: Deadline) -> bool:
    """Whether it lies ahead of the reader and not too far off; a date alone lasts to the end of that day."""
    at = occurrence_of(deadline)
    window = view.programme.window
    if not window.start.date() - _SLACK <= day_of(at, view.home) <= window.end.date() + AHEAD:
        return False
    begin, end = begins(at, view.home), ends(at, view.home)
    return end > view.programme.moment and window.start <= begin < window.end + AHEAD


def occurrence_of(deadline: Deadline) -> Occurrence:
    """The deadline as a point in time; a date belongs to no zone and is never shifted."""
    at: datetime | date = deadline.at
    if isinstance(at, datetime):
        at = at if at.tzinfo else localise(at, ZoneInfo(deadline.timezone))
    return Occurrence(at, None)


def _entry(view: View, item: Item, deadline: Deadline) -> Entry:
    at = occurrence_of(deadline)
    entry = at_time(view, entry_of(view, item), at)
    label = deadline.label.strip()
    return replace(
        entry,
        when_text=moment_text(view, at),
        summary=label[:1].upper() + label[1:],
        url=deadline.url or item.registration_url or entry.url,
        soon=begins(at, view.home) < view.programme.window.end,
        origin=deadline.origin or item.origin,
        place="",
        body="",
    )
