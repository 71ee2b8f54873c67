"""CSV as spreadsheets write it: any common delimiter, line breaks inside cells, the line on which each row begins."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from newsletter.sources.blob import UnreadableError
from newsletter.sources.document import Document, Path, Value
from newsletter.sources.json_text import load_json
from newsletter.sources.report import Report

_JSON_TABLE = re.compile(r'\[?\s*\{\s*(?:"|\})')
_DELIMITERS = ",;\t|"
_MAX_RESTARTS = 5


def csv_documents(text: str, report: Report) -> Iterator[Document]:
    """One document per row under the header; rows that do not fit are reported by line."""
    rows = text.split("\n")
    first = _skip_blank(rows, 0)
    if first < len(rows) and rows[first].casefold().startswith("sep=") and len(rows[first].strip()) == 5:
        delimiter, first = rows[first].strip()[4], _skip_blank(rows, first + 1)
    else:
        delimiter = _delimiter(rows[first] if first < len(rows) else "")
    table = _table(rows, first, delimiter, report)
    line, header = next(table, (1, []))
    if not any(cell.strip() for cell in header):
        raise UnreadableError("E-CSV", "There is no header row.", 1)
    names = _names(header, line, report)
    for line, cells in table:
        if any(cell.strip() for cell in cells):
            yield _document(names, cells, line, report)


def _table(rows: list[str], first: int, delimiter: str, report: Report) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row; one whose quotes never close costs itself alone."""
    for _ in range(_MAX_RESTARTS):
        begun = first
        reader = csv.reader(islice((f"{row}\n" for row in rows), first, None), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                yield begun + 1, cells
                begun = first + reader.line_num
            return
        except csv.Error as error:
            report.error(
                "E-CSV", f"This row cannot be read ({error}); look for a quote that is not closed.", begun + 1
            )
            first = begun + 1
    report.error("E-CSV", "Too many rows with broken quotes; the rest of the file is not read.", first + 1)


def _delimiter(header: str) -> str:
    outside = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=lambda sign: outside.count(sign))


def _skip_blank(rows: list[str], first: int) -> int:
    return next((number for number in range(first, len(rows)) if rows[number].strip()), len(rows))


def _names(header: list[str], line: int, report: Report) -> list[str]:
    names = [name.strip() for name in header]
    for name, count in Counter(names).items():
        if name and count > 1:
            report.warning("W-COLUMN", f"{count} columns are called {name!r}; the first one counts.", line)
    return names


def _document(names: list[str], cells: list[str], line: int, report: Report) -> Document:
    if any(cell.strip() for cell in cells[len(names) :]):
        report.warning("W-COLUMN", f"The row has {len(cells)} cells and the header {len(names)}.", line)
    data: dict[str, Value] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and cell.strip():
            data.setdefault(name, _value(cell.strip()))
    lines: dict[Path, int] = {}
    return Document(data, lines, line)


def _value(cell: str) -> Value:
    """The cell as text, or as the table that an export wrote into it as JSON."""
    if cell[0] not in "[{" or cell[-1] not in "]}" or not _JSON_TABLE.match(cell):
        return cell
    try:
        return load_json(cell)
    except UnreadableError:
        return cell
