"""What became other in the sources since a draft was frozen: two drafts of one issue, compared entry by entry.

Facts are told with what they were and are; edits of words alone are listed apart, for nobody comes late by them.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from newsletter.compose.entries import place_text
from newsletter.compose.issue import compose
from newsletter.compose.matching import Known
from newsletter.compose.when_words import when_words, zone_of
from newsletter.model.issue import Choices, Draft
from newsletter.model.item import Deadline, Item, Place
from newsletter.model.picture import Mention
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import When

DriftKind = Literal["added", "removed", "changed", "reworded", "unreadable"]

#: Words that may be edited freely.
WORDS = frozenset({"summary", "body", "prerequisites", "image", "picture", "custom"})
#: Where something stands says nothing about it; the zone is part of the time.
ASIDE = frozenset({"id", "kind", "origins", "body_at", "body_pictures", "timezone"})
#: Parts of a draft that are no source, and what people call them.
PARTS = (
    ("note", "the editor's file"),
    ("editing", "the editor's file"),
    ("theme", "the theme"),
    ("section_texts", "the text of a section"),
    ("settings", "config.toml"),
    ("sections", "config.toml"),
    ("topics", "config.toml"),
    ("categories", "config.toml"),
    ("terms", "config.toml"),
    ("community", "config.toml"),
    ("list", "subscribers/lists.toml"),
    ("lists", "subscribers/lists.toml"),
    ("look", "config.toml"),
    ("pictures", "a picture"),
    ("calendars_url", "config.toml"),
    ("subscribe_url", "config.toml"),
    ("sender", "config.toml"),
    ("reply_to", "config.toml"),
    ("base_url", "config.toml"),
)
EDITORS_FILE = PARTS[0][1]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that says something else: what it was in the draft, and what its source says now."""

    field: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.field}: {self.was or 'nothing'} -> {self.now or 'nothing'}"


@dataclass(frozen=True, slots=True)
class ItemDrift:
    """One entry that is not what it was; `here` says that the issue tells it, before or after."""

    kind: DriftKind
    item: Item
    here: bool
    changes: tuple[FieldChange, ...] = ()

    def __str__(self) -> str:
        said = f": {'; '.join(map(str, self.changes))}" if self.changes and self.kind != "reworded" else ""
        words = f" ({', '.join(one.field for one in self.changes)})" if self.kind == "reworded" else ""
        return f"{self.kind}: {self.item.title!r}{words}{said}"


@dataclass(frozen=True, slots=True)
class Drift:
    """All that moved since the draft was frozen: entries, and the parts of the draft that are no source."""

    items: tuple[ItemDrift, ...] = ()
    parts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.items or self.parts)

    @property
    def holding(self) -> tuple[str, ...]:
        """Why an issue that waits for its sources would wait: facts of what it tells, and its editor's own file."""
        facts = (str(one) for one in self.items if one.here and one.kind != "reworded")
        return (*facts, *(f"changed: {part}" for part in self.parts if part == EDITORS_FILE))

    @property
    def fingerprint(self) -> str:
        """A name for exactly what would hold the issue, for whoever decides to send it all the same."""
        return hashlib.sha256("\n".join(self.holding).encode()).hexdigest()[:32] if self.holding else ""


def drift_of(frozen: Draft, now: Draft) -> Drift:
    """What is other in `now`, the draft of the same slot as its sources stand at present."""
    told = _told(frozen) | _told(now)
    found = sorted(_items(frozen, now, told), key=lambda one: (not one.here, one.kind, one.item.title, one.item.id))
    parts = dict.fromkeys(name for part, name in PARTS if getattr(frozen, part) != getattr(now, part))
    return Drift(tuple(found), tuple(parts))


def drift_problems(drift: Drift, key: str) -> Iterator[Problem]:
    """The drift as findings, each where its entry stands; what the issue tells is a warning."""
    for one in drift.items:
        text = f"since {key} was drafted, {one}"
        if one.here and one.kind != "reworded":
            yield Problem("warning", "W-DRIFT", text, one.item.origin)
        else:
            yield Problem("info", "I-DRIFT", text, one.item.origin)
    for part in drift.parts:
        text = f"since {key} was drafted, {part} changed; `newsletter draft` reads it again"
        yield Problem("warning", "W-DRIFT", text, Origin("issue", f"issues/{key}.md"))


def _told(draft: Draft) -> frozenset[str]:
    issue = compose(draft, Choices(timezone=draft.community.timezone))
    return frozenset(entry.id for section in issue.sections for entry in section.entries)


def _items(frozen: Draft, now: Draft, told: frozenset[str]) -> Iterator[ItemDrift]:
    before, after = Known.of(frozen.items), Known.of(now.items)
    for item in now.items:
        if before.find(item) is None:
            yield ItemDrift("added", item, item.id in told)
    unread = _unread(frozen, now)
    for item in frozen.items:
        other = after.find(item)
        here = item.id in told
        if other is None:
            gone: DriftKind = "unreadable" if any(_is_in(origin, unread) for origin in item.origins) else "removed"
            yield ItemDrift(gone, item, here)
        elif facts := tuple(_changes(item, other, words=False)):
            yield ItemDrift("changed", other, here or other.id in told, facts)
        elif words := tuple(_changes(item, other, words=True)):
            yield ItemDrift("reworded", other, here or other.id in told, words)


def _unread(frozen: Draft, now: Draft) -> frozenset[tuple[str, str]]:
    """Sources that give nothing any more, and files with an error that they had not: (source, path or nothing)."""
    alive = {origin.source for item in now.items for origin in item.origins}
    silent = {(origin.source, "") for item in frozen.items for origin in item.origins if origin.source not in alive}
    known = {(one.code, one.origin) for one in frozen.problems}
    errors = (one for one in now.problems if one.level == "error" and (one.code, one.origin) not in known)
    return frozenset(silent | {(one.origin.source, one.origin.path) for one in errors})


def _is_in(origin: Origin, unread: Iterable[tuple[str, str]]) -> bool:
    return not {(origin.source, ""), (origin.source, origin.path)}.isdisjoint(unread)


def _changes(old: Item, new: Item, *, words: bool) -> Iterator[FieldChange]:
    for field in fields(Item):
        name = field.name
        was, now = getattr(old, name), getattr(new, name)
        if name not in ASIDE and (name in WORDS) == words and not _same(was, now):
            yield FieldChange(name.replace("_", " "), _text(was), _text(now))


def _same(was: object, now: object) -> bool:
    """Whether two values say the same; where a deadline or a picture is written says nothing about it."""
    if isinstance(was, tuple) and isinstance(now, tuple):
        return [_bare(one) for one in was] == [_bare(one) for one in now]
    return _bare(was) == _bare(now)


def _bare(value: object) -> object:
    """What is said, without where it is written."""
    if isinstance(value, Mention):
        return value.address, value.alt
    return (value.label, value.at, value.timezone, value.url) if isinstance(value, Deadline) else value


def _text(value: object) -> str:
    """A value in a few words."""
    if isinstance(value, Place):
        return ", ".join(dict.fromkeys(filter(None, (place_text(value), value.address, value.url)))) or value.mode
    if isinstance(value, bool):
        return "held back" if value else "told"
    if isinstance(value, tuple):
        return _row(value)
    if isinstance(value, When):
        return ", ".join(filter(None, (when_words(value), zone_of(value)[0])))
    return str(value or "")


def _row(values: Sequence[object]) -> str:
    return ", ".join(f"{one.label} ({one.at})" if isinstance(one, Deadline) else str(one) for one in values)
