"""Thanks: every list item of a page tagged `thanks` is one, to somebody by name; each is said in one issue."""

from collections.abc import Iterator
from dataclasses import replace

from newsletter.compose.entries import entry_of
from newsletter.compose.plain import list_items
from newsletter.compose.programme import is_thanks
from newsletter.compose.view import View
from newsletter.model.issue import Entry, Section
from newsletter.model.item import Item

TITLE = "Thank you"


def build(view: View) -> Section | None:
    """The thanks in the order they are written, without those of the reader's last issue."""
    before = {(name, rest) for _, name, rest in _thanks(view.before)} if view.before else set()
    fresh = [(item, name, rest) for item, name, rest in _thanks(view) if (name, rest) not in before]
    return Section("thanks", TITLE, tuple(_entry(view, *thanks) for thanks in fresh))


def _thanks(view: View) -> Iterator[tuple[Item, str, str]]:
    today = view.programme.today
    for item in view.programme.items:
        begun, over = item.publish is None or item.publish <= today, item.expires is not None and item.expires < today
        if is_thanks(item) and begun and not over:
            yield from ((item, name, rest) for name, rest in list_items(item.body))


def _entry(view: View, item: Item, name: str, rest: str) -> Entry:
    return replace(entry_of(view, item), title=name or TITLE, summary=rest.lstrip(" ,:–—-"), body="", topic="")
