"""Every distinct mail of an issue, and how many people get it: what will leave, before anything does."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.delivery.planning import Reader, Wanted


@dataclass(frozen=True, slots=True)
class Variant:
    """One edition: what it is made for, how many people get it, and whose it is (subscriber ids, for a few)."""

    wanted: Wanted
    people: int
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variants:
    """The editions, the most read first; `barred` counts readers who get none, by the reason."""

    editions: tuple[Variant, ...] = ()
    barred: tuple[tuple[str, int], ...] = ()

    @property
    def people(self) -> int:
        """How many people get a mail."""
        return sum(one.people for one in self.editions)


#: So many readers of an edition are named.
NAMED = 5


def variants_of(readers: Iterable[Reader]) -> Variants:
    """The readers by the edition they share; equal inputs give an equal order."""
    found: dict[Wanted, list[str]] = {}
    bars: Counter[str] = Counter()
    for reader in readers:
        if reader.bar:
            bars[reader.bar] += 1
        else:
            found.setdefault(reader.wanted, []).append(reader.subscriber_id)
    by_size = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0].key))
    editions = tuple(Variant(wanted, len(ids), tuple(sorted(ids)[:NAMED])) for wanted, ids in by_size)
    return Variants(editions, tuple(sorted(bars.items())))
