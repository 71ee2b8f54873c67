"""The grammar of times of day: "Noon - 1:30pm PT", "11am-2pm", "9-10 (CET)", "10 am Pacific / 1 pm Eastern".

A bare "2-3" is refused: nobody but its author knows which half of the day it means.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.dates.findings import RefusalError
from newsletter.dates.tokens import Token, minutes_of, spell
from newsletter.dates.zones import abbreviation_zone, find_zone, localise
from newsletter.model.when import TzSource

_LOWER_ZONES = {
    "pt", "et", "ct", "mt", "pst", "pdt", "est", "edt", "cst", "cdt", "mst", "mdt", "cet", "cest", "utc", "gmt",
    "bst",
}  # fmt: skip
_LONGEST_NIGHT = 12 * 60


@dataclass(frozen=True, slots=True)
class ZoneName:
    """A zone as written and what it was taken for; `zone` is None where nothing is known of it."""

    text: str
    zone: ZoneInfo | None
    source: TzSource


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
    noon: bool = False  # "12:30", which alone is after noon, but in "12:30-1 AM" is not


def find_clock(found: list[Token], home: ZoneInfo) -> tuple[Clock | None, list[Token]]:
    """The one time among the tokens, and the tokens that are left; RefusalError where several differ."""
    start = next((index for index in range(len(found)) if _starts(found, index)), None)
    if start is None:
        return None, found
    clock, end = _clock(found, start, home)
    others: list[Clock] = []
    while end < len(found) and found[end].text in ("/", "(") and _starts(found, end + 1):
        bracket = found[end].text == "("
        other, end = _clock(found, end + 1, home)
        end += bracket and end < len(found) and found[end].text == ")"
        others.append(other)
    rest = _around(found, start, end)
    if any(_starts(rest, index) for index in range(len(rest))):
        raise RefusalError("it names several times; list them as separate events", "E-TIME")
    return Clock(clock.start, clock.end, clock.zone, tuple(others)), rest


def same_everywhere(clock: Clock, day: date, home: ZoneInfo) -> bool:
    """Whether the times given for other zones are the same instant on that day."""
    mine = _instant(clock, day, home)
    return all(abs(_instant(other, day, home) - mine) % timedelta(days=1) == timedelta() for other in clock.others)


def _instant(clock: Clock, day: date, home: ZoneInfo) -> datetime:
    zone = clock.zone.zone if clock.zone and clock.zone.zone else home
    return localise(clock.on(day)[0], zone).astimezone(ZoneInfo("UTC"))


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _starts(found: list[Token], index: int) -> bool:
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
        following[1:2] in (["clock"], ["noon"], ["midnight"]) or following[1:3] == ["number", "half"]
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
    zone, index = _zone(found, index, home)
    last: _Point | None = None
    if index + 1 < len(found) and found[index].kind == "dash" and _is_point(found, index + 1):
        last, index = _point(found, index + 1)
        second, index = _zone(found, index, home)
        if zone and second and zone.zone != second.zone:
            raise RefusalError(f'it begins in "{zone.text}" and ends in "{second.text}"', "E-TIME")
        zone = second or zone
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
    return _Point(minutes, "", sure, noon=token.kind == "clock" and minutes >= 12 * 60), index + 1


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
    elif not first.half and not last.half:
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


def _zone(found: list[Token], index: int, home: ZoneInfo) -> tuple[ZoneName | None, int]:
    """A zone after a time: an offset, an abbreviation, a name of up to four words; also in brackets."""
    bracket = index < len(found) and found[index].text == "("
    begin = index + bracket
    name, end = _zone_words(found, begin, home)
    if name is None:
        return None, index
    if bracket and (end >= len(found) or found[end].text != ")"):
        return None, index
    return name, end + bracket


def _zone_words(found: list[Token], begin: int, home: ZoneInfo) -> tuple[ZoneName | None, int]:
    if begin < len(found) and found[begin].kind == "offset":
        return ZoneName(found[begin].text, find_zone(found[begin].text), "offset"), begin + 1
    words: list[Token] = []
    for token in found[begin : begin + 4]:
        if token.kind != "word":
            break
        words.append(token)
    for size in range(len(words), 0, -1):
        if name := _named_zone(words[:size], home):
            return name, begin + size
    if words and words[0].text.isupper() and 2 <= len(words[0].text) <= 5:
        return ZoneName(words[0].text, None, "abbreviation"), begin + 1
    return None, begin


def _named_zone(words: list[Token], home: ZoneInfo) -> ZoneName | None:
    text = spell(words)
    if text.casefold() == "local time":
        return ZoneName(text, home, "source_default")
    short = text.rstrip(".")
    if len(words) == 1 and (short.isupper() or short in _LOWER_ZONES):
        key = abbreviation_zone(short, home)
        if key:
            return ZoneName(short.upper(), ZoneInfo(key), "abbreviation")
    if len(words) > 1 or "/" in text or text.istitle():
        zone = find_zone(text)
        return ZoneName(text, zone, "iana" if "/" in text else "abbreviation") if zone else None
    return None


def _around(found: list[Token], start: int, end: int) -> list[Token]:
    """What is left without the time and without what ties it to the date beside it."""
    before, after = found[:start], found[end:]
    while before and (before[-1].kind == "and" or before[-1].text.casefold() in ("at", "@", "from", "between")):
        before = before[:-1]
    while not before and after and after[0].kind == "and":
        after = after[1:]
    return [*before, *after]
