"""A calendar file cut into its entries before anything is parsed, so that one bad entry cannot lose the others.

Works on bytes: a fold may part one letter's bytes (RFC 5545, 3.1), so lines are joined first and decoded after.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from newsletter.sources.blob import UnreadableError
from newsletter.sources.report import Report

MAX_EVENTS = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """One unfolded content line and the number of its first physical line."""

    number: int
    text: str

    @property
    def name(self) -> str:
        """The property's name, upper case; what stands before the first `:` or `;`."""
        return self.text.partition(":")[0].partition(";")[0].strip().upper()


@dataclass(slots=True)
class Component:
    """A VEVENT or VTIMEZONE: its own lines; those of what is nested in it only where they are wanted."""

    kind: str
    line: int
    lines: list[Line] = field(default_factory=list)


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
            kind = _value(line)
            seen = seen or kind == "VCALENDAR"
            _begin(kind, line, open_components, report)
        elif line.name == "END":
            _end(_value(line), line, open_components, calendar, report)
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
        stack[-1].lines += component.lines
    elif kind in ("VTODO", "VJOURNAL", "VFREEBUSY"):
        calendar.others[kind] += 1


def _property(line: Line, stack: list[Component], calendar: Calendar) -> None:
    if stack and stack[-1].kind == "VCALENDAR":
        calendar.properties.setdefault(line.name, line.text.partition(":")[2].strip())
    elif stack:
        stack[-1].lines.append(line)


def _never_ended(component: Component, report: Report) -> None:
    if component.kind == "VEVENT":
        title = next((line.text.partition(":")[2] for line in component.lines if line.name == "SUMMARY"), "")
        text = f"The event {title.strip()[:80]!r} has no END:VEVENT and is not read."
        report.error("E-ICS", text, component.line)
    elif component.kind == "VCALENDAR":
        report.warning("W-ICS-LINE", "The file ends before END:VCALENDAR; it may have been cut off.", component.line)


def _value(line: Line) -> str:
    return line.text.partition(":")[2].strip().upper()


def _lines(data: bytes, report: Report) -> Iterator[Line]:
    """Unfolded lines; a line that begins with a blank continues the one before."""
    parts: list[bytes] = []
    start = 1
    rows = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for number, row in enumerate(rows, 1):
        if row[:1] in (b" ", b"\t") and parts:
            parts.append(row[1:])
            continue
        yield from _joined(parts, start, report)
        parts, start = [row], number
    yield from _joined(parts, start, report)


def _joined(parts: list[bytes], number: int, report: Report) -> Iterator[Line]:
    raw = b"".join(parts)
    if not raw.strip():
        return
    try:
        yield Line(number, raw.decode("utf-8"))
    except UnicodeDecodeError:
        if not any(problem.code == "W-ENCODING" for problem in report.problems):
            report.warning("W-ENCODING", "The file is not UTF-8; such lines were read as Windows-1252.", number)
        yield Line(number, raw.decode("cp1252", errors="replace"))
