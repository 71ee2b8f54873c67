"""What stands where in an issue, as its editor's file says: entries pinned, hidden and moved, sections moved."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from newsletter.app.drafting import for_everybody
from newsletter.app.editors_file import read_editors_file
from newsletter.app.workspace import Workspace
from newsletter.compose.editing import BY_TIME
from newsletter.compose.naming import editing_of, told_in
from newsletter.model.editing import EditorsFile, Mention
from newsletter.model.issue import Draft, Editing, Issue

#: Names as the file has them, each with the entry or section that it means.
Named = tuple[tuple[str, str], ...]
Lists = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The lists of the file, and the issue as it is for everybody."""

    issue: Issue
    pins: Named
    hides: Named
    order: Named


def arrangement_of(ws: Workspace, draft: Draft) -> Arrangement:
    """How the issue is arranged now."""
    file = read_editors_file(ws, draft.slot)
    bare = replace(draft, editing=Editing())
    here = told_in(for_everybody(bare), draft.items)

    def meant(mention: Mention, key: str) -> str:
        alone = {"pins": EditorsFile(pins=(mention,)), "order": EditorsFile(order=(mention,))}
        found, _ = editing_of(alone[key], draft, here)
        chosen = (*found.pins, *found.entries)
        return chosen[0].id if chosen else next(iter(found.sections), mention.name)

    def named(mentions: Sequence[Mention], key: str) -> Named:
        return tuple((one.name, meant(one, key)) for one in mentions)

    pins, hides, order = named(file.pins, "pins"), named(file.hides, "pins"), named(file.order, "order")
    return Arrangement(for_everybody(draft), pins, hides, order)


def _pin(now: Arrangement, name: str) -> Lists:
    return {"pins": (*_besides(now.pins, name), name)} | _without("hides", now.hides, name)


def _unpin(now: Arrangement, name: str) -> Lists:
    return _without("pins", now.pins, name)


def _hide(now: Arrangement, name: str) -> Lists:
    return {"hides": (*_besides(now.hides, name), name)} | _without("pins", now.pins, name)


def _show(now: Arrangement, name: str) -> Lists:
    return _without("hides", now.hides, name)


def _up(now: Arrangement, name: str) -> Lists:
    return _moved(now, name, -1)


def _down(now: Arrangement, name: str) -> Lists:
    return _moved(now, name, 1)


ARRANGING: Mapping[str, Callable[[Arrangement, str], Lists]] = {
    "pin": _pin, "unpin": _unpin, "hide": _hide, "show": _show, "up": _up, "down": _down,
}  # fmt: skip


def _moved(now: Arrangement, name: str, step: int) -> Lists:
    """The order by which the entry, or the section, changes places with its neighbour.

    What `order` names stands together: so everything between the first and the last of what it has to name is named.
    """
    kinds = [section.kind for section in now.issue.sections]
    line = kinds if name in kinds else _line_of(now.issue, name)
    at = line.index(name) if name in line else -1
    if at < 0 or not 0 <= at + step < len(line):
        return {}
    fresh = list(line)
    fresh[at], fresh[at + step] = fresh[at + step], fresh[at]
    places = [fresh.index(meant) for _, meant in now.order if meant in fresh] + [at, at + step]
    return {"order": (*_besides(now.order, *line), *fresh[min(places) : max(places) + 1])}


def _line_of(issue: Issue, name: str) -> list[str]:
    """The entries around this one, in their order: those of its section that are not pinned."""
    lines = (
        [one.id for one in part.entries if not one.pinned] for part in issue.sections if part.kind not in BY_TIME
    )
    return next((line for line in lines if name in line), [])


def _without(key: str, named: Named, name: str) -> Lists:
    return {key: _besides(named, name)} if name in {meant for _, meant in named} else {}


def _besides(named: Named, *names: str) -> tuple[str, ...]:
    gone: Collection[str] = frozenset(names)
    return tuple(name for name, meant in named if meant not in gone)
