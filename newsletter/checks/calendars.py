"""The rule on calendar files: what programs refuse, or answer with buttons that lead nowhere (RFC 5545, 5546)."""

import re
from collections.abc import Iterator

from newsletter.checks.subject import Rule
from newsletter.model.problem import Origin, Problem

#: A line has at most so many octets (RFC 5545, 3.1).
LINE = 75

RULE = Rule(
    "ics.valid",
    "error",
    "Calendar files can be read, are published and not asked for, and rise in SEQUENCE when they change",
    "Report it with the event's page: the program writes these files",
)
_ASKS = ("ATTENDEE", "REQUEST-STATUS")


def calendar_problems(name: str, data: bytes, known: int | None = None) -> Iterator[Problem]:
    """What is wrong with a file; `known` is the SEQUENCE that calendars were told before this change."""
    for fault in dict.fromkeys(_faults(data, known)):
        yield Problem("error", RULE.id, f"the calendar file {fault}", Origin("calendar", name))


def _faults(data: bytes, known: int | None) -> Iterator[str]:
    rows = data.split(b"\r\n")
    if rows[-1] or any(b"\n" in row for row in rows):
        yield "does not end every line with CRLF"
    if any(len(row) > LINE for row in rows):
        yield f"has a line of more than {LINE} octets"
    lines = re.sub(rb"\r\n[ \t]", b"", data).decode("utf-8", "replace").split("\r\n")
    yield from _structure(lines)
    yield from _event_faults(lines, known)
    if "METHOD:PUBLISH" not in lines:
        yield "is not METHOD:PUBLISH, and would be taken for an invitation"
    if any(line.startswith(_ASKS) for line in lines):
        yield "names an ATTENDEE, for whom programs show buttons that answer nobody"


def _structure(lines: list[str]) -> Iterator[str]:
    open_: list[str] = []
    for line in lines:
        word, _, name = line.partition(":")
        if word == "BEGIN":
            open_.append(name)
        elif word == "END" and (not open_ or open_.pop() != name):
            yield f"closes {name}, which is not open"
    yield from (f"never closes {name}" for name in open_)
    if lines[:1] != ["BEGIN:VCALENDAR"] or not {"VERSION:2.0"} <= set(lines):
        yield "does not begin as a calendar of version 2.0"


def _event_faults(lines: list[str], known: int | None) -> Iterator[str]:
    text = "\n".join(lines)
    events = re.findall(r"^BEGIN:VEVENT\n(.*?)^END:VEVENT$", text, re.DOTALL | re.MULTILINE)
    if not events:
        yield "holds no event"
    names = []
    for event in events:
        fields = {re.split(r"[:;]", line, maxsplit=1)[0]: line.partition(":")[2] for line in event.splitlines()}
        yield from (f"has an event without {field}" for field in ("UID", "DTSTAMP", "DTSTART") if field not in fields)
        names.append((fields.get("UID"), fields.get("RECURRENCE-ID")))
        if known is not None and int(fields.get("SEQUENCE", "0")) <= known:
            yield f"changed, and its SEQUENCE is still {known}: calendars would not take it in"
    if len(names) > len(set(names)):
        yield "has two events under one UID"
