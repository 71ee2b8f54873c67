"""Does what an item refers to exist, and can it be found: what it follows, where it is, which id it has?"""

from collections import Counter
from collections.abc import Iterator, Sequence

from newsletter.compose.facts.rule import Facts, Found
from newsletter.model.item import Item
from newsletter.model.problem import Problem


def unknown_target(item: Item, facts: Facts) -> Iterator[Found]:
    """W-FOLLOWS: `follows` names nothing that was read, or more than one."""
    if item.follows and facts.names.target_of(item) is None:
        text = f"{item.title!r} follows {item.follows!r}, but no item has that id or title; check its spelling"
        yield Found("warning", "W-FOLLOWS", text)
    elif (several := facts.names.how_many(item)) > 1:
        text = f"{item.title!r} follows {item.follows!r}, which is the title of {several} items; name the id of one"
        yield Found("warning", "W-FOLLOWS", text)


def no_place(item: Item, facts: Facts) -> Iterator[Found]:
    """W-PLACE: an event that says neither where it is nor how to join."""
    place = item.place
    if item.kind == "event" and place.mode == "tba" and not (place.name or place.address or place.url):
        yield Found("warning", "W-PLACE", f"{item.title!r} names no place; add one, or say that it is online")


def same_ids(items: Sequence[Item]) -> Iterator[Problem]:
    """W-ID: several items with one id, each named."""
    counts = Counter(item.id for item in items)
    for item in items:
        if counts[item.id] > 1:
            text = f"{counts[item.id]} items have the id {item.id!r}; give {item.title!r} one of its own"
            yield Problem("warning", "W-ID", text, item.origin)
