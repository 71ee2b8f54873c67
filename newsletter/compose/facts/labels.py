"""Does the term that an event names fit its date?"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from newsletter.compose.facts.rule import Facts, Found
from newsletter.compose.matching import first_day
from newsletter.dates.terms import next_term, season_of, term_named, term_of
from newsletter.model.item import Item
from newsletter.model.workspace import TermSettings

Terms = Mapping[str, TermSettings]

_BETWEEN = re.compile(r"[,;/&+\n]|\band\b|\bor\b", re.IGNORECASE)


def wrong_term(item: Item, facts: Facts) -> Iterator[Found]:
    """W-TERM: a title, series, tag or field that names a term, and a date in another.

    Days between two terms belong to either; a field that lists several terms fits a date in any of them.
    """
    day = first_day(item.when)
    actual = _terms_around(day, facts.terms) if day and item.kind == "event" else set()
    for name, text in _labels(item) if actual else ():
        named = _terms_in(text, facts.terms)
        if named and named.isdisjoint(actual):
            said, lies = " and ".join(sorted(named)), " or ".join(sorted(actual))
            text = f"{name} of {item.title!r} says {said}, but it is dated {day}, which lies in {lies}; correct one"
            yield Found("warning", "W-TERM", text)
            return


def _labels(item: Item) -> tuple[tuple[str, str], ...]:
    tags = ("tags", ", ".join((*item.tags, item.category)))
    return (("title", item.title), ("series", item.series), tags, *item.custom)


def _terms_around(day: date, terms: Terms) -> set[str]:
    """The term of the day, or those before and after it."""
    inside = term_of(day, terms)
    if inside is not None:
        return {inside}
    before = max(((term.last, name) for name, term in terms.items() if term.last < day), default=None)
    after = next_term(day, terms)
    return {found for found in (before and before[1], after and after[0]) if found}


def _terms_in(text: str, terms: Terms) -> set[str]:
    """The terms whose name, or season and year, stands in the text."""
    named = {name for name in terms if name.casefold() in text.casefold()}
    parts = (part for part in _BETWEEN.split(text) if season_of(part))
    return named | {name for part in parts if (name := term_named(part, terms))}
