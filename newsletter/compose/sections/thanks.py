"""Thanks: every list item of a page tagged `thanks` is one, to somebody by name; each is said in one issue."""

from collections.abc import Iterator
from dataclasses import replace

from newsletter.compose.entries import entry_of
from newsletter.compose.plain import list_items
from newsletter.compose.programme import is_thanks
from newsletter.compose.reasons import Reason
from newsletter.compose.view import View
from newsletter.model.issue import Entry, Section
from newsletter.model.item import Item


def build(view: View) -> Section | None:
    """The thanks in the order they are written, without those of the reader's last issue."""
    before = {(name, rest) for _, name, rest in _thanks(view.before)} if view.before else set()
    fresh = [(item, name, rest) for item, name, rest in _thanks(view) if (name, rest) not in before]
    return Section("thanks", view.language.gettext("Thank you"), tuple(_entry(view, *thanks) for thanks in fresh))


def _thanks(view: View) -> Iterator[tuple[Item, str, str]]:
    for item in view.programme.items:
        if is_thanks(item) and why_no_thanks(view, item) is None:
            yield from ((item, name, rest) for name, rest in list_items(item.body))


def why_no_thanks(view: View, item: Item) -> Reason | None:
    """Why a page of thanks is not told today; `publish` and `expires` are both inclusive."""
    today = view.programme.today
    if item.publish is not None and item.publish > today:
        return Reason("not-yet-published", f"It is not to be told before {item.publish}.")
    if item.expires is not None and item.expires < today:
        return Reason("expired", f"It expired on {item.expires}.")
    return None


def _entry(view: View, item: Item, name: str, rest: str) -> Entry:
    title = name or view.language.gettext("Thank you")
    return replace(entry_of(view, item), title=title, summary=rest.lstrip(" ,:–—-"), body="", topic="")
