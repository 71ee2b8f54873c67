"""Finds an item by what people call it, and the problems that were found where it stands."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from newsletter.compose.matching import plain_words
from newsletter.model.issue import Draft
from newsletter.model.item import Item
from newsletter.model.problem import Origin, Problem

_CLOSE = 5


def find_items(items: Sequence[Item], name: str) -> tuple[Item, ...]:
    """The items that the name means: an id, else a title, else the beginning of an id, a title or a path."""
    wanted = name.strip().casefold()
    for matches in (_is_id, _is_title, _is_place, _begins):
        found = tuple(item for item in items if wanted and matches(item, wanted))
        if found:
            return found
    return ()


def close_items(items: Iterable[Item], name: str) -> tuple[Item, ...]:
    """The items whose title or id is much like the name, for a person who misspelt it; the likest first."""
    known = {key.casefold(): item for item in items for key in (item.id, item.title)}
    near = get_close_matches(name.casefold(), known, n=_CLOSE, cutoff=0.5)
    words = set(plain_words(name).split())
    sharing = [key for key in known if words & set(plain_words(key).split())]
    return tuple({known[key].id: known[key] for key in (*near, *sharing)}.values())[:_CLOSE]


def problems_of(item: Item, draft: Draft) -> tuple[Problem, ...]:
    """What was found wrong in the lines of the item, wherever it was read, and in its file as a whole."""
    spans = [(origin, _next_line(origin, draft.items)) for origin in item.origins]
    return tuple(problem for problem in draft.problems if any(_lies_in(problem.origin, *span) for span in spans))


def unread_problems(draft: Draft, name: str) -> tuple[Problem, ...]:
    """What is said of a file that gave no item, named by its path or by the title it has."""
    wanted = name.strip().casefold()
    read = {origin.path for item in draft.items for origin in item.origins}
    return tuple(problem for problem in _without_item(draft, read) if wanted and _speaks_of(problem, wanted))


def _without_item(draft: Draft, read: set[str]) -> Iterator[Problem]:
    return (one for one in draft.problems if one.origin.path not in read or one.code == "I-DRAFT")


def _speaks_of(problem: Problem, wanted: str) -> bool:
    path = problem.origin.path.casefold()
    return wanted in (path, f"{problem.origin.source.casefold()}:{path}") or f"'{wanted}'" in problem.text.casefold()


def _is_id(item: Item, wanted: str) -> bool:
    return item.id.casefold() == wanted


def _is_title(item: Item, wanted: str) -> bool:
    return " ".join(item.title.casefold().split()) == " ".join(wanted.split())


def _is_place(item: Item, wanted: str) -> bool:
    """A path alone, and the id of a copy that was joined into the item."""
    return any(
        wanted in (origin.path.casefold(), f"{origin.source}:{origin.path}".casefold()) for origin in item.origins
    )


def _begins(item: Item, wanted: str) -> bool:
    names = (item.id, item.title, *(origin.path for origin in item.origins))
    return any(name.casefold().startswith(wanted) for name in names)


def _next_line(origin: Origin, items: Iterable[Item]) -> int | None:
    """Where the next item of the same file begins."""
    starts = {one.line for item in items for one in item.origins if one.path == origin.path and one.line}
    return min((line for line in starts if line > (origin.line or 0)), default=None)


def _lies_in(place: Origin, origin: Origin, end: int | None) -> bool:
    if (place.source, place.path) != (origin.source, origin.path):
        return False
    return place.line is None or ((origin.line or 0) <= place.line and (end is None or place.line < end))
