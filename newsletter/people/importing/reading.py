"""Reading a file of people: whose export it is, and a row, or a refusal, for every line that holds anything."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TextIO

from newsletter.people.address import plain_address
from newsletter.people.importing.checking import Checker
from newsletter.people.importing.columns import Columns, columns_of
from newsletter.people.importing.profiles.documents import Suppressed, documents
from newsletter.people.importing.profiles.mailman import is_member, members
from newsletter.people.importing.recognising import LINES, recognise
from newsletter.people.importing.record import Refused, Row
from newsletter.people.importing.standing import UnknownWordError
from newsletter.people.importing.table import Record, records
from newsletter.people.importing.text import Opener, encoding_of, text_of

#: Lines that are looked at to find the column of addresses.
_SAMPLE = 20
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
    rows = records(text)
    first = list(islice(rows, _SAMPLE))
    head = next((one for one in first if not isinstance(one, Refused)), None)
    if head is None:
        told = next((one.text for one in first if isinstance(one, Refused)), "the file is empty")
        return Reading(problem=told)
    return _with_head(head, first[first.index(head) + 1 :], rows, path, checker, forced)


def _with_head(
    head: Record,
    sample: list[Record | Refused],
    rows: Iterator[Record | Refused],
    path: str,
    checker: Checker,
    forced: str,
) -> Reading:
    if any(plain_address(cell) for cell in head[1]):
        return Reading(problem="the first line holds an address: name the columns in a line before it, as email,name")
    found = recognise(head[1], path, forced)
    if found.profile is None:
        return Reading(problem=found.problem, candidates=found.candidates)
    columns = columns_of(found.profile, head[1], [one[1] for one in sample if not isinstance(one, Refused)])
    if columns is None:
        text = f"no column is called email, and none holds addresses; the head has {', '.join(head[1])}"
        return Reading(problem=text)
    lines = _rows(columns, chain(sample, rows), checker)
    return Reading(found.profile.name, found.profile.title, lines=lines)


def _rows(columns: Columns, rows: Iterator[Record | Refused], checker: Checker) -> Iterator[Line]:
    for one in rows:
        if isinstance(one, Refused):
            yield one
            continue
        line, record = one
        if len(record) > columns.width and any(record[columns.width :]):
            yield Refused(line, "cells", _too_many(len(record), columns.width))
            continue
        try:
            yield checker.row(line, columns.person(record))
        except UnknownWordError as error:
            yield Refused(line, "state", str(error))


def _too_many(cells: int, width: int) -> str:
    return f"this line has {cells} cells, the head has {width}: is a separator not quoted?"
