"""What a mail says before it is opened, and the links that carry an event into a calendar."""

from dataclasses import replace
from datetime import date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from compose_builders import (
    HOME,
    IN_BERLIN,
    IN_SEATTLE,
    SEATTLE,
    at,
    days,
    draft_of,
    entries,
    event,
    mondays,
    news,
    only,
    plain,
    winter,
)
from hypothesis import given
from hypothesis import strategies as st

from newsletter.compose.calendar_links import calendar_links
from newsletter.compose.headline import short_title
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft, Note
from newsletter.model.item import Deadline, Place
from newsletter.model.when import Occurrence

WORKFLOWS = event(
    "Reproducible workflows: from notebook to pipeline",
    at("2026-12-08 12:00", 1.5),
    "deep-dive",
    url="https://data.example.org/e?a=1&b=2",
)
DATATHON = event("Datathon", at("2026-12-11 11:00", 3), "datathon", registration_url="https://data.example.org/r")
LUNCH = event("Lunch", at("2026-12-07 12:00"))


def test_the_subject_names_the_two_weightiest_events_with_their_days() -> None:
    assert compose(draft_of(LUNCH, WORKFLOWS, DATATHON), IN_SEATTLE).subject == (
        "Reproducible workflows on Tuesday, Datathon on Friday"
    )


def test_the_day_of_the_subject_is_the_readers() -> None:
    late = event("Night owls", at("2026-12-10 18:00"))

    assert compose(draft_of(late), IN_SEATTLE).subject == "Night owls on Thursday"
    assert compose(draft_of(late), IN_BERLIN).subject == "Night owls on Friday"


def test_two_events_of_one_day_share_its_name() -> None:
    tea = event("Tea", at("2026-12-07 15:00"))

    assert compose(draft_of(LUNCH, tea), IN_SEATTLE).subject == "Lunch and Tea on Monday"


def test_a_terms_subject_gives_dates() -> None:
    assert compose(winter(event("Datathon", at("2027-03-19 11:00", 3))), IN_SEATTLE).subject == "Datathon on 19 Mar"


def test_a_week_of_series_or_of_nothing_still_has_a_subject() -> None:
    group = event("Co-working", mondays("2026-09-28", "2027-03-15"))

    assert compose(draft_of(group), IN_SEATTLE).subject == "Co-working on Monday"
    assert compose(draft_of(), IN_SEATTLE).subject == "Common Hours: 7 to 13 December 2026"


def test_the_editors_words_come_first() -> None:
    issue = compose(draft_of(LUNCH, note=Note(subject="Hello", preheader="Come in")), IN_SEATTLE)

    assert (issue.subject, issue.preheader) == ("Hello", "Come in")


def test_the_preheader_tells_changes_then_deadlines() -> None:
    deadline = Deadline("sign-up", date(2026, 12, 9), SEATTLE)
    moved = replace(DATATHON, when=at("2026-12-10 11:00", 3), deadlines=(deadline,))

    before = draft_of(DATATHON, sent="2026-11-27 09:00", window=("2026-11-30", "2026-12-14"))
    issue = compose(draft_of(moved), IN_SEATTLE, before)

    assert plain(issue.preheader) == "Datathon moved to Thu 10 Dec, 11 AM–2 PM. Deadline Wed 9 Dec: Datathon."


titles = st.lists(st.text("abc é", min_size=1, max_size=90).filter(str.strip), max_size=5, unique=True)


@given(titles, st.booleans())
def test_the_preheader_is_neither_short_nor_long_and_the_subject_fits(names: list[str], as_news: bool) -> None:
    items = [news(name) if as_news else event(name, at("2026-12-08 12:00")) for name in names]

    issue = compose(draft_of(*items), IN_SEATTLE)

    assert 60 <= len(issue.preheader) <= 120
    assert 0 < len(issue.subject) <= 78


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Reproducible workflows: from notebook to pipeline", "Reproducible workflows"),
        ("Datathon – health", "Datathon"),
        ("Clinic (online)", "Clinic"),
        ("Time 12:30", "Time 12:30"),
        (": odd", ": odd"),
    ],
)
def test_titles_are_cut_where_they_begin_to_explain(title: str, short: str) -> None:
    assert short_title(title) == short


