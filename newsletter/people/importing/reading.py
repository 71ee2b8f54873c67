"""Reading a file of people: whose export it is, and a row, or a refusal, for every line that holds anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TextIO

from newsletter.people.address import plain_address
from newsletter.people.importing.checking import Checker
from newsletter.people.importing.columns import columns_of
from newsletter.people.importing.lane import Lane
from newsletter.people.importing.profiles.documents import Suppressed, documents
from newsletter.people.importing.profiles.mailman import is_member, members
from newsletter.people.importing.recognising import LINES, recognise
from newsletter.people.importing.record import Refused, Row
from newsletter.people.importing.table import Block, blocks, is_empty
from newsletter.people.importing.text import Opener, encoding_of, text_of

Line = Row | Refused | Suppressed


@dataclass(slots=True)
class Reading:
    """A file that is being read: the profile it has, what is to be said of the whole, and its lines as they come.

    Without a profile nothing is read; `problem` says why, and `candidates` which profiles it might have.
    """

    profile: str = ""
    title: str = ""
    problem: str = ""
    candidates: tuple[str, ...] = ()
    remark: str = ""
    lines: Iterator[Line] = field(default_factory=lambda: iter(()))
    source: TextIO | None = None

    def close(self) -> None:
        """Let go of the file; nothing is read after that."""
        if self.source is not None:
            self.source.close()


def read_people(open_file: Opener, path: str, checker: Checker, profile: str = "") -> Reading:
    """Begin to read a file; its lines are read as they are asked for, so that a file of any size takes no room.

    `profile` forces one of `recognising.NAMES`; `path` stands for the file's name.
    """
    encoding = encoding_of(open_file)
    text = text_of(open_file(), encoding)
    kind = profile if profile in LINES else "" if profile else _kind(text)
    text.seek(0)
    reading = _lines_of(kind, text, checker) if kind else _table(text, path, checker, profile)
    reading.source = text
    if encoding.guessed:
        reading.remark = "the file is not UTF-8; it is read as Windows-1252"
    return reading


def _kind(text: TextIO) -> str:
    """`jsonl` or `mailman` where the first line that says anything is one of those; empty for a table."""
    first = (line.strip("\ufeff\r\n\t ") for line in islice(text, 1000))
    line = next((one for one in first if one and not one.startswith("#")), "")
    return "jsonl" if line.startswith("{") else "mailman" if is_member(line) else ""


def _lines_of(kind: str, text: TextIO, checker: Checker) -> Reading:
    return Reading(kind, LINES[kind], lines=_documents(text, checker) if kind == "jsonl" else _members(text, checker))


def _members(text: TextIO, checker: Checker) -> Iterator[Line]:
    return (checker.row(line, person) for line, person in members(text))


def _documents(text: TextIO, checker: Checker) -> Iterator[Line]:
    for found in documents(text):
        if isinstance(found, Refused | Suppressed):
            yield found
        else:
            yield checker.row(found[0], found[1].person, found[1].restored)


def _table(text: TextIO, path: str, checker: Checker, forced: str) -> Reading:
    rows = blocks(text)
    first = next(rows)
    at = next((place for place, record in enumerate(first.records) if not is_empty(record)), None)
    if at is None:
        return Reading(problem=first.refused.text if first.refused else "the file is empty")
    rest = Block(first.lines[at + 1 :], first.records[at + 1 :], first.refused)
    return _with_head(first.records[at], chain([rest], rows), rest.records, path, checker, forced)


def _with_head(
    head: Sequence[str],
    rows: Iterator[Block],
    sample: Sequence[Sequence[str]],
    path: str,
    checker: Checker,
    forced: str,
) -> Reading:
    if any(plain_address(cell) for cell in head):
        return Reading(problem="the first line holds an address: name the columns in a line before it, as email,name")
    found = recognise(head, path, forced)
    if found.profile is None:
        return Reading(problem=found.problem, candidates=found.candidates)
    columns = columns_of(found.profile, head, [record for record in sample if not is_empty(record)])
    if columns is None:
        text = f"no column is called email, and none holds addresses; the head has {', '.join(head)}"
        return Reading(problem=text)
    lines = chain.from_iterable(map(Lane(columns, checker).lines, rows))
    return Reading(found.profile.name, found.profile.title, lines=lines)
