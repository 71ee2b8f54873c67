"""The columns of one table: which cell is which field of a person, and which become attributes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsletter.people.cells import restore
from newsletter.people.importing.profile import CellReader, Profile
from newsletter.people.importing.record import Person
from newsletter.people.importing.standing import Standing
from newsletter.people.importing.words import ALIASES, folded

#: Stands before the name of an attribute in our own tables, so that none is taken for a column of ours.
ATTRIBUTE = "attribute."
_RANK = {name: rank for rank, name in enumerate(ALIASES)}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the cells of a person stand, by position."""

    profile: Profile
    width: int
    fields: tuple[tuple[int, str], ...]
    attributes: tuple[tuple[int, str, CellReader | None], ...]
    documents: tuple[tuple[int, CellReader], ...]

    def person(self, record: Sequence[str]) -> Person:
        """The person of one line; UnknownWordError where the cell that says how they stand is in no word we know."""
        cells = [restore(cell) if cell[:1] == "'" else cell for cell in map(str.strip, record)]
        if len(cells) < self.width:
            cells += [""] * (self.width - len(cells))
        found = {name: cells[at] for at, name in self.fields}
        attributes: dict[str, object] = {
            name: reader(cells[at]) if reader else cells[at] for at, name, reader in self.attributes if cells[at]
        }
        for at, reader in self.documents:
            if cells[at]:
                _unfold(attributes, reader(cells[at]))
        return Person(found, self._standing(found), attributes)

    def _standing(self, found: Mapping[str, str]) -> Standing:
        if self.profile.everybody:
            return self.profile.everybody
        word, ended = found.get("standing", ""), found.get("ended", "")
        if ended and (not word or self.profile.ended_wins):
            return "left"
        return self.profile.standing(word) if word else "active"


def columns_of(profile: Profile, head: Sequence[str], sample: Sequence[Sequence[str]]) -> Columns | None:
    """The columns of a table with this head; None where none of them holds addresses, also not in the `sample`."""
    names = [folded(name) for name in head]
    fields = _fields(profile, names)
    if "email" not in fields.values():
        fields |= {at: "email" for at in _with_addresses(sample)[:1] if at < len(head)}
    if "email" not in fields.values():
        return None
    rest = [at for at in range(len(head)) if at not in fields and names[at]]
    documents = {at: profile.documents[names[at]] for at in rest if names[at] in profile.documents}
    return Columns(
        profile,
        len(head),
        tuple(fields.items()),
        tuple((at, _attribute(head[at]), profile.readers.get(names[at])) for at in rest if at not in documents),
        tuple(documents.items()),
    )


def _fields(profile: Profile, names: Sequence[str]) -> dict[int, str]:
    """Position to field; where several columns could be one field, the best known name is it."""
    found: dict[str, int] = {}
    for at, name in sorted(enumerate(names), key=lambda one: _RANK.get(one[1], 0)):
        if name in profile.columns:
            found.setdefault(profile.columns[name], at)
    return {at: field for field, at in found.items()}


def _with_addresses(sample: Sequence[Sequence[str]]) -> list[int]:
    """The columns that hold an @ in every line of the sample that has them."""
    widest = max(map(len, sample), default=0)
    return [at for at in range(widest) if all("@" in line[at] for line in sample if at < len(line) and line[at])]


def _attribute(name: str) -> str:
    return name.strip().strip("\ufeff").removeprefix(ATTRIBUTE)


def _unfold(attributes: dict[str, object], document: object) -> None:
    if isinstance(document, Mapping):
        attributes.update({str(name): value for name, value in document.items()})
    elif document:
        attributes["data"] = document
