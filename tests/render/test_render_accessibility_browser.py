"""axe-core and html5lib on the rendered mails: no fault but the two of landmarks, which a mail reader supplies."""

import re
from collections.abc import Iterator

import html5lib
import pytest
from every_mail import every_mail
from html5lib.html5parser import ParseError
from playwright.sync_api import Browser
from render_builders import a_draft, a_row, an_issue
from support_appearance import Mode, shown
from support_axe import OF_THE_PAGE, faults
from support_browser import browser
from support_gallery import READERS, mail

from newsletter.model.issue import Draft, Issue
from newsletter.model.mail import fill_text
from newsletter.render.edition import render

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


def html_of(issue: Issue, draft: Draft) -> str:
    return fill_text(render(issue, draft).html, a_row(action_url="https://news.example.org/c/token").values)


def parse_strictly(html: str) -> None:
    """Read the page as HTML5 does, without what only Outlook reads; ParseError for whatever had to be mended."""
    html5lib.HTMLParser(strict=True).parse(re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL))


def test_the_mail_breaks_no_rule_of_axe(chromium: Browser) -> None:
    with shown(chromium, html_of(an_issue(), a_draft()), 375, "dark") as page:
        assert faults(page, besides=OF_THE_PAGE) == []


def test_grey_on_white_and_a_picture_without_words_are_caught(chromium: Browser) -> None:
    bad = '<p style="color:#ccc;background:#fff">pale</p><img src="data:,">'
    with shown(chromium, bad, 375, "light") as page:
        broken = {fault.split(":")[0] for fault in faults(page, besides=OF_THE_PAGE)}

    assert {"color-contrast", "image-alt"} <= broken


def test_what_a_browser_would_have_to_mend_is_caught() -> None:
    for bad in ("<p>no doctype", "<!doctype html><title>t</title><table><div>in between</div></table>"):
        with pytest.raises(ParseError):
            parse_strictly(bad)


@pytest.mark.slow
@pytest.mark.parametrize("name", every_mail())
def test_every_mail_of_every_theme(chromium: Browser, name: str) -> None:
    html = html_of(*every_mail()[name])
    parse_strictly(html)
    with shown(chromium, html, 375, "light") as page:
        assert faults(page, besides=OF_THE_PAGE) == []


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("digest", ["weekly", "quarterly"])
def test_the_sample_as_its_readers_get_it(chromium: Browser, digest: str, reader: str) -> None:
    html = mail(digest, reader, logo=True)
    parse_strictly(html)
    views: tuple[tuple[Mode, int], ...] = (("light", 600), ("dark", 375))
    for mode, width in views:
        with shown(chromium, html, width, mode) as page:
            assert faults(page, besides=OF_THE_PAGE) == []
