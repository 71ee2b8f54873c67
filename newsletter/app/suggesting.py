"""Events that stand only in prose, set beside those that are known already; a person decides about each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from newsletter.app.collecting import collect, load_files, load_remote, located
from newsletter.app.fetching import Loaded, Recent
from newsletter.app.timing import home_zone, terms_around
from newsletter.app.views import Json, moment, origin_json, when_json
from newsletter.app.workspace import Workspace
from newsletter.compose.likeness import similar_titles
from newsletter.compose.matching import first_day, plain_words
from newsletter.compose.moments import day_of
from newsletter.compose.programme import HORIZON
from newsletter.dates.recurrence import occurrences
from newsletter.model.item import Item, Reading
from newsletter.model.when import Vague
from newsletter.model.workspace import SourceSettings
from newsletter.sources.registry import SourceContext
from newsletter.sources.suggest import Suggestion, suggest


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion, and the event among those that were read that it most likely speaks of."""

    suggestion: Suggestion
    known: Item | None = None


@dataclass(frozen=True, slots=True)
class Offers:
    """What is to be decided, in order of path and line, and what was over before anybody could."""

    offers: tuple[Offer, ...]
    over: tuple[Suggestion, ...]


def find_suggestions(ws: Workspace, at: datetime, recent: Recent | None = None) -> Offers:
    """Search the prose of all sources as of `at` (aware); `recent` spares fetching what it keeps."""
    today, recent = at.astimezone(home_zone(ws)).date(), recent or Recent()
    remote = load_remote(ws, recent)
    found = [one for source in ws.settings.sources for one in _in_source(ws, source, remote, today)]
    coming = _coming(ws, collect(ws, at, recent), at)
    return Offers(
        offers=tuple(Offer(one, _known(one, coming)) for one in found if not one.over),
        over=tuple(one for one in found if one.over),
    )


def suggestions_json(found: Offers, at: datetime) -> Json:
    """`suggest --json`; `known` is the id of the event that a suggestion most likely speaks of."""
    return {
        "as_of": moment(at),
        "suggestions": [
            _suggestion_json(offer.suggestion) | {"known": offer.known.id if offer.known else None}
            for offer in found.offers
        ],
        "over": [_suggestion_json(one) for one in found.over],
    }


def suggestion_lines(found: Offers) -> Iterator[str]:
    """Each suggestion as a page, with a word on what may be known already; then how many there are."""
    for offer in found.offers:
        if offer.known:
            yield f"This may be {offer.known.title!r} of {offer.known.origin}:"
        yield offer.suggestion.page
    known = sum(offer.known is not None for offer in found.offers)
    over = f", and {len(found.over)} more that are over" if found.over else ""
    yield f"{len(found.offers)} found in prose, {known} of them perhaps known{over}. Nothing was added."


def _suggestion_json(one: Suggestion) -> Json:
    return {
        "title": one.title,
        "when_text": one.when_text,
        "when": when_json(one.when),
        "sentence": one.sentence,
        "origin": origin_json(one.origin),
        "tags": list(one.tags),
        "registration_url": one.registration_url,
        "needs": [one.hint] if one.hint else [],
        "findings": [{"level": found.level, "code": found.code, "text": found.text} for found in one.findings],
        "format": one.style,
        "page": one.page,
    }


def _in_source(
    ws: Workspace, source: SourceSettings, remote: Mapping[str, Loaded], today: date
) -> tuple[Suggestion, ...]:
    blobs = remote[source.name].blobs if source.is_remote else load_files(ws.root, source)[0]
    context = SourceContext(source.naive or ws.settings.community.timezone, terms_around(ws, ws.clock()))
    return suggest(located(source), blobs, context, today)


def _coming(ws: Workspace, reading: Reading, at: datetime) -> list[tuple[Item, frozenset[date]]]:
    """Every event with the community's dates on which it takes place."""
    home = home_zone(ws)
    return [
        (item, frozenset(day_of(one, home) for one in occurrences(item.when, at, at + HORIZON, home=home)))
        for item in reading.items
        if item.kind == "event" and item.when is not None and not item.held_back
    ]


def _known(one: Suggestion, coming: Iterable[tuple[Item, frozenset[date]]]) -> Item | None:
    """The event of that name; where the sentence names a day, one of that day."""
    day = first_day(one.when)
    named = ((item, dates) for item, dates in coming if _is_named(item, one))
    alive = ((item, dates) for item, dates in named if dates or isinstance(item.when, Vague))
    return next((item for item, dates in alive if day is None or day in dates), None)


def _is_named(item: Item, one: Suggestion) -> bool:
    words = f" {plain_words(one.sentence)} "
    return similar_titles(item.title, one.title) or f" {plain_words(item.title)} " in words
