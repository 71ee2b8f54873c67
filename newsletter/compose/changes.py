"""What changed of all that the reader was told: a comparison with their memory; edits of words do not count.

Each change is told in one issue only, because the reader remembers it then. What was never told cannot change; it is
new where the sources of the reader's last issue did not hold it. Without a last issue nothing is new.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from newsletter.compose.closing import deadline_marks
from newsletter.compose.differences import Difference, difference, still_to_come
from newsletter.compose.editions import is_new_edition
from newsletter.compose.entries import moment_text, place_text
from newsletter.compose.matching import Known, plain_words
from newsletter.compose.moments import begins, day_of, ends
from newsletter.compose.newer import is_newer
from newsletter.compose.programme import HORIZON, between, is_series
from newsletter.compose.series import pattern_of
from newsletter.compose.sessions import in_a_row
from newsletter.compose.view import Mark, Marks, View, is_off
from newsletter.dates.wording import day_text
from newsletter.model.issue import Change
from newsletter.model.item import Item
from newsletter.model.memory import Told
from newsletter.model.problem import Problem
from newsletter.model.when import Occurrence, Vague

#: Times named one by one; more are counted.
NAMED = 3
_LAST = datetime.max.replace(tzinfo=UTC)
#: A floor below the street: all that tells "Level -1" from "Level 1". A range, "3-4", has a word before its hyphen.
_BELOW = re.compile(r"(?<![\w-])[-\N{MINUS SIGN}\N{EN DASH}](?=\d)")


def marks_of(after: View) -> Marks:
    """Every mark of a view whose reader had a last issue, and remembers what they were told."""
    known = Known.of(after.before.items if after.before else ())
    concerned = _concerned(after)
    marks = [mark for item in concerned for mark in _marks(after, known.find(item), item)]
    marks += (mark for item in concerned for mark in deadline_marks(after, item))
    vanished = tuple(_vanished(after))
    told = [mark for mark in marks if mark.change != "new"] + [_gone(after, one) for one in vanished]
    return Marks(
        by_id={mark.item.id: mark for mark in marks if mark.whole},
        listed=tuple(sorted(told, key=lambda mark: (mark.at, mark.item.title.casefold(), mark.item.id))),
        known_off=frozenset(_known_off(after)),
        vanished=tuple(one.item for one in vanished),
    )


def _concerned(after: View) -> tuple[Item, ...]:
    """What the reader is shown, and what they were told of and turned from since: all but the series they stopped."""
    shown = {item.id for item in after.items}
    unseen = (item for item in after.programme.items if item.id in after.recalled and item.id not in shown)
    return (*after.items, *(item for item in unseen if item.id not in after.choices.stopped))


def vanished_problems(marks: Marks) -> tuple[Problem, ...]:
    """For the editor: what was told and is no longer in its source."""
    text = "{!r} was in the last issue and is no longer in its source; readers are told that it is cancelled"
    return tuple(Problem("warning", "W-VANISHED", text.format(item.title), item.origin) for item in marks.vanished)


def _marks(after: View, known: Item | None, new: Item) -> Iterator[Mark]:
    """`known` is the item in the last issue's sources; what was told of it counts before that."""
    told = after.told_of(new)
    old = told.item if told else known
    if is_off(new) and new.kind == "event":
        yield from _called_off(after, old, new) if told and old else ()
    elif old is None or is_off(old) or is_new_edition(old, new, after.programme):
        yield Mark(new, "new", _coming_at(after, new))
    elif new.kind != "event":
        return
    elif told is None:
        yield from _opened(after, old, new)
    else:
        yield from _altered(after, old, new)


def _called_off(after: View, old: Item, new: Item) -> Iterator[Mark]:
    if new.status != old.status and (isinstance(old.when, Vague) or still_to_come(old, after.programme)):
        was = _times(after, still_to_come(old, after.programme))
        change: Change = "cancelled" if new.status == "cancelled" else "postponed"
        yield Mark(new, change, _coming_at(after, old), was=was or pattern_of_series(after, old))


def _altered(after: View, old: Item, new: Item) -> Iterator[Mark]:
    """The weightiest change of an event that goes ahead: its time, then its place, then its registration."""
    moves = tuple(_moves(after, old, new))
    yield from moves
    if any(mark.whole for mark in moves):
        return
    if _place_changed(old, new) and still_to_come(new, after.programme):
        here, there = place_text(new.place, after.language), place_text(old.place, after.language)
        yield Mark(new, "place changed", _coming_at(after, new), now=here, was=there)
    else:
        yield from _opened(after, old, new)


def _opened(after: View, old: Item, new: Item) -> Iterator[Mark]:
    """Told even of what was not told before: places may be gone by the time its own issue comes."""
    if new.registration_url and not old.registration_url and not is_off(new) and still_to_come(new, after.programme):
        now = after.language.gettext("open for registration")
        yield Mark(new, "registration opened", _coming_at(after, new), now=now)


