"""Which program wrote a table: told by its columns, and where they fit several, by the file's name or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.people.importing.profile import Profile
from newsletter.people.importing.profiles import TABLES, plain
from newsletter.people.importing.words import folded

#: Files that are no tables, and so have no columns to be known by.
LINES = {"mailman": "Mailman, members, one address a line", "jsonl": "JSON, one document a line"}
NAMES = (*(one.name for one in TABLES), *LINES)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The profile a table has; without one, `problem` says why, and `candidates` which it might be."""

    profile: Profile | None = None
    problem: str = ""
    candidates: tuple[str, ...] = ()


def recognise(head: Sequence[str], path: str, forced: str = "") -> Recognised:
    """The profile for these column names; `forced` names the one that is wanted, whose columns must be there."""
    names = frozenset(map(folded, head))
    if forced:
        return _wanted(forced, names)
    found = _fitting(names)
    hinted = [one for one in found if one.hint and one.hint in path.rpartition("/")[2].casefold()]
    if len(hinted or found) == 1:
        return Recognised((hinted or found)[0])
    candidates = tuple(one.name for one in found)
    return Recognised(problem=f"the columns are those of {', '.join(candidates)}: say which", candidates=candidates)


def _wanted(forced: str, names: frozenset[str]) -> Recognised:
    profile = next(one for one in TABLES if one.name == forced)
    missing = sorted(profile.signature - names)
    if missing:
        return Recognised(problem=f"{profile.title}: the column {missing[0]!r} is missing")
    return Recognised(profile)


def _fitting(names: frozenset[str]) -> list[Profile]:
    """The profiles whose columns are there, without those of which another one asks all and more."""
    fitting = [one for one in TABLES if one.signature and one.signature <= names]
    found = [one for one in fitting if not any(one.signature < other.signature for other in fitting)]
    return [*found, plain.PROFILE] if all(one.weak for one in found) else found
