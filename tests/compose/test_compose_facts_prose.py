"""What an event says in its text is held against its fields, and only where the text can mean nothing else."""

from dataclasses import replace

import pytest
from compose_builders import SEATTLE, at, cancelled, days, event, local, mondays, news, weekly
from hypothesis import given
from hypothesis import strategies as st

from newsletter.compose.facts import check_facts
from newsletter.compose.facts.mentions import counts_in, dates_in, opening, zones_in
from newsletter.model.item import Item, Reading
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import Instant, Sessions, Vague

TALK = event("Workflows", at("2027-03-24 12:00"))
FILE = Origin("events", "content/events/workflows.md", 8)


def problems(item: Item) -> tuple[Problem, ...]:
    return check_facts(Reading((item,)), terms={}, timezone=SEATTLE, as_of=local("2026-12-04")).problems


def codes(item: Item) -> list[str]:
    return [problem.code for problem in problems(item)]


def says(body: str, when=TALK.when) -> list[str]:
    return codes(replace(TALK, body=body, when=when))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on Tuesday, February 24th", (1, 2, 24, None)),
        ("on tuesday february 24", (1, 2, 24, None)),
        ("Tues. Feb. 24, 2027", (1, 2, 24, 2027)),
        ("Tue, the 24th of February 2027", (1, 2, 24, 2027)),
        ("Tuesday 24 February", (1, 2, 24, None)),
        ("Wed, Sept 2nd", (2, 9, 2, None)),
        ("Thurs May 6", (3, 5, 6, None)),
        ("Saturday,\nJune 5", (5, 6, 5, None)),
        ("Sunday, 4 July, 2027", (6, 7, 4, 2027)),
        ("Monday, Aug 3rd", (0, 8, 3, None)),
        ("Friday, October 1, 1999", (4, 10, 1, 1999)),
    ],
)
def test_a_date_is_a_weekday_a_month_and_a_day(text: str, expected: tuple[int, int, int, int | None]) -> None:
    (found,) = dates_in(text)

    assert (found.weekday, found.month, found.day, found.year) == expected


@pytest.mark.parametrize(
    ("name", "month"),
    [(name, number) for number, names in enumerate(
        ("Jan January", "Feb February", "Mar March", "Apr April", "May", "Jun June", "Jul July", "Aug August",
         "Sep Sept September", "Oct October", "Nov November", "Dec December"), 1) for name in names.split()],
)  # fmt: skip
def test_every_month_by_every_name(name: str, month: int) -> None:
    assert [found.month for found in dates_in(f"Monday, {name} 3")] == [month]
    assert [found.month for found in dates_in(f"Monday, 3 {name.upper()}.")] == [month]


@pytest.mark.parametrize(
    ("name", "weekday"),
    [(name, number) for number, names in enumerate(
        ("Mon Monday", "Tue Tues Tuesday", "Wed Wednesday", "Thu Thur Thurs Thursday", "Fri Friday", "Sat Saturday",
         "Sun Sunday")) for name in names.split()],
)  # fmt: skip
def test_every_weekday_by_every_name(name: str, weekday: int) -> None:
    assert [found.weekday for found in dates_in(f"{name}, March 3")] == [weekday]


NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@pytest.mark.parametrize(("word", "number"), [(word, number) for number, word in enumerate(NUMBERS, 2)])
def test_every_number_in_words(word: str, number: int) -> None:
    assert [found.count for found in counts_in(f"A {word.title()}-week course")] == [number]


