"""Links that put an event into somebody's web calendar: straight to Google and Outlook.com, nothing in between."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, urlencode

from newsletter.model.issue import Link
from newsletter.model.when import Occurrence

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"


# Editions differ in their readers' zones, and these links are in UTC.
@lru_cache(maxsize=16_384)
def calendar_links(title: str, occurrence: Occurrence, place: str = "", details: str = "") -> tuple[Link, ...]:
    """A link per calendar; instants are given in UTC, whole days as dates with the end exclusive, as both expect."""
    return (
        Link("Google", f"{GOOGLE}?{_query(_google(title, occurrence, place, details))}"),
        Link("Outlook", f"{OUTLOOK}?{_query(_outlook(title, occurrence, place, details))}"),
    )


def _google(title: str, occurrence: Occurrence, place: str, details: str) -> dict[str, str]:
    start, end = _span(occurrence)
    return {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{_basic(start)}/{_basic(end)}",
        "details": details,
        "location": place,
    }


def _outlook(title: str, occurrence: Occurrence, place: str, details: str) -> dict[str, str]:
    start, end = _span(occurrence)
    return {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": _extended(start),
        "enddt": _extended(end) if occurrence.end is not None else "",
        "allday": "true" if occurrence.all_day else "",
        "body": details,
        "location": place,
    }


def _span(occurrence: Occurrence) -> tuple[date, date]:
    """Start and end; an end that nobody stated is the start, for a length is not guessed."""
    start, end = occurrence.start, occurrence.end or occurrence.start
    return start, end if isinstance(end, datetime) else end + timedelta(days=1)


def _basic(moment: date) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" if isinstance(moment, datetime) else f"{moment:%Y%m%d}"


def _extended(moment: date) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(moment, datetime) else moment.isoformat()


def _query(values: dict[str, str]) -> str:
    return urlencode({key: value for key, value in values.items() if value}, quote_via=quote)
