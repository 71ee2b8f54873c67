"""Who says what: a compact mail tells each event in one place, and what the editor put first can be seen."""

from dataclasses import replace

import pytest
from render_builders import (
    CLINIC,
    COFFEE,
    COWORKING,
    DATATHON,
    OFFICE_HOURS,
    PIPELINES,
    RECURRING,
    SITE,
    a_draft,
    a_row,
    an_issue,
    theme,
)

from newsletter.model.issue import Choices, Issue, Section
from newsletter.model.mail import fill_text
from newsletter.render.edition import render
from newsletter.render.once import told_once

COMPACT = Choices("America/Los_Angeles", density="compact")
TABLE = (COWORKING, PIPELINES, COFFEE, CLINIC, OFFICE_HOURS, DATATHON)
MOVED_SERIES = replace(OFFICE_HOURS, change="moved", now="Wed 9 Dec, 10 AM", was="Thu 10 Dec, 3 PM")
WEEK = (
    Section("changes", "Changed since last issue", (PIPELINES, DATATHON, COFFEE, MOVED_SERIES)),
    Section("glance", "The week at a glance", TABLE),
    Section("events", "Come along", (PIPELINES, CLINIC, DATATHON)),
    Section("recurring", "Every week", RECURRING),
)
TITLES = {one.id: one.title for one in TABLE}


def parts(issue: Issue, name: str = "hours") -> tuple[str, str]:
    edition = render(issue, a_draft(theme=theme(name)))
    return fill_text(edition.html, a_row().values), fill_text(edition.text, a_row().values)


@pytest.mark.parametrize("name", ["hours", "letter"])
def test_a_compact_mail_prints_each_event_once(name: str) -> None:
    html, text = parts(an_issue(sections=WEEK, choices=COMPACT), name)

    for title in TITLES.values():
        shown = title.replace("'", "&#39;")
        assert html.count(f">{shown}<") == 1, title
        assert " ".join(text.split()).count(title) == 1, title


@pytest.mark.parametrize("name", ["hours", "letter"])
def test_what_changed_keeps_its_sign_up_and_its_place(name: str) -> None:
    html, text = parts(an_issue(sections=WEEK, choices=COMPACT), name)

    for part in (html, text):
        assert part.count("https://tickets.example.org/pipelines") == 1
        assert part.count("https://tickets.example.org/datathon") == 1
        assert part.count("Lakeview 1.203, and online") == 1


def test_a_series_stays_whole_and_its_change_is_told_in_its_line() -> None:
    told = {
        section.kind: [entry.id for entry in section.entries]
        for section in told_once(an_issue(sections=WEEK, choices=COMPACT)).sections
    }

    assert told == {
        "changes": ["pipelines", "datathon", "coffee"],
        "events": ["clinic"],
        "recurring": ["co-working", "office-hours"],
    }


def test_an_event_of_several_dates_stays_in_its_line() -> None:
    course = replace(PIPELINES, when_text="Tue 8 Dec and Thu 10 Dec, 12–1 PM PST")
    sections = (Section("changes", "Changed", (course,)), Section("events", "Come along", (course,)))

    kept = told_once(an_issue(sections=sections, choices=COMPACT)).sections

    assert [(section.kind, section.entries) for section in kept] == [("events", (course,))]


def test_a_full_mail_tells_an_events_details_once_and_is_left_as_it_is() -> None:
    issue = an_issue(sections=WEEK)
    html, text = parts(issue)

    assert told_once(issue) is issue
    for part in (html, text):
        assert part.count("https://tickets.example.org/datathon") == 1
        assert part.count("ten-minute show") == 1


@pytest.mark.parametrize("name", ["hours", "letter"])
def test_what_the_editor_put_first_is_marked_in_both_parts(name: str) -> None:
    pinned = replace(CLINIC, pinned=True)
    html, text = parts(an_issue(sections=(Section("events", "Come along", (pinned, DATATHON)),)), name)

    assert html.count("Our pick") == 1
    assert html.index("Our pick") < html.index(CLINIC.title)
    assert "[OUR PICK]" in text
    assert f"{SITE}/events/clinic" in text


def test_a_pinned_card_has_a_frame_in_its_own_colour_in_both_schemes() -> None:
    html, _ = parts(an_issue(sections=(Section("events", "Come along", (replace(CLINIC, pinned=True), DATATHON)),)))

    assert html.count("border:2px solid #34408F") == 1
    assert ".p1{border-color:#C3CBFF!important}" in html
    assert html.count("font-size:26px;line-height:31px") == 1