def test_words_count_within_sixty_letters_before_and_thirty_after() -> None:
    date = "Tuesday, February 24th"
    near, far = "by " + "x" * 56 + " ", "by " + "x" * 57 + " "

    assert (len(dates_in(near + date)), len(dates_in(far + date))) == (0, 1)
    assert len(dates_in(f"{date} {'x' * 17} is due {'x' * 20}")) == 1 - 1
    assert len(dates_in(f"{date} {'x' * 24} is due")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "February 24th",
        "Tuesday the 24th",
        "Tuesdays in February",
        "Tuesday, February",
        "Sunny March 3",
        "Tuesday, Marching 3",
        "Monday, Maybe 3",
        "Tuesday, February 245",
        "",
    ],
)
def test_less_than_that_is_no_date(text: str) -> None:
    assert dates_in(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Registration closes on Tuesday, February 24th.",
        "Register by Tuesday, February 24th!",
        "Please RSVP before Tuesday, February 24.",
        "Proposals are due Tuesday, February 24th.",
        "Submit your slides until Tuesday, February 24th.",
        "It was moved from Tuesday, February 24th.",
        "Rescheduled, originally Tuesday, February 24th.",
        "After the session on Tuesday, February 24th, we go on.",
        "The last one took place on Tuesday, February 24th.",
        "No class Tuesday, February 24th.",
        "On Tuesday, February 24th registration closes.",
        "Tuesday, February 24th: no session.",
        "The next one is Tuesday, February 24th",
    ],
)
def test_the_date_of_something_else_is_left_alone(text: str) -> None:
    assert dates_in(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Registration is open. Join us on Tuesday, February 24th.",
        "Apply now!\n\nTuesday, February 24th, in the lounge.",
        "- Register here\n- Tuesday, February 24th, noon",
        "Tuesday, February 24th. Register now.",
        "Submit whatever you like to whomever you like in the days that lead up to it, Tuesday, February 24th",
        "Tuesday, February 24th is the day for all of us who have to register",
    ],
)
def test_words_of_another_sentence_do_not_count(text: str) -> None:
    assert [found.text for found in dates_in(text)] == ["Tuesday, February 24th"]


def test_only_the_opening_is_read() -> None:
    assert opening("a\n\nb\n \nc\n\nTuesday, February 24") == "a\n\nb\n \nc"
    assert opening("a\n\nb") == "a\n\nb"
    assert len(opening("x" * 5000)) == 2000
    assert dates_in("a\n\nb\n\nc\n\nTuesday, February 24") == []
    assert len(dates_in("a\n\nb\n\nTuesday, February 24")) == 1


def test_a_body_of_another_date_is_named_with_both_and_its_line() -> None:
    item = replace(TALK, body="A talk.\n\nJoin us on\nTuesday, February 24th at noon.\nOr\nnot.", body_at=FILE)

    (problem,) = problems(item)
    assert (problem.level, problem.code, str(problem.origin)) == ("warning", "W-BODY-DATE", f"{FILE.path}:11")
    assert "'Tuesday, February 24th'" in problem.text
    assert "Wed 24 Mar 2027" in problem.text


@pytest.mark.parametrize(
    ("body", "when", "expected"),
    [
        ("Wednesday, March 24", TALK.when, []),
        ("Wednesday, March 24, 2027", TALK.when, []),
        ("Wednesday, March 24, 2026", TALK.when, ["W-BODY-DATE"]),
        ("Tuesday, March 24", TALK.when, ["W-BODY-WEEKDAY"]),
        ("Tuesday, March 24. And Wednesday, March 24", TALK.when, []),
        ("Tuesday, March 23. Wednesday, March 24", TALK.when, []),
        ("Tuesday, February 24th", Vague("in spring"), []),
        ("Tuesday, February 24th", weekly("2027-03-24 12:00", "FREQ=WEEKLY"), []),
        ("Monday, February 30th", TALK.when, ["W-BODY-DATE"]),
        ("Thursday, March 25", days("2027-03-24", "2027-03-26"), []),
        ("Saturday, March 27", days("2027-03-24", "2027-03-26"), ["W-BODY-DATE"]),
        ("Friday, January 1", days("2026-12-30", "2027-01-02"), []),
        ("Wednesday, December 30", days("2026-12-30", "2027-01-02"), []),
        ("Thursday, March 25", Instant(at("2027-03-24 20:00").start, at("2027-03-25 02:00").start, SEATTLE), []),
        ("Monday, March 29", Sessions((at("2027-03-24 12:00"), at("2027-03-29 12:00"))), []),
        ("Tuesday, March 30", Sessions((at("2027-03-24 12:00"), at("2027-03-29 12:00"))), ["W-BODY-DATE"]),
        ("Monday, March 15", mondays("2027-03-08", "2027-03-29"), []),
        ("Tuesday, March 16", mondays("2027-03-08", "2027-03-29"), ["W-BODY-DATE"]),
    ],
)
def test_one_right_date_is_enough(body: str, when, expected: list[str]) -> None:
    assert says(body, when) == expected


def test_a_range_is_written_out_for_the_editor() -> None:
    (problem,) = problems(replace(TALK, body="Saturday, March 27", when=days("2027-03-24", "2027-03-26")))

    assert "Wed 24 Mar to Fri 26 Mar 2027" in problem.text


