"""Calendars (RFC 5545, 3.4; RFC 7986): one event's file, and many events as a calendar to subscribe to."""

from collections.abc import Iterable, Sequence

from newsletter.model.publishing import Revision, ZoneSpan
from newsletter.render.calendar.events import joined
from newsletter.render.calendar.lines import block, text
from newsletter.render.calendar.zones import timezone_block

PRODUCT = "-//newsletter//events//EN"
#: How often a program should look again (RFC 7986, 5.7), and the older name that some know alone.
REFRESH = "PT6H"


def event_calendar(revision: Revision) -> bytes:
    """The file of one event, to be imported, and imported again when it changed."""
    return _calendar((), (revision,))


def calendar(name: str, description: str, revisions: Iterable[Revision]) -> bytes:
    """A named calendar of many events, in the order of their UIDs, so that the same events give the same bytes."""
    about = (
        f"NAME:{text(name)}",
        f"X-WR-CALNAME:{text(name)}",
        *((f"DESCRIPTION:{text(description)}", f"X-WR-CALDESC:{text(description)}") if description else ()),
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    )
    return _calendar(about, sorted(revisions, key=lambda one: one.uid))


def _calendar(about: Sequence[str], revisions: Sequence[Revision]) -> bytes:
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", *about)
    zones = (timezone_block(span.zone, span.first, span.last) for span in _spans(revisions))
    events = (revision.text for revision in revisions)
    return "".join((block(head), *zones, *events, block(("END:VCALENDAR",)))).encode()


def _spans(revisions: Iterable[Revision]) -> list[ZoneSpan]:
    spans: dict[str, ZoneSpan] = {}
    for revision in revisions:
        for span in revision.zones:
            spans[span.zone] = joined(spans.get(span.zone, span), span)
    return [spans[name] for name in sorted(spans)]
