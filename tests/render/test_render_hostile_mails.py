"""Whole mails of hostile words, from the item's fields to the bytes that leave, read back as a mail program would."""

import re
from collections.abc import Iterator
from email.message import Message
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from render_hostile import ADDRESSES, CHOICES, HANDS, HOSTED, HOSTILE, Hand, HostileMail, hostile_mail
from support_mail_rules import assert_good_message

from newsletter.checks.registry import run_checks
from newsletter.model.issue import Choices, Entry

# Whole mails run the lines of the lighter tests beside them.
pytestmark = pytest.mark.no_cover

SIZE_LIMIT = 102 * 1024
#: Characters of a text part whose cards all find room in the HTML.
ROOMY = 20_000
SAFE = {"http", "https", "mailto", "tel", "webcal"}
NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
RUNNING = {"script", "iframe", "object", "embed", "form", "svg", "math", "base"}


def decoded(message: Message, kind: str) -> str:
    """The text of one part, its line ends as in memory."""
    part = next(part for part in message.walk() if part.get_content_type() == f"text/{kind}")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8").replace("\r\n", "\n")


def letters(text: str) -> str:
    """What is left of a text on every surface: no white space, nothing that is no character."""
    return "".join(legal(text).split())


def legal(text: str) -> str:
    """The text without what is no character; every line end is one."""
    return NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def in_both_parts(entry: Entry, kind: str) -> Iterator[str]:
    """The words of an entry that stand in both parts of any theme."""
    yield entry.title
    if kind == "events":
        yield from (entry.place, entry.summary)


def assert_parses_back(mail: HostileMail) -> None:
    """Both readers of the standard library find the parts and the subject that were rendered."""
    for message in (mail.sent.modern, mail.sent.legacy):
        assert decoded(message, "plain") == mail.text
        if mail.edition.html:
            assert decoded(message, "html") == mail.html
    assert str(mail.sent.modern["Subject"]) == " ".join(legal(mail.issue.subject).split())


def assert_shows_what_was_written(mail: HostileMail, tree: Element | None) -> None:
    """Every title, place and summary stands in both parts, letter for letter; in the HTML as far as there is room."""
    roomy = tree is not None and len(mail.text) < ROOMY
    text, page = letters(mail.text), letters("".join(tree.itertext())) if roomy and tree is not None else ""
    for section in mail.issue.sections:
        if section.kind in ("note", "thanks"):
            continue
        for entry in section.entries:
            for words in map(letters, in_both_parts(entry, section.kind)):
                assert words in text, (section.kind, words[:200])
                assert not roomy or words in page, (section.kind, words[:200])


def assert_does_nothing(tree: Element) -> None:
    """No element that runs, no handler, no address that runs anything, no picture but our own."""
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in RUNNING
        assert not [name for name in element.attrib if name.startswith("on")]
        assert element.tag != "img" or element.attrib["src"] == HOSTED.url
        for name in ("href", "src", "action", "background"):
            if name in element.attrib:
                assert urlsplit(element.attrib[name]).scheme in SAFE | {""}, element.attrib


def assert_small_or_refused(mail: HostileMail) -> None:
    """At most what mail programs show whole, or the checks stop it and say by how much."""
    octets = len(mail.html.encode())
    if octets > SIZE_LIMIT:
        found = [one for one in run_checks(mail.issue, mail.edition, mail.draft) if one.code == "html.size"]
        assert [one.level for one in found] == ["error"]
        assert re.search(r"has \d[\d,]* bytes; .* above 104,448", found[0].text)


def assert_every_link_in_the_text(mail: HostileMail, tree: Element | None) -> None:
    """What the HTML links to, besides one of several calendars, and where to sign up, choose and leave."""
    text = mail.text
    calendars = {one.url for section in mail.issue.sections for entry in section.entries for one in entry.calendar}
    hrefs = {link.get("href", "nowhere") for link in tree.iter("a")} if tree is not None else set()
    for address in hrefs - calendars:
        assert address.removeprefix("mailto:") in text, address
    assert mail.row.values["unsubscribe_url"] in text
    assert mail.row.values["preferences_url"] in text


def assert_good(mail: HostileMail) -> None:
    """All that must hold for any mail whatever."""
    tree = html5lib.parse(mail.html, namespaceHTMLElements=False) if mail.edition.html else None
    assert_good_message(mail.sent)
    assert_parses_back(mail)
    assert_shows_what_was_written(mail, tree)
    assert_every_link_in_the_text(mail, tree)
    if tree is not None:
        assert_does_nothing(tree)
        assert_small_or_refused(mail)


#: An example that fails is small as it is dealt; making it smaller would take minutes.
WHOLE = settings(phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 8))
def test_each_hostile_text_in_every_place_makes_a_good_mail(start: int) -> None:
    for seed, text in enumerate(HOSTILE[start : start + 8], start):
        assert_good(hostile_mail(Hand((text,), ADDRESSES, seed), Choices("America/Los_Angeles")))


@settings(WHOLE, max_examples=12)
@given(hand=HANDS, choices=CHOICES)
def test_a_hostile_week_makes_a_good_mail(hand: Hand, choices: Choices) -> None:
    assert_good(hostile_mail(hand, choices))


@pytest.mark.slow
@settings(WHOLE, max_examples=5000)
@given(hand=HANDS, choices=CHOICES)
def test_five_thousand_hostile_weeks_make_good_mails(hand: Hand, choices: Choices) -> None:
    assert_good(hostile_mail(hand, choices))
