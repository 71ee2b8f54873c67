"""Zones as they stand behind a time of day: "PT", "(CET)", "Central European Time", "Europe/Berlin", "+05:30"."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from newsletter.dates.findings import RefusalError
from newsletter.dates.tokens import Token, spell
from newsletter.dates.zones import abbreviation_zone, find_zone
from newsletter.model.when import TzSource

_LOWER_ZONES = {
    "pt", "et", "ct", "mt", "pst", "pdt", "est", "edt", "cst", "cdt", "mst", "mdt", "cet", "cest", "utc", "gmt",
    "bst",
}  # fmt: skip
_LARGEST = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class ZoneName:
    """A zone as written and what it was taken for; an `offset` has no zone, and what is not known has neither."""

    text: str
    zone: ZoneInfo | None
    source: TzSource
    offset: timedelta | None = None


def read_zone(found: list[Token], index: int, home: ZoneInfo) -> tuple[ZoneName | None, int]:
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
        return _offset(found[begin].text), begin + 1
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


def on_wall(wall: datetime, offset: timedelta, zone: ZoneInfo) -> datetime:
    """The wall clock of `zone` where a clock with `offset` shows `wall`; RefusalError beyond the calendar's ends."""
    try:
        return wall.replace(tzinfo=timezone(offset)).astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise RefusalError(f"{wall:%Y-%m-%d %H:%M} with its offset lies beyond the calendar") from None


def _offset(text: str) -> ZoneName:
    found = re.fullmatch(r"\s*(?:UTC|GMT)?\s*([+-])(\d\d?):?(\d\d)?", text, re.IGNORECASE)
    minutes = int(found[2]) * 60 + int(found[3] or 0) if found else 0
    size = timedelta(minutes=minutes)
    if found is None or size > _LARGEST or int(found[3] or 0) > 59:
        return ZoneName(text.strip(), None, "offset")
    return ZoneName(text.strip(), None, "offset", -size if found[1] == "-" else size)
