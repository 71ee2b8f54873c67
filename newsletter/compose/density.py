"""The compact issue: each thing once, in a line or two, without the words that invite."""

from collections.abc import Sequence
from dataclasses import replace

from newsletter.compose.plain import shorten
from newsletter.model.issue import Choices, Entry, Section

#: Events that are told in full; more of them would push a mail towards the size at which Gmail cuts it.
CARDS = 12
#: What is left of the words under a title: about one line.
LINE = 110
#: Sections whose entries are the words under their titles.
_WORDS = frozenset({"announcements", "deadlines", "changes"})


def without_doubles(names: Sequence[str]) -> tuple[str, ...]:
    """The sections of a compact issue: its table would only repeat what stands in lines of its own."""
    lines = {"events", "recurring"} <= set(names)
    return tuple(name for name in names if name != "glance" or not lines)


def told_in_full(section: Section, choices: Choices) -> tuple[Entry, ...]:
    """Those of a section's entries that are more than a line."""
    if choices.density == "compact":
        return ()
    return section.entries[:CARDS] if section.kind == "events" else section.entries


def compacted(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections with their entries cut to what, when, where and how to come; thanks stay as they are."""
    return tuple(section if section.kind == "thanks" else _compact(section) for section in sections)


def _compact(section: Section) -> Section:
    words = section.kind in _WORDS
    return replace(section, hint="", entries=tuple(_line(entry, words=words) for entry in section.entries))


def _line(entry: Entry, *, words: bool) -> Entry:
    summary = shorten(entry.summary, LINE) if words else ""
    return replace(
        entry,
        summary=summary,
        body="",
        hosts=(),
        audience="",
        cost="",
        tags=(),
        calendar=(),
        follows=None,
        followed_by=(),
    )
