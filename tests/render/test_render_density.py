"""How much a mail holds: lines for what is known, compact mails, mails of text alone, and the room there is."""

from render_builders import SITE, a_draft, a_row, an_issue, event

from newsletter.model.issue import Entry, Section
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
