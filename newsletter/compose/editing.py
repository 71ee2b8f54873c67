"""What the editor's file does to an issue: what is left out, what stands first, and what it could not do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from newsletter.compose.reasons import Reason
from newsletter.model.issue import Chosen, Draft, Editing, Issue, Section
from newsletter.model.item import Item
from newsletter.model.problem import Problem

Thing = TypeVar("Thing")
#: Sections in an order of their own, which a pin does not change: tables by time, and changes by weight.
BY_TIME = frozenset({"glance", "changes", "deadlines", "continuing"})


def why_hidden(item: Item, draft: Draft) -> Reason | None:
    """Why the item is not in this issue, where its editor hid it."""
    one = next((one for one in draft.editing.hides if one.id == item.id), None)
    return Reason("hidden", f"Its editor left it out of {draft.key}: {one.origin} hides it.") if one else None


def in_named_order(
    things: Sequence[Thing], names: Sequence[str], name_of: Callable[[Thing], str]
) -> tuple[Thing, ...]:
    """The things with those that are named together, in that order, where the first of them stood."""
    first = next((place for place, thing in enumerate(things) if name_of(thing) in names), len(things))
    together = [thing for name in dict.fromkeys(names) for thing in things if name_of(thing) == name]
    rest = [thing for thing in things if name_of(thing) not in names]
    return (*rest[:first], *together, *rest[first:])


def edited(sections: Sequence[Section], editing: Editing) -> tuple[Section, ...]:
    """The sections with their entries as the editor ordered them, and pinned ones first."""
    return tuple(section if section.kind in BY_TIME else _edited(section, editing) for section in sections)


def _edited(section: Section, editing: Editing) -> Section:
    pins = [one.id for one in editing.pins]
    entries = in_named_order(section.entries, [one.id for one in editing.entries], lambda entry: entry.id)
    first = [replace(entry, pinned=True) for name in pins for entry in entries if entry.id == name]
    return replace(section, entries=(*first, *(entry for entry in entries if entry.id not in pins)))


def editing_problems(draft: Draft, issue: Issue, bare: Issue) -> Iterator[Problem]:
    """What each name did: `issue` is the draft's for all topics, `bare` the same had nothing been hidden."""
    shown, without = _ids(issue), _ids(bare)
    for what, chosen in (("pins", draft.editing.pins), ("order", draft.editing.entries)):
        yield from (_not_shown(what, one) for one in chosen if one.id not in shown)
    for one in draft.editing.hides:
        yield _hidden(one) if one.id in without else _not_shown("hides", one)


def _not_shown(what: str, one: Chosen) -> Problem:
    text = f"{what} names {one.title!r}, which is not in this issue anyway; `newsletter explain` tells why"
    return Problem("warning", "note.not-shown", text, one.origin)


def _hidden(one: Chosen) -> Problem:
    text = f"{one.title!r} is left out of this issue; the next one may tell it"
    return Problem("info", "I-HIDDEN", text, one.origin)


def _ids(issue: Issue) -> set[str]:
    return {entry.id for section in issue.sections for entry in section.entries}
