"""A section of the workspace's own: everything with one of its tags, a Markdown file, or both.

The text is the draft's (`section_texts`), by the section's name; entries are items alone.
"""

from newsletter.compose.due import tagged_items
from newsletter.compose.entries import at_time, entry_of, in_order, marked, reminded, repeated
from newsletter.compose.view import View
from newsletter.model.issue import Entry, Section
from newsletter.model.item import Item


def build(view: View, name: str) -> Section | None:
    """The section of that name; its kind is the name, so that a theme may give it a template of its own."""
    settings = dict(view.draft.sections)[name]
    tagged = [_entry(view, item) for item in tagged_items(view, settings.tags)]
    written = dict(view.draft.section_texts).get(name, "").strip()
    return Section(name, settings.title, in_order(view, tagged)) if tagged or written else None


def _entry(view: View, item: Item) -> Entry:
    timed = next((one for one in view.timed if one.item.id == item.id), None)
    if timed is None:
        return repeated(view, marked(view, entry_of(view, item), item), item)
    first = next((one for one in timed.occurrences if one.status != "cancelled"), None)
    entry = entry_of(view, item)
    return reminded(view, marked(view, at_time(view, entry, first) if first else entry, item), timed)
