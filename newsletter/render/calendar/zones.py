"""A zone as a VTIMEZONE (RFC 5545, 3.6.5): its real changes in the years that are asked for.

Changes that come on the same weekday of the month every year are told as a rule, which is what desktop programs
understand best; others are listed one by one.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from newsletter.dates.rules import WEEKDAYS
from newsletter.render.calendar.lines import block, text, utc, wall

#: The last year whose changes are looked at; a rule that holds until then is told without an end.
LAST_YEAR = 2037
#: Names under which UTC needs no component: its times end in Z.
UTC_NAMES = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu"})
_DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Change:
    """The clock of a zone is set: when (UTC), from and to which offset, and what the time is called after it."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @property
    def onset(self) -> datetime:
        """The wall clock that shows when it happens, still by the old offset."""
        return (self.at + self.before).replace(tzinfo=None)


@lru_cache(maxsize=256)
def timezone_block(name: str, first: int, last: int | None) -> str:
    """The component of an IANA zone for events of the years `first` to `last` (None: without an end)."""
    zone = ZoneInfo(name)
    end = max(min(last if last is not None else LAST_YEAR, LAST_YEAR), first) + 1
    changes = list(_changes(zone, first, end))
    lines = [f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\n"]
    if not changes or changes[0].at.year >= first:
        lines.append(_base(zone, first))
    for _, same in groupby(sorted(changes, key=_kind), key=_kind):
        lines += _observances(sorted(same, key=lambda one: one.at), endless=end)
    return "".join((*lines, "END:VTIMEZONE\r\n"))


def _kind(change: Change) -> tuple[bool, timedelta, timedelta, str]:
    return change.summer, change.before, change.after, change.name


def _changes(zone: ZoneInfo, first: int, last: int) -> Iterator[Change]:
    """Every change of offset, name or season from the year before `first` to the end of `last`."""
    moment, end = datetime(first - 1, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    while moment < end:
        later = moment + 7 * _DAY
        if _state(zone, moment) != _state(zone, later):
            at = _found(zone, moment, later)
            offset, name, summer = _state(zone, at)
            yield Change(at, _state(zone, at - timedelta(seconds=1))[0], offset, name, summer)
            moment = at
        else:
            moment = later


def _found(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second of the state that is not that of `low`; the last change before `high` is another's turn."""
    state = _state(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if _state(zone, middle) == state:
            low = middle
        else:
            high = middle
    return high


def _state(zone: ZoneInfo, at: datetime) -> tuple[timedelta, str, bool]:
    local = at.astimezone(zone)
    return local.utcoffset() or timedelta(), local.tzname() or zone.key, bool(local.dst())


def _base(zone: ZoneInfo, first: int) -> str:
    """What held before the first change that is told."""
    offset, name, summer = _state(zone, datetime(first, 1, 1, tzinfo=UTC))
    return _observance(summer, offset, offset, name, datetime.combine(_EPOCH, datetime.min.time()))


def _observances(changes: Sequence[Change], endless: int) -> Iterator[str]:
    """Changes of one kind: as one rule where they follow one, else as a list."""
    first, last = changes[0], changes[-1]
    rule = _rule([change.onset for change in changes])
    if rule and last.at.year >= endless:
        extra: tuple[str, ...] = (f"RRULE:{rule}",)
    elif rule:
        extra = (f"RRULE:{rule};UNTIL={utc(last.at)}",)
    else:
        extra = tuple(f"RDATE:{wall(change.onset)}" for change in changes[1:])
    yield _observance(first.summer, first.before, first.after, first.name, first.onset, extra)


def _observance(
    summer: bool, before: timedelta, after: timedelta, name: str, onset: datetime, extra: Sequence[str] = ()
) -> str:
    part = "DAYLIGHT" if summer else "STANDARD"
    lines = (
        f"BEGIN:{part}",
        f"DTSTART:{wall(onset)}",
        *extra,
        f"TZOFFSETFROM:{_offset(before)}",
        f"TZOFFSETTO:{_offset(after)}",
        f"TZNAME:{text(name)}",
        f"END:{part}",
    )
    return block(lines)


def _rule(onsets: Sequence[datetime]) -> str:
    """The yearly rule of these wall clocks, one in each year without a gap; empty where there is none."""
    years = [onset.year for onset in onsets]
    one = onsets[0]
    regular = years == list(range(years[0], years[0] + len(years))) and len(onsets) > 1
    if not regular or any(
        (at.month, at.weekday(), at.time()) != (one.month, one.weekday(), one.time()) for at in onsets
    ):
        return ""
    shared = set.intersection(*(set(_ordinals(at)) for at in onsets))
    return f"FREQ=YEARLY;BYMONTH={one.month};BYDAY={min(shared)}{WEEKDAYS[one.weekday()]}" if shared else ""


def _ordinals(at: datetime) -> tuple[int, ...]:
    """Which of its weekday in the month it is: counted from the start and, for the last one, from the end."""
    last = at.day + 7 > monthrange(at.year, at.month)[1]
    return ((at.day - 1) // 7 + 1, *((-1,) if last else ()))


def _offset(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{minutes:02}{f'{rest:02}' if rest else ''}"
