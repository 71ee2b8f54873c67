"""The issue as a list to walk through: its sections, and each entry with where it is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsletter.model.issue import Entry, Issue, Section
from newsletter.model.problem import Origin

#: What an entry is to the reader, in one character beside its title.
SIGNS = {
    "new": "+",
    "moved": "~",
    "place changed": "~",
    "registration opened": "+",
    "cancelled": "x",
    "postponed": "x",
}


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One entry: its number in the mail (as marks.py counts), id, title, change, source, gravest problem."""

    number: int
    id: str
    title: str
    change: str
    sign: str
    origin: Origin | None
    worst: str = ""


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """A section and its entries."""

    kind: str
    title: str
    entries: tuple[OutlineEntry, ...] = ()


def outline_of(issue: Issue, worst: Mapping[str, str]) -> tuple[OutlineSection, ...]:
    """The sections in the order of the mail; numbers count through all of them, `worst` is a level by item id."""
    return tuple(_sections(issue.sections, worst))


def _sections(sections: Sequence[Section], worst: Mapping[str, str]) -> Iterator[OutlineSection]:
    number = 0
    for section in sections:
        entries = tuple(_entry(one, number + index, worst) for index, one in enumerate(section.entries))
        number += len(entries)
        yield OutlineSection(section.kind, section.title or section.kind.capitalize(), entries)


def _entry(entry: Entry, number: int, worst: Mapping[str, str]) -> OutlineEntry:
    return OutlineEntry(
        number=number,
        id=entry.id,
        title=entry.title,
        change=entry.change,
        sign=SIGNS.get(entry.change, ""),
        origin=entry.origin,
        worst=worst.get(entry.id, ""),
    )
