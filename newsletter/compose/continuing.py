"""What has begun and goes on for days: told in full once, and in one line from then on."""

from newsletter.compose.moments import begins
from newsletter.compose.programme import Timed, is_series
from newsletter.compose.view import View, is_off
from newsletter.model.when import Occurrence


def running(view: View, timed: Timed) -> Occurrence | None:
    """The occurrence that goes on, of something the reader was told in full; None for whatever needs an entry.

    It has begun before the window or before the issue is read, and it is all that the window holds of the event. In a
    compact issue the line is all there ever is.
    """
    live = [one for one in timed.occurrences if one.status != "cancelled"]
    told = view.told_of(timed.item)
    if len(live) != 1 or told is None or is_series(timed.item.when) or is_off(timed.item):
        return None
    if not told.in_full and view.choices.density == "full":
        return None
    since = max(view.programme.window.start, view.programme.moment)
    known = view.is_reminder(timed) and live[0].status == "confirmed"
    return live[0] if known and begins(live[0], view.home) < since else None
