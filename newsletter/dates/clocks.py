"""The grammar of times of day: "Noon - 1:30pm PT", "11am-2pm", "9-10 (CET)", "10 am Pacific / 1 pm Eastern".

A bare "2-3" is refused: nobody but its author knows which half of the day it means.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.dates.clock_zones import ZoneName, on_wall, read_zone
from newsletter.dates.findings import RefusalError
from newsletter.dates.tokens import Token, minutes_of
from newsletter.dates.zones import localise
from newsletter.model.when import Instant, TzSource

_LONGEST_NIGHT = 12 * 60
_DAY = timedelta(days=1)
#: From here on the end of a night in 24 hours is more likely an offset: "16:00-05:00".
_EARLY = 3 * 60
#: What stands between the same time in two zones; commas and bars do only where both name their zone.
_SAME_TIME = {"/", "(", "=", "|", ",", ";", "or"}
_DATED = {"date", "numeric", "month"}
_TIES = {"at", "from"}
_WEAK = {"|", ",", ";", "or"}


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes since midnight; an end after midnight is beyond 24 hours. `others` are the same time in other zones."""

    start: int
    end: int | None = None
    zone: ZoneName | None = None
    others: tuple["Clock", ...] = ()

    @property
    def start_time(self) -> time:
        """The start as a time of day."""
        return _time(self.start)

    @property
    def end_time(self) -> time | None:
        """The end as a time of day; after midnight it is smaller than the start."""
        return None if self.end is None else _time(self.end)

    def on(self, day: date) -> tuple[datetime, datetime | None]:
        """The naive wall clocks of that day."""
        midnight = datetime.combine(day, time())
        end = None if self.end is None else midnight + timedelta(minutes=self.end)
        return midnight + timedelta(minutes=self.start), end


@dataclass(frozen=True, slots=True)
class _Point:
    minutes: int
    half: str  # "a", "p", or "" where none is written
    sure: bool  # whether 24-hour reading is beyond doubt
    digits: bool = False  # "05:00", which may be the end of a span or an offset
    noon: bool = False  # "12:30", which alone is after noon, but in "12:30-1 AM" is not


def find_clock(found: list[Token], home: ZoneInfo) -> tuple[Clock | None, list[Token]]:
    """The one time among the tokens, and the tokens that are left; RefusalError where several differ."""
    start = next((index for index in range(len(found)) if starts_clock(found, index)), None)
    if start is None:
        return None, found
    clock, end = _clock(found, start, home)
    others, end = _others(found, end, clock, home)
    rest = _around(found, start, end)
    if any(starts_clock(rest, index) for index in range(len(rest))):
        raise RefusalError("it names several times; list them as separate events", "E-TIME")
    return Clock(clock.start, clock.end, clock.zone, others), rest


def _others(found: list[Token], end: int, clock: Clock, home: ZoneInfo) -> tuple[tuple[Clock, ...], int]:
    """The same time on the clocks of other zones: "10 am Pacific / 1 pm Eastern", "(7:00 am - 2:30 pm UTC)"."""
    others: list[Clock] = []
    while end < len(found) and found[end].text in _SAME_TIME and starts_clock(found, end + 1):
        other, after = _clock(found, end + 1, home)
        if found[end].text in _WEAK and not (other.zone and clock.zone):
            break
        bracket = found[end].text == "("
        end = after + (bracket and after < len(found) and found[after].text == ")")
        others.append(other)
    return tuple(others), end


def same_everywhere(clock: Clock, day: date, home: ZoneInfo) -> bool:
    """Whether the times given for other zones are the same instants on that day."""
    return all(_agree(clock, other, day, home) for other in clock.others)


def _agree(clock: Clock, other: Clock, day: date, home: ZoneInfo) -> bool:
    """Starts, and ends where both have one; a date may be another one elsewhere, so whole days are no difference."""
    starts = _moment(clock, clock.start, day, home) - _moment(other, other.start, day, home)
    if clock.end is None or other.end is None:
        return starts % _DAY == timedelta()
    ends = _moment(clock, clock.end, day, home) - _moment(other, other.end, day, home)
    return starts % _DAY == ends % _DAY == timedelta()


def _moment(clock: Clock, minutes: int, day: date, home: ZoneInfo) -> datetime:
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    if clock.zone and clock.zone.offset is not None:
        return (wall - clock.zone.offset).replace(tzinfo=UTC)
    zone = clock.zone.zone if clock.zone and clock.zone.zone else home
    return localise(wall, zone).astimezone(UTC)


def placed(clock: Clock, day: date, home: ZoneInfo) -> Instant:
    """That time on that day: an offset is put on the clock of `home`, since it names no zone of its own."""
    start, end = clock.on(day)
    offset = clock.zone.offset if clock.zone else None
    if offset is None:
        return Instant(start, end, *zone_of(clock, home))
    return Instant(on_wall(start, offset, home), on_wall(end, offset, home) if end else None, home.key, "offset")


def zone_of(clock: Clock | None, home: ZoneInfo) -> tuple[str, TzSource]:
    """The zone that the clock names and how it does, else home's."""
    name = clock.zone if clock else None
    if name is None or name.zone is None:
        return home.key, "source_default"
    return name.zone.key, name.source


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def starts_clock(found: list[Token], index: int) -> bool:
    """Whether a time begins here; a bare number does only before a dash and a time, or before am and pm."""
    if index >= len(found):
        return False
    token = found[index]
    if token.kind in ("clock", "noon", "midnight"):
        return True
    if token.kind != "number" or token.value > 24:
        return False
    following = [one.kind for one in found[index + 1 : index + 4]]
    if following[:1] in (["half"], ["noon"], ["midnight"]):
        return True
    return following[:1] == ["dash"] and (
        following[1:2] in (["clock"], ["noon"], ["midnight"])
        or (following[1:2] == ["number"] and following[2:3] in (["half"], ["noon"], ["midnight"]))
    )


