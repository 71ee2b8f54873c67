"""The names in an editor's file, looked up among what was read; a name that means nothing is told with its line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from newsletter.compose.locating import close_items, find_items
from newsletter.compose.matching import plain_words
from newsletter.compose.sections.registry import BUILDERS
from newsletter.model.decisions import Decisions, FieldOverride, Pairing
from newsletter.model.editing import EditorsFile, Mention
from newsletter.model.issue import Chosen, Draft, Editing, Issue
from newsletter.model.item import Item
from newsletter.model.problem import Origin, Problem

#: Sections that an issue has without its digest listing them.
UNLISTED = frozenset({"ahead", "open"})


@dataclass(frozen=True, slots=True)
class Names:
    """The entries there are, and the problems with names that do not fit them.

    A title that comes back every term means the entry that this issue tells: `here` holds where those were read.
    """

    items: Sequence[Item]
    here: frozenset[Origin]
    problems: list[Problem] = field(default_factory=list)

    def one(self, what: str, name: str, origin: Origin) -> Item | None:
        """The one entry of that name."""
        found = self.all(what, name, origin)
        if len(found) > 1:
            self._ambiguous(what, name, found, origin)
        return found[0] if len(found) == 1 else None

    def all(self, what: str, name: str, origin: Origin) -> tuple[Item, ...]:
        """Every entry of that id or title; the beginning of a name must mean one alone."""
        found = self._told_here(find_items(self.items, name))
        if not found:
            close = self._told_here(close_items(self.items, name))
            near = ", ".join(f"{item.title!r} ({item.id})" for item in close[:2])
            hint = f"did you mean {near}?" if near else "`newsletter collect` lists what was read"
            text = f"{what} names {name!r}, which nothing in this issue has; {hint}"
            self._refuse("note.unknown-name", text, origin)
        elif len(found) > 1 and plain_words(found[0].title) != plain_words(name):
            self._ambiguous(what, name, found, origin)
            return ()
        return found

    def _told_here(self, found: tuple[Item, ...]) -> tuple[Item, ...]:
        """Those of them that this issue tells, or all where it tells none."""
        return tuple(item for item in found if not self.here.isdisjoint(item.origins)) or found

    def _ambiguous(self, what: str, name: str, found: Sequence[Item], origin: Origin) -> None:
        ids = ", ".join(item.id for item in found[:5])
        text = f"{what} names {name!r}, which may be {len(found)} entries; write the id: {ids}"
        self._refuse("note.ambiguous-name", text, origin)

    def _refuse(self, code: str, text: str, origin: Origin) -> None:
        self.problems.append(Problem("error", code, text, origin))


def told_in(issue: Issue, items: Iterable[Item]) -> frozenset[Origin]:
    """Where everything was read that the issue tells."""
    shown = {entry.id for section in issue.sections for entry in section.entries}
    return frozenset(origin for item in items if item.id in shown for origin in item.origins)


def merges_of(
    file: EditorsFile, items: Sequence[Item], here: frozenset[Origin]
) -> tuple[Decisions, tuple[Problem, ...]]:
    """What the file calls one event, by the ids of the entries as they were read, before any were joined."""
    names = Names([item for item in items if item.kind == "event"], here)
    found = [(one, [names.all("merges", name, one.origin) for name in one.ids]) for one in file.merges]
    same = tuple(_pairing(one, items) for one, items in found if all(items))
    return Decisions(same=same), tuple(names.problems)


def overrides_of(
    file: EditorsFile, items: Sequence[Item], here: frozenset[Origin]
) -> tuple[tuple[FieldOverride, ...], tuple[Problem, ...]]:
    """The file's overrides by the id of the entry that each names; `items` are those after joining."""
    names = Names(items, here)
    meant = {
        name: names.one("[overrides]", name, origin)
        for name, origin in {one.id: one.origin for one in reversed(file.overrides)}.items()
    }
    found = ((one, meant[one.id]) for one in file.overrides)
    return tuple(replace(one, id=item.id) for one, item in found if item), tuple(names.problems)


def editing_of(file: EditorsFile, draft: Draft, here: frozenset[Origin]) -> tuple[Editing, tuple[Problem, ...]]:
    """The file's pins, hides and order for a draft whose entries stand."""
    names = Names(draft.items, here)
    sections = tuple(_sections(names, file.order, draft))
    pins = tuple(_chosen(names, "pins", file.pins))
    hides = tuple(_chosen(names, "hides", file.hides))
    entries = tuple(_chosen(names, "order", (one for one in file.order if not _is_section(one.name, draft))))
    hidden = {one.id for one in hides}
    problems = (_pinned_and_hidden(one) for one in pins if one.id in hidden)
    return Editing(pins, hides, sections, entries), (*names.problems, *problems)


def _pairing(one: Pairing, found: Iterable[Sequence[Item]]) -> Pairing:
    return replace(one, ids=tuple(dict.fromkeys(item.id for items in found for item in items)))


def _chosen(names: Names, what: str, mentions: Iterable[Mention]) -> Iterator[Chosen]:
    for one in mentions:
        for item in names.all(what, one.name, one.origin):
            yield Chosen(item.id, item.title, one.origin)


def _sections(names: Names, order: Iterable[Mention], draft: Draft) -> Iterator[str]:
    """The sections that `order` names; one that the digest lacks cannot be put anywhere."""
    listed = {*draft.settings.sections, *UNLISTED}
    for one in order:
        name = one.name.casefold()
        if name in listed:
            yield name
        elif _is_section(one.name, draft):
            text = f"order names the section {name!r}, which digests.{draft.digest}.sections does not list"
            names.problems.append(Problem("error", "note.unknown-name", text, one.origin))


def _is_section(name: str, draft: Draft) -> bool:
    return name.casefold() in {*BUILDERS, *draft.settings.sections, *(key for key, _ in draft.sections)}


def _pinned_and_hidden(one: Chosen) -> Problem:
    text = f"{one.title!r} is pinned here and hidden as well; it stays hidden, so take one of the two out"
    return Problem("error", "note.value", text, one.origin)
