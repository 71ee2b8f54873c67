"""The same event read in two places becomes one item that keeps all its origins; what only may be the same is named.

The order in which things were read never matters, and nothing is merged across different days unless an editor
decided so.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from newsletter.compose.decisions import (
    Pairings,
    in_force,
    needless,
    over_merged,
    overridden,
    override_problems,
    pairing_problems,
)
from newsletter.compose.likeness import (
    compatible_places,
    compatible_times,
    pairs_of_a_day,
    plain_url,
    similar_titles,
    sources_of,
)
from newsletter.compose.matching import plain_words
from newsletter.compose.merging import Priorities, by_weight, merge_problems, merged, place_of_origin
from newsletter.compose.near_duplicates import near_duplicates, near_problem
from newsletter.model.decisions import Decisions
from newsletter.model.item import Item, Reading
from newsletter.model.problem import Problem

_NOTHING = Decisions()
_NO_PAIRINGS = Pairings({}, {})


@dataclass(frozen=True, slots=True)
class Joined:
    """One event and the entries it was made of, the most trusted first."""

    item: Item
    members: tuple[Item, ...]


def join(
    reading: Reading,
    *,
    decisions: Decisions = _NOTHING,
    priorities: Mapping[str, int] | None = None,
    today: date | None = None,
) -> Reading:
    """The reading with each event once, and a problem for every merge, every likely duplicate and every old decision.

    `priorities` are those of the sources, by name: the value of the higher stands. `today` is the community's date.
    """
    items = sorted(reading.items, key=_place_in_reading)
    overrides = in_force(decisions.overrides, today)
    changed = sorted(overridden(items, overrides), key=_place_in_reading)
    events = [item for item in changed if item.kind == "event"]
    pairings = Pairings.of(decisions.same, decisions.different)
    told = [_as_one(group, priorities or {}) for group in _groups(events, pairings)]
    told = [replace(one, item=over_merged(one.item, one.members, overrides)) for one in told]
    rest = [item for item in changed if item.kind != "event"]
    problems = [
        *decisions.problems,
        *override_problems(items, decisions.overrides, today),
        *_pairing_problems(changed, events, decisions),
        *(problem for one in told for problem in merge_problems(one.members, one.item.when)),
        *_near_problems(told, pairings),
    ]
    ordered = tuple(sorted([*rest, *(one.item for one in told)], key=_place_in_reading))
    return replace(reading, items=ordered, problems=(*reading.problems, *problems))


def same_event(one: Item, other: Item, shared_urls: frozenset[str]) -> bool:
    """Whether two events of the same day are one; `shared_urls` are pages that tell of several events."""
    if not _are_alike(one, other, shared_urls):
        return False
    return compatible_times(one.when, other.when) and compatible_places(one.place, other.place)


def _are_alike(one: Item, other: Item, shared_urls: frozenset[str]) -> bool:
    """Whether they have one title, or stand in two sources with titles or an address that are alike."""
    if plain_words(one.title) == plain_words(other.title):
        return True
    if not sources_of(one).isdisjoint(sources_of(other)):
        return False
    url = plain_url(one.url)
    return similar_titles(one.title, other.title) or (
        bool(url) and url == plain_url(other.url) and url not in shared_urls
    )


def _as_one(group: Iterable[Item], priorities: Priorities) -> Joined:
    members = tuple(by_weight(group, priorities))
    return Joined(merged(members), members)


def _groups(events: Sequence[Item], pairings: Pairings) -> list[list[Item]]:
    """The events in groups that are one: first what was decided, then what is alike and not kept apart."""
    groups: dict[int, list[int]] = {place: [place] for place in range(len(events))}
    home = list(groups)
    for left, right in _pairs_that_are_one(events, pairings):
        mine, theirs = home[left], home[right]
        if mine == theirs or pairings.apart(
            (events[place] for place in groups[mine]), [events[place] for place in groups[theirs]]
        ):
            continue
        for place in groups[theirs]:
            home[place] = mine
        groups[mine] += groups.pop(theirs)
    return [[events[place] for place in sorted(group)] for _, group in sorted(groups.items())]


def _pairs_that_are_one(events: Sequence[Item], pairings: Pairings) -> Iterator[tuple[int, int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(events):
        places[item.id].append(place)
    for pair in sorted(pairings.same, key=sorted):
        yield from combinations(sorted(place for name in pair for place in places.get(name, ())), 2)
    shared = shared_addresses(events)
    for left, right in sorted(pairs_of_a_day(events)):
        if same_event(events[left], events[right], shared):
            yield left, right


def shared_addresses(events: Iterable[Item]) -> frozenset[str]:
    """Addresses under which one source lists events of different titles."""
    titles: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in events:
        for source in sources_of(item):
            titles[source, plain_url(item.url)].add(plain_words(item.title))
    return frozenset(url for (_, url), names in titles.items() if len(names) > 1)


def _near_problems(told: Sequence[Joined], pairings: Pairings) -> Iterator[Problem]:
    members = {id(one.item): one.members for one in told}
    events = sorted((one.item for one in told), key=_place_in_reading)
    for one, other in near_duplicates(events, shared_addresses(events)):
        if not pairings.apart(members[id(one)], members[id(other)]):
            yield near_problem(one, other)


def _pairing_problems(items: Sequence[Item], events: Sequence[Item], decisions: Decisions) -> Iterator[Problem]:
    """What is wrong with the decisions, seen against what would be had none been made."""
    if not decisions.same and not decisions.different:
        return
    groups = _groups(events, _NO_PAIRINGS)
    joined = {frozenset((one.id, other.id)) for group in groups for one, other in combinations(group, 2)}
    near = {frozenset((one.id, other.id)) for one, other in near_duplicates(events, shared_addresses(events))}
    yield from pairing_problems(items, decisions.same, decisions.different, frozenset(joined | near))
    yield from needless(decisions.same, frozenset(joined))


def _place_in_reading(item: Item) -> tuple[str, tuple[str, str, int], str, str]:
    return item.kind, place_of_origin(item.origin), item.id, item.title
