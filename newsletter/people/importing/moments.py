"""Moments as exports write them: ISO 8601, Go's zones, seconds since 1970. Without a zone, UTC is meant."""

import re
from datetime import UTC, datetime

_ZONE_NAME = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_GO_ZONE = re.compile(r"\s+([+-]\d{4})(?:\s+\S+)?$")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_EPOCH = re.compile(r"\d{9,10}(?:\.0+)?|\d{12,13}")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def read_moment(text: str) -> datetime | None:
    """The moment in UTC; None for what is no moment, such as a date whose day and month could be exchanged."""
    found = _epoch(text) if _EPOCH.fullmatch(text) else _written(text)
    return found if found and found >= _EARLIEST else None


def _epoch(text: str) -> datetime | None:
    number = float(text)
    return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)


def _written(text: str) -> datetime | None:
    zone = _GO_ZONE.search(text)
    plain = text[: zone.start()] + zone[1] if zone else _ZONE_NAME.sub("", text)
    try:
        found = datetime.fromisoformat(_FRACTION.sub(r"\1", plain))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
