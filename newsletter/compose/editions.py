"""When an entry of the same id tells of another edition of an event, and not of the same one at another time.

Pages are used again: last year's becomes this year's by a new date in it, and last year's event has not moved.
"""

from collections.abc import Iterator
from datetime import timedelta

from newsletter.compose.differences import still_to_come
from newsletter.compose.matching import Known, first_day, last_stated_day
from newsletter.compose.programme import Programme, is_series
from newsletter.compose.view import View
from newsletter.model.item import Item
from newsletter.model.problem import Problem
from newsletter.model.when import AllDay, Instant, Vague

#: A page whose date lies this far from the last one tells of another edition.
FAR = timedelta(days=60)


def is_new_edition(old: Item, new: Item, programme: Programme) -> bool:
    """Whether `new`, still to come, is another edition: the old one is over or has begun, or lies far away."""
    if old.when == new.when or isinstance(old.when, Vague | None) or is_series(new.when):
        return False
    if not still_to_come(new, programme):
        return False
    return not still_to_come(old, programme) or _has_begun(old, new, programme) or _is_far(old, new)


def edition_problems(view: View) -> Iterator[Problem]:
    """For the editor: what is told as new although its other date, which is still to come, may have been told."""
    if view.before is None:
        return
    known = Known.of(view.before.items)
    for item in view.items:
        old = known.find(item)
        if old is None or not _is_far(old, item) or not is_new_edition(old, item, view.programme):
            continue
        if still_to_come(old, view.programme):
            text = (
                f"{item.title!r} was on {first_day(old.when)} and is on {first_day(item.when)} now; that far away, "
                "it is told as new. If it is the same event, put off, give the page an id and say so in your note"
            )
            yield Problem("warning", "W-EDITION", text, item.origin)


def _has_begun(old: Item, new: Item, programme: Programme) -> bool:
    """Whether the old one has begun, and the new one lies wholly after it; a list of sessions only gets shorter."""
    was, last, now = first_day(old.when), last_stated_day(old.when), first_day(new.when)
    if not isinstance(old.when, Instant | AllDay) or was is None or last is None or now is None:
        return False
    return was < programme.today and now > last


def _is_far(old: Item, new: Item) -> bool:
    """Whether it is one page whose date has moved by more than two months."""
    was, now = first_day(old.when), first_day(new.when)
    return was is not None and now is not None and _is_page(old) and old.id == new.id and abs(now - was) > FAR


def _is_page(item: Item) -> bool:
    """Whether nothing but its place names it: an id or a calendar's UID would say that it is the same event."""
    return any(item.id == f"{origin.source}:{origin.path}" for origin in item.origins)
