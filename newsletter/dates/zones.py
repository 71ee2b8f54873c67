"""Zone names of every kind to IANA zones; what is not known is None, never a guess and never silently floating."""

import re
from datetime import UTC, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from newsletter.dates.abbreviations import FIXED, SEASONAL, SPOKEN

_REGION = {
    name: zone for generic, standard, summer, zone in SEASONAL for name in (generic, standard, summer) if name
} | FIXED
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)
_DISPLAY_PREFIX = re.compile(r"^\((?:UTC|GMT)[^)]*\)\s*", re.IGNORECASE)
_FILLER = re.compile(r"\b(?:time|standard|daylight|summer|zone)\b|\((?:us ?& ?canada|us and canada)\)", re.IGNORECASE)
_LONGEST_NAME = 200
#: Files of the zone database that are the machine's own clock, or none: no author means them.
_NO_PLACES = frozenset({"localtime", "Factory", "posixrules"})
_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def find_zone(name: str) -> ZoneInfo | None:
    """The zone a name means: IANA in any case, abbreviation, Windows or display name, city, whole-hour offset."""
    return _find_zone(name) if len(name) <= _LONGEST_NAME else None


# A calendar asks for its few zones thousands of times.
@lru_cache(maxsize=1024)
def _find_zone(name: str) -> ZoneInfo | None:
    text = name.strip().strip('"').strip()
    for look in (abbreviation_zone, _iana, _offset_zone, _windows, _spoken, _vendor_path):
        if text and (found := look(text)):
            return ZoneInfo(found)
    return None


def abbreviation_zone(abbr: str, home: ZoneInfo | None = None) -> str | None:
    """The IANA zone whose wall clock an abbreviation means; `home` wins where it uses that abbreviation itself.

    So "MST" is Phoenix for a community in Phoenix and Denver for the others, and "EST" never a fixed offset.
    """
    upper = abbr.strip().upper().rstrip(".")
    if home is not None and upper not in FIXED and upper in _names_of(home):
        return home.key
    return _REGION.get(upper)


def wrong_season(abbr: str, when_local: datetime, zone: ZoneInfo) -> str | None:
    """The abbreviation that `zone` really has at that wall clock, where `abbr` names its other season."""
    right = localise(when_local, zone).tzname() or ""
    return right if {abbr.upper(), right} in _pairs() else None


def localise(naive: datetime, zone: ZoneInfo) -> datetime:
    """Attach a zone to a wall clock: a spring gap moves it forward, of an autumn fold the first counts."""
    try:
        return naive.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)
    except OverflowError:
        return naive.replace(tzinfo=zone)


def _pairs() -> list[set[str]]:
    return [{standard, summer} for _, standard, summer, _ in SEASONAL] + [{"GMT", "BST"}]


@cache
def common_zones() -> tuple[ZoneInfo, ...]:
    """The zones that people mean most often, the best known of those that share a clock first."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    names = [*(row[3] for row in SEASONAL), *FIXED.values(), *SPOKEN.values(), *WINDOWS_TO_OLSON.values()]
    return tuple(ZoneInfo(name) for name in dict.fromkeys(names) if name in available_timezones())


@cache
def _names_of(zone: ZoneInfo) -> frozenset[str]:
    """What a zone is called in winter and summer, and the generic name of that pair."""
    own = {datetime(2026, month, 15, tzinfo=zone).tzname() or "" for month in (1, 7)}
    generic = {row[0] for row in SEASONAL if row[0] and row[1] in own}
    return frozenset(own | generic)


@cache
def _by_folded_name() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones() - _NO_PLACES}


def _iana(text: str) -> str | None:
    return _by_folded_name().get(text.replace(" ", "_").casefold())


def _offset_zone(text: str) -> str | None:
    """Only whole hours have a zone of their own; its sign is turned round (POSIX)."""
    found = _OFFSET.fullmatch(text)
    if found is None or int(found[2]) > 12 or int(found[3] or 0):
        return None
    hours = int(found[2])
    return f"Etc/GMT{'-' if found[1] == '+' else '+'}{hours}" if hours else "UTC"


def _windows(text: str) -> str | None:
    # Imported here: reading the Windows table loads all of icalendar, and most names never come this far.
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    plain = re.sub(r"\s+\d+$", "", text)  # Exchange numbers its copies: "GMT Standard Time 1"
    return WINDOWS_TO_OLSON.get(plain) or WINDOWS_TO_OLSON.get(plain.replace("Daylight", "Standard"))


def _spoken(text: str) -> str | None:
    plain = " ".join(_FILLER.sub(" ", _DISPLAY_PREFIX.sub("", text)).casefold().split())
    return SPOKEN.get(plain) or _city(plain)


def _city(plain: str) -> str | None:
    """ "Melbourne" for Australia/Melbourne, where only one zone ends so."""
    return _by_city().get(plain.replace(" ", "_"))


@cache
def _by_city() -> dict[str, str]:
    endings: dict[str, list[str]] = {}
    for folded, name in _by_folded_name().items():
        if name.startswith(_AREAS):
            endings.setdefault(folded.rpartition("/")[2], []).append(name)
    return {ending: names[0] for ending, names in endings.items() if len(names) == 1}


def _vendor_path(text: str) -> str | None:
    """ "/vendor.example/Tzfile/Europe/Berlin" and "tzone://Microsoft/Utc"."""
    parts = [part for part in text.split("/") if part]
    if len(parts) < 2:
        return None
    endings = ("/".join(parts[-size:]) for size in (3, 2, 1))
    return next((found for ending in endings if (found := _iana(ending))), None)
