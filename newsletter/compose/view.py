"""A programme as one group of readers sees it: their topics, zone and clock, and their marks of change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.compose.moments import begins
from newsletter.compose.programme import Programme, Timed, is_thanks
from newsletter.compose.topics import is_chosen, offered
from newsletter.language.languages import Language, language_in
from newsletter.model.issue import Change, Choices, Draft
from newsletter.model.item import Item
from newsletter.model.memory import NOTHING, Memory, Told
from newsletter.model.when import Occurrence


@dataclass(frozen=True, slots=True)
class Mark:
    """What changed about an item since the baseline, in the reader's zone.

    With `whole` it is about the item itself; otherwise about single instances of a series. `at` sorts. `named` are
    the new occurrences that `now` names, so that the reader knows of them.
    """

    item: Item
    change: Change
    at: datetime
    now: str = ""
    was: str = ""
    note: str = ""
    whole: bool = True
    occurrence: Occurrence | None = None
    named: tuple[Occurrence, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """The changes: per item id for its entries, in order for their own section, and what was called off before.

    `known_off` holds the ids that the baseline already told as cancelled or postponed: they are not told again.
    """

    by_id: Mapping[str, Mark] = field(default_factory=dict)
    listed: tuple[Mark, ...] = ()
    known_off: frozenset[str] = frozenset()
    vanished: tuple[Item, ...] = ()

    @property
    def told(self) -> frozenset[str]:
        """Ids of the items that the section of changes speaks of."""
        return frozenset(mark.item.id for mark in self.listed)


@dataclass(frozen=True, slots=True)
class View:
    """What these readers may be shown; every section is built from this and nothing else.

    `language` is the reader's, with the theme's own words. `timed` lies in the window, `ahead` behind its end.
    `recalled` is what the reader's `memory` holds of the items that are there now, by their present ids; `before` is
    the last issue's reading, which says what is new.
    """

    draft: Draft
    choices: Choices
    programme: Programme
    zone: ZoneInfo
    language: Language
    items: tuple[Item, ...]
    timed: tuple[Timed, ...]
    ahead: tuple[Timed, ...] = ()
    before: "View | None" = None
    memory: Memory = NOTHING
    recalled: Mapping[str, Told] = field(default_factory=dict)
    marks: Marks = Marks()

    @property
    def home(self) -> ZoneInfo:
        """The community's zone."""
        return self.programme.home

    def mark_of(self, item: Item) -> Mark | None:
        """What changed about the item itself."""
        return self.marks.by_id.get(item.id)

    def told_of(self, item: Item) -> Told | None:
        """What the reader was told of it before, if anything that still holds."""
        return self.recalled.get(item.id)

    def is_reminder(self, timed: Timed) -> bool:
        """Whether the reader knows all of it: every one of these occurrences was named, and nothing has changed."""
        told = self.told_of(timed.item)
        if told is None or self.mark_of(timed.item) is not None or not timed.occurrences:
            return False
        return {begins(one, self.home) for one in timed.occurrences} <= {*told.starts}


def view_of(programme: Programme, choices: Choices) -> View:
    """The programme for these choices, without marks."""
    draft = programme.draft
    topics = offered(draft)
    items = tuple(item for item in programme.items if is_chosen(item, topics, choices) and not is_thanks(item))
    shown = {item.id for item in items}
    timed = tuple(one for one in programme.timed if one.item.id in shown)
    ahead = tuple(one for one in programme.ahead if one.item.id in shown)
    language = language_in(choices.language, draft.theme)
    return View(draft, choices, programme, ZoneInfo(choices.timezone), language, items, timed, ahead)


def is_off(item: Item) -> bool:
    """Whether the whole item does not take place as planned."""
    return item.status in ("cancelled", "postponed")
