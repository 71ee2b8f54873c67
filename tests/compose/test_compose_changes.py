"""What is told as changed: of this week or of what was told, once, and never a mere edit of words."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from compose_builders import (
    IN_BERLIN,
    IN_SEATTLE,
    at,
    cancelled,
    days,
    draft_of,
    entries,
    event,
    moved,
    only,
    plain,
    titles,
    weekly,
)

from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft, Entry, Issue
from newsletter.model.item import Item, Place
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import Sessions, Vague

OTHER = event("Other", at("2026-12-30 12:00"))
TALK = event("Workflows", at("2026-12-10 12:00", 1.5), "deep-dive")


def last_week(*items: Item, **values) -> Draft:
    """The issue before, which told a fortnight: this week's events, too."""
    values = {"window": ("2026-11-30", "2026-12-14"), **values}
    return draft_of(*items, OTHER, sent="2026-11-27 09:00", **values)


def this_week(*items: Item, **values) -> Draft:
    return draft_of(*items, OTHER, **values)


def after(before: Item, now: Item, choices: Choices = IN_SEATTLE) -> Issue:
    return compose(this_week(now), choices, last_week(before))


def changes(issue: Issue) -> list[tuple[str, str, str]]:
    return [(entry.change, plain(entry.now), plain(entry.was)) for entry in entries(issue, "changes")]


def card(issue: Issue) -> Entry:
    return only(entries(issue, "events"))


def test_without_a_last_issue_nothing_is_new() -> None:
    issue = compose(this_week(TALK), IN_SEATTLE)

    assert (card(issue).change, changes(issue), issue.baseline) == ("", [], None)


def test_what_the_last_issues_sources_did_not_hold_is_new() -> None:
    issue = compose(this_week(TALK), IN_SEATTLE, last_week())

    assert (card(issue).change, card(issue).flag) == ("new", "new")
    assert changes(issue) == []
    assert issue.baseline == "weekly-2026-11-27"


def test_what_was_held_back_last_time_is_new_now() -> None:
    assert card(after(replace(TALK, held_back=True), TALK)).change == "new"


def test_a_move_says_now_and_was_on_the_readers_clock() -> None:
    issue = after(TALK, replace(TALK, when=at("2026-12-08 12:00", 1.5)), IN_BERLIN)

    assert changes(issue) == [("moved", "Tue 8 Dec, 21:00–22:30", "Thu 10 Dec, 21:00–22:30")]
    assert (card(issue).flag, only(entries(issue, "glance")).flag) == ("moved", "moved")


def test_a_move_out_of_this_week_is_told_this_week() -> None:
    issue = after(TALK, replace(TALK, when=at("2027-01-12 12:00", 1.5)))

    assert changes(issue) == [("moved", "Tue 12 Jan, 12–1:30 PM", "Thu 10 Dec, 12–1:30 PM")]
    assert titles(issue, "events") == []


def test_a_move_of_what_was_never_told_and_is_not_near_is_left_for_later() -> None:
    far = replace(TALK, when=at("2027-02-10 12:00"))

    assert changes(after(far, replace(far, when=at("2027-02-11 12:00")))) == []


def test_a_longer_talk_is_a_changed_time() -> None:
    issue = after(TALK, replace(TALK, when=at("2026-12-10 12:00", 2)))

    assert changes(issue) == [("moved", "Thu 10 Dec, 12–2 PM", "Thu 10 Dec, 12–1:30 PM")]


@pytest.mark.parametrize(
    "edited",
    [
        replace(TALK, title="Workflows, reproducible"),
        replace(TALK, summary="Come early"),
        replace(TALK, body="More", tags=("deep-dive", "lunch"), hosts=("Ada",)),
        replace(TALK, place=Place("in_person", " lakeview  1.203 ")),
        replace(TALK, url="https://data.example.org/new"),
    ],
)
def test_edits_of_words_are_no_change(edited: Item) -> None:
    issue = after(TALK, edited)

    assert (changes(issue), card(issue).change) == ([], "reminder")


@pytest.mark.parametrize(("old", "new"), [(days("2026-12-10"), TALK.when), (at("2026-12-10 12:00", 0), TALK.when)])
def test_an_hour_added_to_a_day_or_an_end_to_a_start_is_no_move(old, new) -> None:
    assert changes(after(replace(TALK, when=old), replace(TALK, when=new))) == []


def test_a_date_for_what_had_only_words_is_told() -> None:
    vague = replace(TALK, when=Vague("mid December", date(2026, 12, 7), date(2026, 12, 18)))

    assert changes(after(vague, TALK)) == [("moved", "Thu 10 Dec, 12–1:30 PM", "mid December")]