def _moves(after: View, old: Item, new: Item) -> Iterator[Mark]:
    change = difference(old, new, after.programme)
    if is_series(old.when) and is_series(new.when):
        yield from _series_moves(after, old, new, change)
    elif change.come and (change.gone or isinstance(old.when, Vague)):
        now, was = _now_and_was(after, old, new, change)
        at, named = begins(change.come[0], after.home), change.come[:NAMED]
        yield Mark(new, "moved", at, now=now, was=was, named=named)
    else:
        yield from (_instance_off(after, new, one) for one in change.gone)


def _series_moves(after: View, old: Item, new: Item, change: Difference) -> Iterator[Mark]:
    """A new pattern is told as one; otherwise each instance that was moved or does not take place."""
    now, was = pattern_of(after, new), pattern_of(after, old)
    if change.gone and now and was and now != was:
        yield Mark(new, "moved", begins((change.come or change.gone)[0], after.home), now=now, was=was)
        return
    targets = {_start_of(after, one): one for one in change.come if one.moved_from is not None}
    for one in change.gone:
        to = targets.get(begins(one, after.home))
        yield _instance_off(after, new, one) if to is None else _instance_moved(after, new, one, to)


def _start_of(after: View, moved: Occurrence) -> datetime:
    return begins(Occurrence(moved.moved_from or moved.start, None), after.home)


def _instance_moved(after: View, item: Item, one: Occurrence, to: Occurrence) -> Mark:
    now, was = moment_text(after, to), moment_text(after, one)
    return Mark(item, "moved", begins(to, after.home), now=now, was=was, whole=False, occurrence=to)


def _instance_off(after: View, item: Item, one: Occurrence) -> Mark:
    start = begins(one, after.home)
    later = between(item, ends(one, after.home), start + HORIZON, after.programme)
    back = next((other for other in later if other.status != "cancelled" and begins(other, after.home) > start), None)
    note = _back_text(after, back) if back else ""
    return Mark(item, "cancelled", start, was=moment_text(after, one), note=note, whole=False, occurrence=one)


def _back_text(after: View, back: Occurrence) -> str:
    return after.language.gettext("Back on {day}", day=day_text(day_of(back, after.zone), after.language))


def _now_and_was(after: View, old: Item, new: Item, change: Difference) -> tuple[str, str]:
    now, was = _times(after, change.come), _times(after, change.gone)
    if isinstance(old.when, Vague):
        was = old.when.text
    if not _place_changed(old, new):
        return now, was
    here, there = place_text(new.place, after.language), place_text(old.place, after.language)
    return after.language.row([now, here]), after.language.row([part for part in (was, there) if part])


def _times(after: View, found: Sequence[Occurrence]) -> str:
    return in_a_row(after.language, [moment_text(after, one) for one in found], NAMED)


def _place_changed(old: Item, new: Item) -> bool:
    here, there = (_place_words(place_text(one.place)) for one in (new, old))
    return bool(here) and here != there


def _place_words(text: str) -> str:
    return plain_words(_BELOW.sub("below ", text))


def pattern_of_series(view: View, item: Item) -> str:
    """The item's pattern where it is a series, or nothing."""
    return pattern_of(view, item) if is_series(item.when) else ""


def _vanished(after: View) -> Iterator[Told]:
    """What was told, is still to come, and stands nowhere now although its source was read."""
    now = Known.of(after.draft.items)
    alive = {origin.source for item in after.draft.items for origin in item.origins}
    broken = {problem.origin.path for problem in after.draft.problems if problem.level == "error"}
    for told in after.memory.told:
        item = told.item
        unread = any(origin.source not in alive or origin.path in broken for origin in item.origins)
        known_later = is_newer(told, after.draft)
        gone = item.kind == "event" and not is_off(item) and now.find(item) is None and not known_later
        gone = gone and item.id not in after.choices.stopped
        if gone and not unread and _awaited(after, told):
            yield told


def _awaited(after: View, told: Told) -> tuple[Occurrence, ...]:
    """The occurrences that a reader still waits for: those that were named, or a series' in this window."""
    coming = still_to_come(told.item, after.programme)
    if is_series(told.item.when):
        return coming
    return tuple(one for one in coming if begins(one, after.home) in told.starts)


def _gone(after: View, told: Told) -> Mark:
    item, coming = told.item, _awaited(after, told)
    was = pattern_of_series(after, item) or _times(after, coming)
    note = after.language.gettext("It is no longer listed")
    return Mark(item, "cancelled", begins(coming[0], after.home), was=was, note=note)


def _known_off(after: View) -> Iterator[str]:
    for item in after.programme.items:
        told = after.told_of(item)
        if told is not None and is_off(item) and told.item.status == item.status:
            yield item.id


def _coming_at(after: View, item: Item) -> datetime:
    return min((begins(one, after.home) for one in still_to_come(item, after.programme)), default=_LAST)
