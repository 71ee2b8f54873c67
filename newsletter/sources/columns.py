"""What stands under each key in all records of a source: the evidence from which a field map is found out."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from newsletter.dates.human import read_clock, read_date, read_when
from newsletter.dates.zones import find_zone
from newsletter.model.when import Vague
from newsletter.sources.document import Path, Value, as_text, is_empty, path_text
from newsletter.sources.record import Record
from newsletter.sources.stamps import read_stamp

MAX_COLUMNS = 300
_DEPTH = 5
_WORD = re.compile(r"[A-Z]?[a-zà-ÿ]+|[A-Z]+(?![a-z])|\d+")
_LINK = re.compile(r"(?:https?:/)?/\S*|mailto:\S+")
_MOST_READ = 200

Shape: TypeAlias = Literal["day", "dates", "clock", "link", "zone", "text"]


@dataclass(frozen=True, slots=True)
class Column:
    """The values under one key, by the number of their record."""

    path: Path
    values: dict[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The key as one writes it in a field map."""
        return path_text(self.path)

    @property
    def words(self) -> frozenset[str]:
        """The words of its last key, lower-cased: `startsAt` is starts and at."""
        last = next((step for step in reversed(self.path) if isinstance(step, str)), "")
        return frozenset(word.casefold() for word in _WORD.findall(last))

    def fitting(self, shape: Shape) -> tuple[int, int]:
        """How many of its values have the shape, and how many were looked at."""
        looked_at = list(self.values.values())[:_MOST_READ]
        return sum(map(_SHAPES[shape], looked_at)), len(looked_at)

    def days(self) -> dict[int, date]:
        """The days that its values name, by the number of their record."""
        return {number: day for number, text in self.values.items() if (day := day_of(text))}


def columns_of(records: Sequence[Record]) -> dict[Path, Column]:
    """The columns of the records, the first few hundred of them."""
    columns: dict[Path, Column] = {}
    for number, record in enumerate(records):
        for path, text in _leaves(record.document.data, ()):
            if path in columns or len(columns) < MAX_COLUMNS:
                columns.setdefault(path, Column(path)).values[number] = text
    return columns


def day_of(text: str) -> date | None:
    """The one day that the text names."""
    stamp = read_stamp(text)
    return stamp.day if stamp else read_date(text, day_first=False)


def _leaves(value: Value, path: Path) -> Iterator[tuple[Path, str]]:
    """Texts and lists of texts by their path; of lists of tables the first entry."""
    if is_empty(value) or len(path) > _DEPTH:
        return
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _leaves(entry, (*path, key))
    elif isinstance(value, list) and not isinstance(value[0], str):
        yield from _leaves(value[0], (*path, 0))
    else:
        yield path, as_text(value)


def _is_dates(text: str) -> bool:
    return day_of(text) is not None or not isinstance(read_when(text, "", zone="UTC").when, Vague)


def _is_clock(text: str) -> bool:
    if day_of(text):
        return False
    return read_clock(text) is not None or not isinstance(read_when("2026-01-05", text, zone="UTC").when, Vague)


_SHAPES: dict[Shape, Callable[[str], bool]] = {
    "day": lambda text: day_of(text) is not None,
    "dates": _is_dates,
    "clock": _is_clock,
    "link": lambda text: _LINK.fullmatch(text) is not None,
    "zone": lambda text: find_zone(text) is not None,
    "text": lambda text: not text.isdigit() and day_of(text) is None,
}
