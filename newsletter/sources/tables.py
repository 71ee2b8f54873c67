"""Tables: csv, json, yaml and toml files that hold many rows, each with its line."""

from collections.abc import Iterator, Mapping

from newsletter.dates.zones import find_zone
from newsletter.model.item import Kind
from newsletter.sources.blob import Blob, UnreadableError, decode, decode_or_windows
from newsletter.sources.csv_rows import csv_documents
from newsletter.sources.document import Document, Path, Value, squash
from newsletter.sources.json_text import Table, load_json
from newsletter.sources.record import Record
from newsletter.sources.report import Report
from newsletter.sources.toml_text import toml_document
from newsletter.sources.yaml_text import load_yaml

_HINTS: dict[str, Kind] = {"announcements": "announcement", "news": "announcement", "pages": "page"}
#: Keys that hold lists about the file or the one event in it, not rows of items.
_NO_ROWS = frozenset(
    {"deadlines", "speakers", "hosts", "locations", "time", "links", "authors", "recurrencerules", "exceptions"}
)
#: How deep inside an answer the rows may stand.
_DEPTH = 6


def read_csv(blob: Blob, report: Report) -> Iterator[Record]:
    """A record for each row under the header."""
    text, line = decode_or_windows(blob.data)
    if line is not None:
        report.warning("W-ENCODING", "The file is not UTF-8; it was read as Windows-1252.", line)
    for document in csv_documents(text, report):
        yield Record(blob.path, document.line, document, row=True)


def read_json(blob: Blob, report: Report) -> Iterator[Record]:
    """A record for each object of the list."""
    yield from _records(blob, load_json(decode(blob.data)), {}, report)


def read_yaml(blob: Blob, report: Report) -> Iterator[Record]:
    """A record for each mapping of the list."""
    value, lines = load_yaml(decode(blob.data))
    yield from _records(blob, value, lines, report)


def read_toml(blob: Blob, report: Report) -> Iterator[Record]:
    """A record for each table of the arrays."""
    document = toml_document(decode(blob.data))
    yield from _records(blob, document.data, document.lines, report)


def _records(blob: Blob, value: Value, lines: Mapping[Path, int], report: Report) -> Iterator[Record]:
    own = _own_lines(lines)
    zone = _file_zone(value)
    for value_path, rows, hint in _row_lists(value):
        for index, row in enumerate(rows):
            path = (*value_path, index)
            line = row.line if isinstance(row, Table) else lines.get(path) or lines.get(value_path) or 1
            if isinstance(row, dict):
                document = Document(_unwrapped(row), own.get(path, {}), line)
                yield Record(blob.path, line, document, row=True, hint=hint, timezone=zone)
            else:
                report.error("E-ROW", f"Expected a table of fields here, found {str(row)[:60]!r}.", line)


def _row_lists(value: Value) -> Iterator[tuple[Path, list[Value], Kind | None]]:
    """The lists of rows in a file: the file itself, the lists of tables in it, or the one row it is."""
    if isinstance(value, list):
        yield (), value, None
        return
    if not isinstance(value, dict):
        raise UnreadableError("E-ROWS", "Expected a list of events.", 1)
    lists = [] if _is_row(value) else _lists_in(value)
    for path, rows in lists:
        yield path, rows, _HINTS.get(squash(path[-1]))
    if not lists:
        yield (), [value], None


def _lists_in(value: dict[str, Value], path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], list[Value]]]:
    """The lists of rows at the least depth at which there are any, as in `data.group.events.edges`."""
    here = [
        ((*path, key), entry) for key, entry in value.items() if isinstance(entry, list) and _holds_rows(key, entry)
    ]
    if here or len(path) >= _DEPTH:
        return here
    tables = [(key, entry) for key, entry in value.items() if isinstance(entry, dict) and not _is_row(entry)]
    return [found for key, entry in tables for found in _lists_in(entry, (*path, key))]


def _unwrapped(row: dict[str, Value]) -> dict[str, Value]:
    """The row inside an edge of a GraphQL answer."""
    node = row.get("node")
    return node if isinstance(node, dict) and set(row) <= {"node", "cursor"} else row


def _file_zone(value: Value) -> str:
    """The zone that a file states once for all its rows."""
    zone = value.get("timezone", "") if isinstance(value, dict) else ""
    return zone if isinstance(zone, str) and find_zone(zone) else ""


def _holds_rows(key: str, value: list[Value]) -> bool:
    if squash(key) in _NO_ROWS:
        return False
    return any(isinstance(entry, dict) for entry in value)


def _is_row(value: dict[str, Value]) -> bool:
    """Whether a table is one event itself: it says what and when."""
    keys = {squash(key) for key in value}
    return bool(keys & {"title", "summary"}) and bool(keys & {"start", "dates", "date", "startdate"})


def _own_lines(lines: Mapping[Path, int]) -> dict[Path, dict[Path, int]]:
    """The lines inside each row, by the row's path, which ends in the first index."""
    own: dict[Path, dict[Path, int]] = {}
    for path, line in lines.items():
        at = next((depth for depth, step in enumerate(path) if isinstance(step, int)), None)
        row = path[: at + 1] if at is not None else ()
        own.setdefault(row, {})[path[len(row) :]] = line
    return own
