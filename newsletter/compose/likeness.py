"""When two items are one event: their day, their address on the web, their title and place."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import combinations
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from newsletter.compose.matching import first_day, plain_words
from newsletter.compose.programme import is_series
from newsletter.dates.zones import localise
from newsletter.model.item import Item, Place
from newsletter.model.when import Instant, Recurrence, Sessions, When

#: Shared part of the words of two titles (Jaccard) from which they are taken for one.
SIMILAR = 0.6
_FILLERS = frozenset({"a", "an", "and", "at", "for", "in", "of", "on", "our", "the", "to", "with"})
#: Words that two different places may share.
_ANYWHERE = _FILLERS | {"online", "room"}
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_[ce]id|ref)$", re.IGNORECASE)


@lru_cache(maxsize=8192)
def plain_url(url: str) -> str:
    """An address as it is compared: host without www, no scheme, fragment, tracking parameters or last slash."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # an address that is none is compared as it stands
        return url.strip()
    host = (parts.hostname or "").removeprefix("www.")
    query = urlencode(sorted(pair for pair in parse_qsl(parts.query) if not _TRACKING.match(pair[0])))
    path = re.sub(r"/index\.html?$", "/", parts.path).rstrip("/")
    return f"{host}{path}{'?' + query if query else ''}"


# Every event of a day is compared with every other.
@lru_cache(maxsize=8192)
def title_words(title: str) -> frozenset[str]:
    """The words of a title that tell it from another."""
    return frozenset(plain_words(title).split()) - _FILLERS


def similar_titles(one: str, other: str) -> bool:
    """Whether the titles share most of their words, or one says the other and more."""
    mine, theirs = title_words(one), title_words(other)
    common = mine & theirs
    if not common:
        return False
    contained = len(common) >= 2 and common in (mine, theirs)
    return contained or len(common) / len(mine | theirs) >= SIMILAR


def compatible_places(one: Place, other: Place) -> bool:
    """Whether nothing said of the one place speaks against the other."""
    if {one.mode, other.mode} == {"in_person", "online"}:
        return False
    mine, theirs = _place_words(one), _place_words(other)
    return not mine or not theirs or mine <= theirs or theirs <= mine or bool((mine & theirs) - _ANYWHERE)


def _place_words(place: Place) -> frozenset[str]:
    """Every word, however short: room A is not room B."""
    return frozenset(plain_words(f"{place.name} {place.address}").split())


def days_of(when: When | None) -> frozenset[date]:
    """The first day as written, and as it is in UTC: two sources may state one start in two zones."""
    day, start = first_day(when), first_start(when)
    return frozenset(found for found in (day, start.date() if start else None) if found)


def pairs_of_a_day(events: Sequence[Item]) -> set[tuple[int, int]]:
    """Places of events that share a day."""
    on_day: dict[date, list[int]] = defaultdict(list)
    for place, item in enumerate(events):
        for day in days_of(item.when):
            on_day[day].append(place)
    return {pair for places in on_day.values() for pair in combinations(places, 2)}


def first_start(when: When | None) -> datetime | None:
    """The first start in UTC, where a clock is stated."""
    if isinstance(when, Sessions):
        return first_start(when.sessions[0])
    if isinstance(when, Instant) or (isinstance(when, Recurrence) and not when.all_day):
        return in_utc(when.start, when.timezone)
    return None


def in_utc(wall: datetime, timezone: str) -> datetime | None:
    """A wall clock of the zone in UTC; None at the ends of the calendar, where there is no such instant."""
    try:
        return localise(wall, ZoneInfo(timezone)).astimezone(UTC)
    except OverflowError:
        return None


def compatible_times(one: When | None, other: When | None) -> bool:
    """Whether both start at the same moment, as far as they say one, and both or neither are a series."""
    mine, theirs = first_start(one), first_start(other)
    return is_series(one) == is_series(other) and (mine is None or theirs is None or mine == theirs)


def sources_of(item: Item) -> frozenset[str]:
    """The names of the sources that the item was read from."""
    return frozenset(origin.source for origin in item.origins)
