"""The same item in two readings: by id, or else by title and first day where a source changed its ids."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from newsletter.model.item import Item
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, WeeklyRange, When

#: All but letters and digits; `str.isalnum` and `\w` differ in the underscore alone.
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier reading, ready to be asked."""

    by_id: Mapping[str, Item]
    by_title: Mapping[tuple[str, date | None], Item]

    @classmethod
    def of(cls, items: Iterable[Item]) -> "Known":
        """Index the items; where two look alike, the first in order of id stands for them."""
        ordered = sorted(items, key=lambda item: item.id, reverse=True)
        return cls({item.id: item for item in ordered}, {_look(item): item for item in ordered})

    def find(self, item: Item) -> Item | None:
        """What the item was then, or None where it is new."""
        return self.by_id.get(item.id) or self.by_title.get(_look(item))


def first_day(when: When | None) -> date | None:
    """The first day it names, as its author wrote it; None where it names none."""
    if isinstance(when, Instant | Recurrence):
        return when.start.date()
    if isinstance(when, AllDay | WeeklyRange):
        return when.first
    if isinstance(when, Sessions):
        return first_day(when.sessions[0])
    return None


def last_stated_day(when: When | None) -> date | None:
    """The last day that a thing with an end of its own names; None for rules and vague words."""
    if isinstance(when, Instant):
        return _date(when.end or when.start)
    if isinstance(when, AllDay | WeeklyRange):
        return when.last
    if isinstance(when, Sessions):
        return max(day for one in when.sessions if (day := last_stated_day(one)))
    return None


@lru_cache(maxsize=8192)
def plain_words(text: str) -> str:
    """Text as it is compared: lower case, one space between words, no punctuation."""
    return _NO_WORD.sub(" ", text.casefold()).strip()


def _look(item: Item) -> tuple[str, date | None]:
    return plain_words(item.title), first_day(item.when)


def _date(moment: datetime) -> date:
    return moment.date()
