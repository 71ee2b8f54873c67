"""A digest's slots, planned on the community's wall clock.

The local date of a slot is its key, so the hour that autumn repeats can make no second issue.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newsletter.dates.cadence.days import planned_days
from newsletter.dates.cadence.parsing import parse_cadence, parse_lead
from newsletter.dates.cadence.windows import window_of
from newsletter.dates.terms import Terms
from newsletter.dates.zones import localise
from newsletter.model.issue import Slot
from newsletter.model.workspace import DigestSettings


def slots(name: str, digest: DigestSettings, *, zone: ZoneInfo, terms: Terms, after: datetime) -> Iterator[Slot]:
    """The digest's slots at or after the aware `after`, ascending; none where manual or no term is left."""
    cadence, lead = parse_cadence(digest.cadence), parse_lead(digest.draft)
    for day in planned_days(cadence, after.astimezone(zone).date(), terms):
        planned = datetime.combine(day, cadence.at)
        send_at = localise(planned, zone)
        if send_at.astimezone(UTC) >= after.astimezone(UTC):
            window = window_of(digest, send_at, zone, terms, None)
            yield Slot(name, f"{name}-{day}", send_at, localise(planned - lead, zone), window)