def query(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def test_calendar_links_are_direct_and_in_utc() -> None:
    google, outlook = only(entries(compose(draft_of(WORKFLOWS), IN_BERLIN), "events")).calendar

    assert google.url.startswith("https://calendar.google.com/calendar/render?action=TEMPLATE&")
    assert query(google.url) == {
        "action": "TEMPLATE",
        "text": "Reproducible workflows: from notebook to pipeline",
        "dates": "20261208T200000Z/20261208T213000Z",
        "details": "https://data.example.org/e?a=1&b=2",
        "location": "Lakeview 1.203",
    }
    assert outlook.url.startswith("https://outlook.live.com/calendar/0/deeplink/compose?")
    assert (query(outlook.url)["startdt"], query(outlook.url)["enddt"]) == (
        "2026-12-08T20:00:00Z",
        "2026-12-08T21:30:00Z",
    )


def test_whole_days_are_dates_with_an_exclusive_end() -> None:
    retreat = event("Retreat", days("2026-12-12", "2026-12-13"))
    google, outlook = only(entries(compose(draft_of(retreat), IN_BERLIN), "events")).calendar

    assert query(google.url)["dates"] == "20261212/20261214"
    assert query(outlook.url)["allday"] == "true"
    assert (query(outlook.url)["startdt"], query(outlook.url)["enddt"]) == ("2026-12-12", "2026-12-14")


def test_an_end_that_nobody_stated_is_not_made_up() -> None:
    start = datetime(2026, 12, 8, 12, tzinfo=HOME)
    google, outlook = calendar_links("Talk", Occurrence(start, None))

    assert query(google.url)["dates"] == "20261208T200000Z/20261208T200000Z"
    assert "enddt" not in query(outlook.url)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_title_survives_its_link(title: str) -> None:
    start = datetime(2026, 12, 8, 12, tzinfo=HOME)

    google, outlook = calendar_links(title, Occurrence(start, start))

    assert query(google.url)["text"] == title
    assert query(outlook.url)["subject"] == title
    assert " " not in google.url + outlook.url


def test_an_online_event_carries_its_address_into_the_calendar() -> None:
    online = event("Call", at("2026-12-08 12:00"), where=Place("online", url="https://meet.example.org/x"))
    entry = only(entries(compose(draft_of(online), IN_SEATTLE), "events"))

    assert (entry.place, entry.url) == ("Online", "https://meet.example.org/x")
    assert query(entry.calendar[0].url)["location"] == "https://meet.example.org/x"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("hybrid", "Steam Hall"), "Steam Hall, and online"),
        (Place("hybrid", "Steam Hall and online"), "Steam Hall and online"),
        (Place("hybrid"), "In person and online"),
        (Place("online", "Zoom"), "Online (Zoom)"),
        (Place("in_person", "", "1 Oak Street"), "1 Oak Street"),
        (Place(), ""),
    ],
)
def test_the_place_in_a_few_words(place: Place, text: str) -> None:
    assert only(entries(compose(draft_of(replace(LUNCH, place=place)), IN_SEATTLE), "events")).place == text


DATATHON = event("Datathon: a year of buses", at("2026-12-11 11:00"), "datathon")
TREES = event("Trees: deep dive", at("2026-12-08 12:00"), "deep-dive")
DIVES = Choices(timezone=SEATTLE, topics=("deep-dives",))


def noted(**words: str) -> Draft:
    return draft_of(DATATHON, TREES, note=Note(**words))


def test_an_editors_subject_goes_to_those_who_get_what_it_names() -> None:
    draft = noted(subject="Come to the datathon, and bring a friend")

    assert compose(draft, IN_SEATTLE).subject == "Come to the datathon, and bring a friend"
    assert compose(draft, DIVES).subject == "Trees on Tuesday"


def test_an_editors_preheader_too() -> None:
    draft = noted(preheader="The DATATHON is on Friday, and there is lunch.")

    assert compose(draft, IN_SEATTLE).preheader.startswith("The DATATHON")
    assert "DATATHON" not in compose(draft, DIVES).preheader


@pytest.mark.parametrize("subject", ["Trees, at last", "Datathons are over-rated", "The last week of the quarter"])
def test_a_subject_that_names_nothing_hidden_goes_to_everybody(subject: str) -> None:
    assert compose(noted(subject=subject), DIVES).subject == subject


def test_a_title_that_somebody_else_has_too_is_no_reason() -> None:
    twin = event("Datathon: the trees", at("2026-12-09 11:00"), "deep-dive")
    draft = draft_of(DATATHON, twin, note=Note(subject="Datathon week"))

    assert compose(draft, DIVES).subject == "Datathon week"


def test_the_editor_is_told_who_gets_another_subject() -> None:
    draft = noted(subject="The datathon is here")

    assert [one.code for one in compose(draft, IN_SEATTLE).problems] == []
    (problem,) = compose(draft, DIVES).problems
    assert (problem.level, problem.code) == ("info", "I-SUBJECT")
    assert "which readers of deep-dives do not get" in problem.text
    assert "'Trees on Tuesday'" in problem.text
