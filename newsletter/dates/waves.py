"""When an issue reaches each reader, where it leaves by the reader's own clock: zone by zone, from the east on."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.dates.zones import localise

#: The clocks that are furthest ahead of UTC (Pacific/Kiritimati).
EASTERNMOST = timedelta(hours=14)


def wave_time(send_at: datetime, zone: ZoneInfo, send_by: timedelta) -> datetime:
    """When a reader in `zone` gets the issue of a slot: at the slot's wall clock there, on the same date.

    `send_at` is aware and in the community's zone, as a Slot has it. Nobody gets it later than `send_by` after that
    moment. A wall clock that a spring leaves out moves forward, and of one that autumn repeats the first counts.
    """
    own = localise(send_at.replace(tzinfo=None), zone)
    limit = send_at.astimezone(UTC) + send_by
    return min(own.astimezone(UTC), limit).astimezone(zone)


def longest_lead(home: ZoneInfo) -> timedelta:
    """How long before a slot of the zone `home` a reader anywhere may get its issue."""
    offsets = (datetime(2026, month, 15, tzinfo=home).utcoffset() or timedelta() for month in (1, 7))
    return max(timedelta(), *(EASTERNMOST - offset for offset in offsets))
