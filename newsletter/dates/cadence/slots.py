"""A digest's slots, planned on the community's wall clock.

The local date of a slot is its key, so the hour that autumn repeats can make no second issue.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.dates.cadence.days import planned_days
from newsletter.dates.cadence.parsing import parse_cadence, parse_lead
from newsletter.dates.cadence.rules import CadenceError
from newsletter.dates.cadence.windows import window_of
from newsletter.dates.terms import Terms
from newsletter.dates.zones import localise
from newsletter.model.issue import Slot
from newsletter.model.workspace import DigestSettings


def slots(name: str, digest: DigestSettings, *, zone: ZoneInfo, terms: Terms, after: datetime) -> Iterator[Slot]:
    """The digest's slots at or after the aware `after`, ascending; none where manual or no term is left.

    `until` is where the next slot's window begins, if that lies behind the end of this one's. CadenceError where a
    window names a term that is not there.
    """
    planned = _planned(name, digest, zone, terms, after)
    slot = next(planned, None)
    while slot is not None:
        try:
            coming = next(planned, None)
        except CadenceError:
            yield slot
            raise
        yield replace(slot, until=_gap(slot, coming), next_at=coming.send_at if coming else None)
        slot = coming


def _planned(name: str, digest: DigestSettings, zone: ZoneInfo, terms: Terms, after: datetime) -> Iterator[Slot]:
    cadence, lead = parse_cadence(digest.cadence), parse_lead(digest.draft)
    for day in planned_days(cadence, after.astimezone(zone).date(), terms):
        planned = datetime.combine(day, cadence.at)
        send_at = localise(planned, zone)
        if send_at.astimezone(UTC) >= after.astimezone(UTC):
            window = window_of(digest, send_at, zone, terms, None)
            yield Slot(name, f"{name}-{day}", send_at, _before(send_at, planned, lead, zone), window)


def _before(moment: datetime, planned: datetime, lead: timedelta, zone: ZoneInfo) -> datetime:
    """So long before a planned wall clock: whole days keep its time of day, anything else is elapsed time."""
    if lead % timedelta(days=1):
        return (moment.astimezone(UTC) - lead).astimezone(zone)
    return localise(planned - lead, zone)


def _gap(slot: Slot, coming: Slot | None) -> datetime | None:
    return coming.window.start if coming and coming.window.start > slot.window.end else None
