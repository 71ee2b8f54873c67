"""The same event read in two places becomes one item that keeps all its origins; what only may be the same is named.

The order in which things were read never matters, and nothing is merged across different days.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import combinations
from typing import TypeVar

from newsletter.compose.likeness import (
    compatible_places,
    compatible_times,
    days_of,
    plain_url,
    similar_titles,
    sources_of,
    title_words,
)
from newsletter.compose.matching import first_day, plain_words
from newsletter.compose.programme import is_series
from newsletter.model.item import Item, Place, Reading, Status
from newsletter.model.problem import Problem
from newsletter.model.when import AllDay

Said = TypeVar("Said")

#: Same-named events of two sources this far apart may be one whose date differs.
NEAR = timedelta(days=14)


def join(reading: Reading) -> Reading:
    """The reading with each event once, and an information for every merge and every likely duplicate."""
    items = sorted(reading.items, key=_place_in_reading)
    events = [item for item in items if item.kind == "event"]
    groups = _groups(events)
    joined = [item for item in items if item.kind != "event"] + [_merged(group) for group in groups]
    told = [problem for group in groups for problem in _merge_problems(group)]
    near = _near_duplicates([item for item in joined if item.kind == "event"])
    return replace(
        reading,
        items=tuple(sorted(joined, key=_place_in_reading)),
        problems=(*reading.problems, *told, *near),
    )


def same_event(one: Item, other: Item, shared_urls: frozenset[str]) -> bool:
    """Whether two events of the same day are one; `shared_urls` are pages that tell of several events."""
    if not compatible_times(one.when, other.when) or not compatible_places(one.place, other.place):
        return False
    if plain_words(one.title) == plain_words(other.title):
        return True
    if not sources_of(one).isdisjoint(sources_of(other)):
        return False
    url = plain_url(one.url)
    return similar_titles(one.title, other.title) or (
        bool(url) and url == plain_url(other.url) and url not in shared_urls
    )


def _groups(events: Sequence[Item]) -> list[list[Item]]:
    """The events in groups that are one, each in the order of richness."""
    parent = list(range(len(events)))
    shared = _shared_urls(events)
    for left, right in sorted(_pairs_of_a_day(events)):
        if same_event(events[left], events[right], shared):
            parent[_root(parent, right)] = _root(parent, left)
    found: dict[int, list[Item]] = defaultdict(list)
    for place, item in enumerate(events):
        found[_root(parent, place)].append(item)
    return [sorted(group, key=_richness) for group in found.values()]


def _pairs_of_a_day(events: Sequence[Item]) -> set[tuple[int, int]]:
    on_day: dict[date, list[int]] = defaultdict(list)
    for place, item in enumerate(events):
        for day in days_of(item.when):
            on_day[day].append(place)
    return {pair for places in on_day.values() for pair in combinations(places, 2)}


def _root(parent: list[int], place: int) -> int:
    while parent[place] != place:
        place = parent[place]
    return place


def _shared_urls(events: Iterable[Item]) -> frozenset[str]:
    """Addresses under which one source lists events of different titles."""
    titles: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in events:
        for source in sources_of(item):
            titles[source, plain_url(item.url)].add(plain_words(item.title))
    return frozenset(url for (_, url), names in titles.items() if len(names) > 1)


def _merged(group: Sequence[Item]) -> Item:
    """The richest item, completed from the others; the smallest id stays, whatever is edited."""
    best = group[0]
    if len(group) == 1:
        return best
    return replace(
        best,
        id=min(item.id for item in group),
        origins=tuple(sorted({origin for item in group for origin in item.origins}, key=_place_of_origin)),
        when=next((item.when for item in group if not isinstance(item.when, AllDay | None)), best.when),
        place=next((item.place for item in group if item.place.mode != "tba"), best.place),
        status=_status(group),
        tags=tuple(dict.fromkeys(tag for item in group for tag in item.tags)),
        deadlines=tuple(dict.fromkeys(deadline for item in group for deadline in item.deadlines)),
        custom=_custom(group),
        visibility="members" if any(item.visibility == "members" for item in group) else "public",
        held_back=all(item.held_back for item in group),
        url=_first(item.url for item in group),
        registration_url=_first(item.registration_url for item in group),
        hosts=_first(item.hosts for item in group),
        summary=_first(item.summary for item in group),
        body=_first(item.body for item in group),
        category=_first(item.category for item in group),
        audience=_first(item.audience for item in group),
        prerequisites=_first(item.prerequisites for item in group),
        cost=_first(item.cost for item in group),
        image=_first(item.image for item in group),
        series=_first(item.series for item in group),
        follows=_first(item.follows for item in group),
        publish=_first(item.publish for item in group),
        expires=_first(item.expires for item in group),
    )


def _first(values: Iterable[Said]) -> Said:
    """The first value that says anything, from the richest item on; the richest item's where none does."""
    said = list(values)
    return next((value for value in said if value), said[0])


