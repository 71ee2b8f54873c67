"""ISO 8601 as data files hold it: "2026-01-08T17:00:00Z", "2017-10-11 14:00:00 -0500", "20220112T110000", spans."""

import re
from datetime import datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from newsletter.dates.findings import RefusalError
from newsletter.model.when import Instant, TzSource

_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:T|\s+)(\d{1,2}):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?"
    r"(?:\[[\w/+-]+\])?",
    re.IGNORECASE,
)
_SPAN = re.compile(r"\s*/\s*|\s+-\s+|\s+to\s+", re.IGNORECASE)


def read_iso(text: str, home: ZoneInfo, offset: Literal["trust", "wall_clock"] = "trust") -> Instant | None:
    """A whole ISO date and time on the wall clock of `home`; None for any other form, RefusalError for 25:00."""
    found = _ISO.fullmatch(text.strip())
    if found is None or _is_span_of_clocks(text, found):
        return None
    try:
        naive = datetime.fromisoformat(
            f"{found[1]}-{found[2]}-{found[3]}T{int(found[4]):02}:{found[5]}:{found[6] or '00'}"
        )
    except ValueError:
        raise RefusalError(f'"{text}" is not a date and time') from None
    source: TzSource = "source_default"
    if found[7] and offset == "trust":
        naive, source = _on_wall(naive, found[7], home), "offset"
    return Instant(naive, None, home.key, source)


def read_iso_span(text: str, home: ZoneInfo, offset: Literal["trust", "wall_clock"] = "trust") -> Instant | None:
    """One ISO time, or two with "/", a spaced dash or "to" between them."""
    if single := read_iso(text, home, offset):
        return single
    parts = _SPAN.split(text)
    if len(parts) != 2:
        return None
    first, last = (read_iso(part, home, offset) for part in parts)
    if first is None or last is None:
        return None
    if last.start < first.start:
        raise RefusalError("it ends before it begins", "E-ORDER")
    return Instant(first.start, last.start, first.timezone, first.tz_source)


def _is_span_of_clocks(text: str, found: re.Match[str]) -> bool:
    """ "2026-12-07 12:00-13:30" is a person's span; an offset has a T before it, seconds, or a space."""
    return (found[7] or "").startswith("-") and not found[6] and bool(re.search(r"\s\d{1,2}:?\d\d-", text))


def _on_wall(naive: datetime, offset: str, home: ZoneInfo) -> datetime:
    minutes = 0
    if offset.upper() != "Z":
        digits = offset[1:].replace(":", "").ljust(4, "0")
        minutes = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if offset[0] == "-" else 1)
    try:
        aware = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
        return aware.astimezone(home).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise RefusalError(f'"{offset}" is not an offset') from None