def test_another_place() -> None:
    issue = after(TALK, replace(TALK, place=Place("in_person", "Steam Hall")))

    assert changes(issue) == [("place changed", "Steam Hall", "Lakeview 1.203")]
    assert card(issue).flag == "new place"


@pytest.mark.parametrize(("before", "after_"), [("Level -1", "Level 1"), ("Level 1", "Level \N{MINUS SIGN}1")])
def test_a_floor_below_the_street_is_another_place(before: str, after_: str) -> None:
    there, here = (replace(TALK, place=Place("in_person", name)) for name in (before, after_))

    assert changes(after(there, here)) == [("place changed", after_, before)]


def test_a_range_of_rooms_written_in_another_way_is_the_same_place() -> None:
    there, here = (replace(TALK, place=Place("in_person", name)) for name in ("Rooms 3-4", "Rooms 3 \N{EN DASH} 4"))

    assert changes(after(there, here)) == []


def test_time_and_place_changed_together_are_one_line() -> None:
    issue = after(TALK, replace(TALK, when=at("2026-12-08 12:00"), place=Place("online")))

    assert changes(issue) == [("moved", "Tue 8 Dec, 12–1 PM, Online", "Thu 10 Dec, 12–1:30 PM, Lakeview 1.203")]


def test_registration_opened_is_told_even_of_a_later_event() -> None:
    far = replace(TALK, when=at("2027-02-10 12:00"))

    issue = after(far, replace(far, registration_url="https://data.example.org/rsvp"))

    assert changes(issue) == [("registration opened", "open for registration", "")]


def test_a_cancelled_event_is_told_struck_through_and_without_a_card() -> None:
    issue = after(TALK, replace(TALK, status="cancelled"))

    assert changes(issue) == [("cancelled", "", "Thu 10 Dec, 12–1:30 PM")]
    assert titles(issue, "events") == []
    row = only(entries(issue, "glance"))
    assert (row.cancelled, row.flag) == (True, "cancelled")


def test_a_postponed_event_is_told_as_such() -> None:
    assert changes(after(TALK, replace(TALK, status="postponed"))) == [("postponed", "", "Thu 10 Dec, 12–1:30 PM")]


def test_a_cancellation_is_told_once() -> None:
    off = replace(TALK, status="cancelled")
    before = this_week(off, window=("2026-12-07", "2026-12-21"))

    issue = compose(this_week(off, sent="2026-12-08 09:00", window=("2026-12-08", "2026-12-22")), IN_SEATTLE, before)

    assert issue.empty


def test_a_reinstated_event_is_news() -> None:
    assert card(after(replace(TALK, status="cancelled"), TALK)).change == "new"


def test_a_page_used_again_for_the_next_edition_is_new_and_not_moved() -> None:
    past = replace(TALK, when=at("2026-10-24 12:00"))

    issue = after(past, TALK)

    assert (card(issue).change, changes(issue)) == ("new", [])


def test_what_was_told_and_vanished_is_told_as_cancelled_once() -> None:
    fortnight = ("2026-11-30", "2026-12-14")
    before = last_week(TALK, window=fortnight)

    issue = compose(this_week(), IN_SEATTLE, before)

    assert changes(issue) == [("cancelled", "", "Thu 10 Dec, 12–1:30 PM")]
    assert [problem.code for problem in issue.problems] == ["W-VANISHED"]
    assert changes(compose(this_week(sent="2026-12-05 09:00", window=fortnight), IN_SEATTLE, this_week())) == []


@pytest.mark.parametrize("trouble", ["held back", "file broken", "source gone", "topic changed"])
def test_what_could_not_be_read_is_not_called_off(trouble: str) -> None:
    before = last_week(TALK, window=("2026-11-30", "2026-12-14"))
    problem = Problem("error", "E-TOML", "odd", Origin("events", TALK.origin.path))
    now = {
        "held back": this_week(replace(TALK, held_back=True)),
        "file broken": this_week(problems=(problem,)),
        "source gone": draft_of(event("Other", at("2026-12-30 12:00"), source="calendar")),
        "topic changed": this_week(replace(TALK, tags=("datathon",))),
    }[trouble]

    assert changes(compose(now, Choices(timezone="America/Los_Angeles", topics=("deep-dives",)), before)) == []


def test_an_instance_of_a_series_that_falls_out_says_when_it_is_back() -> None:
    rule = weekly("2026-10-07 09:00", "FREQ=WEEKLY;BYDAY=WE")
    coffee = event("Coffee", rule)
    off = replace(coffee, when=replace(rule, overrides=(cancelled("2026-12-09 09:00"),)))

    issue = after(coffee, off)

    assert changes(issue) == [("cancelled", "", "Wed 9 Dec, 9–10 AM")]
    assert only(entries(issue, "changes")).exceptions == ("Back on Wed 16 Dec",)
    assert only(entries(issue, "recurring")).change == ""


