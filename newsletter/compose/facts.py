"""Cross-checks of what the sources say: facts that contradict each other are named and never repaired.

An item with an error is held back. Warnings about things that are over would only be noise.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from newsletter.compose.follows import Names
from newsletter.compose.matching import first_day
from newsletter.dates.recurrence import RuleError, last_date, rule_problem
from newsletter.dates.terms import season_of, term_named, term_of
from newsletter.model.item import Item, Reading, SourceReport
from newsletter.model.problem import Level, Problem
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, WeeklyRange, When
from newsletter.model.workspace import TermSettings

OLDEST_YEAR = 1990
YEARS_AHEAD = 5
PLACEHOLDER_YEAR = 2099

_UNFINISHED = re.compile(r"\bFIXME\b|\bTODO\b|\bXXX\b|(?i:\blorem ipsum\b)|\.na\.character", re.ASCII)
_OPEN = re.compile(r"\bT\.?B\.?[AD]\b|\bto be (?:announced|determined|confirmed)\b", re.IGNORECASE)
_REGISTRATION = re.compile(r"regist|sign|rsvp|apply|applic|book|enrol", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule says of an item."""

    level: Level
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What items are checked against; `today` is the community's date at `as_of`."""

    names: Names
    terms: Mapping[str, TermSettings]
    today: date


Rule = Callable[[Item, Facts], Iterator[Found]]


def check_facts(reading: Reading, *, terms: Mapping[str, TermSettings], timezone: str, as_of: datetime) -> Reading:
    """The reading with a problem for every contradiction, its items held back where one is an error."""
    facts = Facts(Names(reading.items), terms, as_of.astimezone(ZoneInfo(timezone)).date())
    checked = [(item, list(_found(item, facts))) for item in reading.items]
    items = tuple(_held(item) if any(one.level == "error" for one in found) else item for item, found in checked)
    problems = [Problem(one.level, one.code, one.text, item.origin) for item, found in checked for one in found]
    return replace(
        reading,
        items=items,
        problems=(*reading.problems, *problems, *_same_ids(reading.items)),
        sources=_counted(reading.sources, reading.items, items),
    )


def _found(item: Item, facts: Facts) -> Iterator[Found]:
    broken = [found for rule in ERRORS for found in rule(item, facts)]
    yield from broken
    if not broken and not _is_past(item, facts.today):
        yield from (found for rule in WARNINGS for found in rule(item, facts))


def end_before_start(item: Item, facts: Facts) -> Iterator[Found]:
    """E-ORDER: an end that lies before its start; which of the two is wrong only the author knows."""
    for start, end in _spans(item.when):
        if end < start:
            yield Found(
                "error", "E-ORDER", f"{item.title!r} ends ({end}) before it starts ({start}); correct one of them"
            )


def bad_rule(item: Item, facts: Facts) -> Iterator[Found]:
    """E-RULE: a repetition that cannot be expanded."""
    for rule in item.when.rules if isinstance(item.when, Recurrence) else ():
        trouble = rule_problem(rule)
        if trouble:
            yield Found("error", "E-RULE", f"the repetition of {item.title!r} ({rule}) cannot be used: {trouble}")


def strange_year(item: Item, facts: Facts) -> Iterator[Found]:
    """E-PLACEHOLDER for the year 2099, E-YEAR for one that can hardly be meant."""
    day = first_day(item.when)
    if day is None:
        return
    if day.year >= PLACEHOLDER_YEAR:
        yield Found("error", "E-PLACEHOLDER", f"{item.title!r} is dated {day}, which looks like a placeholder")
    elif not OLDEST_YEAR <= day.year <= facts.today.year + YEARS_AHEAD:
        yield Found("error", "E-YEAR", f"{item.title!r} is dated {day}; is the year {day.year} meant?")


def unfinished(item: Item, facts: Facts) -> Iterator[Found]:
    """E-PLACEHOLDER: words that stand where the author meant to write something."""
    if item.kind == "page":
        return
    for name, text in _told(item):
        word = _UNFINISHED.search(text) or (name == "title" and _OPEN.search(text))
        if word:
            text = f"{name} of {item.title!r} still says {word.group()!r}; write what is meant, or leave it out"
            yield Found("error", "E-PLACEHOLDER", text)


def still_open(item: Item, facts: Facts) -> Iterator[Found]:
    """W-PLACEHOLDER: unfinished words in the body, or a place or host to be announced."""
    texts = (
        ("body", item.body, _UNFINISHED),
        ("place", item.place.name, _OPEN),
        ("hosts", " ".join(item.hosts), _OPEN),
    )
    for name, text, pattern in texts:
        word = pattern.search(text)
        if word:
            yield Found("warning", "W-PLACEHOLDER", f"{name} of {item.title!r} says {word.group()!r}")


