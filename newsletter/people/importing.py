"""Reading a file of subscribers: bytes to rows and problems, each with its line. Nobody is decided about here.

One profile so far, the plain table: `email` and, where given, name, timezone, clock, language, topics, digests.
Commas, semicolons or tabs; UTF-8 with or without a mark, UTF-16, or Windows-1252.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from newsletter.dates.zones import find_zone
from newsletter.language.languages import known_codes, words_code
from newsletter.model.problem import Level, Origin, Problem
from newsletter.model.workspace import ListSettings
from newsletter.people.address import parse_address
from newsletter.people.cells import restore

COLUMNS = ("email", "name", "timezone", "clock", "language", "topics", "digests", "state")
_ALIASES = {"e-mail": "email", "email address": "email", "e-mail address": "email", "address": "email"}
_ALIASES |= {"full name": "name", "time zone": "timezone", "zone": "timezone", "status": "state"}
#: What our own export writes besides, and what an import has no use for.
_PASSED_OVER = frozenset({"list", "since"})
#: What stands for a choice of no topic at all; an empty cell means all of them.
NO_TOPICS = "none"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One person to bring in; empty `digests` means the list's first, `topics` None all of them."""

    line: int
    address: str
    key: str
    name: str = ""
    timezone: str = ""
    clock: Literal[12, 24] = 12
    topics: tuple[str, ...] | None = None
    digests: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class ImportFile:
    """What a file holds. Rows and the lines of `invalid`, `duplicates` and `not_active` account for every person."""

    rows: tuple[ImportRow, ...] = ()
    invalid: tuple[Problem, ...] = ()
    duplicates: tuple[Problem, ...] = ()
    not_active: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


class _Reader:
    """Collects the outcome of every line of one file."""

    def __init__(self, path: str, offered: ListSettings) -> None:
        self.path = path
        self.offered = offered
        self.rows: dict[str, ImportRow] = {}
        self.invalid: list[Problem] = []
        self.duplicates: list[Problem] = []
        self.not_active: list[Problem] = []
        self.remarks: list[Problem] = []

    def problem(self, level: Level, code: str, line: int | None, text: str) -> Problem:
        return Problem(level, f"import.{code}", text, Origin("import", self.path, line))

    def remark(self, code: str, line: int | None, text: str) -> None:
        self.remarks.append(self.problem("warning", code, line, text))

    def take(self, line: int, cells: Mapping[str, str]) -> None:
        address = parse_address(cells.get("email", ""))
        if address.problems:
            self.invalid.append(self.problem("error", "address", line, "; ".join(address.problems)))
        elif address.key in self.rows:
            first = self.rows[address.key].line
            text = f"{address.address} stands on line {first} already; the first is taken"
            self.duplicates.append(self.problem("warning", "duplicate", line, text))
        elif cells.get("state", "").casefold() not in ("", "active", "subscribed"):
            text = f"{address.address} is {cells['state']!r} in this file and is left out"
            self.not_active.append(self.problem("info", "state", line, text))
        else:
            self.rows[address.key] = self._row(line, address.address, address.key, cells)

    def _row(self, line: int, address: str, key: str, cells: Mapping[str, str]) -> ImportRow:
        return ImportRow(
            line=line,
            address=address,
            key=key,
            name=_one_line(cells.get("name", "")),
            timezone=self._zone(line, cells.get("timezone", "")),
            clock=self._clock(line, cells.get("clock", "")),
            topics=self._topics(line, cells.get("topics", "")),
            digests=self._known(line, "digest", cells.get("digests", ""), self.offered.digests),
            language=self._language(line, cells.get("language", "")),
        )

    def _zone(self, line: int, text: str) -> str:
        zone = find_zone(text) if text else None
        if text and zone is None:
            self.remark("timezone", line, f"time zone {text!r} is not known; the community's is used")
        return zone.key if zone else ""

    def _clock(self, line: int, text: str) -> Literal[12, 24]:
        if text not in ("", "12", "24"):
            self.remark("clock", line, f"clock {text!r} is neither 12 nor 24; 12 is used")
        return 24 if text == "24" else 12

    def _language(self, line: int, text: str) -> str:
        code = words_code(text)
        if text and not code:
            known = ", ".join(known_codes())
            self.remark("language", line, f"language {text!r} is not one of {known}; the community's is used")
        return code

    def _topics(self, line: int, text: str) -> tuple[str, ...] | None:
        if not text or text.casefold() == NO_TOPICS:
            return () if text else None
        return self._known(line, "topic", text, self.offered.topics) or None

    def _known(self, line: int, word: str, text: str, offered: Sequence[str]) -> tuple[str, ...]:
        named = [name for name in re.split(r"[\s,;|]+", text) if name]
        for name in named:
            if name not in offered:
                self.remark(word, line, f"{word} {name!r} is not one of {', '.join(offered)}; it is left out")
        return tuple(name for name in offered if name in named)

    def result(self) -> ImportFile:
        return ImportFile(
            rows=tuple(self.rows.values()),
            invalid=tuple(self.invalid),
            duplicates=tuple(self.duplicates),
            not_active=tuple(self.not_active),
            remarks=tuple(self.remarks),
        )


def read_import(data: bytes, path: str, offered: ListSettings) -> ImportFile:
    """Every row of the file, checked against what the list offers; what cannot be read is a problem, never raised."""
    reader = _Reader(path, offered)
    text = _decoded(data, reader)
    lines = _lines(text, reader)
    head = next(lines, None)
    if head is None:
        reader.invalid.append(reader.problem("error", "empty", None, "the file is empty"))
        return reader.result()
    columns = _columns(head[1], reader, head[0])
    if columns is None:
        return reader.result()
    if columns == ["email"] and "@" in head[1][0]:
        reader.take(head[0], {"email": head[1][0].strip()})
    for line, cells in lines:
        if len(cells) > len(columns):
            text = f"this line has {len(cells)} cells, the head has {len(columns)}: is a separator not quoted?"
            reader.invalid.append(reader.problem("error", "cells", line, text))
        elif any(cell.strip() for cell in cells):
            reader.take(line, {name: restore(cell.strip()) for name, cell in zip(columns, cells, strict=False)})
    return reader.result()


def _decoded(data: bytes, reader: _Reader) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        reader.remark("encoding", None, "the file is not UTF-8; it is read as Windows-1252")
        return data.decode("cp1252", errors="replace")


def _lines(text: str, reader: _Reader) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on; where the file cannot be read further, a problem says so."""
    head = text.lstrip("\r\n").splitlines()[:1]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(head[0] if head else ""))
    line = 1
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            reader.invalid.append(reader.problem("error", "csv", rows.line_num, f"the rest is not read: {error}"))
            return
        if cells is None:
            return
        if cells:
            yield line, cells
        line = rows.line_num + 1


def _delimiter(head: str) -> str:
    return max(",;\t", key=head.count)


def _columns(head: Sequence[str], reader: _Reader, line: int) -> list[str] | None:
    names = [re.sub(r"[\s_]+", " ", cell.strip().casefold()) for cell in head]
    names = [_ALIASES.get(name, name) for name in names]
    if "email" in names:
        for name in sorted(set(names) - set(COLUMNS) - _PASSED_OVER):
            reader.remark("column", line, f"column {name!r} is not known and is passed over")
        return names
    if len(head) == 1 and "@" in head[0]:
        return ["email"]
    text = f"no column is called email; the head has {', '.join(head)}"
    reader.invalid.append(reader.problem("error", "columns", line, text))
    return None


def _one_line(text: str) -> str:
    return " ".join("".join(ch if ch.isprintable() else " " for ch in text).split())
