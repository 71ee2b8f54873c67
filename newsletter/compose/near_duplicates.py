"""Entries that only may be one event: never joined, always shown to an editor, with the way to decide."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from newsletter.compose.likeness import (
    compatible_places,
    pairs_of_a_day,
    plain_url,
    similar_titles,
    sources_of,
    title_words,
)
from newsletter.compose.matching import first_day
from newsletter.compose.programme import is_series
from newsletter.model.item import Item
from newsletter.model.problem import Problem

#: Entries of two sources this far apart may be one whose date differs.
NEAR = timedelta(days=14)

#: So many of one name within the fortnight are compared with each; more is a source that repeats itself.
MOST_NEIGHBOURS = 50

Places = tuple[int, int]


def near_duplicates(events: Sequence[Item], shared_urls: frozenset[str]) -> list[tuple[Item, Item]]:
    """Pairs of different sources that may be one event: alike in name or address, and near in time."""
    titled = _pairs_by(events, lambda item: title_words(item.title))
    linked = _pairs_by(events, lambda item: url if (url := plain_url(item.url)) not in shared_urls else "")
    daily = {pair for pair in pairs_of_a_day(events) if similar_titles(*(events[place].title for place in pair))}
    pairs = ((events[one], events[other]) for one, other in sorted(titled | linked | daily))
    return [pair for pair in pairs if _may_be_one(*pair)]


def near_problem(one: Item, other: Item) -> Problem:
    """The information about two that may be one; it names both and how to decide."""
    text = (
        f"{other.title!r} on {first_day(other.when)} may be the same event as {one.title!r} on {first_day(one.when)} "
        f'in {one.origin}. Correct one of them, or write ids = ["{one.id}", "{other.id}"] in decisions.toml, '
        "under [[same]] or [[different]]"
    )
    return Problem("info", "I-NEAR-DUPLICATE", text, other.origin)


def _pairs_by(events: Sequence[Item], key: Callable[[Item], object]) -> set[Places]:
    """Pairs with the same key that lie near each other in time; a meeting of every week has few such neighbours."""
    alike: dict[object, list[tuple[date, int]]] = defaultdict(list)
    for place, item in enumerate(events):
        if (value := key(item)) and (day := first_day(item.when)):
            alike[value].append((day, place))
    return {pair for dated in alike.values() for pair in _neighbours(sorted(dated))}


def _neighbours(dated: Sequence[tuple[date, int]]) -> Iterator[Places]:
    for index, (day, place) in enumerate(dated):
        for later, other in dated[index + 1 : index + 1 + MOST_NEIGHBOURS]:
            if later - day > NEAR:
                break
            yield min(place, other), max(place, other)


def _may_be_one(one: Item, other: Item) -> bool:
    mine, theirs = first_day(one.when), first_day(other.when)
    if mine is None or theirs is None or not sources_of(one).isdisjoint(sources_of(other)):
        return False
    return is_series(one.when) == is_series(other.when) and abs(mine - theirs) <= NEAR and _places_allow(one, other)


def _places_allow(one: Item, other: Item) -> bool:
    """Two rooms are two events; a room and a link on one day may be what two people noted of a hybrid one."""
    modes = {one.place.mode, other.place.mode}
    if modes == {"in_person", "online"}:
        return first_day(one.when) == first_day(other.when)
    return compatible_places(one.place, other.place)
