"""What comes after what: `follows` names another item by id or title, and readers find the way in both directions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from newsletter.model.issue import Link
from newsletter.model.item import Item


@dataclass(frozen=True, slots=True)
class Follows:
    """Where one item stands between others."""

    before: Link | None = None
    after: tuple[Link, ...] = ()


class Names:
    """Finds items by what others call them: an id, or a title in any case; the first in order where several fit."""

    def __init__(self, items: Iterable[Item]) -> None:
        ordered = sorted(items, key=lambda item: (item.title, item.id), reverse=True)
        self._by_id = {_plain(item.id): item for item in ordered}
        self._by_title = {_plain(item.title): item for item in ordered}
        self._titles = Counter(_plain(item.title) for item in ordered)

    def how_many(self, item: Item) -> int:
        """How many items `item.follows` may mean: an id means one, a title as many as have it, itself left out."""
        wanted = _plain(item.follows)
        if wanted in self._by_id:
            return int(self._by_id[wanted].id != item.id)
        return self._titles[wanted] - (wanted == _plain(item.title)) if wanted else 0

    def target_of(self, item: Item) -> Item | None:
        """The item that `item.follows` means, or None; nothing follows itself."""
        wanted = _plain(item.follows)
        if not wanted:
            return None
        found = self._by_id.get(wanted) or self._by_title.get(wanted)
        return None if found is None or found.id == item.id else found


def follows_of(items: Sequence[Item]) -> Mapping[str, Follows]:
    """For each item that follows or is followed, by id, the links in both directions."""
    if not any(item.follows for item in items):
        return {}
    names = Names(items)
    pairs = [(item, target) for item in items if (target := names.target_of(item)) is not None]
    before = {item.id: _link(target) for item, target in pairs}
    after: dict[str, list[Link]] = {}
    for item, target in pairs:
        after.setdefault(target.id, []).append(_link(item))
    return {key: Follows(before.get(key), tuple(after.get(key, ()))) for key in {*before, *after}}


def _link(item: Item) -> Link:
    return Link(item.title, item.url or item.registration_url)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
