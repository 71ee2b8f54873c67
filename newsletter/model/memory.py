"""What a reader was told and may still act on: the ground that the next issue's changes and reminders stand on."""

from dataclasses import dataclass
from datetime import datetime

from newsletter.model.item import Item


@dataclass(frozen=True, slots=True)
class Told:
    """One item as a reader was told it: the facts of that day, without the words that may be edited freely.

    `starts` are the beginnings (UTC) of the occurrences that were named and are not over; `times` counts the issues
    that named exactly these; `in_full` says that it had an entry of its own and not only a row of a table. `as_of` is
    how things stood: an issue that was frozen before, and leaves later, knows less.
    """

    item: Item
    starts: tuple[datetime, ...] = ()
    times: int = 1
    in_full: bool = False
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything a reader was told and may still act on, by item id; nothing in it depends on zone or language."""

    told: tuple[Told, ...] = ()


#: What somebody knows who was told nothing.
NOTHING = Memory()
