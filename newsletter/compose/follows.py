"""What comes after what: `follows` names another item by id or title, and readers find the way in both directions."""

from collections.abc import Iterable, Sequence

from newsletter.model.issue import Link
from newsletter.model.item import Item


def target_of(item: Item, items: Sequence[Item]) -> Item | None:
    """The item that `item.follows` means: by id, or by title, in any case; the first where several fit."""
    wanted = _plain(item.follows)
    others = [other for other in items if other.id != item.id]
    if not wanted:
        return None
    return _first(other for other in others if _plain(other.id) == wanted) or _first(
        other for other in others if _plain(other.title) == wanted
    )


def follow_links(items: Sequence[Item], item: Item) -> tuple[Link | None, tuple[Link, ...]]:
    """The link to what the item follows, and links to what follows it."""
    before = target_of(item, items)
    after = [other for other in items if other.follows and target_of(other, items) == item]
    return (_link(before) if before else None), tuple(_link(other) for other in after)


def _link(item: Item) -> Link:
    return Link(item.title, item.url or item.registration_url)


def _first(items: Iterable[Item]) -> Item | None:
    return min(items, key=lambda item: (item.title, item.id), default=None)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
