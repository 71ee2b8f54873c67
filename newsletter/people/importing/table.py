"""Tables as text: the separator, and records with the line each begins on, many at a time."""

import csv
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from newsletter.people.importing.record import Refused

#: Excel's own first line, which names the separator.
_SEPARATOR = re.compile(r"sep=(.)[\r\n]*", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
#: Records of the first block, among which the columns are found, and of those after it.
SAMPLE, MANY = 21, 2000


@dataclass(frozen=True, slots=True)
class Block:
    """Records that follow each other, with the line each begins on; `refused` says why nothing is read after them."""

    lines: Sequence[int]
    records: Sequence[list[str]]
    refused: Refused | None = None


def blocks(text: TextIO) -> Iterator[Block]:
    """The records of a table; where the text cannot be read further, a refusal says so and ends it."""
    before, head = _head(text)
    told = _SEPARATOR.fullmatch(head)
    rows = csv.reader(
        text if told else itertools.chain([head], text), delimiter=told[1] if told else _delimiter(head)
    )
    before, size = before + bool(told), SAMPLE
    while True:
        first, found, refused = rows.line_num + 1, list[list[str]](), None
        try:
            found.extend(itertools.islice(rows, size))
        except csv.Error as error:
            refused = Refused(before + rows.line_num, "csv", f"the rest is not read: {error}")
        yield Block(_lines(before + first, before + rows.line_num, found), found, refused)
        if refused or len(found) < size:
            return
        size = MANY


def is_empty(record: Sequence[str]) -> bool:
    """Whether nothing stands on the line."""
    return not record or (len(record) == 1 and not record[0].strip())


def _lines(first: int, last: int, records: Sequence[Sequence[str]]) -> Sequence[int]:
    """The line of each record; one whose cells hold line ends has several."""
    if last - first + 1 == len(records):
        return range(first, last + 1)
    ends = (sum(len(_LINE_END.findall(cell)) for cell in record) for record in records)
    return list(itertools.accumulate((1 + more for more in ends), initial=first))[:-1]


def _head(text: TextIO) -> tuple[int, str]:
    """The first line that is not blank, and how many were."""
    for before, line in enumerate(text):
        if line.strip("\ufeff\r\n\t ;,"):
            return before, line
    return 0, ""


def _delimiter(head: str) -> str:
    return max(",;\t", key=head.count)
