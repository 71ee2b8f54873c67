"""What names no day: seasons, whole months, words such as "TBA"; and how a refusal is told."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from newsletter.dates.days import Days, read_days
from newsletter.dates.findings import Finding, Parsed, RefusalError, error, warning
from newsletter.dates.reading import Rules
from newsletter.dates.terms import season_of, term_named
from newsletter.dates.tokens import WEEKDAYS, Token, plain, say, tokens
from newsletter.model.when import Vague
from newsletter.model.workspace import TermSettings

#: A season and its year, as they stand before a date.
Label = tuple[str, int]

_SEASON = r"(?P<season>spring|summer|autumn|fall|winter)(?: (?:quarter|semester|term))?,? (?P<year>(?:19|20)\d\d)"
_LABEL = re.compile(rf"{_SEASON}\s*(?::|,|-|$)\s*", re.IGNORECASE)
_PLACE = r"(?:first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)"
VAGUE = re.compile(
    r"\b(?:tba|tbd|tbc|to be (?:announced|determined|confirmed|decided|scheduled)|coming soon|ongoing|on demand|"
    r"any ?time|self-(?:directed|paced|guided)|rolling|by appointment|(?:end|start|beginning|middle) of|"
    r"early|mid|late|sometime|year-round|open-ended|as needed|(?:once a|this|next) (?:month|quarter|year)|"
    rf"{_PLACE} \w+days? of (?:the |each |every )?(?:quarter|term|semester|year|spring|summer|autumn|fall|winter)|"
    r"\w+days (?:in|during|throughout) (?:the )?(?:spring|summer|autumn|fall|winter)|"
    r"various (?:dates|times)|(?:dates|times) (?:vary|to follow)|"
    r"(?:wird|werden) noch bekannt ?gegeben|noch offen|noch unklar|à (?:confirmer|définir|venir)|"
    r"por (?:confirmar|anunciar|definir)|da (?:definire|confermare|annunciare)|nog (?:niet bekend|te bepalen)|"
    r"meddelas senare|ej fastställt)\b|未定|調整中",
    re.IGNORECASE,
)
_WEEK_OF = re.compile(r"(?:the )?week (?:of|beginning|starting)(?: on)?(?: the)? (?P<day>.+)", re.IGNORECASE)
_LAST_OF = re.compile(rf"\blast (?P<day>{'|'.join(WEEKDAYS)}) of\b", re.IGNORECASE)
_QUARTER = re.compile(r"(?:Q[1-4] (?:19|20)\d\d|(?:19|20)\d\d Q[1-4])", re.IGNORECASE)
_SEASON_MONTHS = {
    "winter": {12, 1, 2, 3},
    "spring": {3, 4, 5, 6},
    "summer": {6, 7, 8, 9},
    "autumn": {8, 9, 10, 11, 12},
}
_NO_DATE = "it names no date"


def label_of(text: str) -> tuple[Label | None, str]:
    """ "Fall 2026: Mondays ..." into its season and year, and what it stands before."""
    found = _LABEL.match(text)
    if found is None:
        return None, text
    season = found["season"].lower().replace("fall", "autumn")
    return (season, int(found["year"])), text[found.end() :]


def check_label_year(label: Label | None, found: list[Token], days: Days) -> None:
    """A winter's December may lie before its January or after it: there the label's year is no year."""
    if label is None or label[0] != "winter" or any(token.kind in ("year", "date", "numeric") for token in found):
        return
    if any(span.first.month == 12 for span in days.spans):
        raise RefusalError(f"the year of its December is not clear from winter {label[1]}; write it after the date")


def label_findings(label: Label | None, days: Days) -> list[Finding]:
    """A season in front is kept silent while it agrees; winter may begin in the December before its year."""
    if label is None:
        return []
    season, year = label
    first = days.spans[0].first
    named = first.year + (season == "winter" and first.month == 12)
    if first.month in _SEASON_MONTHS[season] and year in (named, first.year):
        return []
    return [warning("W-SEASON", f"{say(first)} does not lie in {season} {year}, which stands before it")]


def refused(text: str, refusal: RefusalError, rules: Rules) -> Parsed:
    """Vague by nature where the words say so, else an error that names what was not understood."""
    if refusal.code != "E-DATE":
        return Parsed(Vague(text), (error(refusal.code, f'"{text}" cannot be read: {refusal}'),))
    if week := _week_of(text, rules):
        return Parsed(Vague(text, *week), (vague_finding("it names a week and no day"),))
    if reason := _by_nature(text, rules):
        return Parsed(Vague(text, *window_of_words(text, rules)), (vague_finding(reason),))
    advice = "" if "; " in str(refusal) else "; write for example 'Mon 7 Dec 2026, 12-1:30 PM'"
    return Parsed(Vague(text), (error(refusal.code, f'"{text}" cannot be read: {refusal}{advice}'),))


def vague_time(text: str) -> list[Finding]:
    """The finding for a time field such as "TBA"; none where it may hold a time."""
    if VAGUE.fullmatch(plain(text).strip("().")):
        return [Finding("info", "I-VAGUE", f'the time is "{plain(text)}"; the day is shown without one')]
    return []


def vague_finding(text: str) -> Finding:
    """The information that words stay as they are."""
    return Finding("info", "I-VAGUE", f"{text}; it is shown as written")


def window_of_words(text: str, rules: Rules) -> tuple[date | None, date | None]:
    """The first and last day that the words leave open, both inclusive: of terms, months or a year that they name."""
    named = list(_terms_in(text, rules))
    if len(named) == 1 and (last := _LAST_OF.search(text)):
        day = _last_weekday(named[0], WEEKDAYS.index(last["day"].casefold()))
        return day, day
    if named:
        return min(term.first for term in named), max(term.last for term in named)
    return _months_in(tokens(text, rules.words)[0])


def _by_nature(text: str, rules: Rules) -> str:
    """Why the words can name no day; empty where they should have."""
    found, _ = tokens(text, rules.words)
    kinds = [token.kind for token in found]
    if kinds in (["month", "year"], ["year", "month"]):
        return "it names a month and no day"
    if kinds == ["year"] or _QUARTER.fullmatch(text):
        return "it names a year or a quarter and no day"
    if _seasons(text) or (VAGUE.search(text) and not _has_date(found)):
        return _NO_DATE
    return ""


def _week_of(text: str, rules: Rules) -> tuple[date, date] | None:
    """ "Week of Dec 7, 2026": that day and the six after it."""
    found = _WEEK_OF.fullmatch(text)
    if found is None:
        return None
    try:
        days = read_days(tokens(found["day"], rules.words)[0], day_first=rules.day_first)
    except RefusalError:
        return None
    whole = len(days.spans) == 1 and days.spans[0].first == days.spans[0].last and not days.weekdays
    first = days.spans[0].first if whole and not days.findings else None
    return (first, first + timedelta(days=6)) if first and first.year < date.max.year else None


def _terms_in(text: str, rules: Rules) -> Iterator[TermSettings]:
    """The terms that it names whole ("Winter Quarter 2027", "Fall 2026"), each once."""
    names = [name for name in rules.terms if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)]
    labels = [found.group() for found in re.finditer(_SEASON, text, re.IGNORECASE)]
    found = [term_named(label, rules.terms) for label in labels if season_of(label)]
    for name in dict.fromkeys([*names, *(name for name in found if name)]):
        yield rules.terms[name]


def _last_weekday(term: TermSettings, weekday: int) -> date:
    return term.last - timedelta(days=(term.last.weekday() - weekday) % 7)


def _months_in(found: list[Token]) -> tuple[date | None, date | None]:
    """From the first month with a year to the last; a month without one leaves it all open."""
    months = [index for index, token in enumerate(found) if token.kind == "month"]
    years = [token.value for token in found if token.kind == "year"]
    if not months:
        return (date(years[0], 1, 1), date(years[0], 12, 31)) if len(found) == len(years) == 1 else (None, None)
    dated = [(found[index].value, found[index + 1].value) for index in months if _year_follows(found, index)]
    if len(dated) < len(months):
        return None, None
    firsts = [date(year, month, 1) for month, year in dated]
    return min(firsts), max(date(year, month, monthrange(year, month)[1]) for month, year in dated)


def _year_follows(found: list[Token], index: int) -> bool:
    return index + 1 < len(found) and found[index + 1].kind == "year"


def _seasons(text: str) -> bool:
    """ "Fall 2026, Spring 2027" and nothing else."""
    rest = plain(text)
    if not rest:
        return False
    while found := _LABEL.match(rest):
        rest = rest[found.end() :].removeprefix("and ").removeprefix("& ")
    return not rest


def _has_date(found: list[Token]) -> bool:
    """Whether a day of a month stands in it, so that calling it vague would hide a date."""
    pairs = {(one.kind, two.kind) for one, two in pairwise(found)}
    day = {"number", "ordinal"}
    whole = any(token.kind in ("date", "numeric") for token in found)
    return whole or any(("month", kind) in pairs or (kind, "month") in pairs for kind in day)
