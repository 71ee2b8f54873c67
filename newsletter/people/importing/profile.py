"""What a profile is: the columns by which a program's export is known, and what they mean."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from newsletter.people.importing.standing import Standing
from newsletter.people.importing.words import standing_of

#: Reads a cell that holds more than text: a list of tags, a document.
CellReader = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Profile:
    """One program's export. Column names are folded (see `words.folded`).

    All of `signature` must be there; `columns` maps a column to one of our fields, `readers` tells how an attribute's
    cell is read, and what a reader of `documents` finds are attributes themselves. `standing` reads the word of the
    standing column; where everybody in the file stands alike, `everybody` says how. With `ended_wins` a moment of
    leaving counts for more than the word. `hint` is a word in the names of such files; the signature of a `weak`
    profile may be that of a plain table too.
    """

    name: str
    title: str
    signature: frozenset[str]
    columns: Mapping[str, str]
    readers: Mapping[str, CellReader] = field(default_factory=dict)
    documents: Mapping[str, CellReader] = field(default_factory=dict)
    standing: Callable[[str], Standing] = standing_of
    everybody: Standing | None = None
    ended_wins: bool = False
    hint: str = ""
    weak: bool = False
