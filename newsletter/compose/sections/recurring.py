"""A series once: its pattern on the reader's clock and what departs from it inside the window."""

from dataclasses import replace

from newsletter.compose.entries import calendar_file, entry_of, marked, place_text
from newsletter.compose.programme import Timed
from newsletter.compose.series import elsewhere_of, exceptions_of, pattern_of, place_in_week, series_of
from newsletter.compose.stopping import stop_code
from newsletter.compose.view import View, is_off
from newsletter.language.filling import opening
from newsletter.model.issue import Entry, Section


def build(view: View) -> Section | None:
    """One line per series that goes on inside the window, or would by its rule."""
    found = [timed for timed in series_of(view) if not is_off(timed.item)]
    entries = [_line(view, timed) for timed in sorted(found, key=lambda timed: place_in_week(view, timed.item))]
    free = entries and not any(entry.registration_url for entry in entries)
    gettext = view.language.gettext
    hint = gettext("No sign-up: just drop in.") if free else gettext("Come as often as you like.")
    return Section("recurring", gettext("Every week"), tuple(entries), hint)


def _line(view: View, timed: Timed) -> Entry:
    first = next((one for one in timed.occurrences if one.status != "cancelled"), None)
    entry = entry_of(view, timed.item, first)
    entry = replace(
        entry,
        place=place_text(timed.item.place, view.language),
        when_text=opening(pattern_of(view, timed.item) or entry.when_text),
        time=replace(entry.time, elsewhere=elsewhere_of(view, timed.item)),
        calendar=calendar_file(view, timed.item),
        exceptions=exceptions_of(view, timed),
        stop=stop_code(timed.item),
    )
    return marked(view, entry, timed.item)
