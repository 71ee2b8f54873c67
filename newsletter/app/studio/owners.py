"""Which item a problem is about: the one that stands at that place of the file, or last before it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from newsletter.model.item import Item
from newsletter.model.problem import Origin, Problem

GRAVITY = ("info", "warning", "error")


class Owners:
    """The items of some files, by their lines."""

    def __init__(self, items: Iterable[Item]) -> None:
        by_path: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for item in items:
            for origin in item.origins:
                by_path[origin.path].append((origin.line or 0, item.id))
        self._by_path = {path: sorted(found) for path, found in by_path.items()}

    def of(self, origin: Origin) -> str:
        """The id of the item there; empty where the file holds none, or many and no line is named."""
        found = self._by_path.get(origin.path, [])
        if len(found) < 2:
            return found[0][1] if found else ""
        before = bisect_right(found, (origin.line or 0, "\U0010ffff"))
        return found[before - 1][1] if before else ""


def worst_levels(owners: Owners, problems: Sequence[Problem]) -> Mapping[str, str]:
    """By item id, the gravest level of a problem that is about it."""
    found: dict[str, str] = {}
    for problem in sorted(problems, key=lambda one: GRAVITY.index(one.level)):
        if owner := owners.of(problem.origin):
            found[owner] = problem.level
    return found