def test_the_weekday_that_is_right_is_said() -> None:
    (problem,) = problems(replace(TALK, body="Tuesday, March 24"))

    assert "2027-03-24 is a Wednesday" in problem.text


def test_only_the_first_wrong_date_is_named() -> None:
    (one,) = problems(replace(TALK, body="Tuesday, March 24. Thursday, March 24, 2027"))
    (other,) = problems(replace(TALK, body="Tuesday, February 24th. Monday, March 1"))

    assert "'Tuesday, March 24'" in one.text
    assert "'Tuesday, February 24th'" in other.text


def test_a_sentence_names_the_day_it_compares_with() -> None:
    two_days = Sessions((at("2027-07-08 12:00"), at("2027-07-09 12:00")))
    (problem,) = problems(replace(TALK, body="12 PM EST", when=two_days))

    assert "on 2027-07-08 it is EDT there" in problem.text


def test_news_and_past_events_have_no_date_to_compare() -> None:
    assert codes(news("Call", body="Tuesday, February 24th")) == []
    assert says("Tuesday, February 24th", at("2026-12-01 12:00")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 6-week course", (6, True)),
        ("This is a six week introductory programme", (6, True)),
        ("a twelve-part reading group", (12, False)),
        ("a three-session workshop", (3, False)),
        ("a 10 week long series", (10, True)),
        ("spread over four sessions", (4, False)),
        ("in 14 lectures", (14, False)),
        ("It runs for six weeks", (6, True)),
        ("The group meets for 5 weeks", (5, True)),
        ("has two weekly meetings", (2, False)),
        ("across 5 classes", (5, False)),
    ],
)
def test_counts_are_read_where_they_speak_of_the_course(text: str, expected: tuple[int, bool]) -> None:
    (found,) = counts_in(text)

    assert (found.count, found.weeks) == expected


@pytest.mark.parametrize(
    "text", ["six weeks ago", "two weeks before the course", "runs two weeks later", "60 sessions", "one-week course"]
)
def test_other_counts_are_left_alone(text: str) -> None:
    assert list(counts_in(text)) == []


SEVEN = mondays("2027-01-04", "2027-02-15")


@pytest.mark.parametrize(
    ("text", "when", "expected"),
    [
        ("A six-week course", SEVEN, ["W-SESSIONS"]),
        ("A seven-week course", SEVEN, []),
        ("A six-week course over seven sessions", SEVEN, []),
        ("A six-week course", replace(SEVEN, excluded=(SEVEN.first,)), []),
        ("A seven-week course", replace(SEVEN, weekdays=(0, 2), last=SEVEN.last.replace(day=17)), []),
        ("over fourteen sessions or in 14 sessions", replace(SEVEN, weekdays=(0, 2), last=SEVEN.last.replace(day=17)),
         []),
        ("A two-week course", Sessions((at("2027-01-04 12:00"), at("2027-01-06 12:00"))), ["W-SESSIONS"]),
        ("A two-session course", Sessions((at("2027-01-04 12:00"), at("2027-01-06 12:00"))), []),
        ("A three-session course", Sessions((at("2027-01-04 12:00"), at("2027-01-06 12:00"))), ["W-SESSIONS"]),
        ("A six-week course", weekly("2027-01-04 12:00", "FREQ=WEEKLY;COUNT=6"), []),
        ("A six-week course", weekly("2027-01-04 12:00", "FREQ=WEEKLY;COUNT=7"), ["W-SESSIONS"]),
        ("A six-week course", weekly("2027-01-04 12:00", "FREQ=WEEKLY;COUNT=6",
                                     overrides=(cancelled("2027-01-11 12:00"),)), []),
        ("A six-week course", weekly("2027-01-04 12:00", "FREQ=WEEKLY;UNTIL=20270208T235959"), []),
        ("A six-week course", weekly("2027-01-04 12:00", "FREQ=WEEKLY"), []),
        ("A six-week course", TALK.when, []),
        ("A six-week course", Vague("in winter"), []),
    ],
)  # fmt: skip
def test_the_number_of_weeks_or_sessions_is_counted(text: str, when, expected: list[str]) -> None:
    assert says(text, when) == expected
    assert codes(replace(TALK, summary=text, when=when)) == expected


