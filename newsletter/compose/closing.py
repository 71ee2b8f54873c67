"""Deadlines in time: which are to be told, which are the last chance, and what became of those that were told."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.compose.editions import is_new_edition
from newsletter.compose.entries import moment_text
from newsletter.compose.moments import begins, day_of, ends
from newsletter.compose.programme import Programme
from newsletter.compose.view import Mark, View, is_off
from newsletter.dates.zones import localise
from newsletter.model.item import Deadline, Item
from newsletter.model.when import Occurrence

#: How far beyond the window a deadline is already told.
AHEAD = timedelta(days=14)
#: What closes later than this leaves time to think, even where no issue comes before.
SOON = timedelta(days=8)
#: A deadline that was over for longer has not moved: its page tells of another one.
LATE = timedelta(days=14)
#: Days are compared before instants, so that a placeholder at the end of the calendar needs no instant.
_SLACK = timedelta(days=1)


def occurrence_of(deadline: Deadline) -> Occurrence:
    """The deadline as a point in time; a date belongs to no zone and is never shifted."""
    at: datetime | date = deadline.at
    if isinstance(at, datetime):
        at = at if at.tzinfo else localise(at, ZoneInfo(deadline.timezone))
    return Occurrence(at, None)


def is_near(programme: Programme, deadline: Deadline) -> bool:
    """Whether it lies ahead when the issue is read, and not too far off; a date lasts to the end of that day."""
    at, window = occurrence_of(deadline), programme.window
    if not programme.today - _SLACK <= day_of(at, programme.home) <= window.end.date() + AHEAD:
        return False
    return ends(at, programme.home) > programme.moment and begins(at, programme.home) < window.end + AHEAD


def is_last_chance(programme: Programme, deadline: Deadline) -> bool:
    """Whether it closes in a week or so, and before the digest's next issue."""
    slot, end = programme.draft.slot, ends(occurrence_of(deadline), programme.home)
    coming = slot.next_at or slot.until or programme.window.end
    return end <= coming and end <= programme.moment + SOON


def is_new(view: View, item: Item, deadline: Deadline) -> bool:
    """Whether neither the reader nor the sources of their last issue knew it, under whatever date."""
    if view.before is None:
        return False
    told = view.told_of(item)
    known = [*(told.item.deadlines if told else ())]
    known += (one for old in view.before.items if old.id == item.id for one in old.deadlines)
    return _key(deadline) not in {_key(one) for one in known}


def deadline_marks(view: View, item: Item) -> Iterator[Mark]:
    """A mark for each deadline that the reader was told and that is another now, as long as it is not over."""
    told = view.told_of(item)
    if told is None or is_off(item) or is_new_edition(told.item, item, view.programme):
        return
    now = _by_key(item.deadlines)
    for old in fresh(told.item.deadlines, view.programme):
        new = now.get(_key(old))
        if new is not None and _is_other(new, old) and _is_ahead(new, view.programme):
            yield _mark(view, item, old, new)


def told_deadlines(
    programme: Programme, item: Item, before: Sequence[Deadline], *, listed: bool
) -> tuple[Deadline, ...]:
    """What the reader knows of its deadlines after an issue: those of before, and with `listed` what is near now."""
    known = {_key(one) for one in fresh(before, programme)}
    near = (one for one in item.deadlines if _key(one) in known or (listed and is_near(programme, one)))
    return tuple(_fact(one) for one in near)


def _mark(view: View, item: Item, old: Deadline, new: Deadline) -> Mark:
    at, was = occurrence_of(new), occurrence_of(old)
    later = begins(at, view.home) > begins(was, view.home)
    return Mark(
        item,
        "deadline extended" if later else "deadline moved",
        begins(at, view.home),
        now=moment_text(view, at),
        was=moment_text(view, was),
        note=label_of(new),
        whole=False,
        occurrence=at,
    )


def label_of(deadline: Deadline) -> str:
    """What ends, with a capital."""
    label = deadline.label.strip()
    return label[:1].upper() + label[1:]


def _is_other(new: Deadline, old: Deadline) -> bool:
    """A clock added to the day is no other deadline."""
    if isinstance(new.at, datetime) == isinstance(old.at, datetime):
        return (new.at, new.timezone if isinstance(new.at, datetime) else "") != (
            old.at,
            old.timezone if isinstance(old.at, datetime) else "",
        )
    days = [one.at.date() if isinstance(one.at, datetime) else one.at for one in (new, old)]
    return days[0] != days[1]


def _is_ahead(deadline: Deadline, programme: Programme) -> bool:
    return ends(occurrence_of(deadline), programme.home) > programme.moment


def fresh(deadlines: Iterable[Deadline], programme: Programme) -> tuple[Deadline, ...]:
    """Those whose moving would still concern somebody who was told them."""
    since = programme.moment - LATE
    return tuple(one for one in deadlines if ends(occurrence_of(one), programme.home) > since)


def _by_key(deadlines: Sequence[Deadline]) -> Mapping[str, Deadline]:
    """Those whose label is theirs alone: of two with one label, nobody can say which one moved."""
    count = Counter(map(_key, deadlines))
    return {_key(one): one for one in deadlines if count[_key(one)] == 1}


def _key(deadline: Deadline) -> str:
    return " ".join(deadline.label.casefold().split())


def _fact(deadline: Deadline) -> Deadline:
    """Without what may be edited freely."""
    return Deadline(deadline.label, deadline.at, deadline.timezone)
