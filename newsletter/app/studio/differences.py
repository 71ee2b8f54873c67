"""An issue beside the last one that went out: what it tells anew, what is other now, what is told no more."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from newsletter.model.issue import Entry, Issue

EventChange = Literal["added", "moved", "cancelled", "edited", "unchanged", "gone"]
#: Sections that retell what others tell.
RETOLD = frozenset({"note", "changes", "glance", "thanks"})
#: Fields of an entry that are when and where, and those that are words.
FACTS = ("when_text", "place", "mode", "registration_url")
WORDS = ("title", "summary", "body", "hosts", "cost", "audience", "url")


@dataclass(frozen=True, slots=True)
class EventDifference:
    """One entry beside its former self: which fields say something else, and what they said."""

    change: EventChange
    id: str
    title: str
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of both text parts: common, only in the new one, or only in the old one."""

    kind: Literal["same", "added", "removed", "skipped"]
    text: str


def event_differences(old: Issue, new: Issue) -> tuple[EventDifference, ...]:
    """Every entry of both issues, what changed first; `gone` is what the new one does not tell."""
    before, now = _told(old), _told(new)
    found = [_difference(before.get(key), entry) for key, entry in now.items()]
    found += [EventDifference("gone", key, entry.title) for key, entry in before.items() if key not in now]
    order = ("cancelled", "moved", "added", "edited", "gone", "unchanged")
    return tuple(sorted(found, key=lambda one: (order.index(one.change), one.title)))


def text_differences(old: str, new: str, context: int = 2) -> tuple[TextLine, ...]:
    """The two text parts line by line; long stretches of common lines are skipped."""
    return tuple(_lines(old.splitlines(), new.splitlines(), context))


def _told(issue: Issue) -> dict[str, Entry]:
    return {entry.id: entry for section in issue.sections if section.kind not in RETOLD for entry in section.entries}


def _difference(old: Entry | None, new: Entry) -> EventDifference:
    if old is None:
        return EventDifference("added", new.id, new.title)
    facts, words = _fields(old, new, FACTS), _fields(old, new, WORDS)
    if new.cancelled and not old.cancelled:
        return EventDifference("cancelled", new.id, new.title, facts)
    change: EventChange = "moved" if facts else "edited" if words else "unchanged"
    return EventDifference(change, new.id, new.title, (*facts, *words))


def _fields(old: Entry, new: Entry, names: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    pairs = ((name, _text(getattr(old, name)), _text(getattr(new, name))) for name in names)
    return tuple((name, was, now) for name, was, now in pairs if was != now)


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _lines(old: Sequence[str], new: Sequence[str], context: int) -> Iterator[TextLine]:
    groups = list(difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context))
    end = 0
    for group in groups:
        if group[0][3] > end:
            yield TextLine("skipped", f"{group[0][3] - end} lines as before")
        for kind, first, last, start, end in group:
            yield from _block(kind, old[first:last], new[start:end])
    if groups and end < len(new):
        yield TextLine("skipped", f"{len(new) - end} lines as before")


def _block(kind: str, old: Sequence[str], new: Sequence[str]) -> Iterator[TextLine]:
    if kind == "equal":
        yield from (TextLine("same", line) for line in new)
        return
    yield from (TextLine("removed", line) for line in old)
    yield from (TextLine("added", line) for line in new)
