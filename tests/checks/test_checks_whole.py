"""Rules on what no single mail shows: calendar files, how many people, what links answer, and spam points."""

from dataclasses import replace

import pytest
from render_builders import SEATTLE, a_draft, an_issue, an_item

from newsletter.app.link_checking import links_of
from newsletter.checks.calendars import calendar_problems
from newsletter.checks.reaching import reach_problems
from newsletter.checks.recipients import recipients
from newsletter.checks.spam import RULES as SPAM
from newsletter.checks.subject import subject_of
from newsletter.language.languages import language_of
from newsletter.model.issue import Draft
from newsletter.model.mail import Edition
from newsletter.model.problem import Origin
from newsletter.model.when import Instant
from newsletter.net.reaching import Reached
from newsletter.render.calendar.document import event_calendar
from newsletter.render.calendar.events import Publisher
from newsletter.render.calendar.revising import Reread, revise
from newsletter.render.edition import render

PAGE = Origin("events", "content/events/clinic.md", 3)
LINK = "https://tickets.example.org/clinic"


def calendar_file() -> bytes:
    """What the program itself writes for one event."""
    draft = a_draft()
    when = Instant(draft.slot.window.start.replace(tzinfo=None, hour=12), None, SEATTLE.key)
    reading = Reread((an_item("clinic", when=when),), (), draft.as_of)
    publisher = Publisher("data-lab", "Data Lab", "data@example.org", language_of("en"))
    (one,) = revise({}, reading, draft.topics, publisher, draft.as_of)
    return event_calendar(one)


FILE = calendar_file()


def test_the_programs_own_calendar_files_are_valid() -> None:
    assert list(calendar_problems("clinic", FILE)) == []
    assert list(calendar_problems("clinic", FILE.replace(b"SEQUENCE:0", b"SEQUENCE:3"), known=2)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"METHOD:PUBLISH", b"METHOD:REQUEST", "not METHOD:PUBLISH"),
        (b"SUMMARY:", b"ATTENDEE:mailto:ada@example.org\r\nSUMMARY:", "names an ATTENDEE"),
        (b"UID:", b"X-UID:", "without UID"),
        (b"DTSTAMP:", b"X-STAMP:", "without DTSTAMP"),
        (b"END:VEVENT\r\n", b"", "which is not open"),
        (b"VERSION:2.0", b"VERSION:1.0", "calendar of version 2.0"),
        (b"SUMMARY:", b"SUMMARY:" + b"x" * 80, "more than 75 octets"),
        (b"SUMMARY:", b"SUMMARY:a\nb", "CRLF"),
    ],
)
def test_a_calendar_file_that_programs_refuse(old: bytes, new: bytes, said: str) -> None:
    assert old in FILE
    assert said in "\n".join(one.text for one in calendar_problems("clinic", FILE.replace(old, new)))


def test_a_change_that_calendars_would_not_take_in() -> None:
    (problem,) = calendar_problems("clinic", FILE, known=0)
    assert (problem.level, problem.code) == ("error", "ics.valid")
    assert "SEQUENCE is still 0" in problem.text


def test_a_calendar_without_events_and_one_with_two_of_one_name() -> None:
    event = FILE[FILE.index(b"BEGIN:VEVENT") : FILE.index(b"END:VCALENDAR")]
    assert "holds no event" in next(calendar_problems("c", FILE.replace(event, b""))).text
    assert "under one UID" in next(calendar_problems("c", FILE.replace(event, event + event))).text


@pytest.mark.parametrize(
    ("now", "before", "members", "found"),
    [
        (0, None, 0, []),
        (0, None, 5, ["error"]),
        (100, 100, 100, []),
        (130, 100, 130, []),
        (131, 100, 131, ["warning"]),
        (69, 100, 100, ["warning"]),
        (5, None, 5, []),
    ],
)
def test_how_many_people(now: int, before: int | None, members: int, found: list[str]) -> None:
    assert [one.level for one in recipients(now, before, members)] == found


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (Reached(200), []),
        (Reached(404), [("warning", "link.dead")]),
        (Reached(410), [("warning", "link.dead")]),
        (Reached(500), [("warning", "link.dead")]),
        (Reached(403), [("info", "link.dead")]),
        (Reached(429), [("info", "link.dead")]),
        (Reached(reason="no connection could be made"), [("warning", "link.dead")]),
        (Reached(200, moved="https://tickets.example.org/new", moved_by=301), [("info", "link.redirect")]),
        (Reached(404, moved="https://tickets.example.org/new", moved_by=302), [("warning", "link.dead")]),
    ],
)
def test_what_links_answer(answer: Reached, found: list[tuple[str, str]]) -> None:
    told = list(reach_problems({LINK: answer}, {LINK: PAGE}))
    assert [(one.level, one.code) for one in told] == found
    assert all(one.origin == PAGE and LINK in one.text for one in told)


def spam_of(subject: str = "", html: str = "", text: str = "", draft: Draft | None = None) -> tuple[str, ...]:
    """What the points make of the good mail with something more in it."""
    draft = draft or a_draft()
    issue = an_issue(subject=subject) if subject else an_issue()
    edition: Edition = render(issue, draft)
    end = str(edition.html[-1]).replace("</body>", f"{html}</body>")
    edition = replace(edition, html=(*edition.html[:-1], end), text=(*edition.text, text))
    (rule,) = SPAM
    return tuple(f"{one.level}: {one.text}" for one in rule.problems(subject_of(issue, edition, draft)))


def test_a_letter_from_neighbours_has_no_points() -> None:
    assert spam_of() == ()
    assert spam_of("Bring a prize-winning question, or a limited one") == ()


def test_points_are_told_with_what_they_are_for() -> None:
    (found,) = spam_of("WINNER!! ACT NOW AND WIN", text="Risk-free, no obligation, 100% free.")
    assert found.startswith("warning: ")
    assert "the subject shouts (1.5)" in found
    assert "exclamation marks in the subject (1)" in found


def test_many_points_are_an_error() -> None:
    disguised = (
        '<a href="https://evil.example.net/x">bank.example.com</a><a href="http://203.0.113.9/">here we go</a>'
    )
    (found,) = spam_of("RE: $$$ WINNER!! ACT NOW", html=disguised)
    assert found.startswith("error: ")
    assert "a link whose words are another address (2)" in found
    assert "a link to a bare number (2)" in found


def test_five_points_are_the_mark() -> None:
    (found,) = spam_of("RE: $$$ WINNER!! ACT NOW")
    assert found.startswith("error: a filter may well take this for spam, at 6 points")


def test_an_address_as_its_own_words_is_no_disguise() -> None:
    plain = '<a href="https://data.example.org/awards">data.example.org/awards</a>'
    assert spam_of("RE: our chat of yesterday", html=plain) == ()


def test_only_links_that_all_readers_share_are_followed() -> None:
    found = links_of(an_issue(), render(an_issue(), a_draft()))
    assert str(found["https://tickets.example.org/clinic"]) == "content/events/clinic.md:3"
    assert all(link.startswith("https://") and "slot" not in link for link in found)
