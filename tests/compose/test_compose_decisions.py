"""What an editor decided stands above what sources say, is told each time, and is asked for when it has grown old."""

from dataclasses import replace
from datetime import date

import pytest
from compose_builders import at, days, event, news, weekly

from newsletter.compose.identity import join
from newsletter.model.decisions import Decisions, FieldOverride, Pairing
from newsletter.model.item import Item, Place, Reading
from newsletter.model.problem import Origin, Problem

TODAY = date(2026, 12, 4)
PAGE = event("Workflows", at("2026-12-08 12:00"), summary="Bring one analysis.", cost="free")
COPY = event("Workflows", at("2026-12-08 12:00"), source="calendar", place="Lakeview 1.203")
OTHER = event("Reading circle", at("2026-12-10 12:00"), source="calendar")


def line(number: int) -> Origin:
    return Origin("decisions", "decisions.toml", number)


def same(*items: Item | str, number: int = 1) -> Pairing:
    return Pairing(tuple(one if isinstance(one, str) else one.id for one in items), line(number))


def override(item: Item | str, attribute: str, value: object, **more) -> FieldOverride:
    name = item if isinstance(item, str) else item.id
    return FieldOverride(name, attribute, attribute, value, line(9), **more)


def decided(*items: Item, **decisions) -> Reading:
    return join(Reading(items), decisions=Decisions(**decisions), today=TODAY)


def told(reading: Reading, code: str) -> list[Problem]:
    return [problem for problem in reading.problems if problem.code == code]


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


def test_entries_called_the_same_are_one_on_whatever_day_they_stand() -> None:
    reading = decided(PAGE, OTHER, same=(same(PAGE, OTHER),))

    (item,) = reading.items
    assert {origin.source for origin in item.origins} == {"events", "calendar"}
    assert item.when == PAGE.when
    assert codes(reading) == ["I-JOINED", "W-DISAGREE"]


def test_three_may_be_one_where_only_two_pairs_are_alike() -> None:
    (item,) = decided(PAGE, COPY, OTHER, same=(same(COPY, OTHER),)).items

    assert len(item.origins) == 3


def test_entries_called_different_stay_two_without_a_word() -> None:
    reading = decided(PAGE, COPY, different=(same(PAGE, COPY),))

    assert len(reading.items) == 2
    assert reading.problems == ()


def test_what_was_decided_different_is_not_joined_by_way_of_a_third() -> None:
    third = replace(COPY, id="feed:workflows", origins=(Origin("feed", "feed.xml", 3),))
    reading = decided(PAGE, COPY, third, different=(same(PAGE, COPY),))

    assert len(reading.items) == 2
    assert all({PAGE.origin, COPY.origin} - set(item.origins) for item in reading.items)


def test_a_likely_duplicate_is_not_asked_for_again() -> None:
    moved = replace(COPY, when=at("2026-12-10 12:00"))

    assert codes(decided(PAGE, moved)) == ["I-NEAR-DUPLICATE"]
    assert codes(decided(PAGE, moved, different=(same(PAGE, moved),))) == []


def test_both_decisions_at_once_are_an_error_and_join_nothing() -> None:
    reading = decided(PAGE, COPY, same=(same(PAGE, COPY, number=1),), different=(same(COPY, PAGE, number=5),))

    assert len(reading.items) == 2
    (problem,) = told(reading, "E-DECISION")
    assert (problem.level, problem.origin.line) == ("error", 1)
    assert "decisions.toml:5" in problem.text


def test_an_id_that_nothing_has_is_named_with_one_that_is_near() -> None:
    reading = decided(PAGE, COPY, same=(same("events:workflow", COPY, number=3),))

    (problem,) = told(reading, "W-DECISION-ID")
    assert (problem.level, problem.origin) == ("warning", line(3))
    assert "did you mean 'events:workflows'?" in problem.text
    assert "take this out" in told(decided(PAGE, different=(same(PAGE, "?"),)), "W-DECISION-ID")[0].text


def test_only_events_are_joined() -> None:
    call = news("Call")
    reading = decided(PAGE, call, same=(same(PAGE, call),))

    assert len(reading.items) == 2
    assert "no event but an announcement" in told(reading, "W-DECISION-ID")[0].text


def test_decisions_nobody_needs_any_more_are_stale() -> None:
    assert codes(decided(PAGE, COPY, same=(same(PAGE, COPY, number=2),))) == ["W-DECISION-STALE", "I-JOINED"]
    reading = decided(PAGE, OTHER, different=(same(PAGE, OTHER, number=4),))
    assert [(problem.code, problem.origin.line) for problem in reading.problems] == [("W-DECISION-STALE", 4)]


def test_a_decision_about_three_is_needed_while_one_pair_needs_it() -> None:
    assert "W-DECISION-STALE" not in codes(decided(PAGE, COPY, OTHER, same=(same(PAGE, COPY, OTHER),)))
    assert codes(decided(PAGE, COPY, OTHER, different=(same(PAGE, COPY, OTHER),))) == []


def test_an_override_takes_the_place_of_one_field_and_says_so() -> None:
    room = Place("in_person", "Lakeview 2.101")
    reading = decided(PAGE, overrides=(override(PAGE, "place", room, reason="moved upstairs"),))

    assert reading.items == (replace(PAGE, place=room),)
    (problem,) = reading.problems
    assert (problem.level, problem.code, problem.origin) == ("info", "I-OVERRIDDEN", PAGE.origin)
    assert "decisions.toml:9" in problem.text
    assert "(moved upstairs)" in problem.text


def test_an_override_of_one_copy_stands_in_the_joined_event() -> None:
    room, price = Place("in_person", "Lakeview 1.203, upstairs"), "5 USD"
    reading = decided(PAGE, COPY, overrides=(override(COPY, "place", room), override(COPY, "cost", price)))

    (item,) = reading.items
    assert (item.place, item.cost) == (room, price)


