"""Editors' decisions at work: fields said otherwise, entries joined or kept apart, and what has grown old."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from itertools import combinations
from typing import Any

from newsletter.model.decisions import FieldOverride, Pairing
from newsletter.model.item import Item
from newsletter.model.problem import Problem
from newsletter.model.when import Recurrence

Pair = frozenset[str]


def overridden(items: Sequence[Item], overrides: Iterable[FieldOverride]) -> tuple[Item, ...]:
    """The items with the values that editors gave them."""
    by_id: dict[str, list[FieldOverride]] = defaultdict(list)
    for override in overrides:
        by_id[override.id].append(override)
    return tuple(_with_values(item, by_id.get(item.id, ())) for item in items)


def over_merged(item: Item, members: Iterable[Item], overrides: Iterable[FieldOverride]) -> Item:
    """A joined item in which what was decided for one of its members stands above what the others say.

    Visibility alone is not raised again: where one member is for members only, the whole is.
    """
    overrides = tuple(overrides)
    if not overrides:
        return item
    ids = {member.id for member in members}
    return _with_values(item, [one for one in overrides if one.id in ids and one.attribute != "visibility"])


def in_force(overrides: Iterable[FieldOverride], today: date | None) -> tuple[FieldOverride, ...]:
    """Those whose last day has not passed."""
    return tuple(one for one in overrides if today is None or one.until is None or one.until >= today)


def override_problems(
    items: Sequence[Item], overrides: Sequence[FieldOverride], today: date | None
) -> Iterator[Problem]:
    """What each override did, or why it does nothing any more."""
    known = {item.id for item in items}
    current = in_force(overrides, today)
    for one in overrides:
        if one.id not in known:
            yield _names_nothing(one.id, one, known)
        elif one not in current:
            text = f"this override of {one.id!r} counted until {one.until}; take it out, or give it a later day"
            yield Problem("warning", "W-DECISION-UNTIL", text, one.origin)
        else:
            yield from (_effect(item, one) for item in items if item.id == one.id)


def _effect(item: Item, one: FieldOverride) -> Problem:
    if getattr(item, one.attribute) == one.value:
        text = f"{item.origin} says the same as this override of {one.field} by now; take the override out"
        return Problem("warning", "W-DECISION-STALE", text, one.origin)
    because = f" ({one.reason})" if one.reason else ""
    text = f"{one.field} of {item.title!r} is not what stands here but what {one.origin} says{because}"
    return Problem("info", "I-OVERRIDDEN", text, item.origin)


def _with_values(item: Item, overrides: Sequence[FieldOverride]) -> Item:
    for one in overrides:
        changes: dict[str, Any] = {one.attribute: one.value}
        if one.attribute == "when":
            changes["timezone"] = getattr(one.value, "timezone", item.timezone)
        elif one.attribute == "expires":
            changes["when"] = _expiring(item, one.value)
        item = replace(item, **changes)
    return item


def _expiring(item: Item, expires: object) -> object:
    """A series that ended with the old expiry ends with the new one."""
    when = item.when
    if isinstance(when, Recurrence) and when.until is not None and when.until == item.expires:
        return replace(when, until=expires if isinstance(expires, date) else None)
    return when


@dataclass(frozen=True, slots=True)
class Pairings:
    """Which ids were decided to be one event, and which not."""

    same: Mapping[Pair, Pairing]
    different: Mapping[Pair, Pairing]

    @classmethod
    def of(cls, same: Iterable[Pairing], different: Iterable[Pairing]) -> "Pairings":
        """Index the decisions; where two contradict each other, the entries stay apart."""
        apart = _pairs(different)
        return cls({pair: one for pair, one in _pairs(same).items() if pair not in apart}, apart)

    def apart(self, some: Iterable[Item], others: Sequence[Item]) -> bool:
        """Whether any two of them were decided to be different events."""
        if not self.different:
            return False
        return any(frozenset((one.id, other.id)) in self.different for one in some for other in others)


def pairing_problems(
    items: Sequence[Item], same: Sequence[Pairing], different: Sequence[Pairing], taken: frozenset[Pair]
) -> Iterator[Problem]:
    """Decisions that contradict each other, name nothing, or decide what nobody asks; `taken` are the pairs of
    ids that would be one, or would be shown as likely the same, had nothing been decided."""
    known = {item.id: item for item in items}
    yield from _contradictions(same, different)
    for one in (*same, *different):
        yield from (_names_nothing(name, one, known) for name in one.ids if name not in known)
        for name in one.ids:
            if name in known and known[name].kind != "event":
                text = f"{name!r} is no event but an {known[name].kind}; only events are taken for one another"
                yield Problem("warning", "W-DECISION-ID", text, one.origin)
    for one in different:
        if known.keys() >= set(one.ids) and taken.isdisjoint(_pairs([one])):
            text = f"nothing takes {' and '.join(map(repr, one.ids))} for one event any more; take this out"
            yield Problem("warning", "W-DECISION-STALE", text, one.origin)


def needless(same: Iterable[Pairing], joined: frozenset[Pair]) -> Iterator[Problem]:
    """Decisions to join what is joined anyway."""
    for one in same:
        if joined.issuperset(_pairs([one])):
            text = f"{' and '.join(map(repr, one.ids))} are told as one event without this; take it out"
            yield Problem("warning", "W-DECISION-STALE", text, one.origin)


def _contradictions(same: Iterable[Pairing], different: Iterable[Pairing]) -> Iterator[Problem]:
    apart = _pairs(different)
    for pair, one in _pairs(same).items():
        if pair in apart:
            names = " and ".join(map(repr, sorted(pair)))
            text = f"{names} are called one event here and two in {apart[pair].origin}; they stay two"
            yield Problem("error", "E-DECISION", text, one.origin)


def _names_nothing(name: str, decision: Pairing | FieldOverride, known: Iterable[str]) -> Problem:
    near = get_close_matches(name, sorted(known), 1)
    hint = f"did you mean {near[0]!r}?" if near else "correct it, or take this out"
    text = f"nothing that was read has the id {name!r}; {hint}"
    return Problem("warning", "W-DECISION-ID", text, decision.origin)


def _pairs(pairings: Iterable[Pairing]) -> dict[Pair, Pairing]:
    return {frozenset(pair): one for one in pairings for pair in combinations(one.ids, 2)}