def find_bare_clock(found: list[Token], home: ZoneInfo) -> tuple[Clock | None, list[Token]]:
    """As `find_clock`, for a field that can hold nothing but a time: there "9-10" is one."""
    for index in range(len(found) - 2):
        kinds = [one.kind for one in found[index : index + 3]]
        if kinds == ["number", "dash", "number"]:
            clock, end = _clock(found, index, home)
            return clock, _around(found, index, end)
    return None, found


def _clock(found: list[Token], index: int, home: ZoneInfo) -> tuple[Clock, int]:
    first, index = _point(found, index)
    zone, index = read_zone(found, index, home)
    last: _Point | None = None
    if index + 1 < len(found) and found[index].kind == "dash" and _is_point(found, index + 1):
        glued = found[index].text == "-"
        last, index = _point(found, index + 1)
        second, index = read_zone(found, index, home)
        if zone and second and (zone.zone, zone.offset) != (second.zone, second.offset):
            raise RefusalError(f'it begins in "{zone.text}" and ends in "{second.text}"', "E-TIME")
        zone = second or zone
        if glued and first.digits and last.digits and _EARLY <= last.minutes <= first.minutes:
            raise RefusalError("its second half may be an end or an offset; write both days, or a zone", "E-TIME")
    start, end = _settle(first, last)
    return Clock(start, end, zone), index


def _is_point(found: list[Token], index: int) -> bool:
    return found[index].kind in ("clock", "noon", "midnight", "number")


def _point(found: list[Token], index: int) -> tuple[_Point, int]:
    token, after = found[index], found[index + 1] if index + 1 < len(found) else None
    if token.kind in ("noon", "midnight"):
        return _Point(token.value, "p" if token.kind == "noon" else "m", True), index + 1
    if after and after.kind in ("noon", "midnight") and token.text in ("12", "12:00"):
        return _Point(after.value, "p" if after.kind == "noon" else "m", True), index + 2
    minutes = token.value if token.kind == "clock" else minutes_of(f"{token.text}:00")
    if after and after.kind == "half":
        return _Point(_with_half(minutes, after, token), after.text[0].lower(), True), index + 2
    sure = minutes >= 13 * 60 or (token.kind == "clock" and token.text.startswith("0"))
    noon, digits = token.kind == "clock" and minutes >= 12 * 60, token.kind == "clock"
    return _Point(minutes, "", sure, digits, noon), index + 1


def _with_half(minutes: int, half: Token, token: Token) -> int:
    if not 60 <= minutes < 13 * 60:
        raise RefusalError(f'"{token.text} {half.text}" is not a time of day')
    return minutes % (12 * 60) + (12 * 60 if half.text[0].lower() == "p" else 0)


def _settle(first: _Point, last: _Point | None) -> tuple[int, int | None]:
    """Give a start without am or pm the half its end implies, and an end after midnight its day."""
    if last is None:
        return _surely(first, first.minutes), None
    start, end = first.minutes, last.minutes
    if last.half == "m" or (end == 0 and last.half == "a"):
        end = 24 * 60
    if not first.half and not first.sure and last.half:
        start = _implied(start, end)
    elif first.half and not last.half and not last.sure:
        end = _following(start, end)
    elif not first.half and not last.half and not (start == 12 * 60 and last.sure and end > start):
        start = _surely(first, start)
    if end <= start:
        end += 24 * 60
    if end - start > _LONGEST_NIGHT and end > 24 * 60:
        raise RefusalError("it ends before it begins", "E-ORDER")
    return start, end


def _surely(point: _Point, minutes: int) -> int:
    """Bare hours of the forenoon and 12:30 stand; "2" or "1:30" may be either half of the day."""
    if not (point.half or point.sure or point.noon or 7 * 60 <= minutes < 12 * 60):
        raise RefusalError(f'"{minutes // 60}{f":{minutes % 60:02}" if minutes % 60 else ""}" needs am or pm')
    return minutes


def _implied(start: int, end: int) -> int:
    """ "12-1:30pm" begins at noon, "11-2pm" in the morning: the later half that still lies before the end."""
    for half in (12 * 60, 0):
        if (candidate := start % (12 * 60) + half) < end:
            return candidate
    return start % (12 * 60) + 12 * 60


def _following(start: int, end: int) -> int:
    """ "11am - 2" ends at the first 2 after it began."""
    return next(candidate for half in (0, 12, 24, 36) if (candidate := end % (12 * 60) + half * 60) > start)


def _around(found: list[Token], start: int, end: int) -> list[Token]:
    """What is left without the time and without what ties it to the date beside it."""
    before, after = found[:start], found[end:]
    if all(any(token.kind in _DATED for token in part) for part in (before, after)):
        raise RefusalError("a time stands between its dates; write it behind them, or divide entries by ;", "E-TIME")
    while before and (before[-1].kind == "and" or before[-1].word in _TIES or before[-1].text == "@"):
        before = before[:-1]
    while not before and after and after[0].kind == "and":
        after = after[1:]
    return [*before, *after]
