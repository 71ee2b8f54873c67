"""Terms that follow a rule, held against calendars that were published, and beside terms with dates of their own."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.dates.term_presets import preset_terms, terms_between
from newsletter.dates.terms import next_term, term_of
from newsletter.model.workspace import TermSettings


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        # As the registrar published them: first day of instruction, and the last day of finals or of summer.
        ("Winter Quarter 2013", "2013-01-07", "2013-03-22"),
        ("Spring Quarter 2013", "2013-04-01", "2013-06-14"),
        ("Autumn Quarter 2014", "2014-09-24", "2014-12-12"),
        ("Winter Quarter 2015", "2015-01-05", "2015-03-20"),
        ("Spring Quarter 2015", "2015-03-30", "2015-06-12"),
        ("Summer Quarter 2015", "2015-06-22", "2015-08-21"),
        ("Autumn Quarter 2018", "2018-09-26", "2018-12-14"),
        ("Winter Quarter 2019", "2019-01-07", "2019-03-22"),
        ("Spring Quarter 2019", "2019-04-01", "2019-06-14"),
        ("Summer Quarter 2019", "2019-06-24", "2019-08-23"),
        ("Autumn Quarter 2023", "2023-09-27", "2023-12-15"),
        ("Winter Quarter 2024", "2024-01-03", "2024-03-15"),
    ],
)
def test_the_university_of_washington_as_published(name: str, first: str, last: str) -> None:
    found = dict(preset_terms("uw", int(name[-4:])))[name]
    assert (found.first, found.last) == (day(first), day(last))


def test_the_third_of_january_where_new_year_is_a_sunday_or_a_monday() -> None:
    starts = [preset_terms("uw", year)[0][1].first for year in (2017, 2018, 2023, 2024, 2025)]
    assert starts == [day(text) for text in ("2017-01-03", "2018-01-03", "2023-01-03", "2024-01-03", "2025-01-06")]


@given(st.integers(1990, 2100))
def test_a_university_year_is_in_order_for_any_year(year: int) -> None:
    terms = [term for _, term in (*preset_terms("uw", year), *preset_terms("uw", year + 1))]
    assert all(one.last + timedelta(days=9) < other.first for one, other in pairwise(terms))
    assert all(term.last.weekday() == 4 and term.first.weekday() in (0, 1, 2) for term in terms)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_has_its_calendar_quarter(when: date) -> None:
    terms = terms_between({}, "calendar", when.year, when.year + 1)
    assert term_of(when, terms) == f"Q{(when.month + 2) // 3} {when.year}"
    coming = next_term(when, terms)
    assert coming is not None
    assert coming[1].first - when < timedelta(days=92)


def test_named_terms_win_over_those_of_their_season() -> None:
    own = {"Fall 2026": TermSettings(first=day("2026-09-21"), last=day("2026-11-05"))}
    found = terms_between(own, "uw", 2026, 2027)
    assert list(found) == [
        "Winter Quarter 2026",
        "Spring Quarter 2026",
        "Summer Quarter 2026",
        "Fall 2026",
        "Winter Quarter 2027",
        "Spring Quarter 2027",
        "Summer Quarter 2027",
        "Autumn Quarter 2027",
    ]
    renamed = {"Q1 2027": TermSettings(first=day("2027-01-04"), last=day("2027-03-26"))}
    assert terms_between(renamed, "calendar", 2027, 2027)["Q1 2027"] == renamed["Q1 2027"]


def test_without_a_preset_there_are_the_named_terms_alone() -> None:
    own = {"Fall 2026": TermSettings(first=day("2026-09-21"), last=day("2026-11-05"))}
    assert terms_between(own, "", 2020, 2030) == own
