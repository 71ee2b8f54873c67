"""The compact mail: every event stands in one place alone, in the box of changes or in its line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from newsletter.model.issue import Entry, Issue, Section

#: Sections whose entries are lines of events; a table and the box of changes could repeat them.
LINES = ("events", "recurring", "continuing", "ahead")


def told_once(issue: Issue) -> Issue:
    """The issue with each of its events in one section, where its reader wants it compact; else the issue itself.

    An event of one date that changed stands in the box, with all that its line would say. A series and an event of
    several dates stand in their line, which tells what departs from them. The table keeps what has no line.
    """
    if issue.choices.density != "compact":
        return issue
    lines = {entry.id: entry for entry in _of(issue, *LINES)}
    boxed = {entry.id for entry in _of(issue, "changes") if entry.id not in lines or _is_single(lines[entry.id])}
    return replace(issue, sections=tuple(_kept(issue.sections, lines, boxed)))


def tabled_alone(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections for a theme without a table: of its rows, those that stand nowhere else, such as what is off."""
    told = {entry.id for section in sections if section.kind != "glance" for entry in section.entries}
    bare = [
        replace(section, entries=tuple(entry for entry in section.entries if entry.id not in told))
        if section.kind == "glance"
        else section
        for section in sections
    ]
    return tuple(section for section in bare if section.kind != "glance" or section.entries)


def _kept(sections: Sequence[Section], lines: Mapping[str, Entry], boxed: set[str]) -> Iterable[Section]:
    for section in sections:
        entries = _entries(section, lines, boxed)
        if entries or not section.entries or section.more:
            yield replace(section, entries=tuple(entries))


def _entries(section: Section, lines: Mapping[str, Entry], boxed: set[str]) -> list[Entry]:
    if section.kind == "changes":
        return [_with_line(entry, lines.get(entry.id)) for entry in section.entries if entry.id in boxed]
    if section.kind == "glance":
        return [entry for entry in section.entries if entry.id not in lines and entry.id not in boxed]
    if section.kind in LINES:
        return [entry for entry in section.entries if entry.id not in boxed]
    return list(section.entries)


def _with_line(entry: Entry, line: Entry | None) -> Entry:
    """The change with where, when and how to come from its event's line, but for what the change itself tells."""
    if line is None:
        return entry
    when = "" if entry.change in ("moved", "postponed") else line.when_text
    place = "" if entry.change == "place changed" else line.place
    return replace(entry, when_text=when, place=place, registration_url=line.registration_url, time=line.time)


def _is_single(line: Entry) -> bool:
    return line.kind == "event" and not line.exceptions and line.when_text == line.time.full


def _of(issue: Issue, *kinds: str) -> list[Entry]:
    return [entry for section in issue.sections if section.kind in kinds for entry in section.entries]
