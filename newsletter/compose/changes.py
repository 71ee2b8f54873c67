"""What changed since the reader's last issue: a comparison of two views; edits of words do not count.

Told are changes of what the reader was told of and of what lies in this window, each in one issue only, because
the next issue is compared with this one. Without a baseline nothing is new.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from newsletter.compose.differences import Difference, difference, is_after, still_to_come
from newsletter.compose.editions import is_new_edition
from newsletter.compose.entries import moment_text, place_text
from newsletter.compose.matching import Known, plain_words
from newsletter.compose.moments import begins, day_of, ends
from newsletter.compose.programme import HORIZON, between, is_series
from newsletter.compose.series import pattern_of
from newsletter.compose.view import Mark, Marks, View, is_off
from newsletter.dates.wording import day_text
from newsletter.model.issue import Change
from newsletter.model.item import Item
from newsletter.model.problem import Problem
from newsletter.model.when import Occurrence, Vague

_LAST = datetime.max.replace(tzinfo=UTC)


def marks_between(before: View, after: View) -> Marks:
    """Every mark of `after` against `before`, which was composed for the same choices."""
    known = Known.of(before.items)
    marks = [mark for item in after.items for mark in _marks(before, after, known.find(item), item)]
    vanished = tuple(_vanished(before, after))
    told = [mark for mark in marks if mark.change != "new"] + [_gone(before, after, item) for item in vanished]
    return Marks(
        by_id={mark.item.id: mark for mark in marks if mark.whole},
        listed=tuple(sorted(told, key=lambda mark: (mark.at, mark.item.title.casefold(), mark.item.id))),
        known_off=frozenset(_known_off(before, after, known)),
        vanished=vanished,
    )


def vanished_problems(marks: Marks) -> tuple[Problem, ...]:
    """For the editor: what was told and is no longer in its source."""
    text = "{!r} was in the last issue and is no longer in its source; readers are told that it is cancelled"
    return tuple(Problem("warning", "W-VANISHED", text.format(item.title), item.origin) for item in marks.vanished)


def _marks(before: View, after: View, old: Item | None, new: Item) -> Iterator[Mark]:
    if old is None or (is_off(old) and not is_off(new)) or is_new_edition(old, new, after.programme):
        yield Mark(new, "new", _coming_at(after, new))
    elif new.kind != "event" or old == new:
        return
    elif is_off(new):
        yield from _called_off(before, after, old, new)
    else:
        yield from _altered(before, after, old, new)


def _called_off(before: View, after: View, old: Item, new: Item) -> Iterator[Mark]:
    if new.status != old.status and _concerns(before, after, old, new):
        was = "; ".join(moment_text(after, one) for one in still_to_come(old, after.programme)[:3])
        change: Change = "cancelled" if new.status == "cancelled" else "postponed"
        yield Mark(new, change, _coming_at(after, old), was=was or pattern_of_series(after, old))


def _altered(before: View, after: View, old: Item, new: Item) -> Iterator[Mark]:
    """The weightiest change of an event that goes ahead: its time, then its place, then its registration."""
    concerns = _concerns(before, after, old, new)
    moves = tuple(_moves(after, old, new)) if concerns else ()
    yield from moves
    if any(mark.whole for mark in moves):
        return
    if concerns and _place_changed(old, new):
        here, there = place_text(new.place), place_text(old.place)
        yield Mark(new, "place changed", _coming_at(after, new), now=here, was=there)
    elif new.registration_url and not old.registration_url and still_to_come(new, after.programme):
        yield Mark(new, "registration opened", _coming_at(after, new), now="open for registration")


def _moves(after: View, old: Item, new: Item) -> Iterator[Mark]:
    change = difference(old, new, after.programme)
    if is_series(old.when) and is_series(new.when):
        yield from _series_moves(after, old, new, change)
    elif change.come and (change.gone or isinstance(old.when, Vague)):
        yield Mark(new, "moved", begins(change.come[0], after.home), *_now_and_was(after, old, new, change))
    elif change.gone:
        yield _instance_off(after, new, change.gone[0])


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
    note = f"Back on {day_text(day_of(back, after.zone))}" if back else ""
    return Mark(item, "cancelled", start, was=moment_text(after, one), note=note, whole=False, occurrence=one)


def _now_and_was(after: View, old: Item, new: Item, change: Difference) -> tuple[str, str]:
    now, was = _times(after, change.come), _times(after, change.gone)
    if isinstance(old.when, Vague):
        was = old.when.text
    if not _place_changed(old, new):
        return now, was
    return f"{now}, {place_text(new.place)}", ", ".join(part for part in (was, place_text(old.place)) if part)


def _times(after: View, found: Sequence[Occurrence]) -> str:
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return "; ".join(moment_text(after, one) for one in found[:3]) + more


def _place_changed(old: Item, new: Item) -> bool:
    here, there = plain_words(place_text(new.place)), plain_words(place_text(old.place))
    return bool(here) and here != there


def pattern_of_series(view: View, item: Item) -> str:
    """The item's pattern where it is a series, or nothing."""
    return pattern_of(view, item) if is_series(item.when) else ""


def _concerns(before: View, after: View, old: Item, new: Item) -> bool:
    """Whether the change touches this window, or something still to come that the last issue told."""
    if any(timed.item.id == new.id for timed in after.timed):
        return True
    window = after.programme.window
    return bool(between(old, window.start, window.end, after.programme)) or _was_told(before, after, old)


def _was_told(before: View, after: View, old: Item) -> bool:
    told = (one for timed in before.timed if timed.item.id == old.id for one in timed.occurrences)
    return any(is_after(one, after.programme.moment, after.programme) for one in told)


def _vanished(before: View, after: View) -> Iterator[Item]:
    """What the last issue told of, is still to come, and stands nowhere now although its source was read."""
    now = Known.of(after.draft.items)
    alive = {origin.source for item in after.draft.items for origin in item.origins}
    broken = {problem.origin.path for problem in after.draft.problems if problem.level == "error"}
    for timed in before.timed:
        item = timed.item
        unread = any(origin.source not in alive or origin.path in broken for origin in item.origins)
        if not unread and not is_off(item) and now.find(item) is None and _was_told(before, after, item):
            yield item


def _gone(before: View, after: View, item: Item) -> Mark:
    told = [one for timed in before.timed if timed.item.id == item.id for one in timed.occurrences]
    coming = [one for one in told if is_after(one, after.programme.moment, after.programme)]
    was = pattern_of_series(after, item) or _times(after, coming)
    return Mark(item, "cancelled", begins(coming[0], after.home), was=was, note="It is no longer listed")


def _known_off(before: View, after: View, known: Known) -> Iterator[str]:
    told = {timed.item.id for timed in before.timed}
    for item in after.items:
        old = known.find(item)
        if is_off(item) and old is not None and old.status == item.status and old.id in told:
            yield item.id


def _coming_at(after: View, item: Item) -> datetime:
    return min((begins(one, after.home) for one in still_to_come(item, after.programme)), default=_LAST)
