"""Tables as text: the separator, and records with the line each begins on."""

import csv
import itertools
import re
from collections.abc import Iterator
from typing import TextIO

from newsletter.people.importing.record import Refused

#: Excel's own first line, which names the separator.
_SEPARATOR = re.compile(r"sep=(.)[\r\n]*", re.IGNORECASE)
Record = tuple[int, list[str]]


def records(text: TextIO) -> Iterator[Record | Refused]:
    """Each record that is not empty; where the text cannot be read further, a refusal says so and ends it."""
    before, head = _head(text)
    told = _SEPARATOR.fullmatch(head)
    rows = csv.reader(
        text if told else itertools.chain([head], text), delimiter=told[1] if told else _delimiter(head)
    )
    before, line = before + bool(told), 1
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Refused(before + rows.line_num, "csv", f"the rest is not read: {error}")
            return
        if cells and (len(cells) > 1 or cells[0].strip()):
            yield before + line, cells
        line = rows.line_num + 1


def _head(text: TextIO) -> tuple[int, str]:
    """The first line that is not blank, and how many were."""
    for before, line in enumerate(text):
        if line.strip("\ufeff\r\n\t ;,"):
            return before, line
    return 0, ""


def _delimiter(head: str) -> str:
    return max(",;\t", key=head.count)
