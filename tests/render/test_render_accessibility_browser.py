"""axe-core on the rendered mails: nothing but the two rules about landmarks, which a mail reader supplies."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from render_builders import a_draft, a_row, an_issue
from support_axe import OF_THE_PAGE, faults
from support_browser import browser

from newsletter.model.mail import fill_text
from newsletter.render.edition import render

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser() as running:
        yield running.new_page(viewport={"width": 375, "height": 800}, color_scheme="dark")


def test_the_mail_breaks_no_rule_of_axe(page: Page) -> None:
    page.set_content(fill_text(render(an_issue(), a_draft()).html, a_row().values))

    assert faults(page, besides=OF_THE_PAGE) == []


def test_grey_on_white_and_a_picture_without_words_are_caught(page: Page) -> None:
    page.set_content('<p style="color:#ccc;background:#fff">pale</p><img src="data:,">')

    broken = {fault.split(":")[0] for fault in faults(page, besides=OF_THE_PAGE)}

    assert {"color-contrast", "image-alt"} <= broken
