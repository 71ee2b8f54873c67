"""Every word in its place: no edge, no cell and no other word in its way, in whatever way a mail is shown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from every_mail import every_mail
from playwright.sync_api import Browser
from render_builders import a_draft, a_row, an_issue
from support_appearance import MODES, Mode, shown
from support_browser import browser
from support_gallery import READERS, mail
from support_geometry import faint, misplaced

from newsletter.model.issue import Choices, DayTile, Issue
from newsletter.model.mail import fill_text
from newsletter.render.edition import render

pytestmark = pytest.mark.browser
WIDTHS = (600, 375, 300, 188)


def quarter(issue: Issue) -> Issue:
    """The issue for eleven weeks: a window that is told week by week, under a strip of weeks."""
    mondays = [date(2026, 12, 7) + timedelta(weeks=week) for week in range(11)]
    strip = tuple(DayTile(f"{monday:%b}", str(monday.day), ("learning",), monday) for monday in mondays)
    return replace(issue, strip=strip, window=replace(issue.window, end=issue.window.end + timedelta(weeks=10)))


MAILS = {
    "week": an_issue(tagline="What happens next week"),
    "quarter in German": quarter(an_issue(choices=Choices("Europe/Berlin", clock=24, language="de"))),
    "week in Arabic": an_issue(choices=Choices("Africa/Cairo", clock=24, language="ar")),
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.mark.parametrize("name", MAILS)
def test_every_word_is_in_its_place(chromium: Browser, name: str) -> None:
    html = fill_text(render(MAILS[name], a_draft()).html, a_row().values)
    with shown(chromium, html, 600, "light") as page:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert misplaced(page) == [], width


def test_a_word_over_another_and_one_over_the_edge_are_caught(chromium: Browser) -> None:
    html = fill_text(render(MAILS["week"], a_draft()).html, a_row().values)
    crowded = html.replace("line-height:27px", "line-height:9px")
    wide = html.replace('<h1 class="h1" style="', '<h1 class="h1" style="width:700px;white-space:nowrap;')
    assert crowded != html
    assert wide != html

    with shown(chromium, crowded, 375, "styles off") as page:
        assert any(" lies on " in fault for fault in misplaced(page))
    with shown(chromium, wide, 375, "light") as page:
        assert any("over the edge" in fault for fault in misplaced(page))
    with shown(chromium, "<p style='width:1em'>Donaudampfschifffahrt</p>", 375, "light") as page:
        assert any(fault.startswith('"Donaudampfschifffahrt" sticks out of its p by ') for fault in misplaced(page))


def test_force_darkens_and_words_that_are_too_faint_are_caught(chromium: Browser) -> None:
    html = "<body style='background:#FFFFFF'><p style='color:#5B6473'>Lakeview</p><p style='color:#B8B5AE'>Online</p>"
    with shown(chromium, html, 375, "light") as page:
        light = page.screenshot()
        assert [fault.split()[0] for fault in faint(page)] == ['"Online"']
    with shown(chromium, html, 375, "forced dark") as page:
        assert page.screenshot() != light
        assert faint(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("width", [375, 600])
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("digest", ["weekly", "quarterly"])
def test_the_sample_in_whatever_way_it_is_shown(
    chromium: Browser, digest: str, reader: str, width: int, mode: Mode
) -> None:
    with shown(chromium, mail(digest, reader, logo=True), width, mode) as page:
        assert misplaced(page) == []
        assert faint(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", every_mail())
def test_every_mail_of_every_theme(chromium: Browser, name: str) -> None:
    html = fill_text(render(*every_mail()[name]).html, a_row(action_url="https://news.example.org/c/token").values)
    fine = 2 if name.endswith("in ja") else 1  # thin strokes reach their colour in a fine picture alone
    for mode in MODES:
        with shown(chromium, html, 375, mode, fine) as page:
            assert misplaced(page) == []
            assert faint(page) == []
