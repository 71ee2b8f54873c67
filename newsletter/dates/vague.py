"""What names no day: seasons, whole months, words such as "TBA"; and how a refusal is told."""

import re
from calendar import monthrange
from datetime import date
from itertools import pairwise

from newsletter.dates.days import Days
from newsletter.dates.findings import Finding, Parsed, RefusalError, error, warning
from newsletter.dates.tokens import plain, say, tokens
from newsletter.model.when import Vague

_LABEL = re.compile(
    r"(?P<season>spring|summer|autumn|fall|winter)(?: (?:quarter|semester|term))?,? "
    r"(?P<year>(?:19|20)\d\d)\s*(?::|,|-|$)\s*",
    re.IGNORECASE,
)
VAGUE = re.compile(
    r"\b(?:tba|tbd|tbc|to be (?:announced|determined|confirmed|decided|scheduled)|coming soon|ongoing|on demand|"
    r"any ?time|self-(?:directed|paced|guided)|rolling|by appointment|(?:end|start|beginning|middle) of|"
    r"early|mid|late|sometime|year-round|open-ended|as needed|(?:once a|this|next) (?:month|quarter|year))\b",
    re.IGNORECASE,
)
_SEASON_MONTHS = {
    "winter": {12, 1, 2, 3},
    "spring": {3, 4, 5, 6},
    "summer": {6, 7, 8, 9},
    "autumn": {8, 9, 10, 11, 12},
}


def label_of(text: str) -> tuple[tuple[str, int] | None, str]:
    """ "Fall 2026: Mondays ..." into its season and year, and what it stands before."""
    found = _LABEL.match(text)
    if found is None:
        return None, text
    season = found["season"].lower().replace("fall", "autumn")
    return (season, int(found["year"])), text[found.end() :]


def label_findings(label: tuple[str, int] | None, days: Days) -> list[Finding]:
    """A season in front is kept silent while it agrees; winter may begin in the December before its year."""
    if label is None:
        return []
    season, year = label
    first = days.spans[0].first
    named = first.year + (season == "winter" and first.month == 12)
    if first.month in _SEASON_MONTHS[season] and year in (named, first.year):
        return []
    return [warning("W-SEASON", f"{say(first)} does not lie in {season} {year}, which stands before it")]


def refused(text: str, refusal: RefusalError) -> Parsed:
    """Vague by nature where the words say so, else an error that names what was not understood."""
    month = _whole_month(text)
    if month is not None:
        return Parsed(Vague(text, *month), (vague_finding("it names a month and no day"),))
    if refusal.code == "E-DATE" and (_seasons(text) or (VAGUE.search(text) and not _has_date(text))):
        return Parsed(Vague(text), (vague_finding("it names no date"),))
    advice = "; write for example 'Mon 7 Dec 2026, 12-1:30 PM'" if refusal.code == "E-DATE" else ""
    return Parsed(Vague(text), (error(refusal.code, f'"{text}" cannot be read: {refusal}{advice}'),))


def vague_time(text: str) -> list[Finding]:
    """The finding for a time field such as "TBA"; none where it may hold a time."""
    if VAGUE.fullmatch(plain(text).strip("().")):
        return [Finding("info", "I-VAGUE", f'the time is "{plain(text)}"; the day is shown without one')]
    return []


def vague_finding(text: str) -> Finding:
    """The information that words stay as they are."""
    return Finding("info", "I-VAGUE", f"{text}; it is shown as written")


def _whole_month(text: str) -> tuple[date, date] | None:
    found, _ = tokens(text)
    if [token.kind for token in found] != ["month", "year"]:
        return None
    month, year = found[0].value, found[1].value
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _seasons(text: str) -> bool:
    """ "Fall 2026, Spring 2027" and nothing else."""
    rest = plain(text)
    if not rest:
        return False
    while found := _LABEL.match(rest):
        rest = rest[found.end() :].removeprefix("and ").removeprefix("& ")
    return not rest


def _has_date(text: str) -> bool:
    """Whether a day of a month stands in it, so that calling it vague would hide a date."""
    found, _ = tokens(text)
    pairs = {(one.kind, two.kind) for one, two in pairwise(found)}
    day = {"number", "ordinal"}
    whole = any(token.kind in ("date", "numeric") for token in found)
    return whole or any(("month", kind) in pairs or (kind, "month") in pairs for kind in day)
