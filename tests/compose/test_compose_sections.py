"""Deadlines, announcements, thanks, groups that are always open, and sections of one's own."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from compose_builders import (
    IN_BERLIN,
    IN_SEATTLE,
    SEATTLE,
    at,
    draft_of,
    entries,
    event,
    news,
    only,
    page,
    plain,
    titles,
    winter,
)

from newsletter.compose.issue import compose
from newsletter.compose.plain import list_items, plain_text, summary_of
from newsletter.model.issue import Choices, Draft, Note
from newsletter.model.item import Deadline, Item
from newsletter.model.workspace import SectionSettings


def call(at: date | datetime, label: str = "applications close", zone: str = SEATTLE) -> Item:
    return news("Travel awards", url="https://data.example.org/awards", deadlines=(Deadline(label, at, zone),))


def with_sections(draft: Draft, *names: str, **own: SectionSettings) -> Draft:
    settings = draft.settings.model_copy(update={"sections": names})
    return replace(draft, settings=settings, sections=tuple(own.items()))


def test_a_deadline_says_day_hour_and_what_ends() -> None:
    entry = only(entries(compose(draft_of(call(datetime(2026, 12, 9, 17))), IN_SEATTLE), "deadlines"))

    assert (entry.title, entry.summary, entry.soon) == ("Travel awards", "Applications close", True)
    assert (entry.time.date_text, plain(entry.time.clock), plain(entry.when_text)) == (
        "Wed 9 Dec",
        "5 PM",
        "Wed 9 Dec, 5 PM",
    )


def test_a_deadlines_hour_is_the_readers_and_its_bare_date_nobodys() -> None:
    hour = compose(draft_of(call(datetime(2026, 12, 9, 17))), IN_BERLIN)
    day = compose(draft_of(call(date(2026, 12, 9))), Choices(timezone="Pacific/Auckland"))

    assert plain(only(entries(hour, "deadlines")).when_text) == "Thu 10 Dec, 02:00"
    assert only(entries(day, "deadlines")).when_text == "Wed 9 Dec"


@pytest.mark.parametrize(
    ("day", "told", "soon"),
    [
        ("2026-12-03", False, False),
        ("2026-12-06", True, True),
        ("2026-12-07", True, True),
        ("2026-12-13", True, True),
        ("2026-12-14", True, False),
        ("2026-12-27", True, False),
        ("2026-12-28", False, False),
    ],
)
def test_deadlines_are_told_until_a_fortnight_after_the_window(day: str, told: bool, soon: bool) -> None:
    found = entries(compose(draft_of(call(date.fromisoformat(day))), IN_SEATTLE), "deadlines")

    assert (bool(found), any(entry.soon for entry in found)) == (told, soon)


def test_a_deadline_is_never_told_after_the_fact() -> None:
    month = ("2026-12-01", "2027-01-01")
    passed, today = datetime(2026, 12, 4, 8), date(2026, 12, 4)

    assert entries(compose(draft_of(call(passed), window=month), IN_SEATTLE), "deadlines") == ()
    assert only(entries(compose(draft_of(call(today), window=month), IN_SEATTLE), "deadlines")).day == today


def test_a_cancelled_event_has_no_deadline() -> None:
    deadline = Deadline("sign-up", date(2026, 12, 9), SEATTLE)
    off = event("Talk", at("2026-12-10 12:00"), status="cancelled", deadlines=(deadline,))

    assert entries(compose(draft_of(off), IN_SEATTLE), "deadlines") == ()


@pytest.mark.parametrize(
    ("publish", "expires", "told"),
    [
        (None, None, True),
        ("2026-12-04", None, True),
        ("2026-12-05", None, False),
        ("2026-01-10", None, False),
        ("2026-01-10", "2026-12-04", True),
        (None, "2026-12-03", False),
    ],
)
def test_announcements_hold_from_publish_to_expiry_on_the_send_day(publish, expires, told: bool) -> None:
    days = [date.fromisoformat(text) if text else None for text in (publish, expires)]
    item = news("Cluster rests", publish=days[0], expires=days[1])

    assert (titles(compose(draft_of(item), IN_SEATTLE), "announcements") == ["Cluster rests"]) is told


def test_news_that_never_expires_is_told_once_and_other_news_until_it_does() -> None:
    items = (news("Notes are public"), news("Call is open", expires=date(2026, 12, 31)))
    before = draft_of(*items, sent="2026-11-27 09:00")

    assert titles(compose(draft_of(*items), IN_SEATTLE, before), "announcements") == ["Call is open"]


def test_the_newest_announcement_comes_first() -> None:
    items = [news(f"News of {day}", publish=date(2026, 12, day)) for day in (1, 3, 2)]

    assert titles(compose(draft_of(*items), IN_SEATTLE), "announcements") == ["News of 3", "News of 2", "News of 1"]


def test_thanks_are_the_list_items_of_a_page() -> None:
    body = "Thank you all.\n\n- **Mateo Ruiz**, for *tamales*\n  and stories\n- the night shift\n"
    issue = compose(draft_of(page("Thanks", "thanks", body=body)), IN_SEATTLE)

    assert [(entry.title, entry.summary) for entry in entries(issue, "thanks")] == [
        ("Mateo Ruiz", "for tamales and stories"),
        ("Thank you", "the night shift"),
    ]


def test_each_thanks_is_said_in_one_issue() -> None:
    before = draft_of(page("Thanks", "thanks", body="- **Lena**, for the image"), sent="2026-11-27 09:00")
    now = page("Thanks", "thanks", body="- **Lena**, for the image\n- **Jun**, for the clinic")

    assert titles(compose(draft_of(now), IN_SEATTLE, before), "thanks") == ["Jun"]


def test_groups_without_dates_join_the_terms_issue_and_not_the_weeks() -> None:
    group = page("Single-cell clinic", "learning-community", url="https://data.example.org/clinic")
    policy = page("Participation guidelines", "policy")

    assert titles(compose(winter(group, policy), IN_SEATTLE), "open") == ["Single-cell clinic"]
    assert compose(draft_of(group), IN_SEATTLE).empty
    asked = with_sections(draft_of(group), "open", "events")
    assert titles(compose(asked, IN_SEATTLE), "open") == ["Single-cell clinic"]


def test_the_open_groups_stand_before_the_thanks() -> None:
    items = (page("Clinic", "learning-community"), page("Thanks", "thanks", body="- **Lena**, for all"))

    assert [section.kind for section in compose(winter(*items), IN_SEATTLE).sections] == ["open", "thanks"]


def test_a_section_of_ones_own_takes_its_news_and_leaves_events_where_they_are() -> None:
    job, talk = news("Data engineer", "job"), event("Job talk", at("2026-12-08 12:00"), "job")
    late = event("Job fair", at("2027-12-08 12:00"), "job")
    draft = with_sections(
        draft_of(job, talk, late),
        "events",
        "jobs",
        "announcements",
        jobs=SectionSettings(title="Jobs", tags=("job",)),
    )

    issue = compose(draft, IN_SEATTLE)

    assert titles(issue, "jobs") == ["Job talk", "Data engineer"]
    assert titles(issue, "announcements") == []
    assert titles(issue, "events") == ["Job talk"]


def test_a_section_from_a_file_stands_without_entries() -> None:
    draft = with_sections(draft_of(), "jobs", jobs=SectionSettings(title="Jobs", path="content/jobs.md"))

    issue = compose(replace(draft, section_texts=(("jobs", "We look for *you*."),)), IN_SEATTLE)

    assert [(section.kind, section.title) for section in issue.sections] == [("jobs", "Jobs")]
    assert issue.empty
    assert compose(draft, IN_SEATTLE).sections == ()


def test_the_note_has_its_place_where_there_is_one() -> None:
    assert [section.kind for section in compose(draft_of(note=Note(body="Hello")), IN_SEATTLE).sections] == ["note"]
    assert compose(draft_of(note=Note(subject="Hello")), IN_SEATTLE).sections == ()


def test_markdown_becomes_words() -> None:
    assert plain_text("# A *b*\n\n[link](https://x.example.org) & `code`") == "A b link & code"
    assert list_items("1. **A** b\n   - nested\n2. c") == (("A", "b"), ("", "c"))


def test_a_summary_is_the_given_one_or_the_first_paragraph_cut_at_a_word() -> None:
    assert summary_of("Short.", "Body") == "Short."
    assert summary_of("", "First *one*.\n\nSecond.") == "First one."
    long = summary_of("", "word " * 200)
    assert long.endswith("word…")
    assert len(long) <= 320
