"""Terms: which one a day lies in, which comes next, and the week of term."""

from datetime import date

import pytest

from newsletter.dates.terms import next_term, season_of, term_named, term_of, week_of_term
from newsletter.model.workspace import TermSettings

TERMS = {
    "Winter Quarter 2027": TermSettings(first=date(2027, 1, 4), last=date(2027, 3, 19)),
    "Autumn Quarter 2026": TermSettings(first=date(2026, 9, 30), last=date(2026, 12, 11)),
}


def test_first_and_last_day_belong_to_the_term() -> None:
    assert term_of(date(2026, 9, 30), TERMS) == "Autumn Quarter 2026"
    assert term_of(date(2026, 12, 11), TERMS) == "Autumn Quarter 2026"
    assert term_of(date(2026, 12, 12), TERMS) is None


def test_the_next_term_begins_on_or_after_the_day() -> None:
    assert next_term(date(2026, 12, 12), TERMS) == ("Winter Quarter 2027", TERMS["Winter Quarter 2027"])
    assert next_term(date(2027, 1, 4), TERMS) == ("Winter Quarter 2027", TERMS["Winter Quarter 2027"])
    assert next_term(date(2027, 1, 5), TERMS) is None


def test_weeks_of_term_run_from_monday_though_the_term_begins_on_a_wednesday() -> None:
    assert week_of_term(date(2026, 10, 4), TERMS) == ("Autumn Quarter 2026", 1, 11)
    assert week_of_term(date(2026, 10, 5), TERMS) == ("Autumn Quarter 2026", 2, 11)
    assert week_of_term(date(2026, 12, 11), TERMS) == ("Autumn Quarter 2026", 11, 11)
    assert week_of_term(date(2026, 12, 25), TERMS) is None


@pytest.mark.parametrize("label", ["Fall 2026", "autumn 2026", "Autumn Quarter 2026", "fall quarter 2026"])
def test_fall_is_autumn(label: str) -> None:
    assert term_named(label, TERMS) == "Autumn Quarter 2026"


@pytest.mark.parametrize("label", ["Fall 2027", "Fall", "2026", "Spring 2027"])
def test_a_label_that_names_no_term(label: str) -> None:
    assert term_named(label, TERMS) is None


def test_a_season_needs_its_year() -> None:
    assert season_of("Fall 2026") == ("autumn", 2026)
    assert season_of("Fall") is None


def test_of_overlapping_terms_the_later_one_counts() -> None:
    both = {**TERMS, "Early Winter": TermSettings(first=date(2026, 12, 7), last=date(2027, 1, 10))}
    assert term_of(date(2026, 12, 8), both) == "Early Winter"
