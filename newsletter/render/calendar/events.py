"""An event's components (RFC 5545, 3.6.1) and the facts in them that matter to a calendar program."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from newsletter.compose.calendar_names import event_uid
from newsletter.compose.plain import summary_of
from newsletter.compose.programme import is_series
from newsletter.dates.zones import localise
from newsletter.language.languages import Language
from newsletter.model.item import Item, Place
from newsletter.model.publishing import ZoneSpan
from newsletter.render.calendar.lines import block, day, parameter, text, texts, utc, wall
from newsletter.render.calendar.timings import Timing, timings_of
from newsletter.render.calendar.zones import UTC_NAMES
from newsletter.render.links import safe_link

_STATUS = {"tentative": "TENTATIVE", "cancelled": "CANCELLED", "postponed": "CANCELLED"}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a program compares to see which of two versions is newer (RFC 5546, 2.1.5)."""

    sequence: int
    created: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose calendar it is: the community's id and name, its public e-mail address, and the language of its words."""

    community: str
    name: str
    address: str
    language: Language


def event_timings(item: Item) -> tuple[Timing, ...]:
    """When the item happens, as calendars take it; a series ends where the item expires."""
    return timings_of(item.when, item.expires if is_series(item.when) else None)


def event_text(item: Item, by: Publisher, stamp: Stamp) -> str:
    """The components of one item as lines; the same values give the same bytes."""
    return "".join(block(_event(item, timing, by, stamp)) for timing in event_timings(item))


def event_facts(item: Item) -> str:
    """A digest of what matters: title, times, rule, place, status and links. Words about it may change freely."""
    times = [[*_when(timing), timing.place, timing.cancelled, timing.part] for timing in event_timings(item)]
    facts = [item.title, item.status, _where(item.place), item.place.url, item.url, item.registration_url, times]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def event_zones(timings: Iterable[Timing]) -> tuple[ZoneSpan, ...]:
    """The zones that the times name, with the years in which they do."""
    spans: dict[str, ZoneSpan] = {}
    for timing in timings:
        if timing.zone and timing.zone not in UTC_NAMES:
            span = ZoneSpan(timing.zone, timing.start.year, _year(timing))
            spans[timing.zone] = joined(spans.get(timing.zone, span), span)
    return tuple(spans[name] for name in sorted(spans))


def joined(one: ZoneSpan, other: ZoneSpan) -> ZoneSpan:
    """A span that holds both."""
    last = None if one.last is None or other.last is None else max(one.last, other.last)
    return ZoneSpan(one.zone, min(one.first, other.first), last)


def last_day(timings: Iterable[Timing]) -> date | None:
    """The last day of all; None where one of them has no end."""
    days = [timing.last for timing in timings]
    return None if None in days else max((one for one in days if one), default=None)


def _year(timing: Timing) -> int | None:
    return timing.last.year + 1 if timing.last else None


def _event(item: Item, timing: Timing, by: Publisher, stamp: Stamp) -> Iterator[str]:
    off = timing.cancelled or item.status in ("cancelled", "postponed")
    yield "BEGIN:VEVENT"
    yield f"UID:{event_uid(by.community, item.id, timing.part)}"
    yield f"DTSTAMP:{utc(stamp.changed)}"
    yield f"CREATED:{utc(stamp.created)}"
    yield f"LAST-MODIFIED:{utc(stamp.changed)}"
    yield f"SEQUENCE:{stamp.sequence}"
    yield from _when(timing)
    yield f"SUMMARY:{text(_title(item, timing, by.language))}"
    yield from _about(item, timing, by)
    yield f"STATUS:{'CANCELLED' if off else _STATUS.get(item.status, 'CONFIRMED')}"
    yield f"TRANSP:{'TRANSPARENT' if off or timing.all_day else 'OPAQUE'}"
    yield "CLASS:PUBLIC"
    yield "END:VEVENT"


def _when(timing: Timing) -> list[str]:
    lines = [f"DTSTART{_moment(timing, timing.start)}"]
    if timing.end is not None and timing.end > timing.start:
        lines.append(f"DTEND{_moment(timing, timing.end)}")
    if timing.instance is not None:
        lines.append(f"RECURRENCE-ID{_moment(timing, timing.instance)}")
    if timing.rule:
        lines.append(f"RRULE:{timing.rule}")
    lines += [f"RDATE{_moment(timing, one)}" for one in timing.rdates]
    lines += [f"EXDATE{_moment(timing, one)}" for one in timing.exdates]
    return lines


def _moment(timing: Timing, at: datetime) -> str:
    if timing.all_day:
        return f";VALUE=DATE:{day(at)}"
    if timing.zone in UTC_NAMES:
        return f":{utc(localise(at, ZoneInfo(timing.zone)))}"
    return f";TZID={timing.zone}:{wall(at)}"


def _title(item: Item, timing: Timing, language: Language) -> str:
    """The title; programs that pass over STATUS still show that it is off, and sessions are counted."""
    title = item.title
    if timing.of > 1:
        title = language.gettext("{title} ({number} of {count})", title=title, number=timing.part, count=timing.of)
    if item.status == "postponed":
        return language.gettext("Postponed: {title}", title=title)
    off = timing.cancelled or item.status == "cancelled"
    return language.gettext("Cancelled: {title}", title=title) if off else title


def _about(item: Item, timing: Timing, by: Publisher) -> Iterator[str]:
    where = timing.place or _where(item.place) or item.place.url
    link = safe_link(item.url or item.registration_url or item.place.url)
    if words := _words(item, timing, by.language):
        yield f"DESCRIPTION:{text(words)}"
    if where:
        yield f"LOCATION:{text(where)}"
    if link.startswith(("https://", "http://")):
        yield f"URL:{link}"
    if item.tags:
        yield f"CATEGORIES:{texts(item.tags)}"
    if by.address:
        yield f"ORGANIZER;CN={parameter(by.name)}:mailto:{by.address}"


def _words(item: Item, timing: Timing, language: Language) -> str:
    """What a program shows below the title: plain text, addresses on lines of their own, to be links."""
    people = language.gettext("with {hosts}", hosts=language.listing(item.hosts)) if item.hosts else ""
    facts = [part for part in (people, item.audience, item.cost) if part]
    links = _links(item, language)
    parts = (timing.note, summary_of(item.summary, item.body), "\n".join(facts), "\n".join(links))
    return "\n\n".join(part for part in parts if part)


def _links(item: Item, language: Language) -> Sequence[str]:
    register, join = safe_link(item.registration_url), safe_link(item.place.url)
    named = (
        (register, language.gettext("Sign up: {url}", url=register)),
        (join if join != register else "", language.gettext("Join online: {url}", url=join)),
        (safe_link(item.url), safe_link(item.url)),
    )
    return [words for url, words in named if url]


def _where(place: Place) -> str:
    return ", ".join(dict.fromkeys(part for part in (place.name, place.address) if part))