def _status(group: Sequence[Item]) -> Status:
    """Who says that it is off has looked more recently than who does not."""
    said = {item.status for item in group}
    off: tuple[Status, ...] = ("cancelled", "postponed")
    return next((status for status in off if status in said), group[0].status)


def _custom(group: Sequence[Item]) -> tuple[tuple[str, str], ...]:
    """Every field of their own, and the addresses that gave way to the first."""
    first = next((item.url for item in group if item.url), "")
    urls = (item.url for item in group if item.url and plain_url(item.url) != plain_url(first))
    return tuple(dict.fromkeys((*(pair for item in group for pair in item.custom), *(("link", url) for url in urls))))


def _merge_problems(group: Sequence[Item]) -> Iterator[Problem]:
    best = group[0]
    for other in group[1:]:
        text = f"{other.title!r} is the same event as {best.title!r} in {best.origin}; they are told as one"
        yield Problem("info", "I-JOINED", text, other.origin)
    if len({item.status for item in group} - {"tentative"}) > 1:
        said = ", ".join(f"{item.status} in {item.origin}" for item in group)
        yield Problem(
            "warning", "W-STATUS", f"sources disagree whether {best.title!r} takes place: {said}", best.origin
        )


def _near_duplicates(events: Sequence[Item]) -> Iterator[Problem]:
    same_name: dict[frozenset[str], list[Item]] = defaultdict(list)
    for item in sorted(events, key=_place_in_reading):
        same_name[title_words(item.title)].append(item)
    for words, named in same_name.items():
        for one, other in combinations(named, 2):
            if words and _may_be_one(one, other):
                text = (
                    f"{other.title!r} on {first_day(other.when)} may be the same event as the one on "
                    f"{first_day(one.when)} in {one.origin}; if so, correct one date, else make the titles differ"
                )
                yield Problem("info", "I-NEAR-DUPLICATE", text, other.origin)


def _may_be_one(one: Item, other: Item) -> bool:
    mine, theirs = first_day(one.when), first_day(other.when)
    if mine is None or theirs is None or not sources_of(one).isdisjoint(sources_of(other)):
        return False
    both_or_neither = is_series(one.when) == is_series(other.when)
    return both_or_neither and abs(mine - theirs) <= NEAR and compatible_places(one.place, other.place)


def _richness(item: Item) -> tuple[bool, int, int, str]:
    """Sort key: what may be told first, then what says the most."""
    said = sum(bool(getattr(item, field.name)) for field in fields(Item)) + (item.place != Place())
    return item.held_back, -said, -len(item.body) - len(item.summary), item.id


def _place_in_reading(item: Item) -> tuple[str, tuple[str, str, int], str, str]:
    return item.kind, _place_of_origin(item.origin), item.id, item.title


def _place_of_origin(origin: object) -> tuple[str, str, int]:
    return getattr(origin, "source", ""), getattr(origin, "path", ""), getattr(origin, "line", None) or 0
