"""What was joined and checked lately, so that it is not joined again for every draft, preview and sending.

Which entries are one event is a function of what was read and of what editors decided; what the rules say of it hangs
on the terms and the year besides, and only whether an event is over hangs on the day. `KnownReadings` gives the very
same items as long as the files say the same: so they are known again here by being the same, which costs no look into
them, and what differs in whatever is worked out anew.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from newsletter.app.lately import Lately
from newsletter.compose.facts import Checks
from newsletter.compose.identity import join
from newsletter.model.decisions import Decisions
from newsletter.model.item import Item, Reading
from newsletter.model.workspace import TermSettings

#: Octets of items of which it is kept what they became. Where a source says something else at each look, these are
#: all that is left of what it said before.
ROOM = 24 << 20
#: What an item counts for besides its words, and a settling in any case.
LEAST = 1024


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides how a reading is settled, besides the reading and the day of the year."""

    decisions: Decisions
    priorities: Mapping[str, int]
    terms: Mapping[str, TermSettings]
    timezone: str

    def key(self, today: date) -> Hashable:
        """The same for what settles the same; the day matters only to overrides that end."""
        day = today if any(one.until for one in self.decisions.overrides) else today.year
        said = repr(self.decisions), tuple(self.priorities.items()), repr(self.terms)
        return day, self.timezone, said


class SameItems:
    """Items that are known again by being the very same objects, in the same order."""

    __slots__ = ("_hash", "items")

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self._hash = hash(tuple(map(id, items)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SameItems) or len(self.items) != len(other.items):
            return False
        return all(one is same for one, same in zip(self.items, other.items, strict=True))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class _Settled:
    joined: Reading
    checks: Checks


class KnownSettling:
    """What readings became; any thread may ask."""

    def __init__(self, room: int = ROOM) -> None:
        self._lately: Lately[tuple[SameItems, Hashable], _Settled] = Lately(room)

    def settle(self, read: Reading, circumstances: Circumstances, today: date) -> Reading:
        """What was read with each event once and what the rules say of it, as of a day of the community."""
        key = SameItems(read.items), circumstances.key(today)
        known = self._lately.get(key)
        if known is None:
            known = _settled(read.items, circumstances, today)
            self._lately.keep(key, known, LEAST + sum(map(_size, read.items)))
        problems = (*read.problems, *known.joined.problems)
        return known.checks.checked(replace(read, items=known.joined.items, problems=problems), today)

    def forget(self) -> None:
        """Keep nothing, as a program that has just begun."""
        self._lately.forget()


def _size(item: Item) -> int:
    """About how much memory it takes; a body with letters beyond Latin ones takes up to four times as much."""
    return LEAST + len(item.body) + len(item.summary)


def _settled(items: tuple[Item, ...], circumstances: Circumstances, today: date) -> _Settled:
    decisions, priorities = circumstances.decisions, circumstances.priorities
    joined = join(Reading(items), decisions=decisions, priorities=priorities, today=today)
    terms, timezone = circumstances.terms, circumstances.timezone
    return _Settled(joined, Checks(joined.items, terms=terms, timezone=timezone, year=today.year))


#: What all of this program's workspaces share.
KNOWN = KnownSettling()
