"""Fewer distinct editions than are wished for: rare wishes give way to the nearest common one, in a fixed order.

A reader's topics, zone, language and what they were told before never give way: the mail would be wrong, and not only
less to their liking.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from newsletter.delivery.planning import Reader, Wanted
from newsletter.model.problem import Origin, Problem

#: What gives way, in this order: who reads plain text finds it beside the HTML; then how much, then how clocks look.
GIVES_WAY: Final = ("text_only", "density", "clock")


def within(readers: Sequence[Reader], most: int) -> tuple[Reader, ...]:
    """The readers with at most so many distinct editions, as far as wishes that may give way allow it.

    Who gets another edition than they wished has that in `wished`.
    """
    counts = Counter(reader.wanted for reader in readers)
    instead: dict[Wanted, Wanted] = {}
    for place in range(len(GIVES_WAY)):
        if len(counts) > most:
            instead |= _merge(counts, GIVES_WAY[: place + 1], len(counts) - most)
    return tuple(_served(reader, instead) for reader in readers) if instead else tuple(readers)


def sharing_problem(readers: Iterable[Reader], most: int) -> Problem | None:
    """For the operator: that wishes gave way, how many, and whether that was enough."""
    found = tuple(readers)
    editions = len({reader.wanted for reader in found})
    wished = len({reader.wished or reader.wanted for reader in found})
    if wished <= most:
        return None
    others = sum(reader.wished is not None for reader in found)
    text = (
        f"{wished} distinct editions are wished for, and limits.editions is {most}: {others} readers get the nearest "
        f"common one (plain text beside HTML, then how much is told, then the clock), which leaves {editions}"
    )
    enough = "" if editions <= most else "; the others differ in topics, zone, language or what was told before"
    return Problem("warning", "W-EDITIONS", text + enough, Origin("config", "config.toml"))


def _merge(counts: Counter[Wanted], names: Sequence[str], surplus: int) -> Mapping[Wanted, Wanted]:
    """Takes the rarest editions out of `counts` that have a neighbour which differs by these wishes alone."""
    instead: dict[Wanted, Wanted] = {}
    for rare, _ in sorted(counts.items(), key=_rarest):
        if len(instead) == surplus:
            break
        near = [one for one in counts if one != rare and _may_serve(rare, one, names)]
        if near:
            serving = max(near, key=lambda one: (counts[one], one.key))
            counts[serving] += counts.pop(rare)
            instead[rare] = serving
    return instead


def _rarest(counted: tuple[Wanted, int]) -> tuple[int, str]:
    return counted[1], counted[0].key


def _may_serve(rare: Wanted, other: Wanted, names: Sequence[str]) -> bool:
    """Whether they are one but for these wishes; a mail without HTML serves nobody who wished for it."""
    if other.choices.text_only and not rare.choices.text_only:
        return False
    same = replace(other.choices, **{name: getattr(rare.choices, name) for name in names})
    return other.baseline == rare.baseline and same == rare.choices


def _served(reader: Reader, instead: Mapping[Wanted, Wanted]) -> Reader:
    wanted = reader.wanted
    while wanted in instead:
        wanted = instead[wanted]
    return reader if wanted == reader.wanted else replace(reader, wanted=wanted, wished=reader.wanted)
