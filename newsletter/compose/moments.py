"""Occurrences as instants and days: where whole days meet a clock, the community's zone decides."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.model.when import Occurrence


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day on the zone's clock."""
    return datetime.combine(day, time(), tzinfo=zone)


def begins(occurrence: Occurrence, home: ZoneInfo) -> datetime:
    """When it starts, in UTC; whole days start at midnight in `home`."""
    start = occurrence.start
    return (start if isinstance(start, datetime) else midnight(start, home)).astimezone(UTC)


def ends(occurrence: Occurrence, home: ZoneInfo) -> datetime:
    """When it is over, in UTC: its end, the midnight after its last day, or its start where no end is stated."""
    end = occurrence.end or occurrence.start
    if isinstance(end, datetime):
        return end.astimezone(UTC)
    return midnight(end + timedelta(days=1), home).astimezone(UTC)


def day_of(occurrence: Occurrence, zone: ZoneInfo) -> date:
    """The day it starts on for somebody in `zone`; whole days belong to no zone."""
    start = occurrence.start
    return start.astimezone(zone).date() if isinstance(start, datetime) else start


def instant_of(occurrence: Occurrence) -> datetime | None:
    """Its start in UTC, or None for whole days."""
    return occurrence.start.astimezone(UTC) if isinstance(occurrence.start, datetime) else None
