"""How much a mail holds: lines for what is known, compact mails, mails of text alone, and the room there is."""

import re
from dataclasses import replace

import pytest
from render_builders import SITE, a_draft, a_row, an_issue, event

from newsletter.language.languages import known_languages
from newsletter.model.issue import Choices, Entry, Issue, Link, More, Section
from newsletter.model.mail import fill_text
from newsletter.render.edition import render

# Hundreds of entries in every language; what is covered, the other tests of the room tell.
pytestmark = pytest.mark.no_cover

SHOW = event("sea", "Maps of the sea", 7, "", when_text="until Fri 18 Dec", continuing=True, place="The lobby")
SUMMIT = event("summit", "Summit", 18, "9 AM", when_text="Thu 18 Feb, 9 AM PST", place="Steam Hall")


def lines_of(kind: str, title: str, *entries: Entry) -> tuple[str, str]:
    """Both parts of a mail that holds this section alone."""
    edition = render(an_issue(sections=(Section(kind, title, entries),)), a_draft())
    return fill_text(edition.html, a_row().values), fill_text(edition.text, a_row().values)


def test_what_goes_on_is_a_line_in_both_parts() -> None:
    html, text = lines_of("continuing", "Still on", SHOW)

    assert "until Fri 18 Dec" in html
    assert f'href="{SITE}/events/sea"' in html
    assert "* until Fri 18 Dec: Maps of the sea. The lobby\n  https://data.example.org/events/sea" in text


def test_a_date_to_keep_is_a_line_in_both_parts() -> None:
    html, text = lines_of("ahead", "Save the date", SUMMIT)

    assert "Thu 18 Feb, 9 AM PST" in html
    assert "* Thu 18 Feb, 9 AM PST: Summit. Steam Hall\n  https://data.example.org/events/summit" in text


def test_a_compact_mail_has_a_line_for_each_event_in_both_parts() -> None:
    talk = event("talk", "Talk", 8, "12 PM", place="Lakeview", registration_url="https://tickets.example.org/talk")
    issue = an_issue(
        choices=Choices("America/Los_Angeles", density="compact"),
        sections=(Section("events", "Come along", (talk,)),),
    )
    edition = render(issue, a_draft())
    html, text = (fill_text(part, a_row().values) for part in (edition.html, edition.text))

    assert html.count("card rule") == 0
    assert html.count("https://tickets.example.org/talk") == 1
    assert (
        "* Tue 8 Dec, 12 PM PST: Talk. Lakeview\n"
        "  https://data.example.org/events/talk\n"
        "  RSVP: https://tickets.example.org/talk\n"
    ) in text


def crowded(count: int, density: str, language: str = "en", words: int = 60) -> Issue:
    """A week with so many events of many words, in the table and in full."""
    talks = tuple(
        event(
            f"talk-{number}",
            f"Talk number {number} about something that takes a while to name",
            7 + number * 7 // count,
            "12–1 PM",
            "deep-dives",
            place="Lakeview 1.203, and online",
            summary="Long words about it. " * words,
            registration_url=f"https://tickets.example.org/talk-{number}",
        )
        for number in range(count)
    )
    table = (Section("glance", "At a glance", talks),) if density == "full" else ()
    choices = Choices("America/Los_Angeles", language=language, density=density)  # type: ignore[arg-type]
    return an_issue(choices=choices, sections=(*table, Section("events", "Come along", talks)))


@pytest.mark.parametrize("density", ["full", "compact"])
@pytest.mark.parametrize("language", ["en", *(code for code, _ in known_languages() if code != "en")])
def test_three_hundred_events_fit_and_none_vanishes(density: str, language: str) -> None:
    issue, draft = crowded(300, density, language), a_draft()
    edition = render(issue, draft)
    html, text = (fill_text(part, a_row().values) for part in (edition.html, edition.text))

    assert len(html.encode()) < 90_000
    shown = len(set(re.findall(r"https://data\.example\.org/events/talk-\d+", html)))
    assert shown >= 40
    counted = re.search(rf'href="{SITE}"[^>]*>[^<]*?(\d+)[^<]*</a></p>', html)
    assert counted
    assert shown + int(counted[1]) == 300
    assert len(set(re.findall(r"https://data\.example\.org/events/talk-\d+", text))) == 300


def test_what_has_no_card_is_a_line_of_the_text() -> None:
    edition = render(crowded(14, "full", words=1), a_draft())
    text = fill_text(edition.text, a_row().values)

    assert text.count("Long words about it.") == 12
    assert "* Mon 7 Dec" in text or "* Sun 13 Dec" in text


def test_the_count_of_an_organiser_is_a_link_in_both_parts() -> None:
    more = More("and 14 more from Ada", SITE, ("a",))
    edition = render(an_issue(sections=(Section("events", "Come along", (SHOW,), "", (more,)),)), a_draft())
    html, text = (fill_text(part, a_row().values) for part in (edition.html, edition.text))

    assert "and 14 more from Ada</a>" in html
    assert f"* and 14 more from Ada\n  {SITE}" in text


@pytest.mark.parametrize("kind", ["events", "recurring", "ahead", "open"])
def test_what_follows_what_is_a_link_both_ways_in_both_parts(kind: str) -> None:
    entry = replace(SUMMIT, follows=Link("Trees", f"{SITE}/trees"), followed_by=(Link("Forests", f"{SITE}/forests"),))

    html, text = lines_of(kind, "Section", entry)

    assert f'<a href="{SITE}/trees"' in html
    assert f'<a href="{SITE}/forests"' in html
    assert f"Follows: Trees\n  {SITE}/trees" in text
    assert f"Followed by: Forests\n  {SITE}/forests" in text


def test_a_table_that_is_cut_short_is_not_said_to_hold_the_rest() -> None:
    issue = crowded(120, "full", words=3)
    counted = replace(issue.sections[1], more=(More("and 14 more from Ada", SITE, ("a",)),))
    edition = render(replace(issue, sections=(issue.sections[0], counted)), a_draft())
    html = fill_text(edition.html, a_row().values)

    assert "and 14 more from Ada" in html
    assert "in the table above" not in html