def test_a_copy_put_right_is_recognised_as_the_same_event() -> None:
    wrong = replace(COPY, when=at("2026-12-09 12:00", zone="Europe/Berlin"), timezone="Europe/Berlin")
    right = override(wrong, "when", PAGE.when)

    (item,) = decided(PAGE, wrong, overrides=(right,)).items
    assert (item.when, item.timezone) == (PAGE.when, "America/Los_Angeles")


def test_an_override_makes_nothing_public_that_another_source_keeps_among_members() -> None:
    members = replace(COPY, visibility="members")

    (item,) = decided(PAGE, members, overrides=(override(PAGE, "visibility", "public", reason="x"),)).items
    assert item.visibility == "members"
    (alone,) = decided(members, overrides=(override(members, "visibility", "public"),)).items
    assert alone.visibility == "public"


def test_a_new_expiry_ends_a_series_where_the_old_one_did() -> None:
    ends = date(2027, 1, 31)
    series = event("Co-working", weekly("2026-12-07 12:00", "FREQ=WEEKLY", until=ends), expires=ends)
    until = date(2027, 3, 31)

    (item,) = decided(series, overrides=(override(series, "expires", until),)).items
    assert (item.expires, item.when.until) == (until, until)
    (endless,) = decided(series, overrides=(override(series, "expires", None),)).items
    assert (endless.expires, endless.when.until) == (None, None)
    own = replace(series, expires=date(2027, 2, 28))
    assert decided(own, overrides=(override(own, "expires", until),)).items[0].when.until == ends


def test_news_may_be_overridden_as_well() -> None:
    call = news("Call")

    assert decided(call, overrides=(override(call, "summary", "Apply now"),)).items[0].summary == "Apply now"


def test_an_override_the_source_agrees_with_is_stale() -> None:
    reading = decided(PAGE, overrides=(override(PAGE, "cost", "free"),))

    (problem,) = reading.problems
    assert (problem.level, problem.code, problem.origin) == ("warning", "W-DECISION-STALE", line(9))
    assert str(PAGE.origin) in problem.text


@pytest.mark.parametrize(("until", "counts"), [(date(2026, 12, 3), False), (TODAY, True), (None, True)])
def test_an_override_counts_until_its_day_and_then_asks_to_be_taken_out(until: date | None, counts: bool) -> None:
    reading = decided(PAGE, overrides=(override(PAGE, "cost", "5 USD", until=until),))

    assert (reading.items[0].cost == "5 USD") is counts
    assert codes(reading) == (["I-OVERRIDDEN"] if counts else ["W-DECISION-UNTIL"])
    assert (
        join(Reading((PAGE,)), decisions=Decisions(overrides=(override(PAGE, "cost", "1", until=until),)))
        .items[0]
        .cost
        == "1"
    )


def test_an_override_of_nothing_is_named() -> None:
    (problem,) = decided(PAGE, overrides=(override("gone", "cost", "free"),)).problems

    assert (problem.level, problem.code, problem.origin) == ("warning", "W-DECISION-ID", line(9))
    assert problem.text == "nothing that was read has the id 'gone'; correct it, or take this out"


def sentences(reading: Reading) -> list[tuple[str, str, int | None, str]]:
    return [(one.level, one.code, one.origin.line, one.text) for one in reading.problems if "DECISION" in one.code]


def test_each_old_decision_is_a_warning_in_its_line_with_what_to_do() -> None:
    assert sentences(decided(PAGE, COPY, same=(same(PAGE, COPY, number=2),))) == [
        (
            "warning",
            "W-DECISION-STALE",
            2,
            "'events:workflows' and 'calendar:workflows' are told as one event without this; take it out",
        )
    ]
    assert sentences(decided(PAGE, OTHER, different=(same(PAGE, OTHER, number=4),))) == [
        (
            "warning",
            "W-DECISION-STALE",
            4,
            "nothing takes 'events:workflows' and 'calendar:reading-circle' for one event any more; take this out",
        )
    ]
    assert sentences(decided(PAGE, overrides=(override(PAGE, "cost", "1", until=date(2026, 12, 3)),))) == [
        (
            "warning",
            "W-DECISION-UNTIL",
            9,
            "this override of 'events:workflows' counted until 2026-12-03; take it out, or give it a later day",
        )
    ]
    assert sentences(decided(PAGE, news("Call"), same=(same(PAGE, "news:Call", number=6),))) == [
        (
            "warning",
            "W-DECISION-ID",
            6,
            "'news:Call' is no event but an announcement; only events are taken for one another",
        )
    ]


def test_a_decision_to_keep_apart_is_judged_only_where_all_are_known() -> None:
    reading = decided(PAGE, OTHER, different=(same(PAGE, OTHER, "gone"),))

    assert [problem.code for problem in reading.problems] == ["W-DECISION-ID"]


def test_without_a_reason_none_is_given() -> None:
    (problem,) = decided(PAGE, overrides=(override(PAGE, "cost", "1"),)).problems

    assert problem.text == "cost of 'Workflows' is not what stands here but what decisions.toml:9 says"


def test_the_zone_stays_where_the_new_time_has_none() -> None:
    talk = replace(PAGE, timezone="America/Los_Angeles")
    (item,) = decided(talk, overrides=(override(talk, "when", days("2026-12-09")),)).items

    assert (item.when, item.timezone) == (days("2026-12-09"), "America/Los_Angeles")


def test_what_is_wrong_with_the_file_is_passed_on() -> None:
    broken = Problem("error", "E-DECISION", "no", line(2))

    assert decided(PAGE, problems=(broken,)).problems == (broken,)
