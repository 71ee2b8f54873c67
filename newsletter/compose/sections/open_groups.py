"""Groups without dates that anybody may join at any time."""

from newsletter.compose.due import taken_items
from newsletter.compose.entries import entry_of, in_order, marked
from newsletter.compose.topics import has_tag, topics_of
from newsletter.compose.view import View, is_off
from newsletter.model.issue import Section
from newsletter.model.item import Item

GROUPS = ("learning-community", "community")


def build(view: View) -> Section | None:
    """Pages that carry a topic, or are tagged as a community, and name no date."""
    taken = taken_items(view)
    found = [item for item in view.items if _is_open(view, item) and item.id not in taken]
    entries = [marked(view, entry_of(view, item), item) for item in found]
    return Section("open", view.language.gettext("Always open"), in_order(view, entries))


def _is_open(view: View, item: Item) -> bool:
    if item.kind != "page" or item.when is not None or is_off(item):
        return False
    return has_tag(item, GROUPS) or bool(topics_of(item, view.draft.topics))
