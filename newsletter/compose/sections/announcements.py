"""What is to be told without being an event: between its publish and expiry days, and once where it never expires."""

from datetime import date

from newsletter.compose.due import holds, taken_items
from newsletter.compose.entries import entry_of, marked
from newsletter.compose.view import View
from newsletter.model.issue import Section
from newsletter.model.item import Item


def build(view: View) -> Section | None:
    """Announcements that hold on the day the issue goes out, the newest first."""
    taken = taken_items(view)
    found = [item for item in view.items if holds(view, item) and item.id not in taken and not was_told(view, item)]
    entries = [marked(view, entry_of(view, item), item) for item in sorted(found, key=_newest_first)]
    return Section("announcements", view.language.gettext("Announcements"), tuple(entries))


def was_told(view: View, item: Item) -> bool:
    """What never expires is told in one issue; what has an expiry day is repeated until then."""
    return item.expires is None and view.told_of(item) is not None


def _newest_first(item: Item) -> tuple[int, str, str]:
    return -(item.publish or date.min).toordinal(), item.title.casefold(), item.id
