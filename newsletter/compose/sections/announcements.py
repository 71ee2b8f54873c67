"""What is to be told without being an event: between its publish and expiry days, and once where it never expires."""

from datetime import date

from newsletter.compose.due import holds, taken_items
from newsletter.compose.entries import entry_of, marked, repeated
from newsletter.compose.view import View
from newsletter.model.issue import Section
from newsletter.model.item import Item


def build(view: View) -> Section | None:
    """Announcements that hold on the day the issue goes out, the newest first."""
    taken = taken_items(view)
    found = [item for item in view.items if holds(view, item) and item.id not in taken and not was_told(view, item)]
    ordered = sorted(found, key=_newest_first)
    entries = [repeated(view, marked(view, entry_of(view, item), item), item) for item in ordered]
    return Section("announcements", view.language.gettext("Announcements"), tuple(entries))


def was_told(view: View, item: Item) -> bool:
    """What never expires is told in one issue; what has an expiry day is repeated until then, if wanted."""
    told, most = view.told_of(item), view.draft.settings.max_repeats
    return told is not None and (item.expires is None or (most is not None and told.times > most))


def _newest_first(item: Item) -> tuple[int, str, str]:
    return -(item.publish or date.min).toordinal(), item.title.casefold(), item.id
