"""Deadlines are dated facts of their own: told before they pass, and never after."""

from dataclasses import replace

from newsletter.compose.closing import deadline_marks, is_last_chance, is_near, is_new, label_of, occurrence_of
from newsletter.compose.due import holds
from newsletter.compose.entries import at_time, entry_of, flag_of, in_order, moment_text
from newsletter.compose.moments import begins
from newsletter.compose.view import View, is_off
from newsletter.model.issue import Change, Entry, Section
from newsletter.model.item import Deadline, Item


def build(view: View) -> Section | None:
    """Every deadline from now to a fortnight after the window, the soonest first, but none of news not out yet."""
    telling = (item for item in view.items if not is_off(item) and (item.kind != "announcement" or holds(view, item)))
    found = [(item, deadline) for item in telling for deadline in item.deadlines]
    entries = [_entry(view, item, deadline) for item, deadline in found if is_near(view.programme, deadline)]
    return Section("deadlines", view.language.gettext("Deadlines"), in_order(view, entries))


def _entry(view: View, item: Item, deadline: Deadline) -> Entry:
    at = occurrence_of(deadline)
    entry = at_time(view, entry_of(view, item), at)
    change = _change(view, item, deadline)
    return replace(
        entry,
        change=change,
        flag=flag_of(view, change),
        when_text=moment_text(view, at),
        summary=label_of(deadline),
        url=deadline.url or item.registration_url or entry.url,
        soon=begins(at, view.home) < view.programme.window.end,
        origin=deadline.origin or item.origin,
        place="",
        body="",
    )


def _change(view: View, item: Item, deadline: Deadline) -> Change:
    """What is most worth knowing of it: that it moved, that no other issue comes before it, or that it is new."""
    moved = (mark.change for mark in deadline_marks(view, item) if mark.note == label_of(deadline))
    if (change := next(moved, None)) is not None:
        return change
    if is_last_chance(view.programme, deadline):
        return "last chance"
    return "new" if is_new(view, item, deadline) else ""
