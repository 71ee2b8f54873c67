"""Whatever somebody writes into a title, a name or a note arrives as those letters and does nothing else."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import html5lib
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from render_builders import NOTE, PIPELINES, SECTIONS, a_draft, a_row, an_issue

from newsletter.language.languages import ENGLISH
from newsletter.model.issue import Section
from newsletter.model.mail import Row, fill_text, message_bytes
from newsletter.render.edition import render
from newsletter.render.escaping import clean, escape, legible, one_line
from newsletter.render.links import safe_link

# Whole mails run the lines of the lighter tests beside them.
pytestmark = pytest.mark.no_cover

AT = datetime(2026, 12, 4, 17, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% for x in y %} {# gone #}",
    "</mj-text></mj-column><mj-raw>",
    'a" onload="x\' \\ \t end',
    "e\u0301te\u0301 > hiver",
    "שלום (עולם) 12–1 PM \u202e",
    "👩\u200d🔬 soft\u00adhyphen nbsp\u00a0here \u200b",
    "null \x00 bell \x07 escape \x1b",
    ".\nFrom me\n..\n",
    "&#60;b&#62; &amp;lt; &nbsp",
    "<!--[if mso]> x <![endif]-->",
    "=?utf-8?q?=41?= =3D =\r\n",
    "slot.0123456789abcdef0123456789abcdef.unsubscribe_url.",
    "x" * 500,
)
PIECES = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=40), st.sampled_from(["é>", "ß<", "\u0301", "\\u{301}"])
)
TEXTS = st.lists(PIECES, min_size=1, max_size=4).map(" ".join)


def hostile_mail(title: str, row: Row) -> tuple[EmailMessage, str, str]:
    """A mail whose title, note, host and link are hostile: parsed, and its parts as they should be."""
    entry = replace(PIPELINES, title=title, hosts=(title,), url="https://data.example.org/?q=a&b=" + "%22")
    note = replace(NOTE, body=title, by=title)
    issue = an_issue(
        sections=(Section("note", ""), Section("events", "Come along", (entry,))), note=note, subject=title
    )
    edition = render(issue, a_draft(note=note))
    parsed = message_from_bytes(message_bytes(edition, row, AT), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed, fill_text(edition.html, row.values), fill_text(edition.text, row.values)


def body(message: EmailMessage, kind: str) -> str:
    """The decoded text of one part with LF line ends."""
    part = message.get_body((kind,))
    assert part is not None
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8").replace("\r\n", "\n")


def shown(text: str) -> str:
    """Text as a browser lays it out: one space for any run of white space."""
    return re.sub(r"[ \t\n\f]+", " ", text).strip(" ")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=TEXTS, name=TEXTS)
@example(title=HOSTILE[4], name=HOSTILE[0])
@example(title=HOSTILE[8], name=HOSTILE[8])
def test_a_mail_parses_back_to_exactly_the_parts_that_were_rendered(title: str, name: str) -> None:
    row = a_row(name=clean(name), unsubscribe_url="https://news.example.org/u/" + "t" * 300)
    message, html, text = hostile_mail(title, row)
    assert body(message, "html") == html
    assert body(message, "plain") == text
    assert message["Subject"] == one_line(title)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=TEXTS)
@example(title="<script>alert(1)</script>")
@example(title="{{ slot.unsubscribe_url }}")
@example(title="#")
def test_a_title_is_shown_as_it_was_written(title: str) -> None:
    _, html, _ = hostile_mail(title, a_row())
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    # Headings of Markdown, which the hostile note may hold, have a class; those of cards have none.
    headings = ["".join(found.itertext()) for found in tree.iter("h3") if "class" not in found.attrib]
    assert shown(headings[0]) == shown(clean(title))
    assert not list(tree.iter("script"))


@pytest.mark.parametrize("title", HOSTILE)
def test_the_button_names_the_event_in_its_label(title: str) -> None:
    _, html, _ = hostile_mail(title, a_row())
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    labels = [link.get("aria-label", "") for link in tree.iter("a")]
    assert f"RSVP: {ENGLISH.isolated(clean(title))}" in labels
    assert not [key for element in tree.iter() for key in element.attrib if str(key).startswith("on")]


def test_no_one_can_forge_the_place_of_somebody_elses_link() -> None:
    forged = an_issue()
    marks = {part.name for part in render(forged, a_draft()).html if not isinstance(part, str)}
    again = replace(SECTIONS[3].entries[0], title="slot." + "0" * 32 + ".unsubscribe_url.")
    html = render(replace(forged, sections=(replace(SECTIONS[3], entries=(again,)),)), a_draft()).html
    assert marks == {"unsubscribe_url", "preferences_url"}
    assert any("slot." + "0" * 32 in part for part in html if isinstance(part, str))


def test_a_readers_own_values_stay_in_their_slots() -> None:
    row = a_row(unsubscribe_url='https://news.example.org/u/"><script>x</script>')
    edition = render(an_issue(), a_draft())
    html = fill_text(edition.html, row.values)
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


@given(st.text())
def test_escaping_gives_plain_ascii_that_reads_the_same(text: str) -> None:
    escaped = escape(text)
    assert escaped.isascii()
    assert not set(escaped) & set("<>\"'\\{}\t\n")
    parsed = html5lib.parseFragment(
        f'<i title="{legible(escaped)}">{legible(escaped)}</i>', namespaceHTMLElements=False
    )
    assert parsed[0].get("title") == clean(text)
    assert "".join(parsed[0].itertext()) == clean(text)


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("https://example.org/nbsp\u00a0here\u202fthere", "https://example.org/nbsp%C2%A0here%E2%80%AFthere"),
        ("https://example.org/\u202egpj.exe", "https://example.org/%E2%80%AEgpj.exe"),
        ("https://bücher.example.org/straße", "https://bücher.example.org/straße"),
        ("https://[broken", ""),
        (" java\tscript:alert(1)", ""),
    ],
)
def test_an_address_reads_the_same_in_both_parts_or_is_no_link(written: str, link: str) -> None:
    assert safe_link(written) == link
