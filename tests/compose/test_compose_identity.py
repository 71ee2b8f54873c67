"""One event in two sources is one item; two events are never made one by chance."""

from dataclasses import replace
from datetime import date

import pytest
from compose_builders import at, days, event, mondays, news, weekly
from hypothesis import given
from hypothesis import strategies as st

from newsletter.compose.identity import join
from newsletter.compose.likeness import plain_url, similar_titles
from newsletter.model.item import Deadline, Item, Place, Reading
from newsletter.model.when import Instant, Vague

PAGE = event(
    "Data Deep Dive: reproducible workflows",
    at("2026-12-08 12:00", 1.5),
    "deep-dive",
    url="https://data.example.org/dives/workflows/",
    summary="Bring one analysis.",
    hosts=("Amara Okafor",),
)
CALENDAR = event(
    "Deep Dive: Reproducible Workflows",
    at("2026-12-08 12:00", 1.5),
    "calendar",
    place="Lakeview 1.203, 2nd floor",
    source="lab-calendar",
    registration_url="https://data.example.org/rsvp",
)


def joined(*items: Item) -> tuple[Item, ...]:
    return join(Reading(items)).items


def codes(*items: Item) -> list[str]:
    return [problem.code for problem in join(Reading(items)).problems]


def test_an_event_of_a_page_and_a_calendar_is_one_with_everything_both_say() -> None:
    (item,) = joined(PAGE, CALENDAR)

    assert item.title == PAGE.title
    assert [origin.source for origin in item.origins] == ["events", "lab-calendar"]
    assert item.tags == ("deep-dive", "calendar")
    assert (item.summary, item.registration_url) == ("Bring one analysis.", "https://data.example.org/rsvp")
    assert codes(PAGE, CALENDAR) == ["I-JOINED"]


THIRD = replace(PAGE, id="third", origins=CALENDAR.origins, summary="")


@given(st.permutations([PAGE, CALENDAR, THIRD, replace(CALENDAR, id="fourth", when=at("2026-12-10 12:00"))]))
def test_the_order_of_reading_does_not_matter(items) -> None:
    straight = sorted(items, key=lambda item: item.id)

    assert join(Reading(tuple(items))) == join(Reading(tuple(straight)))


def test_joining_again_changes_nothing() -> None:
    once = joined(PAGE, CALENDAR)

    assert joined(*once) == once


def test_the_id_does_not_depend_on_who_says_more() -> None:
    fuller = replace(
        CALENDAR, summary="A long description", cost="free", audience="all", image="https://x.example.org/i"
    )

    assert joined(PAGE, CALENDAR)[0].id == joined(PAGE, fuller)[0].id


def test_one_moment_written_in_two_zones_is_one_event() -> None:
    late = replace(PAGE, when=at("2026-12-08 18:00"))
    utc = replace(CALENDAR, when=Instant(at("2026-12-09 02:00").start, None, "UTC"))

    assert len(joined(late, utc)) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(CALENDAR, title="Office hours"),
        replace(CALENDAR, when=at("2026-12-09 12:00")),
        replace(CALENDAR, when=at("2026-12-08 15:00")),
        replace(CALENDAR, place=Place("online")),
        replace(CALENDAR, place=Place("in_person", "Portland, Oak Street")),
        replace(CALENDAR, when=weekly("2026-12-08 12:00", "FREQ=WEEKLY")),
    ],
)
def test_another_title_day_hour_place_or_a_series_is_another_event(other: Item) -> None:
    assert len(joined(PAGE, other)) == 2


def test_the_same_address_joins_what_is_named_differently() -> None:
    named = replace(CALENDAR, title="DDD #4", url="http://www.data.example.org/dives/workflows?utm_source=mail#top")

    assert len(joined(PAGE, named)) == 1


def test_an_address_that_lists_many_events_joins_none() -> None:
    url = "https://data.example.org/events"
    morning = replace(PAGE, title="Welcome", url=url)
    other = replace(PAGE, title="Farewell", url=url, id="b", when=at("2026-12-09 09:00"))
    entry = replace(CALENDAR, title="Board meeting", url=url)

    assert len(joined(morning, other, entry)) == 3


def test_talks_of_one_source_at_the_same_hour_stay_apart() -> None:
    talks = [event(f"Short talks on data and maps, room {name}", at("2026-12-08 12:00")) for name in "AB"]

    assert len(joined(*talks)) == 2


def test_a_clock_completes_a_bare_date() -> None:
    (item,) = joined(replace(PAGE, when=days("2026-12-08"), body="long " * 50), CALENDAR)

    assert item.when == CALENDAR.when


def test_whoever_says_that_it_is_off_is_believed_and_named() -> None:
    (item,) = joined(PAGE, replace(CALENDAR, status="cancelled"))

    assert item.status == "cancelled"
    assert codes(PAGE, replace(CALENDAR, status="cancelled")) == ["I-JOINED", "W-STATUS"]


def test_the_sound_copy_stands_in_for_one_held_back() -> None:
    (item,) = joined(replace(PAGE, held_back=True), CALENDAR)

    assert (item.held_back, item.title) == (False, CALENDAR.title)


