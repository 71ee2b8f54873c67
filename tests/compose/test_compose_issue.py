"""A week of the data lab as two readers get it, its edges, and what must never depend on anything."""

from dataclasses import replace
from datetime import date

from compose_builders import (
    HOME,
    IN_BERLIN,
    IN_SEATTLE,
    TOPICS,
    at,
    days,
    draft_of,
    entries,
    event,
    local,
    news,
    only,
    page,
    plain,
    titles,
    weekly,
    winter,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Note
from newsletter.model.item import Place
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import Sessions, Vague

COWORKING = event("Co-working", weekly("2026-09-28 12:00", "FREQ=WEEKLY;BYDAY=MO"), "co-working")
GOVERNANCE = event(
    "Governance office hours",
    weekly("2026-10-01 15:00", "FREQ=WEEKLY;BYDAY=TH"),
    "office-hours",
    where=Place("online"),
)
WORKFLOWS = event("Reproducible workflows: from notebook to pipeline", at("2026-12-08 12:00", 1.5), "deep-dive")
CLINIC = event(
    "Plot clinic",
    at("2026-12-09 10:00"),
    "learning-community",
    follows="reproducible workflows: FROM notebook to pipeline",
)
DATATHON = event(
    "Datathon", at("2026-12-11 11:00", 3), "datathon", registration_url="https://data.example.org/datathon"
)
RETREAT = event("Writing retreat", days("2026-12-12", "2026-12-13"))
WEEK = (COWORKING, GOVERNANCE, WORKFLOWS, CLINIC, DATATHON, RETREAT)


def rows(items, choices) -> list[tuple[str, str]]:
    issue = compose(draft_of(*items), choices)
    return [(plain(entry.time.full), entry.title) for entry in entries(issue, "glance")]


def test_the_week_as_seattle_reads_it() -> None:
    assert rows(WEEK, IN_SEATTLE) == [
        ("Mon 7 Dec, 12–1 PM PST", "Co-working"),
        ("Tue 8 Dec, 12–1:30 PM PST", "Reproducible workflows: from notebook to pipeline"),
        ("Wed 9 Dec, 10–11 AM PST", "Plot clinic"),
        ("Thu 10 Dec, 3–4 PM PST", "Governance office hours"),
        ("Fri 11 Dec, 11 AM–2 PM PST", "Datathon"),
        ("Sat 12 Dec to Sun 13 Dec", "Writing retreat"),
    ]


def test_the_same_week_as_berlin_reads_it() -> None:
    assert rows(WEEK, IN_BERLIN) == [
        ("Mon 7 Dec, 21:00–22:00 CET", "Co-working"),
        ("Tue 8 Dec, 21:00–22:30 CET", "Reproducible workflows: from notebook to pipeline"),
        ("Wed 9 Dec, 19:00–20:00 CET", "Plot clinic"),
        ("Fri 11 Dec, 00:00–01:00 CET", "Governance office hours"),
        ("Fri 11 Dec, 20:00–23:00 CET", "Datathon"),
        ("Sat 12 Dec to Sun 13 Dec", "Writing retreat"),
    ]


def test_dated_events_are_cards_and_series_are_lines() -> None:
    issue = compose(draft_of(*WEEK), IN_SEATTLE)

    assert titles(issue, "events") == [WORKFLOWS.title, "Plot clinic", "Datathon", "Writing retreat"]
    assert titles(issue, "recurring") == ["Co-working", "Governance office hours"]
    assert [section.kind for section in issue.sections] == ["glance", "events", "recurring"]


def test_the_window_is_half_open_in_the_communitys_zone() -> None:
    inside = [
        event("First", at("2026-12-07 00:00")),
        event("Last", at("2026-12-13 23:30", 0)),
        event("Sunday", days("2026-12-13")),
    ]
    outside = [
        event("Before", at("2026-12-06 23:00")),
        event("After", at("2026-12-14 00:00")),
        event("Monday", days("2026-12-14")),
    ]

    issue = compose(draft_of(*inside, *outside), Choices(timezone="Pacific/Auckland"))

    assert sorted(titles(issue, "events")) == ["First", "Last", "Sunday"]
    assert [entry.flag for entry in entries(issue, "events")] == ["", "", ""]


def test_the_last_day_of_term_is_inside_the_terms_issue() -> None:
    datathon = event("Datathon", at("2027-03-19 11:00", 3), "datathon")

    entry = only(entries(compose(winter(datathon), IN_BERLIN), "events"))

    # Seattle has changed its clocks on 14 March, Berlin has not: nineteen hours, not twenty.
    assert plain(entry.when_text) == "Fri 19 Mar, 19:00–22:00 CET"
    assert entry.time.elsewhere == "11:00 in Seattle"


def test_what_goes_on_since_before_the_window_says_so() -> None:
    entry = only(
        entries(compose(draft_of(event("Hackweek", days("2026-12-05", "2026-12-08"))), IN_SEATTLE), "events")
    )

    assert entry.flag == "continuing"


def test_nothing_is_told_that_is_over_when_the_mail_goes_out() -> None:
    month = ("2026-12-01", "2027-01-01")
    early, late = event("Over", at("2026-12-03 12:00")), event("Ahead", at("2026-12-04 12:00"))

    assert titles(compose(draft_of(early, late, window=month), IN_SEATTLE), "events") == ["Ahead"]


def test_an_event_with_sessions_is_told_once_with_those_of_the_week() -> None:
    course = event("Course", Sessions((at("2026-12-03 12:00"), at("2026-12-08 12:00"), at("2026-12-10 15:00"))))
    issue = compose(draft_of(course), IN_SEATTLE)

    entry = only(entries(issue, "events"))
    assert plain(entry.when_text) == "Tue 8 Dec, 12–1 PM; Thu 10 Dec, 3–4 PM PST"
    assert [row.time.weekday for row in entries(issue, "glance")] == ["Tue", "Thu"]


def test_sessions_around_a_clock_change_name_the_zone_of_each() -> None:
    course = event("Course", Sessions((at("2027-03-12 12:00"), at("2027-03-15 12:00"))))

    entry = only(entries(compose(winter(course), IN_SEATTLE), "events"))

    assert plain(entry.when_text) == "Fri 12 Mar, 12–1 PM PST; Mon 15 Mar, 12–1 PM PDT"


def test_a_monthly_rule_is_a_card_and_not_an_every_week_line() -> None:
    meetup = event("Meetup", weekly("2026-09-08 18:00", "FREQ=MONTHLY;BYDAY=2TU"))
    issue = compose(draft_of(meetup), IN_SEATTLE)

    assert titles(issue, "events") == ["Meetup"]
    assert titles(issue, "recurring") == []


def test_held_back_and_unpublished_items_never_appear() -> None:
    held = replace(DATATHON, held_back=True, id="a")
    unpublished = replace(DATATHON, status="draft", id="b")
    problem = Problem("error", "E-DATE", "odd", Origin("events", "content/a.md", 3))

    issue = compose(draft_of(held, unpublished, problems=(problem,)), IN_SEATTLE)

    assert issue.empty
    assert issue.problems == (problem,)


def test_items_for_members_stand_in_the_mail() -> None:
    assert titles(compose(draft_of(replace(DATATHON, visibility="members")), IN_SEATTLE), "events") == ["Datathon"]


def test_readers_get_their_topics_and_whatever_has_none() -> None:
    issue = compose(draft_of(*WEEK), Choices(timezone="America/Los_Angeles", topics=("datathons",)))

    assert titles(issue, "events") == ["Datathon", "Writing retreat"]
    assert issue.followed == ("datathons",)


def test_a_topic_the_list_does_not_offer_cannot_be_missed() -> None:
    draft = draft_of(*WEEK)
    offer = replace(draft, list=draft.list.model_copy(update={"topics": ("datathons", "community")}))

    issue = compose(offer, Choices(timezone="America/Los_Angeles", topics=("datathons",)))

    assert WORKFLOWS.title in titles(issue, "events")
    assert titles(issue, "recurring") == []


def test_tags_are_compared_without_case_hash_or_spaces() -> None:
    loose = event("Dive", at("2026-12-08 12:00"), "#Deep Dive")

    assert only(entries(compose(draft_of(loose), IN_SEATTLE), "events")).topic == "deep-dives"


def test_follow_ups_are_linked_both_ways() -> None:
    dive, clinic = entries(compose(draft_of(*WEEK), IN_SEATTLE), "events")[:2]

    assert clinic.follows is not None
    assert clinic.follows.text == WORKFLOWS.title
    assert [link.text for link in dive.followed_by] == ["Plot clinic"]


def test_the_strip_shows_each_day_and_what_it_is_about() -> None:
    strip = compose(draft_of(*WEEK), IN_BERLIN).strip

    assert [(tile.label, tile.number) for tile in strip][:2] == [("Mon", "7"), ("Tue", "8")]
    assert [tile.topics for tile in strip] == [
        ("community",),
        ("deep-dives",),
        ("learning-communities",),
        (),
        ("community", "datathons"),
        ("",),
        (),
    ]


def test_a_terms_strip_has_a_tile_per_week_and_no_series() -> None:
    strip = compose(winter(COWORKING, event("Datathon", at("2027-03-19 11:00", 3), "datathon")), IN_SEATTLE).strip

    assert len(strip) == 11
    assert (strip[0].label, strip[0].number, strip[0].first) == ("Jan", "4", date(2027, 1, 4))
    assert [tile.topics for tile in strip if tile.topics] == [("datathons",)]


def test_a_long_window_leaves_series_out_of_the_table() -> None:
    issue = compose(winter(COWORKING, event("Talk", at("2027-02-02 12:00"))), IN_SEATTLE)

    assert titles(issue, "glance") == ["Talk"]
    assert titles(issue, "recurring") == ["Co-working"]


def test_the_masthead_names_the_days_the_term_and_the_zone() -> None:
    issue = compose(draft_of(), IN_SEATTLE)

    assert issue.dateline == "7 to 13 December 2026"
    assert issue.term_line == "Autumn quarter, week 11 of 11"
    assert issue.zone_name == "Seattle time (PST)"
    assert compose(winter(), IN_SEATTLE).term_line == "Winter quarter 2027"
    assert compose(draft_of(sent="2026-12-11 09:00"), IN_BERLIN).term_line == ""


def test_an_empty_issue_says_when_there_is_something_again() -> None:
    issue = compose(
        draft_of(
            event("Ball", at("2027-04-19 11:00")),
            event("Winter datathon", at("2027-03-19 11:00", 3)),
            note=Note(body="Hello"),
        ),
        IN_SEATTLE,
    )

    assert issue.empty
    assert [section.kind for section in issue.sections] == ["note"]
    assert plain(issue.next_content) == "Next: Winter datathon, Fri 19 Mar, 11 AM–2 PM"
    assert compose(draft_of(), IN_SEATTLE).next_content == "Nothing is planned yet for the months ahead."


def test_thanks_alone_are_no_issue() -> None:
    issue = compose(draft_of(page("Thanks", "thanks", body="- **Mateo Ruiz**, for tamales")), IN_SEATTLE)

    assert issue.empty
    assert titles(issue, "thanks") == ["Mateo Ruiz"]


def test_vague_dates_are_shown_as_written_and_never_in_a_calendar() -> None:
    soon = event("Showcase", Vague("late winter quarter", date(2027, 3, 1), date(2027, 3, 19)))
    entry = only(entries(compose(winter(soon), IN_SEATTLE), "events"))

    assert entry.when_text == "late winter quarter (date to be announced)"
    assert entry.calendar == ()
    assert entry.at is None
    assert compose(draft_of(soon), IN_SEATTLE).empty


def test_an_unknown_section_is_named_and_does_no_harm() -> None:
    draft = draft_of(*WEEK)
    draft = replace(draft, settings=draft.settings.model_copy(update={"sections": ("events", "evnts")}))

    issue = compose(draft, IN_SEATTLE)

    assert [problem.code for problem in issue.problems] == ["W-SECTION"]
    assert [section.kind for section in issue.sections] == ["events"]


@given(st.permutations([*WEEK, news("Cluster rests"), page("Stats club", "learning-community")]))
@settings(deadline=None, max_examples=25)
def test_the_order_of_sources_does_not_matter(items) -> None:
    baseline = draft_of(*WEEK[:3], sent="2026-11-27 09:00")
    straight = draft_of(*sorted(items, key=lambda item: item.id))

    assert compose(draft_of(*items), IN_BERLIN, baseline) == compose(straight, IN_BERLIN, baseline)


@given(
    st.sampled_from(["America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    st.datetimes(local("2027-03-01").replace(tzinfo=None), local("2027-04-20").replace(tzinfo=None)),
)
@settings(deadline=None, max_examples=60)
def test_every_reader_is_told_the_same_instant(zone: str, start) -> None:
    start = start.replace(second=0, microsecond=0)
    talk = event("Talk", at(str(start)))
    draft = draft_of(talk, sent="2027-02-26 09:00", window=("2027-03-01", "2027-04-21"))

    entry = only(entries(compose(draft, Choices(timezone=zone)), "events"))

    assert entry.at is not None
    home = entry.at.astimezone(HOME).replace(tzinfo=None)
    in_the_gap = start.date() == date(2027, 3, 14) and start.hour == 2
    assert home == start or in_the_gap
    assert entry.day == date.fromisoformat(entry.time.iso_start[:10])


def test_topics_of_the_draft_keep_their_order_for_the_legend() -> None:
    assert compose(draft_of(*WEEK), IN_SEATTLE).topics == TOPICS
