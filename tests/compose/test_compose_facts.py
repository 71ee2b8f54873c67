"""Contradictions are named with the file they stand in, and an item with an error is held back."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from compose_builders import SEATTLE, TERMS, at, days, event, local, mondays, news, page, weekly

from newsletter.compose.facts import check_facts
from newsletter.model.item import Deadline, Item, Place, Reading, SourceReport
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import Sessions, Vague

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
    (replace(TALK, url="https://data.example.org/TODO"), "E-PLACEHOLDER"),
    (replace(TALK, registration_url="https://data.example.org/?form=FIXME"), "E-PLACEHOLDER"),
    (replace(TALK, place=Place("in_person", "XXX")), "E-PLACEHOLDER"),
    (replace(TALK, cost=".na.character"), "E-PLACEHOLDER"),
    (replace(TALK, series="FIXME"), "E-PLACEHOLDER"),
    (replace(TALK, when=days("2026-12-08", "2099-12-31")), "E-PLACEHOLDER"),
    (replace(TALK, when=at("2026-12-08 12:00", 24 * 366 * 10)), "E-YEAR"),
    (replace(TALK, when=Sessions((at("2026-12-08 12:00"), at("2036-12-15 12:00")))), "E-YEAR"),
    (replace(TALK, when=at("2032-01-01 12:00")), "E-YEAR"),
    (replace(TALK, when=at("1989-12-31 12:00")), "E-YEAR"),
    (replace(TALK, hosts=(".na.character",)), "E-PLACEHOLDER"),
    (news("To be announced"), "E-PLACEHOLDER"),
    (replace(TALK, title="FIXME", place=Place()), "E-PLACEHOLDER"),
]


@pytest.mark.parametrize(("item", "code"), ERRORS)
def test_an_error_holds_the_item_back(item: Item, code: str) -> None:
    reading = check(item)

    assert [(problem.level, problem.code) for problem in reading.problems] == [("error", code)]
    assert reading.problems[0].origin == item.origin
    assert repr(item.title) in reading.problems[0].text
    assert [one.held_back for one in reading.items] == [True]


def deadline(label: str, at: date | datetime) -> tuple[Deadline, ...]:
    return (Deadline(label, at, SEATTLE),)


WARNINGS = [
    (replace(TALK, expires=date(2026, 12, 7)), "W-EXPIRES"),
    (news("Call", publish=date(2026, 12, 7), expires=date(2026, 12, 1)), "W-EXPIRES"),
    (replace(TALK, deadlines=deadline("Registration closes", date(2026, 12, 9))), "W-DEADLINE"),
    (replace(TALK, deadlines=deadline("Sign up", datetime(2026, 12, 9, 1))), "W-DEADLINE"),
    (replace(TALK, deadlines=deadline("RSVP", datetime(2026, 12, 8, 13, 1))), "W-DEADLINE"),
    (
        replace(TALK, when=at("2026-12-08 12:00", 0), deadlines=deadline("Book", datetime(2026, 12, 8, 12, 1))),
        "W-DEADLINE",
    ),
    (replace(TALK, when=days("2026-12-08"), deadlines=deadline("Apply", datetime(2026, 12, 9, 0))), "W-DEADLINE"),
    (replace(TALK, deadlines=deadline("Enrol", date(2025, 12, 6))), "W-DEADLINE"),
    (replace(TALK, when=days("2026-12-08", "2027-12-10")), "W-LENGTH"),
    (replace(TALK, when=at("2026-12-08 12:00", 24 * 367)), "W-LENGTH"),
    (replace(TALK, title="Workflows, Winter 2027"), "W-TERM"),
    (replace(TALK, series="Spring Quarter 2027"), "W-TERM"),
    (replace(TALK, tags=("deep-dive", "Winter 2027")), "W-TERM"),
    (replace(TALK, category="Spring 2027"), "W-TERM"),
    (replace(TALK, custom=(("quarters", "Winter 2027, Spring 2027"),)), "W-TERM"),
    (replace(TALK, when=at("2026-12-20 12:00"), title="Workflows, spring 2027"), "W-TERM"),
    (replace(TALK, when=at("2027-08-01 12:00"), title="Workflows, winter 2027"), "W-TERM"),
    (replace(TALK, follows="Data deep dive on trees"), "W-FOLLOWS"),
    (replace(TALK, place=Place()), "W-PLACE"),
    (replace(TALK, place=Place("in_person", "Room TBA")), "W-PLACEHOLDER"),
    (replace(TALK, body="FIXME add the abstract"), "W-PLACEHOLDER"),
    (replace(TALK, hosts=("TBA",)), "W-PLACEHOLDER"),
    (replace(TALK, cost="to be decided"), "W-PLACEHOLDER"),
    (replace(TALK, audience="T.B.D."), "W-PLACEHOLDER"),
    (replace(TALK, prerequisites="tbc"), "W-PLACEHOLDER"),
    (replace(TALK, body="See you on Tuesday, February 24th."), "W-BODY-DATE"),
    (replace(TALK, body="See you on Wednesday, December 8."), "W-BODY-WEEKDAY"),
    (replace(TALK, body="A six-week course.", when=mondays("2026-12-07", "2027-01-18")), "W-SESSIONS"),
    (replace(TALK, body="At 12:00PM PDT."), "W-TZ-ABBR"),
]


@pytest.mark.parametrize(("item", "code"), WARNINGS)
def test_a_warning_does_not_hold_it_back(item: Item, code: str) -> None:
    reading = check(item)

    assert [(problem.level, problem.code, problem.origin) for problem in reading.problems] == [
        ("warning", code, item.origin)
    ]
    assert repr(item.title) in reading.problems[0].text
    assert reading.items == (item,)


@pytest.mark.parametrize(
    "item",
    [
        replace(TALK, deadlines=deadline("Registration", date(2026, 12, 8))),
        replace(TALK, deadlines=deadline("Feedback", date(2026, 12, 20))),
        replace(TALK, deadlines=deadline("Registration", datetime(2026, 12, 8, 13))),
        replace(TALK, deadlines=deadline("Registration", date(2025, 12, 8))),
        replace(TALK, when=days("2026-12-08"), deadlines=deadline("Registration", datetime(2026, 12, 8, 18))),
        replace(TALK, deadlines=(Deadline("Registration", datetime(2026, 12, 8, 21), "UTC"),)),
        news("Call", deadlines=deadline("Apply", date(2020, 1, 1))),
        replace(TALK, when=days("2026-12-08", "2027-12-09")),
        replace(TALK, when=at("2031-12-31 12:00")),
        replace(TALK, when=mondays("2026-12-07", "2027-12-27")),
        replace(TALK, custom=(("quarters", "Autumn 2026 and Spring 2027"),)),
        replace(TALK, when=at("2026-12-20 12:00"), title="Workflows, autumn 2026"),
        replace(TALK, when=at("2026-12-20 12:00"), title="Workflows, winter 2027"),
        replace(TALK, when=at("2027-08-01 12:00"), title="Workflows, spring 2027"),
        news("Winter 2027", publish=date(2026, 12, 1)),
        page("Winter Quarter 2027"),
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


def test_the_body_is_warned_about_where_it_says_so() -> None:
    body = "Bring one analysis.\n\nFIXME the room"
    at_line_7 = Origin("site", "content/site/maps.md", 7)
    (problem,) = check(replace(TALK, body=body, body_at=at_line_7)).problems

    assert str(problem.origin) == "content/site/maps.md:9"
    assert check(replace(TALK, body=body)).problems[0].origin == TALK.origin
    assert check(replace(TALK, body=body, body_at=replace(at_line_7, line=None))).problems[0].origin.line is None


def test_a_deadline_is_warned_about_where_it_stands() -> None:
    at = Origin("events", "content/events/maps.md", 12)
    late = Deadline("Registration", date(2026, 12, 9), SEATTLE, origin=at)

    assert check(replace(TALK, deadlines=(late,))).problems[0].origin == at


def test_only_the_first_wrong_term_is_named_with_where_the_date_lies() -> None:
    item = replace(TALK, title="Winter 2027: maps", series="Spring Quarter 2027", when=at("2026-12-11 12:00"))

    (problem,) = check(item).problems
    assert "title of 'Winter 2027: maps' says Winter Quarter 2027" in problem.text
    assert "lies in Autumn Quarter 2026" in problem.text


@pytest.mark.parametrize("words", ["Autumn 2026, Spring 2027", "Autumn 2026; Spring 2027", "Spring 2027/Autumn 2026",
                                   "Spring 2027 & Autumn 2026", "Spring 2027 + Autumn 2026",
                                   "Spring 2027\nAutumn 2026", "Spring 2027 AND Autumn 2026",
                                   "Spring 2027 or Autumn 2026"])  # fmt: skip
def test_a_field_may_name_several_terms(words: str) -> None:
    assert problems(replace(TALK, custom=(("quarters", words),))) == []


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (replace(TALK, series="Winter 2027"),
         "series of 'Workflows' says Winter Quarter 2027, but it is dated 2026-12-08, which lies in Autumn Quarter"),
        (replace(TALK, tags=("Winter 2027", "Spring 2027")),
         "tags of 'Workflows' says Spring Quarter 2027 and Winter Quarter 2027, but"),
        (replace(TALK, when=at("2026-12-20 12:00"), title="Spring 2027"),
         "is dated 2026-12-20, which lies in Autumn Quarter 2026 or Winter Quarter 2027; correct one"),
        (replace(TALK, title="Spring 2027"), "title of 'Spring 2027' says Spring Quarter 2027, but it is dated"),
        (replace(TALK, custom=(("quarter", "Winter 2027"),)), "quarter of 'Workflows' says Winter Quarter 2027"),
        (replace(TALK, when=days("2026-12-08", "2026-12-07")), "ends (2026-12-07) before it starts (2026-12-08)"),
        (replace(TALK, when=weekly("2026-12-08 12:00", "FREQ=SECONDLY")), "(FREQ=SECONDLY) cannot be used: "),
        (replace(TALK, when=at("2046-12-31 12:00")), "is dated 2046-12-31; is the year 2046 meant?"),
        (replace(TALK, when=at("2099-12-31 12:00")), "is dated 2099-12-31, which looks like a placeholder"),
        (replace(TALK, when=days("2026-12-08", "2027-12-10")), "lasts from 2026-12-08 to 2027-12-10"),
        (replace(TALK, expires=date(2026, 12, 7)), "expires on 2026-12-07, before its date 2026-12-08"),
        (replace(TALK, deadlines=deadline("Registration", date(2026, 12, 9))),
         "'Registration' of 'Workflows' is on 2026-12-09"),
        (replace(TALK, deadlines=deadline("Enrol", datetime(2025, 12, 6, 9))),
         "on 2025-12-06, more than a year before the event"),
        (replace(TALK, follows="Trees"), "follows 'Trees', but no item has that id or title"),
        (replace(TALK, place=Place()), "names no place; add one"),
        (replace(TALK, title="Maps TODO"), "title of 'Maps TODO' still says 'TODO'"),
        (replace(TALK, hosts=("Ada", "tba")), "hosts of 'Workflows' says 'tba'"),
    ],
)  # fmt: skip
def test_the_sentence_says_what_was_found(item: Item, expected: str) -> None:
    (problem,) = check(item).problems

    assert expected in problem.text


@pytest.mark.parametrize("year", [1990, 2031])
def test_the_years_at_the_edge_are_still_believed(year: int) -> None:
    assert problems(replace(TALK, when=days(f"{year}-06-01"))) == []


def test_each_deadline_is_looked_at() -> None:
    item = replace(TALK, deadlines=(*deadline("Feedback", date(2026, 12, 20)), *deadline("RSVP", date(2026, 12, 9))))

    assert problems(item) == [("warning", "W-DEADLINE")]
    assert problems(replace(TALK, when=Vague("soon"), deadlines=deadline("RSVP", date(2020, 1, 1)))) == []


@pytest.mark.parametrize(
    "place", [Place("tba", "Lakeview"), Place("tba", address="12 Oak Street"), Place("tba", url="https://x")]
)
def test_any_word_of_a_place_will_do(place: Place) -> None:
    assert problems(replace(TALK, place=place)) == []


def test_the_last_day_of_a_term_and_the_day_after() -> None:
    last, after = at("2026-12-11 12:00"), at("2026-12-12 12:00")

    assert problems(replace(TALK, when=last, title="Autumn 2026")) == []
    assert problems(replace(TALK, when=last, title="Winter 2027")) == [("warning", "W-TERM")]
    assert problems(replace(TALK, when=after, title="Winter 2027")) == []
    assert problems(replace(TALK, when=after, title="Autumn 2026")) == []
    assert problems(replace(TALK, when=Vague("soon"), title="Autumn 2026")) == []


def test_without_terms_no_label_is_wrong() -> None:
    item = replace(TALK, title="Workflows, Winter 2027")

    assert check_facts(Reading((item,)), terms={}, timezone=SEATTLE, as_of=local("2026-12-04")).problems == ()


def test_today_is_the_communitys() -> None:
    late = check_facts(Reading((replace(TALK, place=Place()),)), terms={}, timezone=SEATTLE,
                       as_of=datetime(2026, 12, 9, 7, 59, tzinfo=UTC))  # fmt: skip
    over = check_facts(Reading((replace(TALK, place=Place()),)), terms={}, timezone=SEATTLE,
                       as_of=datetime(2026, 12, 9, 8, 0, tzinfo=UTC))  # fmt: skip

    assert [problem.code for problem in late.problems] == ["W-PLACE"]
    assert over.problems == ()


def test_what_is_over_is_not_warned_about() -> None:
    assert problems(replace(TALK, when=at("2026-12-03 12:00"), place=Place())) == []
    assert problems(replace(TALK, when=at("2026-12-03 12:00", -1))) == [("error", "E-ORDER")]


def test_a_follow_up_is_found_by_title_or_id() -> None:
    by_title = event("Clinic", at("2026-12-09 12:00"), follows="WORKFLOWS")
    by_id = event("Social", at("2026-12-10 12:00"), follows="events:workflows")

    assert check(TALK, by_title, by_id).problems == ()


def test_two_items_with_one_id_are_both_named() -> None:
    reading = check(TALK, replace(TALK, title="Another", when=at("2026-12-09 12:00")))

    assert [(problem.level, problem.code, problem.origin) for problem in reading.problems] == [
        ("warning", "W-ID", TALK.origin)
    ] * 2
    assert "2 items have the id 'events:workflows'; give 'Workflows'" in reading.problems[0].text
    assert "give 'Another' one of its own" in reading.problems[1].text


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


def test_what_was_held_back_before_is_not_counted_twice() -> None:
    report = SourceReport("events", "markdown", "content/*.md", files=1, events=1, held_back=1)
    again = replace(TALK, title="FIXME", held_back=True)

    reading = check_facts(Reading((again,), (), (report,)), terms={}, timezone=SEATTLE, as_of=local("2026-12-04"))
    assert reading.sources == (report,)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Maps FIXME"),
        ("summary", "FIXME"),
        ("place", Place("in_person", "Room FIXME")),
        ("hosts", ("Ada", "FIXME")),
        ("url", "https://data.example.org/FIXME"),
        ("registration_url", "https://data.example.org/FIXME"),
        ("series", "FIXME"),
        ("cost", "FIXME"),
    ],
)
def test_an_unfinished_field_is_named(field: str, value: object) -> None:
    item = replace(TALK, **{field: value})

    (problem,) = check(item).problems
    assert problem.text == (f"{field} of {item.title!r} still says 'FIXME'; write what is meant, or leave it out")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("place", Place("in_person", "Room TBA")),
        ("hosts", ("Ada", "TBA")),
        ("cost", "TBA"),
        ("audience", "TBA"),
        ("prerequisites", "TBA"),
    ],
)
def test_what_is_still_open_is_named(field: str, value: object) -> None:
    (problem,) = check(replace(TALK, **{field: value})).problems

    assert problem.text == f"{field} of 'Workflows' says 'TBA'; write it, or leave it out until it is known"
    assert problem.origin == TALK.origin


def test_the_row_is_that_of_the_word() -> None:
    first = replace(TALK, body="FIXME\n\nmore\n", body_at=Origin("site", "maps.md", 7))

    assert check(first).problems[0].origin.line == 7
    assert check(replace(first, body="one\nFIXME\nmore\n")).problems[0].origin.line == 8
    assert check(replace(first, body="\nFIXME\nmore\n")).problems[0].origin.line == 8


def test_hosts_are_read_one_by_one() -> None:
    assert problems(replace(TALK, hosts=("Ada T", "BA Smith"))) == []


def test_a_title_that_several_items_have_names_none_of_them_for_sure() -> None:
    parts = [event("Part one", at(f"2026-12-0{day} 12:00"), id=f"part-{day}") for day in (8, 9)]
    by_title = event("Part two", at("2026-12-10 12:00"), follows="part one")
    by_id = replace(by_title, follows=parts[1].id)

    told = [[one for one in check(*parts, last).problems if one.code == "W-FOLLOWS"] for last in (by_title, by_id)]

    assert [len(found) for found in told] == [1, 0]
    assert "the title of 2 items" in told[0][0].text
