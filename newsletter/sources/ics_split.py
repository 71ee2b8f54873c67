"""A calendar file cut into its entries before anything is parsed, so that one bad entry cannot lose the others.

Works on bytes: a fold may part one letter's bytes (RFC 5545, 3.1), so lines are joined first and decoded after.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from newsletter.sources.blob import UnreadableError
from newsletter.sources.report import Report

MAX_EVENTS = 10_000
#: Lines of one entry, and rows of the file: a calendar of 5 MB has some 150,000.
MAX_LINES = 10_000
MAX_ROWS = 400_000


class Line(NamedTuple):
    """One unfolded content line, the number of its first physical line, and its property's name in upper case."""

    number: int
    name: str
    text: str

    @property
    def value(self) -> str:
        """What stands after the first colon."""
        return self.text.partition(":")[2].strip()


@dataclass(slots=True)
class Component:
    """A VEVENT or VTIMEZONE: its own lines, and the STANDARD and DAYLIGHT parts of a zone; a VALARM is left out."""

    kind: str
    line: int
    lines: list[Line] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)
    is_cut: bool = False

    def value(self, name: str) -> str:
        """The value of its first line of that name; empty where there is none."""
        return next((line.value for line in self.lines if line.name == name), "")


@dataclass(slots=True)
class Calendar:
    """What a file holds: its events and zones, its own properties, and how many entries of other kinds."""

    events: list[Component] = field(default_factory=list)
    zones: list[Component] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)


def split_calendar(data: bytes, report: Report) -> Calendar:
    """Cut the file up; UnreadableError where it is no calendar at all."""
    calendar = Calendar()
    open_components: list[Component] = []
    seen = False
    for line in _lines(data, report):
        if line.name == "BEGIN":
            kind = line.value.upper()
            seen = seen or kind == "VCALENDAR"
            _begin(kind, line, open_components, report)
        elif line.name == "END":
            _end(line.value.upper(), line, open_components, calendar, report)
        else:
            _property(line, open_components, calendar)
    if not seen:
        raise UnreadableError("E-ICS", "This is no calendar: there is no BEGIN:VCALENDAR line.", 1)
    for component in open_components:
        _never_ended(component, report)
    return calendar


def _begin(kind: str, line: Line, stack: list[Component], report: Report) -> None:
    if kind == "VEVENT":
        for component in [one for one in stack if one.kind == "VEVENT"]:
            _never_ended(component, report)
            del stack[stack.index(component) :]
    stack.append(Component(kind, line.number))


def _end(kind: str, line: Line, stack: list[Component], calendar: Calendar, report: Report) -> None:
    if not any(component.kind == kind for component in stack):
        report.warning("W-ICS-LINE", f"END:{kind[:30]} ends nothing.", line.number)
        return
    while (component := stack.pop()).kind != kind:
        _never_ended(component, report)
    if kind == "VEVENT":
        calendar.events.append(component)
    elif kind == "VTIMEZONE":
        calendar.zones.append(component)
    elif kind in ("STANDARD", "DAYLIGHT") and stack:
        stack[-1].parts.append(component)
    elif kind in ("VTODO", "VJOURNAL", "VFREEBUSY"):
        calendar.others[kind] += 1


def _property(line: Line, stack: list[Component], calendar: Calendar) -> None:
    if stack and stack[-1].kind == "VCALENDAR":
        calendar.properties.setdefault(line.name, line.value)
    elif stack and len(stack[-1].lines) < MAX_LINES:
        stack[-1].lines.append(line)
    elif stack:
        stack[-1].is_cut = True


def _never_ended(component: Component, report: Report) -> None:
    if component.kind == "VEVENT":
        text = f"The event {component.value('SUMMARY')[:80]!r} has no END:VEVENT and is not read."
        report.error("E-ICS", text, component.line)
    elif component.kind == "VCALENDAR":
        report.warning("W-ICS-LINE", "The file ends before END:VCALENDAR; it may have been cut off.", component.line)


def _lines(data: bytes, report: Report) -> Iterator[Line]:
    """Unfolded lines; a line that begins with a blank continues the one before.

    Folds are marked by NUL, which no file that comes this far holds, so that lines can still be counted.
    """
    plain = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if plain.count(b"\n") > MAX_ROWS:
        raise UnreadableError("E-CAP", f"The file has more than {MAX_ROWS:,} lines; it is not read.")
    rows = plain.replace(b"\n ", b"\0").replace(b"\n\t", b"\0").split(b"\n")
    number = 1
    for row, text in zip(rows, _decoded(rows, report), strict=True):
        if text and not text.isspace():
            yield Line(number, text.partition(":")[0].partition(";")[0].strip().upper(), text)
        number += 1 + row.count(b"\0")


def _decoded(rows: Sequence[bytes], report: Report) -> Iterable[str]:
    """Each row without its folds as UTF-8, or else, with a warning, as Windows-1252."""
    try:
        return b"\n".join(rows).replace(b"\0", b"").decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return _decoded_one_by_one(rows, report)


def _decoded_one_by_one(rows: Sequence[bytes], report: Report) -> Iterator[str]:
    number, warned = 1, False
    for row in rows:
        plain = row.replace(b"\0", b"")
        try:
            yield plain.decode("utf-8")
        except UnicodeDecodeError:
            if not warned:
                report.warning("W-ENCODING", "The file is not UTF-8; such lines were read as Windows-1252.", number)
            warned = True
            yield plain.decode("cp1252", errors="replace")
        number += 1 + row.count(b"\0")
