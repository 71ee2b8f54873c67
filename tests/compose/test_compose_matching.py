"""The same item in two readings, and the days that it names."""

from dataclasses import replace
from datetime import date

import pytest
from compose_builders import at, days, event, mondays, news, weekly

from newsletter.compose.facts.rule import slots, spans
from newsletter.compose.matching import Known, first_day, last_stated_day, plain_words
from newsletter.model.when import Sessions, Vague, When

TALK = event("Workflows", at("2026-12-08 12:00"))
SESSIONS = Sessions((at("2026-12-08 12:00"), days("2026-12-10", "2026-12-11"), at("2026-12-09 12:00")))


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        (at("2026-12-08 20:00", 6), date(2026, 12, 8), date(2026, 12, 9)),
        (at("2026-12-08 20:00", 0), date(2026, 12, 8), date(2026, 12, 8)),
        (days("2026-12-08", "2026-12-10"), date(2026, 12, 8), date(2026, 12, 10)),
        (mondays("2026-12-07", "2026-12-21"), date(2026, 12, 7), date(2026, 12, 21)),
        (weekly("2026-12-07 12:00", "FREQ=WEEKLY"), date(2026, 12, 7), None),
        (SESSIONS, date(2026, 12, 8), date(2026, 12, 11)),
        (Vague("soon"), None, None),
        (None, None, None),
    ],
)
def test_first_and_last_day(when: When | None, first: date | None, last: date | None) -> None:
    assert (first_day(when), last_stated_day(when)) == (first, last)


def test_an_item_is_known_by_its_id_or_by_title_and_day() -> None:
    known = Known.of((TALK,))

    assert known.find(replace(TALK, title="Other", when=None)) is TALK
    assert known.find(replace(TALK, id="new", title="WORKFLOWS!")) is TALK
    assert known.find(replace(TALK, id="new", when=at("2026-12-09 12:00"))) is None
    assert known.find(replace(TALK, id="new", title="Maps")) is None


def test_of_two_that_look_alike_the_first_id_stands_for_both() -> None:
    pair = replace(TALK, id="b"), replace(TALK, id="a")

    assert Known.of(pair).find(replace(TALK, id="new")) is pair[1]
    assert Known.of(reversed(pair)).find(replace(TALK, id="new")) is pair[1]


def test_words_are_compared_without_case_and_marks() -> None:
    assert plain_words("  Straße & Zürich: a/b (2) ") == "strasse zürich a b 2"
    assert plain_words("—") == ""


def test_the_spans_and_slots_of_what_is_listed() -> None:
    mine = mondays("2026-12-07", "2026-12-21", excluded=(date(2026, 12, 14),))

    assert list(slots(mine)) == [date(2026, 12, 7), date(2026, 12, 21)]
    assert list(spans(mine)) == [(date(2026, 12, 7), date(2026, 12, 7)), (date(2026, 12, 21), date(2026, 12, 21))]
    assert list(slots(replace(mine, first=date(2026, 12, 8), last=date(2026, 12, 20)))) == []
    assert list(spans(SESSIONS)) == [
        (date(2026, 12, 8), date(2026, 12, 8)),
        (date(2026, 12, 10), date(2026, 12, 11)),
        (date(2026, 12, 9), date(2026, 12, 9)),
    ]
    assert list(spans(at("2026-12-08 20:00", 6))) == [(date(2026, 12, 8), date(2026, 12, 9))]
    assert list(spans(weekly("2026-12-07 12:00", "FREQ=WEEKLY"))) == list(spans(news("Call").when)) == []
