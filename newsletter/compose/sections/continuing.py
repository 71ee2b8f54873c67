"""What the reader was told in full and goes on: a line each, with its last day."""

from dataclasses import replace
from datetime import datetime, timedelta

from newsletter.compose.continuing import running
from newsletter.compose.entries import at_time, entry_of, moment_text
from newsletter.compose.moments import ends
from newsletter.compose.view import View
from newsletter.dates.wording import day_text
from newsletter.model.issue import Entry, Section
from newsletter.model.item import Item
from newsletter.model.when import Occurrence


def build(view: View) -> Section | None:
    """The longest known of all: what ends first stands first."""
    found = [(timed.item, one) for timed in view.timed if (one := running(view, timed)) is not None]
    found.sort(key=lambda pair: (ends(pair[1], view.home), pair[0].title.casefold(), pair[0].id))
    return Section("continuing", view.language.gettext("Still on"), tuple(_line(view, *pair) for pair in found))


def _line(view: View, item: Item, occurrence: Occurrence) -> Entry:
    entry = at_time(view, entry_of(view, item), occurrence)
    text = view.language.gettext("until {day}", day=_last(view, occurrence))
    time = replace(entry.time, elsewhere="")  # the community's clock for a start that is over helps nobody
    return replace(entry, when_text=text, time=time, summary="", body="", continuing=True)


def _last(view: View, occurrence: Occurrence) -> str:
    """Its last day; what ends on a clock names the hour, in the reader's zone."""
    end = occurrence.end or occurrence.start
    if not isinstance(end, datetime):
        return day_text(end, view.language)
    if end - end.astimezone(view.home).replace(hour=0, minute=0, second=0, microsecond=0) == timedelta(0):
        return day_text((end.astimezone(view.home) - timedelta(days=1)).date(), view.language)
    return moment_text(view, Occurrence(end, None))
