"""Field by field: what the first entry lacks comes from the others, and what they disagree in is named."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from compose_builders import SEATTLE, at, days, event, mondays, weekly

from newsletter.compose.identity import join
from newsletter.compose.likeness import compatible_places, plain_url, similar_titles, title_words
from newsletter.compose.merging import by_weight, merge_problems, merged
from newsletter.model.item import Item, Place, Reading
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import Instant, Sessions, Vague, When

BARE = event("Workflows", at("2026-12-08 12:00"), where=Place(), timezone=SEATTLE)
COPY = replace(BARE, id="cal:7", origins=(Origin("calendar", "lab.ics", 12),))
ROOM = Place("in_person", "Lakeview 1.203")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("place", ROOM),
        ("url", "https://data.example.org/7"),
        ("registration_url", "https://data.example.org/r"),
        ("hosts", ("Amara Okafor",)),
        ("summary", "Bring one analysis."),
        ("body", "Bring one analysis."),
        ("tags", ("deep-dive",)),
        ("category", "talk"),
        ("audience", "all"),
        ("prerequisites", "none"),
        ("cost", "free"),
        ("image", "https://data.example.org/i.png"),
        ("series", "Data Deep Dives"),
        ("follows", "plots"),
        ("publish", date(2026, 12, 1)),
        ("expires", date(2026, 12, 9)),
        ("visibility", "members"),
        ("custom", (("slides", "yes"),)),
        ("status", "postponed"),
    ],
)
def test_what_the_first_lacks_comes_from_the_second(field: str, value: object) -> None:
    item = merged((BARE, replace(COPY, **{field: value})))

    assert getattr(item, field) == value
    assert replace(item, body_at=None, **{field: getattr(BARE, field)}) == replace(
        BARE, id="cal:7", origins=(COPY.origin, BARE.origin)
    )


@pytest.mark.parametrize("field", ["url", "hosts", "summary", "body", "category", "cost", "series", "follows"])
def test_what_the_first_says_stands(field: str) -> None:
    mine, theirs = (("A",), ("B",)) if field == "hosts" else ("A", "B")

    assert getattr(merged((replace(BARE, **{field: mine}), replace(COPY, **{field: theirs}))), field) == mine


def test_one_entry_alone_is_itself() -> None:
    assert merged((BARE,)) is BARE


def test_a_body_keeps_the_place_it_was_written_in() -> None:
    page = Origin("events", "content/events/workflows.md", 9)

    assert merged((BARE, replace(COPY, body="x", body_at=page))).body_at == page
    assert merged((BARE, replace(COPY, body="x"))).body_at == COPY.origin
    assert merged((replace(BARE, body="y", body_at=page), replace(COPY, body="x"))).body_at == page
    assert merged((BARE, COPY)).body_at is None


def test_addresses_that_give_way_are_kept_as_links() -> None:
    mine, same = "https://data.example.org/7", "http://www.data.example.org/7/"
    other = "https://cal.example.org/7"

    assert merged((replace(BARE, url=mine), replace(COPY, url=other))).custom == (("link", other),)
    assert merged((replace(BARE, url=mine), replace(COPY, url=same))).custom == ()
    assert merged((BARE, replace(COPY, url=other))).custom == ()
    assert merged((replace(BARE, url=mine), COPY)).custom == ()


def said(*group: Item, when: When | None = None) -> list[Problem]:
    return list(merge_problems(group, when or merged(group).when))


def test_a_merge_names_both_ids_and_the_way_back() -> None:
    assert said(BARE, COPY) == [
        Problem(
            "info",
            "I-JOINED",
            "'Workflows' (cal:7) is the same event as 'Workflows' (events:workflows) in "
            "content/events/workflows.md:1; they are told as one. If they are two, name both ids under [[different]] "
            "in decisions.toml",
            COPY.origin,
        )
    ]
    assert said(BARE) == []


@pytest.mark.parametrize(
    ("mine", "theirs", "disagree", "told"),
    [
        ("confirmed", "cancelled", True, "cancelled"),
        ("postponed", "confirmed", True, "postponed"),
        ("postponed", "cancelled", True, "cancelled"),
        ("confirmed", "tentative", False, "confirmed"),
        ("tentative", "confirmed", False, "tentative"),
        ("cancelled", "tentative", False, "cancelled"),
        ("cancelled", "cancelled", False, "cancelled"),
    ],
)
def test_sources_may_disagree_whether_it_takes_place(mine, theirs, disagree: bool, told: str) -> None:
    group = replace(BARE, status=mine), replace(COPY, status=theirs)

    assert merged(group).status == told
    found = [problem for problem in said(*group) if problem.code == "W-STATUS"]
    text = f"sources disagree whether 'Workflows' takes place: {mine} in {BARE.origin}, {theirs} in {COPY.origin}"
    assert found == ([Problem("warning", "W-STATUS", text, BARE.origin)] if disagree else [])


NOON = at("2026-12-08 12:00")


@pytest.mark.parametrize(
    ("told", "other", "differ"),
    [
        (NOON, at("2026-12-08 13:00", 0), True),
        (NOON, at("2026-12-09 12:00"), True),
        (NOON, days("2026-12-09"), True),
        (days("2026-12-09"), NOON, True),
        (days("2026-12-08"), days("2026-12-09"), True),
        (days("2026-12-08", "2026-12-09"), days("2026-12-08", "2026-12-09"), False),
        (days("2026-12-08", "2026-12-09"), days("2026-12-08"), True),
        (days("2026-12-08"), at("2026-12-08 20:00", 6), False),
        (at("2026-12-08 20:00", 6), days("2026-12-08"), False),
        (days("2026-12-08", "2026-12-10"), at("2026-12-08 12:00", 0), False),
        (at("2026-12-08 12:00", 0), days("2026-12-08", "2026-12-10"), False),
        (days("2026-12-08", "2026-12-10"), NOON, True),
        (NOON, days("2026-12-08", "2026-12-10"), True),
        (NOON, Vague("in December"), False),
        (Vague("in December"), NOON, False),
        (mondays("2026-12-07", "2027-03-15"), weekly("2026-12-07 12:00", "FREQ=WEEKLY"), False),
        (mondays("2026-12-07", "2027-03-15"), weekly("2026-12-14 12:00", "FREQ=WEEKLY"), True),
        (weekly("2026-12-07 12:00", "FREQ=WEEKLY"), weekly("2026-12-07 12:00", "FREQ=WEEKLY", hours=2), True),
        (Sessions((NOON,)), NOON, False),
        (Sessions((NOON,)), at("2026-12-08 12:30"), True),
    ],
)
def test_times_differ_where_both_state_the_same_thing_otherwise(told: When, other: When, differ: bool) -> None:
    found = [problem.code for problem in said(replace(BARE, when=told), replace(COPY, when=other), when=told)]

    assert found == (["I-JOINED", "W-DISAGREE"] if differ else ["I-JOINED"])


@pytest.mark.parametrize(
    ("told", "other", "words"),
    [
        (at("2026-12-08 12:00", 0), at("2026-12-08 13:00", 0),
         "is 2026-12-08 13:00 America/Los_Angeles here and 2026-12-08 12:00 America/Los_Angeles in"),
        (days("2026-12-08"), days("2026-12-09"), "is 2026-12-09 here and 2026-12-08 in another source"),
        (days("2026-12-08", "2026-12-09"), days("2026-12-08"), "is 2026-12-08 here and 2026-12-08 to 2026-12-09 in"),
        (weekly("2026-12-14 12:00", "FREQ=WEEKLY"), mondays("2026-12-07", "2027-03-15"),
         "is 2026-12-07 here and 2026-12-14 12:00 to 13:00 America/Los_Angeles in"),
    ],
)  # fmt: skip
def test_times_that_differ_are_written_out(told: When, other: When, words: str) -> None:
    problem = said(replace(BARE, when=told), replace(COPY, when=other), when=told)[-1]

    assert (problem.level, problem.origin) == ("warning", COPY.origin)
    assert words in problem.text


def test_the_first_that_states_a_time_is_believed() -> None:
    vague, day = Vague("in December"), days("2026-12-08")

    assert merged((replace(BARE, when=vague), replace(COPY, when=day))).when == day
    assert merged((replace(BARE, when=None), replace(COPY, when=vague))).when == vague
    assert merged((replace(BARE, when=None), replace(COPY, when=None))).when is None
    assert merged((replace(BARE, when=day), replace(COPY, when=at("2026-12-09 12:00")))).when == day
    assert merged((replace(BARE, when=day), replace(COPY, when=NOON))).when == NOON


def test_the_richer_entry_comes_first() -> None:
    fuller = replace(COPY, cost="free")
    longer = replace(COPY, body="long words")

    assert by_weight((BARE, fuller), {}) == [fuller, BARE]
    assert by_weight((replace(BARE, place=ROOM), COPY), {}) == [replace(BARE, place=ROOM), COPY]
    assert by_weight((replace(BARE, body="short"), longer), {}) == [longer, replace(BARE, body="short")]
    assert by_weight((replace(BARE, summary="short"), replace(COPY, summary="long words")), {})[0].id == COPY.id
    assert by_weight((BARE, COPY), {}) == [COPY, BARE]


def test_origins_stand_in_the_order_of_source_file_and_line() -> None:
    places = [Origin("a", "b.md", 2), Origin("a", "b.md", 10), Origin("a", "c.md"), Origin("b", "a.md", 1)]
    items = [replace(BARE, origins=(place,), id=str(place)) for place in reversed(places)]

    assert merged(items).origins == tuple(places)


@pytest.mark.parametrize("filler", ["a", "an", "and", "at", "for", "in", "of", "on", "our", "the", "to", "with"])
def test_fillers_tell_no_title_from_another(filler: str) -> None:
    assert title_words(f"Maps {filler.title()} buses") == {"maps", "buses"}


def test_titles_are_similar_from_three_words_of_five_on() -> None:
    assert similar_titles("maps buses ferries trams", "maps buses ferries trains")
    assert not similar_titles("maps buses ferries trams", "maps buses planes trains")
    assert not similar_titles("maps buses ferries", "maps trams trains")
    assert similar_titles("maps buses", "maps buses ferries trams trains")
    assert not similar_titles("maps", "maps buses ferries trams trains")


@pytest.mark.parametrize(
    ("one", "other", "compatible"),
    [
        (Place(), ROOM, True),
        (ROOM, Place("hybrid", "Lakeview 1.203 and online"), True),
        (Place("hybrid", "Lakeview 1.203 and online"), ROOM, True),
        (Place("in_person", "Lakeview hall"), Place("in_person", "Lakeview lounge"), True),
        (Place("in_person", "Room A"), Place("in_person", "Room B"), False),
        (Place("hybrid", "Zoom, online"), Place("hybrid", "Jitsi, online"), False),
        (Place("in_person", "Lakeview"), Place("in_person", "Portland"), False),
        (Place("online"), ROOM, False),
        (Place("hybrid"), Place("online"), True),
        (Place("in_person", "Main hall", "12 Oak Street"), Place("in_person", "", "12 Oak Street, Seattle"), True),
    ],
)
def test_places_that_can_be_one(one: Place, other: Place, compatible: bool) -> None:
    assert compatible_places(one, other) is compatible


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a/index.html", "https://example.org/a"),
        ("https://example.org/a/index.htm", "https://example.org/a/"),
        ("https://example.org/?b=2&a=1", "https://example.org/?a=1&b=2"),
        ("https://example.org/a?fbclid=1&gclid=2&mc_cid=3&mc_eid=4&ref=5&UTM_medium=x", "https://example.org/a"),
        (" https://example.org/a ", "https://example.org/a"),
    ],
)
def test_one_address_in_two_spellings(one: str, other: str) -> None:
    assert plain_url(one) == plain_url(other)


def test_an_address_keeps_what_tells_pages_apart() -> None:
    assert plain_url("https://example.org/a?id=1") == "example.org/a?id=1"
    assert plain_url("https://example.org/index.html/b") == "example.org/index.html/b"
    assert plain_url("https://wwww.example.org/preferences") == "wwww.example.org/preferences"


def test_sessions_of_one_source_join_the_first_instant_of_another() -> None:
    several = replace(BARE, when=Sessions((NOON, at("2026-12-10 12:00"))))
    late = replace(COPY, when=Instant(datetime(2026, 12, 8, 20), None, "UTC"))

    assert len(join_items(several, late)) == 1
    assert len(join_items(several, replace(COPY, when=at("2026-12-08 13:00")))) == 2


def test_whole_days_of_a_series_have_no_hour_to_differ_in() -> None:
    whole = weekly("2026-12-07 00:00", "FREQ=WEEKLY", all_day=True)

    assert (
        len(join_items(replace(BARE, when=whole), replace(COPY, when=weekly("2026-12-07 12:00", "FREQ=WEEKLY")))) == 1
    )


def join_items(*items: Item) -> tuple[Item, ...]:
    return join(Reading(items)).items
