"""Named terms, first and last day inclusive; days between two terms belong to none.

"Fall" and "Autumn" are the same season wherever a label is compared.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from newsletter.model.workspace import TermSettings

Terms = Mapping[str, TermSettings]

_SEASON = re.compile(r"\b(spring|summer|autumn|fall|winter)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def term_of(day: date, terms: Terms) -> str | None:
    """The name of the term that `day` lies in; where terms overlap, the one that began last."""
    inside = [(term.first, name) for name, term in terms.items() if term.first <= day <= term.last]
    return max(inside)[1] if inside else None


def next_term(day: date, terms: Terms) -> tuple[str, TermSettings] | None:
    """The first term that begins on or after `day`, with its name."""
    coming = [(term.first, name) for name, term in terms.items() if term.first >= day]
    if not coming:
        return None
    name = min(coming)[1]
    return name, terms[name]


def week_of_term(day: date, terms: Terms) -> tuple[str, int, int] | None:
    """(name, week, weeks) of `day`; weeks run Monday to Sunday and the term's first day lies in week 1."""
    name = term_of(day, terms)
    if name is None:
        return None
    first = _monday(terms[name].first)
    return name, _weeks_between(first, day), _weeks_between(first, terms[name].last)


def term_named(label: str, terms: Terms) -> str | None:
    """The term that `label` means: its own name, or the only one of the same season and year ("Fall 2026")."""
    for name in terms:
        if name.casefold() == label.strip().casefold():
            return name
    wanted = season_of(label)
    same = [name for name in terms if wanted is not None and season_of(name) == wanted]
    return same[0] if len(same) == 1 else None


def season_of(label: str) -> tuple[str, int] | None:
    """(season, year) that a label names, "fall" read as "autumn"; None where it lacks either."""
    season, year = _SEASON.search(label), _YEAR.search(label)
    if season is None or year is None:
        return None
    return season.group().lower().replace("fall", "autumn"), int(year.group())


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks_between(monday: date, day: date) -> int:
    return (_monday(day) - monday).days // 7 + 1
