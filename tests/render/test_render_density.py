"""How much a mail holds: lines for what is known, compact mails, mails of text alone, and the room there is."""

from render_builders import SITE, a_draft, a_row, an_issue, event

from newsletter.model.issue import Choices, Entry, Section
from newsletter.model.mail import fill_text
from newsletter.render.edition import render

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
