"""What a reader was not told in time is told now; what they know already is not told more often than wanted."""

from dataclasses import replace

from newsletter.compose.categories import repeats_of
from newsletter.compose.moments import begins
from newsletter.compose.programme import Timed, is_series
from newsletter.compose.view import View, is_off


def with_untold(view: View) -> View:
    """The view with what happens before its window and was not told in the reader's last issues."""
    shown = {item.id for item in view.items}
    found = (_untold(view, timed) for timed in view.programme.earlier if timed.item.id in shown)
    earlier = {timed.item: timed.occurrences for timed in found if timed.occurrences}
    timed = tuple(Timed(one.item, (*earlier.pop(one.item, ()), *one.occurrences)) for one in view.timed)
    return replace(view, timed=(*(Timed(item, found) for item, found in earlier.items()), *timed))


def within_repeats(view: View) -> View:
    """The view without what was told as often as the digest, or its category, wants it told."""
    most = view.draft.settings.max_repeats
    timed = tuple(one for one in view.timed if most is None or not _is_told(view, one, most))
    ahead = tuple(one for one in view.ahead if not _is_told(view, one, repeats_of(one.item, view.draft.categories)))
    return replace(view, timed=timed, ahead=ahead)


def _untold(view: View, timed: Timed) -> Timed:
    told = view.told_of(timed.item)
    if is_off(timed.item) or (told is not None and is_series(timed.item.when)):
        return Timed(timed.item, ())
    known = told.starts if told else ()
    return Timed(timed.item, tuple(one for one in timed.occurrences if begins(one, view.home) not in known))


def _is_told(view: View, timed: Timed, repeats: int) -> bool:
    """Whether it was told once and then `repeats` times again, and nothing has changed since."""
    told = view.told_of(timed.item)
    return told is not None and view.is_reminder(timed) and told.times > repeats