def test_an_instance_left_out_by_an_exception_date_is_told_like_a_cancelled_one() -> None:
    rule = weekly("2026-10-07 09:00", "FREQ=WEEKLY;BYDAY=WE")
    without = replace(rule, exdates=(datetime(2026, 12, 9, 9),))

    assert changes(after(event("Coffee", rule), event("Coffee", without))) == [
        ("cancelled", "", "Wed 9 Dec, 9–10 AM")
    ]


def test_a_moved_instance_of_a_series() -> None:
    rule = weekly("2026-10-07 09:00", "FREQ=WEEKLY;BYDAY=WE")
    other_day = replace(rule, overrides=(moved("2026-12-09 09:00", "2026-12-10 10:00"),))

    issue = after(event("Coffee", rule), event("Coffee", other_day))

    assert changes(issue) == [("moved", "Thu 10 Dec, 10–11 AM", "Wed 9 Dec, 9–10 AM")]


def test_a_series_on_another_weekday_is_told_as_a_pattern() -> None:
    issue = after(
        event("Coffee", weekly("2026-10-07 09:00", "FREQ=WEEKLY;BYDAY=WE")),
        event("Coffee", weekly("2026-10-08 10:00", "FREQ=WEEKLY;BYDAY=TH")),
    )

    assert changes(issue) == [("moved", "Thursdays 10–11 AM", "Wednesdays 9–10 AM")]
    assert only(entries(issue, "recurring")).flag == "moved"


def test_one_session_of_several_moved_or_gone() -> None:
    both = replace(TALK, when=Sessions((at("2026-12-08 12:00"), at("2026-12-10 12:00"))))
    later = replace(TALK, when=Sessions((at("2026-12-08 12:00"), at("2026-12-11 12:00"))))
    one = replace(TALK, when=Sessions((at("2026-12-08 12:00"),)))

    assert changes(after(both, later)) == [("moved", "Fri 11 Dec, 12–1 PM", "Thu 10 Dec, 12–1 PM")]
    assert changes(after(both, one)) == [("cancelled", "", "Thu 10 Dec, 12–1 PM")]


def test_an_id_that_changed_with_its_source_makes_nothing_new() -> None:
    assert card(after(TALK, replace(TALK, id="calendar:uid-1"))).change == "reminder"


def test_every_change_is_told_in_one_issue_only() -> None:
    now = replace(
        TALK, when=at("2026-12-08 12:00"), place=Place("online"), registration_url="https://data.example.org/r"
    )

    assert changes(compose(this_week(now), IN_SEATTLE, this_week(now))) == []


def test_only_what_the_changes_tell_is_marked_as_changed() -> None:
    rule = weekly("2026-10-07 09:00", "FREQ=WEEKLY", overrides=(moved("2026-12-09 09:00", "2026-12-10 10:00"),))
    items = (event("Coffee", rule), replace(TALK, status="cancelled"))
    before = last_week(*items, window=("2026-11-30", "2026-12-07"))

    known = only(entries(compose(this_week(items[0]), IN_SEATTLE, before), "glance"))
    off = only(entries(compose(this_week(items[1]), IN_SEATTLE, before), "glance"))

    assert (known.flag, known.change) == ("moved", "")
    assert (off.flag, off.change, off.cancelled) == ("cancelled", "", True)
    assert only(entries(after(TALK, items[1]), "glance")).change == "cancelled"


def test_a_cancellation_stays_told_when_another_word_of_it_is_edited() -> None:
    off = replace(TALK, status="cancelled")

    issue = compose(this_week(replace(off, summary="Sorry")), IN_SEATTLE, this_week(off))

    assert changes(issue) == []


def test_a_place_that_is_taken_out_is_no_other_place() -> None:
    assert changes(after(TALK, replace(TALK, place=Place()))) == []


def test_a_rule_with_another_second_weekday_is_another_pattern() -> None:
    old = event("Clinic", weekly("2026-10-05 12:00", "FREQ=WEEKLY;BYDAY=MO,WE"))
    new = event("Clinic", weekly("2026-10-05 12:00", "FREQ=WEEKLY;BYDAY=MO,TH"))

    assert changes(after(old, new)) == [
        ("moved", "Mondays and Thursdays 12–1 PM", "Mondays and Wednesdays 12–1 PM"),
    ]


def test_a_series_that_gains_a_weekday_has_lost_nothing() -> None:
    old = event("Clinic", weekly("2026-10-05 12:00", "FREQ=WEEKLY;BYDAY=MO"))
    new = event("Clinic", weekly("2026-10-05 12:00", "FREQ=WEEKLY;BYDAY=MO,TH"))

    assert changes(after(old, new)) == []