def after_expiry(item: Item, facts: Facts) -> Iterator[Found]:
    """W-EXPIRES: an event that takes place after the day it expires, or news that expires before it is published."""
    day = first_day(item.when) if item.kind == "event" else item.publish
    if item.expires is not None and day is not None and day > item.expires:
        text = f"{item.title!r} expires on {item.expires}, before its date {day}; correct one of them"
        yield Found("warning", "W-EXPIRES", text)


def late_deadline(item: Item, facts: Facts) -> Iterator[Found]:
    """W-DEADLINE: registration that closes after the event is over."""
    last = _last_day(item.when)
    for deadline in item.deadlines:
        at = deadline.at.date() if isinstance(deadline.at, datetime) else deadline.at
        if item.kind == "event" and last is not None and at > last and _REGISTRATION.search(deadline.label):
            text = f"{deadline.label!r} of {item.title!r} is on {at}, after the event itself ({last})"
            yield Found("warning", "W-DEADLINE", text)


def wrong_term(item: Item, facts: Facts) -> Iterator[Found]:
    """W-TERM: a title or series that names one term, and a date in another."""
    day = first_day(item.when)
    label = next((text for text in (item.title, item.series) if _names_term(text, facts.terms)), None)
    if item.kind != "event" or day is None or label is None:
        return
    named = _term_in(label, facts.terms)
    actual = term_of(day, facts.terms)
    if named is not None and actual is not None and named != actual:
        text = f"{item.title!r} says {named} and is dated {day}, which lies in {actual}"
        yield Found("warning", "W-TERM", text)


def unknown_target(item: Item, facts: Facts) -> Iterator[Found]:
    """W-FOLLOWS: `follows` names nothing that was read."""
    if item.follows and facts.names.target_of(item) is None:
        text = f"{item.title!r} follows {item.follows!r}, but no item has that id or title; check its spelling"
        yield Found("warning", "W-FOLLOWS", text)


def no_place(item: Item, facts: Facts) -> Iterator[Found]:
    """W-PLACE: an event that says neither where it is nor how to join."""
    place = item.place
    if item.kind == "event" and place.mode == "tba" and not (place.name or place.address or place.url):
        yield Found("warning", "W-PLACE", f"{item.title!r} names no place; add one, or say that it is online")


ERRORS: tuple[Rule, ...] = (end_before_start, bad_rule, strange_year, unfinished)
WARNINGS: tuple[Rule, ...] = (still_open, after_expiry, late_deadline, wrong_term, unknown_target, no_place)


def _spans(when: When | None) -> Iterator[tuple[date, date]]:
    if isinstance(when, Instant | Recurrence) and when.end is not None:
        yield when.start, when.end
    elif isinstance(when, AllDay | WeeklyRange):
        yield when.first, when.last
    elif isinstance(when, Sessions):
        for one in when.sessions:
            yield from _spans(one)


def _told(item: Item) -> tuple[tuple[str, str], ...]:
    """The texts that every reader would see."""
    return (
        ("title", item.title),
        ("summary", item.summary),
        ("place", item.place.name),
        ("hosts", " ".join(item.hosts)),
        ("url", item.url),
        ("registration_url", item.registration_url),
    )


def _is_past(item: Item, today: date) -> bool:
    last = _last_day(item.when)
    return last is not None and last < today


def _last_day(when: When | None) -> date | None:
    """The last day it takes place, or None; a rule that cannot be expanded is told elsewhere."""
    try:
        return last_date(when) if when is not None else None
    except RuleError:
        return None


def _names_term(text: str, terms: Mapping[str, TermSettings]) -> bool:
    return _term_in(text, terms) is not None


def _term_in(text: str, terms: Mapping[str, TermSettings]) -> str | None:
    """The term whose name, or season and year, stands in the text."""
    named = next((name for name in terms if name.casefold() in text.casefold()), None)
    return named or (term_named(text, terms) if season_of(text) else None)


def _same_ids(items: Sequence[Item]) -> Iterator[Problem]:
    counts = Counter(item.id for item in items)
    for item in items:
        if counts[item.id] > 1:
            text = f"{counts[item.id]} items have the id {item.id!r}; give {item.title!r} one of its own"
            yield Problem("warning", "W-ID", text, item.origin)


def _held(item: Item) -> Item:
    return replace(item, held_back=True)


def _counted(
    reports: tuple[SourceReport, ...], before: Sequence[Item], after: Sequence[Item]
) -> tuple[SourceReport, ...]:
    """The reports with what is now held back besides."""
    pairs = zip(before, after, strict=True)
    more = Counter(new.origin.source for old, new in pairs if new.held_back and not old.held_back)
    return tuple(replace(report, held_back=report.held_back + more[report.name]) for report in reports)
