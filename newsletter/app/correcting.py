"""Corrections: which events are other than readers were told, whom that concerns, and the draft that tells them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import cached_property

from newsletter.app.collecting import collect
from newsletter.app.composing import recalled
from newsletter.app.mail_drafting import MailDrafted, mail_draft, save_mail
from newsletter.app.mail_keys import open_key
from newsletter.app.timing import UsageError, home_zone
from newsletter.app.told import Knower, knowers
from newsletter.app.workspace import Workspace
from newsletter.compose.correction import GRAVE, with_marks
from newsletter.compose.locating import close_items, find_items
from newsletter.compose.programme import HORIZON, programme_of
from newsletter.compose.view import Mark
from newsletter.model.issue import Choices, Draft, Slot, Window
from newsletter.model.item import Item


@dataclass(frozen=True, slots=True)
class Concern:
    """An event that is other than told: what became of it, how many readers were told otherwise, and who is left out.

    `left_out` counts those who were told and may not be written to, by the reason.
    """

    item: Item
    change: str
    now: str
    was: str
    readers: int
    left_out: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Told:
    """One event and everybody who remembers it otherwise."""

    mark: Mark
    knowers: tuple[Knower, ...]


class Corrections:
    """What could be corrected at a moment, of all that anybody remembers."""

    def __init__(self, ws: Workspace, at: datetime) -> None:
        self.ws = ws
        self.at = at
        self.reading = collect(ws, at)

    def concerns(self) -> tuple[Concern, ...]:
        """Every event that is other than somebody was told, by the time it is about."""
        found = sorted(self._told.values(), key=lambda one: (one.mark.at, one.mark.item.title, one.mark.item.id))
        return tuple(_concern(one) for one in found)

    def draft(self, names: Sequence[str]) -> MailDrafted:
        """Freeze a correction of these events and store it; UsageError where one is not there, or as it was told."""
        items = [self._find(name) for name in names]
        about = tuple(dict.fromkeys(item.id for item in items))
        lists = {one.list for item in about for one in self._told[item].knowers if not one.bar}
        if not lists:
            raise UsageError("everybody who was told otherwise may not be written to: there is nobody to correct")
        words = items[0].title + (f" and {len(about) - 1} more" if len(about) > 1 else "")
        with self.ws.store.read() as connection:
            day = self.at.astimezone(home_zone(self.ws)).date()
            key = open_key(connection, self.ws, "correction", day, words)
        first = next(name for name in self.ws.settings.lists if name in lists)
        return save_mail(self.ws, replace(self._empty(key, first), about=about), None)

    def of(self, about: Sequence[str]) -> tuple[Concern, ...]:
        """What would be corrected of these items."""
        return tuple(_concern(self._told[one]) for one in about if one in self._told)

    def _find(self, name: str) -> Item:
        changed = {key: one.mark.item for key, one in self._told.items()}
        found = find_items(tuple(changed.values()), name)
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"{name!r} may be {len(found)} events; say which id:\n{_listed(found)}")
        known = find_items(self.reading.items, name)
        if known:
            raise UsageError(
                f"{known[0].title!r} is as readers were told, or nobody was told of it: nothing to correct"
            )
        close = close_items((*changed.values(), *self.reading.items), name)
        hint = f"; did you mean one of these?\n{_listed(close)}" if close else ""
        raise UsageError(f"nothing that was read has the id or title {name!r}{hint}")

    def _empty(self, key: str, list_name: str) -> Draft:
        """The draft of a correction that is about nothing yet; its window is all that lies ahead."""
        midnight = datetime.combine(self.at.astimezone(home_zone(self.ws)).date(), time(), tzinfo=home_zone(self.ws))
        slot = Slot("", key, self.at, self.at, Window(midnight, midnight + HORIZON))
        draft = mail_draft(self.ws, "correction", slot, list_name, self.at)
        return replace(draft, items=self.reading.items, problems=self.reading.problems)

    @cached_property
    def _told(self) -> dict[str, _Told]:
        """By item: what became of it, in the community's words, and everybody who was told otherwise."""
        if not self.ws.settings.lists:
            return {}
        programme = programme_of(self._empty("", next(iter(self.ws.settings.lists))))
        home = Choices(self.ws.settings.community.timezone)
        with self.ws.store.read() as connection:
            everybody = tuple(knowers(connection, self.ws))
        marks: dict[str, Mark] = {}
        found: dict[str, dict[str, Knower]] = defaultdict(dict)
        for memory, group in _by_memory(everybody):
            for mark in _first_grave(with_marks(programme, home, recalled(self.ws, memory)).marks.listed):
                marks.setdefault(mark.item.id, mark)
                for one in group:
                    found[mark.item.id].setdefault(one.subscriber_id, one)
        return {key: _Told(mark, tuple(found[key].values())) for key, mark in marks.items()}


def drift_of(ws: Workspace, draft: Draft, at: datetime) -> str:
    """Whether the events of a correction have changed again since it was drafted; empty where they have not."""
    frozen = {item.id: item for item in draft.items}
    present = {item.id: item for item in collect(ws, at).items}
    for one in draft.about:
        old, new = frozen.get(one), present.get(one)
        if (old is None) != (new is None) or (old and new and _facts(old) != _facts(new)):
            title = (old or new or Item(one, "event", one, ())).title
            return f"{title!r} has changed again since {draft.key} was drafted"
    return ""


def _facts(item: Item) -> tuple[object, ...]:
    return item.title, item.when, item.status, item.place


def _by_memory(everybody: Sequence[Knower]) -> Iterator[tuple[str, tuple[Knower, ...]]]:
    """Readers who remember the same, together; each reader stands under the first list that has them."""
    groups: dict[str, list[Knower]] = defaultdict(list)
    for one in everybody:
        groups[one.memory].append(one)
    return ((memory, tuple(group)) for memory, group in groups.items())


def _first_grave(marks: Sequence[Mark]) -> Iterator[Mark]:
    seen: set[str] = set()
    for mark in marks:
        if mark.change in GRAVE and mark.item.id not in seen:
            seen.add(mark.item.id)
            yield mark


def _concern(told: _Told) -> Concern:
    bars = Counter(one.bar for one in told.knowers if one.bar)
    mark, readers = told.mark, sum(not one.bar for one in told.knowers)
    return Concern(mark.item, mark.change, mark.now, mark.was, readers, tuple(sorted(bars.items())))


def _listed(found: Sequence[Item]) -> str:
    return "\n".join(f"  {item.id}  {item.title}" for item in found)