def prefer(**priorities: int) -> Item:
    page = replace(PAGE, cost="free", place=Place("in_person", "Lakeview 1.203"), registration_url="")
    copy = replace(CALENDAR, cost="5 USD", url="")
    (item,) = join(
        Reading((page, copy)), priorities={key.replace("_", "-"): n for key, n in priorities.items()}
    ).items
    return item


def test_the_source_of_higher_priority_is_believed_field_by_field() -> None:
    assert (prefer().title, prefer().cost) == (PAGE.title, "free")

    item = prefer(lab_calendar=1)
    assert (item.title, item.cost, item.place) == (CALENDAR.title, "5 USD", CALENDAR.place)
    assert (item.summary, item.url) == (PAGE.summary, PAGE.url)
    assert prefer(lab_calendar=1, events=2) == prefer(lab_calendar=-1) == prefer()


def test_priority_does_not_bring_back_what_is_held_back_or_public() -> None:
    broken = replace(CALENDAR, held_back=True, visibility="members")
    (item,) = join(Reading((PAGE, broken)), priorities={"lab-calendar": 9}).items

    assert (item.title, item.held_back, item.visibility) == (PAGE.title, False, "members")


@pytest.mark.parametrize(
    ("mine", "theirs", "told"),
    [
        (days("2026-12-08", "2026-12-10"), at("2026-12-08 12:00"), days("2026-12-08", "2026-12-10")),
        (days("2026-12-08", "2026-12-10"), at("2026-12-08 12:00", 49), at("2026-12-08 12:00", 49)),
        (days("2026-12-08"), at("2026-12-08 20:00", 6), at("2026-12-08 20:00", 6)),
        (days("2026-12-08"), days("2026-12-08", "2026-12-09"), days("2026-12-08")),
    ],
)
def test_a_clock_completes_days_only_where_it_lasts_as_long(mine, theirs, told) -> None:
    item = join(Reading((replace(PAGE, when=mine), replace(CALENDAR, when=theirs))), priorities={"events": 1}).items[
        0
    ]

    assert item.when == told


@pytest.mark.parametrize(
    ("other", "disagrees"),
    [
        (at("2026-12-08 12:00", 2), True),
        (at("2026-12-08 12:00", 0), False),
        (days("2026-12-08"), False),
        (days("2026-12-08", "2026-12-10"), True),
        (Instant(at("2026-12-08 20:00").start, at("2026-12-08 21:30").start, "UTC"), False),
        (Instant(at("2026-12-08 20:00").start, at("2026-12-08 21:31").start, "UTC"), True),
    ],
)
def test_copies_that_end_at_different_times_are_told_as_the_first_says_and_named(other, disagrees: bool) -> None:
    reading = join(Reading((PAGE, replace(CALENDAR, when=other))), priorities={"events": 1})

    assert reading.items[0].when == PAGE.when
    found = [problem for problem in reading.problems if problem.code != "I-JOINED"]
    assert [(problem.level, problem.code, problem.origin) for problem in found] == (
        [("warning", "W-DISAGREE", CALENDAR.origin)] if disagrees else []
    )


def test_days_that_last_longer_in_one_copy_are_named() -> None:
    pair = replace(PAGE, when=days("2026-12-08")), replace(CALENDAR, when=days("2026-12-08", "2026-12-09"))

    (_, problem) = join(Reading(pair), priorities={"events": 1}).problems
    assert problem.code == "W-DISAGREE"
    assert "is 2026-12-08 to 2026-12-09 here and 2026-12-08 in another source" in problem.text


def test_the_clocks_that_disagree_are_written_out() -> None:
    late = replace(CALENDAR, when=at("2026-12-08 12:00", 2))

    problem = join(Reading((PAGE, late)), priorities={"events": 1}).problems[-1]
    assert "2026-12-08 12:00 to 14:00 America/Los_Angeles here" in problem.text
    assert "2026-12-08 12:00 to 13:30 America/Los_Angeles in another" in problem.text


def test_one_deadline_of_two_sources_is_one() -> None:
    mine = Deadline("Registration closes", date(2026, 12, 1), "America/Los_Angeles", origin=PAGE.origin)
    theirs = replace(mine, label="registration closes.", origin=CALENDAR.origin)
    later = replace(mine, at=date(2026, 12, 2))
    (item,) = joined(replace(PAGE, deadlines=(mine,)), replace(CALENDAR, deadlines=(theirs, later)))

    assert item.deadlines == (mine, later)


def test_the_zone_goes_with_the_time_that_is_told() -> None:
    (item,) = joined(
        replace(PAGE, when=days("2026-12-08"), timezone="Europe/Berlin", body="long " * 50),
        replace(CALENDAR, timezone="America/Los_Angeles"),
    )

    assert (item.when, item.timezone) == (CALENDAR.when, "America/Los_Angeles")


def test_members_only_stays_members_only() -> None:
    assert joined(PAGE, replace(CALENDAR, visibility="members"))[0].visibility == "members"