def test_what_is_counted_is_said() -> None:
    (problem,) = problems(replace(TALK, title="Maps, a six-week course", when=SEVEN))

    assert (problem.level, problem.code, problem.origin) == ("warning", "W-SESSIONS", TALK.origin)
    assert "'six-week course', but its dates make 7 weeks (2027-01-04 to 2027-02-15)" in problem.text
    assert (
        "make 2 dates ("
        in problems(
            replace(TALK, body="a 3-part series", when=Sessions((at("2027-01-04 12:00"), at("2027-01-06 12:00"))))
        )[0].text
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 12:00PM EST", ["EST"]),
        ("at noon PDT", ["PDT"]),
        ("9 a.m. (CET)", ["CET"]),
        ("14:00 CEST / 8 am EDT", ["CEST", "EDT"]),
        ("Midnight AEST", ["AEST"]),
        ("at 5 p.m. BST", ["BST"]),
        ("at 5 p.m. UTC or GMT, 5 PT", []),
        ("room 12 PSTN", []),
        ("in A12 PST", []),
        ("12 pm est", []),
        ("the EST clock", []),
        ("register by 5 pm PDT", []),
    ],
)
def test_zones_stand_behind_a_clock_in_capitals(text: str, expected: list[str]) -> None:
    assert [zone for _, zone in zones_in(text)] == expected


@pytest.mark.parametrize(
    ("text", "when", "expected"),
    [
        ("12:00PM EST", at("2027-07-08 12:00"), ["W-TZ-ABBR"]),
        ("12:00PM EST", at("2027-01-08 12:00"), []),
        ("12:00PM EDT", at("2027-07-08 12:00"), []),
        ("12:00PM ET", at("2027-07-08 12:00"), []),
        ("12:00PM CEST", at("2027-01-08 12:00"), ["W-TZ-ABBR"]),
        ("12:00PM GMT", at("2027-07-08 12:00"), []),
        ("12:00PM ABCD", at("2027-07-08 12:00"), []),
        ("12 PM EST, that is 9 AM PST", at("2027-07-08 12:00"), ["W-TZ-ABBR", "W-TZ-ABBR"]),
        ("12 PM EST to 1 PM EST", at("2027-07-08 12:00"), ["W-TZ-ABBR"]),
        ("12 PM EST", mondays("2027-03-01", "2027-03-29"), []),
        ("12 PM EST", weekly("2027-07-05 12:00", "FREQ=WEEKLY"), []),
        ("12 PM EST", days("2027-07-08"), ["W-TZ-ABBR"]),
    ],
)
def test_an_abbreviation_of_the_other_season_is_doubted(text: str, when, expected: list[str]) -> None:
    assert says(text, when) == expected


def test_the_right_abbreviation_is_named() -> None:
    (problem,) = problems(replace(TALK, summary="12:00PM EST", when=at("2027-07-08 12:00")))

    assert problem.level == "warning"
    assert "'12:00PM EST', but on 2027-07-08 it is EDT there; write EDT" in problem.text


def test_an_abbreviation_means_the_communitys_zone_where_it_has_one() -> None:
    item = replace(TALK, body="9 am MST", when=at("2027-07-08 09:00", zone="America/Phoenix"))
    there = check_facts(Reading((item,)), terms={}, timezone="America/Phoenix", as_of=local("2026-12-04"))

    assert there.problems == ()
    assert codes(item) == ["W-TZ-ABBR"]


@given(st.text(alphabet="TuesdayFbr24th, \n.JoinMachEST12:0PM-wk6sio", max_size=300))
def test_any_text_is_read_without_harm(text: str) -> None:
    for when in (TALK.when, SEVEN, weekly("2027-01-04 12:00", "FREQ=DAILY")):
        says(text, when)


@pytest.mark.parametrize(
    ("day", "weekday"),
    [(22 + number, name) for number, name in enumerate(
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))],
)  # fmt: skip
def test_every_right_weekday_is_said_where_the_wrong_one_stands(day: int, weekday: str) -> None:
    wrong = "Friday" if weekday != "Friday" else "Monday"
    item = replace(TALK, body=f"{wrong}, March {day}", when=days(f"2027-03-{day}"), body_at=FILE)

    (problem,) = problems(item)
    assert f"but 2027-03-{day} is a {weekday}; correct one" in problem.text
    assert problem.origin == FILE


def test_a_leap_day_is_looked_for_in_either_year_of_an_event_over_new_year() -> None:
    assert says("Tuesday, February 29", days("2027-12-28", "2028-03-02")) == []
