"""What became of an event's times between two readings, occurrence by occurrence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter.compose.moments import begins, day_of
from newsletter.compose.programme import HORIZON, Programme, between, is_series
from newsletter.model.item import Item
from newsletter.model.when import Occurrence


@dataclass(frozen=True, slots=True)
class Difference:
    """Occurrences that no longer stand as they did, and those that stand now instead."""

    gone: tuple[Occurrence, ...] = ()
    come: tuple[Occurrence, ...] = ()


def difference(old: Item, new: Item, programme: Programme) -> Difference:
    """Compare what is still to come; a clock added to a date, or an end to a start, is no difference.

    A series is compared inside the window alone, anything else as far as the horizon.
    """
    if old.when == new.when:
        return Difference()
    was, now = _by_start(old, programme), _by_start(new, programme)
    kept = {start for start in was if start in now and not _lengths_differ(was[start], now[start])}
    gone = [one for start, one in was.items() if start not in kept]
    come = [one for start, one in now.items() if start not in kept]
    return Difference(_without_detail(gone, come, programme), _without_detail(come, gone, programme))


def still_to_come(item: Item, programme: Programme) -> tuple[Occurrence, ...]:
    """The occurrences that take place after the issue is read; a series is looked at inside the window alone."""
    start, end = programme.window.start, programme.window.end
    if not is_series(item.when):
        start, end = min(start, programme.moment), max(end, programme.moment + HORIZON)
    return tuple(one for one in between(item, start, end, programme) if one.status != "cancelled")


def _by_start(item: Item, programme: Programme) -> dict[datetime, Occurrence]:
    return {begins(one, programme.home): one for one in still_to_come(item, programme)}


def _lengths_differ(one: Occurrence, other: Occurrence) -> bool:
    if one.all_day != other.all_day or one.end is None or other.end is None:
        return False
    return one.end != other.end


def _without_detail(
    mine: Sequence[Occurrence], theirs: Sequence[Occurrence], programme: Programme
) -> tuple[Occurrence, ...]:
    """Leave out what only gained or lost its clock on the same day."""
    days = {(day_of(one, programme.home), one.all_day) for one in theirs}
    return tuple(one for one in mine if (day_of(one, programme.home), not one.all_day) not in days)