def test_no_deadline_or_address_is_lost() -> None:
    deadline = Deadline("Registration", date(2026, 12, 1), "America/Los_Angeles")
    (item,) = joined(PAGE, replace(CALENDAR, url="https://cal.example.org/7", deadlines=(deadline,)))

    assert item.deadlines == (deadline,)
    assert ("link", "https://cal.example.org/7") in item.custom


def test_the_same_name_on_another_day_is_only_pointed_out() -> None:
    later = replace(CALENDAR, title=PAGE.title, when=at("2026-12-10 12:00"))
    reading = join(Reading((PAGE, later)))

    (problem,) = reading.problems
    assert (problem.level, problem.code, problem.origin) == ("info", "I-NEAR-DUPLICATE", CALENDAR.origin)
    assert "2026-12-10" in problem.text
    assert f"2026-12-08 in {PAGE.origin}" in problem.text
    assert f'ids = ["{PAGE.id}", "{CALENDAR.id}"] in decisions.toml' in problem.text
    assert len(reading.items) == 2


NAMED = replace(CALENDAR, title=PAGE.title)


@pytest.mark.parametrize(
    "other",
    [
        replace(NAMED, when=at("2026-12-22 12:00")),
        replace(NAMED, when=at("2026-11-24 12:00")),
        replace(NAMED, when=days("2026-12-09")),
        replace(NAMED, when=at("2026-12-08 20:00")),
        replace(CALENDAR, when=at("2026-12-08 20:00")),
        replace(NAMED, place=Place("online")),
        replace(CALENDAR, title="DDD 4", url=PAGE.url, when=at("2026-12-09 12:00")),
    ],
)
def test_what_differs_in_one_thing_may_still_be_the_same(other: Item) -> None:
    assert codes(PAGE, other) == ["I-NEAR-DUPLICATE"]
    assert len(joined(PAGE, other)) == 2


@pytest.mark.parametrize(
    "other",
    [
        replace(NAMED, when=at("2026-12-23 12:00")),
        replace(NAMED, when=at("2026-12-10 12:00"), origins=PAGE.origins),
        replace(NAMED, when=at("2026-12-10 12:00"), place=Place("in_person", "Portland, Oak Street")),
        replace(NAMED, when=at("2026-12-10 12:00"), place=Place("online")),
        replace(NAMED, when=weekly("2026-12-10 12:00", "FREQ=WEEKLY")),
        replace(NAMED, when=Vague("in December")),
        replace(CALENDAR, when=at("2026-12-10 12:00")),
        replace(CALENDAR, title="Office hours", when=at("2026-12-10 12:00")),
    ],
)
def test_what_differs_in_more_is_not_asked_about(other: Item) -> None:
    assert codes(PAGE, other) == []


def test_an_address_that_lists_many_events_makes_none_of_them_alike() -> None:
    url = "https://data.example.org/events"
    mine = [replace(PAGE, title=title, url=url, id=title, when=at(day)) for title, day in
            (("Welcome", "2026-12-07 12:00"), ("Farewell", "2026-12-09 12:00"))]  # fmt: skip

    assert codes(*mine, replace(CALENDAR, title="Board", url=url, when=at("2026-12-10 12:00"))) == []


def test_a_series_and_the_same_series_are_one() -> None:
    written = event("Co-working", mondays("2026-12-07", "2027-03-15"))
    ruled = event("Co-working", weekly("2026-12-07 12:00", "FREQ=WEEKLY"), source="lab-calendar")

    assert len(joined(written, ruled)) == 1


def test_announcements_and_pages_pass_through() -> None:
    notes = (news("Cluster"), news("Notes"))

    assert set(joined(*notes)) == set(notes)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Data Deep Dive: R", "Data deep dive - R", True),
        ("Reproducible workflows", "Deep Dive: Reproducible workflows", True),
        ("Python user group", "R user group", False),
        ("The", "A", False),
    ],
)
def test_titles_are_similar_by_the_words_that_tell(one: str, other: str, same: bool) -> None:
    assert similar_titles(one, other) is same
    assert similar_titles(other, one) is same


def test_addresses_are_compared_without_what_does_not_matter() -> None:
    assert plain_url("http://www.Example.org/a/?b=1&utm_source=x#c") == plain_url("https://example.org/a?b=1")
    assert plain_url("https://example.org/a?id=1") != plain_url("https://example.org/a?id=2")
    assert plain_url("") == ""


def test_odd_addresses_and_years_do_no_harm() -> None:
    odd = [event("Talk", at("9999-12-31 20:00", 0), url="http://[odd"), event("Talk", at("0001-01-01 00:00"), id="b")]

    assert len(joined(*odd)) == 2


def test_a_room_and_a_link_on_one_day_under_one_name_are_asked_about() -> None:
    online = replace(PAGE, place=Place("online", "Zoom"))

    assert codes(online, NAMED) == ["I-NEAR-DUPLICATE"]
    assert codes(online, replace(NAMED, when=at("2026-12-09 12:00"))) == []
