"""Dates and times as programs write them: ISO 8601 and its near kin. What people write, newsletter.dates reads."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

_STAMP = re.compile(
    r"""(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})
        (?:(?:[T ]|[ ]T|,[ ])\s*(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,]\d{1,9})?)?
           \s*(?P<z>Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?)?$""",
    re.VERBOSE | re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?:T(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)?(?P<z>Z|[+-]\d\d:?\d\d)?)?$",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d))?\s*(?P<z>Z|UTC|[+-]\d\d:?\d\d)?$", re.IGNORECASE)
_DURATION = re.compile(
    r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$", re.IGNORECASE
)
_WORDS = re.compile(
    r"(\d{1,5}(?:[.,]\d{1,2})?)\s*(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|min|m)\b", re.IGNORECASE
)
_UNITS = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1}


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date, perhaps a wall clock, perhaps the offset written with it (UTC counts as one)."""

    day: date
    clock: time | None = None
    offset: timedelta | None = None

    @property
    def wall(self) -> datetime:
        """The naive wall clock as written; midnight where none is."""
        return datetime.combine(self.day, self.clock or time())

    @property
    def is_date(self) -> bool:
        """Whether only a day was written."""
        return self.clock is None

    @property
    def is_midnight(self) -> bool:
        """Whether the clock, if any, shows 00:00, as programs write dates."""
        return self.clock in (None, time())

    def in_zone(self, zone: ZoneInfo) -> datetime:
        """The naive wall clock of `zone` at the instant that the offset names; as written where there is none."""
        if self.offset is None:
            return self.wall
        try:
            return self.wall.replace(tzinfo=timezone(self.offset)).astimezone(zone).replace(tzinfo=None)
        except OverflowError:
            return self.wall


def read_stamp(text: str) -> Stamp | None:
    """An ISO 8601 date or time, also `2017-10-11 14:00:00 -0500` and `20220112T110000`; None for anything else."""
    text = text.strip()
    found = _COMPACT.match(text) or _STAMP.match(text)
    if found is None:
        return None
    try:
        day = date(int(found["y"]), int(found["m"]), int(found["d"]))
        return Stamp(day, _clock(found), _offset(found["z"]))
    except ValueError:
        return None


def read_offset_clock(text: str) -> tuple[time, timedelta | None] | None:
    """`16:00` or `16:00+02:00` as a clock and its offset; None for anything else."""
    found = _CLOCK.match(text.strip())
    try:
        clock = _clock(found) if found else None
        return (clock, _offset(found["z"])) if found and clock else None
    except ValueError:
        return None


def read_duration(text: str) -> timedelta | None:
    """`60` (minutes), `90 minutes`, `1h 30m`, `1.5 hours`, `1:30`, `PT1H30M`, `5400000` (ms); None otherwise."""
    text = text.strip()
    if re.fullmatch(r"\d{1,5}", text):
        return timedelta(minutes=int(text)) or None
    if re.fullmatch(r"[1-9]\d{0,3}0{4}", text) and len(text) > 5:
        return timedelta(milliseconds=int(text))
    if clock := re.fullmatch(r"(\d{1,3}):([0-5]\d)(?::00)?", text):
        return timedelta(hours=int(clock[1]), minutes=int(clock[2])) or None
    if iso := _DURATION.match(text):
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds) or None
    return _worded(text)


def _worded(text: str) -> timedelta | None:
    parts = _WORDS.findall(text)
    if not parts or re.sub(r"\band\b|[\s,]", "", _WORDS.sub("", text)):
        return None
    minutes = sum(float(number.replace(",", ".")) * _UNITS[unit[0].casefold()] for number, unit in parts)
    return timedelta(minutes=minutes) or None


def offset_text(offset: timedelta) -> str:
    """An offset as ISO 8601 writes it: -04:00."""
    minutes = int(abs(offset).total_seconds()) // 60
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _clock(found: re.Match[str]) -> time | None:
    if found["H"] is None:
        return None
    return time(int(found["H"]), int(found["M"]), int(found["S"] or 0))


def _offset(text: str | None) -> timedelta | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return timedelta()
    digits = text[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if size >= timedelta(hours=24):
        raise ValueError(text)
    return -size if text[0] == "-" else size
