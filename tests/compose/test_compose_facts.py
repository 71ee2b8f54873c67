"""Contradictions are named with the file they stand in, and an item with an error is held back."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from compose_builders import SEATTLE, TERMS, at, days, event, local, mondays, news, page, weekly

from newsletter.compose.facts import check_facts
from newsletter.model.item import Deadline, Item, Place, Reading, SourceReport
from newsletter.model.problem import Problem
from newsletter.model.when import Sessions

TALK = event("Workflows", at("2026-12-08 12:00"))


def check(*items: Item) -> Reading:
    return check_facts(Reading(items), terms=dict(TERMS), timezone=SEATTLE, as_of=local("2026-12-04"))


def problems(item: Item) -> list[tuple[str, str]]:
    return [(problem.level, problem.code) for problem in check(item).problems]


def test_a_sound_event_has_no_problem() -> None:
    reading = check(TALK)

    assert (reading.problems, reading.items) == ((), (TALK,))


ERRORS = [
    (replace(TALK, when=at("2026-12-08 12:00", -1)), "E-ORDER"),
    (replace(TALK, when=days("2026-12-08", "2026-12-07")), "E-ORDER"),
    (replace(TALK, when=mondays("2026-12-08", "2026-11-01")), "E-ORDER"),
    (replace(TALK, when=weekly("2026-12-08 12:00", "FREQ=WEEKLY", hours=-2)), "E-ORDER"),
    (replace(TALK, when=Sessions((at("2026-12-08 12:00"), at("2026-12-09 12:00", -1)))), "E-ORDER"),
    (replace(TALK, when=weekly("2026-12-08 12:00", "FREQ=SECONDLY")), "E-RULE"),
    (replace(TALK, when=at("2099-12-31 12:00")), "E-PLACEHOLDER"),
    (replace(TALK, when=at("2046-12-31 12:00")), "E-YEAR"),
    (replace(TALK, when=at("1926-12-31 12:00")), "E-YEAR"),
    (replace(TALK, title="Talk TBA"), "E-PLACEHOLDER"),
    (replace(TALK, title="FIXME"), "E-PLACEHOLDER"),
    (replace(TALK, summary="TODO: write this"), "E-PLACEHOLDER"),
    (replace(TALK, summary="Lorem ipsum dolor"), "E-PLACEHOLDER"),
    (replace(TALK, hosts=(".na.character",)), "E-PLACEHOLDER"),
    (news("To be announced"), "E-PLACEHOLDER"),
    (replace(TALK, title="FIXME", place=Place()), "E-PLACEHOLDER"),
]


@pytest.mark.parametrize(("item", "code"), ERRORS)
def test_an_error_holds_the_item_back(item: Item, code: str) -> None:
    reading = check(item)

    assert [(problem.level, problem.code) for problem in reading.problems] == [("error", code)]
    assert reading.problems[0].origin == item.origin
    assert [one.held_back for one in reading.items] == [True]


def deadline(label: str, at: date | datetime) -> tuple[Deadline, ...]:
    return (Deadline(label, at, SEATTLE),)


WARNINGS = [
    (replace(TALK, expires=date(2026, 12, 7)), "W-EXPIRES"),
    (news("Call", publish=date(2026, 12, 7), expires=date(2026, 12, 1)), "W-EXPIRES"),
    (replace(TALK, deadlines=deadline("Registration closes", date(2026, 12, 9))), "W-DEADLINE"),
    (replace(TALK, deadlines=deadline("Sign up", datetime(2026, 12, 9, 1))), "W-DEADLINE"),
    (replace(TALK, title="Workflows, Winter 2027"), "W-TERM"),
    (replace(TALK, series="Spring Quarter 2027"), "W-TERM"),
    (replace(TALK, follows="Data deep dive on trees"), "W-FOLLOWS"),
    (replace(TALK, place=Place()), "W-PLACE"),
    (replace(TALK, place=Place("in_person", "Room TBA")), "W-PLACEHOLDER"),
    (replace(TALK, body="FIXME add the abstract"), "W-PLACEHOLDER"),
]


@pytest.mark.parametrize(("item", "code"), WARNINGS)
def test_a_warning_does_not_hold_it_back(item: Item, code: str) -> None:
    reading = check(item)

    assert [(problem.level, problem.code) for problem in reading.problems] == [("warning", code)]
    assert reading.items == (item,)


@pytest.mark.parametrize(
    "item",
    [
        replace(TALK, deadlines=deadline("Registration", date(2026, 12, 8))),
        replace(TALK, deadlines=deadline("Feedback", date(2026, 12, 20))),
        replace(TALK, title="Workflows, Fall 2026"),
        replace(TALK, title="What winter 2019 taught us"),
        replace(TALK, expires=date(2026, 12, 8)),
        replace(TALK, place=Place("online")),
        replace(TALK, title="Managing your todo list"),
        replace(TALK, when=at("2026-12-08 12:00", 0)),
        page("Things to write: TODO"),
    ],
)
def test_what_is_right_is_left_alone(item: Item) -> None:
    assert problems(item) == []


def test_what_is_over_is_not_warned_about() -> None:
    assert problems(replace(TALK, when=at("2026-12-03 12:00"), place=Place())) == []
    assert problems(replace(TALK, when=at("2026-12-03 12:00", -1))) == [("error", "E-ORDER")]


def test_a_follow_up_is_found_by_title_or_id() -> None:
    by_title = event("Clinic", at("2026-12-09 12:00"), follows="WORKFLOWS")
    by_id = event("Social", at("2026-12-10 12:00"), follows="events:workflows")

    assert check(TALK, by_title, by_id).problems == ()


def test_two_items_with_one_id_are_both_named() -> None:
    reading = check(TALK, replace(TALK, title="Another", when=at("2026-12-09 12:00")))

    assert [problem.code for problem in reading.problems] == ["W-ID", "W-ID"]


def test_earlier_problems_and_the_count_of_held_back_items_are_kept() -> None:
    earlier = Problem("info", "I-VAGUE", "TBA", TALK.origin)
    report = SourceReport("events", "markdown", "content/*.md", files=2, events=2, held_back=1)
    broken = replace(TALK, title="TBD")
    held = replace(TALK, id="b", held_back=True)

    reading = check_facts(
        Reading((broken, held), (earlier,), (report,)), terms={}, timezone=SEATTLE, as_of=local("2026-12-04")
    )

    assert reading.problems[0] == earlier
    assert reading.sources[0].held_back == 2
