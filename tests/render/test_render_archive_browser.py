"""The archive's pages in a real Chromium: they fit, every word can be read, and they ask for nothing more."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from archive_builders import TALK, in_language, line, look, shown, site
from calendar_builders import at, item
from playwright.sync_api import Browser, Page
from support_browser import browser
from test_render_browser import PAIRS, contrast

from newsletter.model.item import Place
from newsletter.render.archive.pages import digest_page, index_page, issue_page

pytestmark = pytest.mark.browser

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 2


def a_page(name: str) -> str:
    """A page by what is awkward about it."""
    one, weekly = shown(), site().digests[0]
    if name == "arabic":
        lab = in_language("ar")
        return issue_page(shown(replace(TALK, title="ورشة البيانات"), community=lab), site(community=lab), look())
    if name == "long":
        event = item(at("2026-12-08 12:00"), LONG, place=Place("in_person", LONG), hosts=(LONG,), summary=LONG)
        return issue_page(shown(event), site(), look())
    pages = {
        "issue": lambda: issue_page(replace(one, older=line(one), newer=line(one)), site(), look()),
        "digest": lambda: digest_page(weekly, [line(one)] * 3, site(), look()),
        "index": lambda: index_page([(weekly, [line(one)] * 3), (site().digests[1], [])], site(), look()),
    }
    return pages[name]()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module", params=["light", "dark"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(color_scheme=request.param, java_script_enabled=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", ["issue", "arabic", "long", "digest", "index"])
def test_every_word_can_be_read_and_none_runs_over_the_edge(page: Page, name: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(a_page(name))
    for width in (320, 375, 700, 1000):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OVERFLOW) == 0, width
    pairs = [pair.split("|", 2) for pair in page.evaluate(PAIRS)]
    assert len(pairs) > 5
    assert [pair for pair in pairs if contrast(pair[0], pair[1]) < 4.5] == []
    assert asked == []


def test_buttons_and_links_of_the_navigation_are_large_enough_for_a_thumb(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    page.set_content(a_page("issue"))
    places = "a.button, .top a, .pager a, .do a"
    heights = page.eval_on_selector_all(places, "found => found.map(one => one.getBoundingClientRect().height)")
    assert len(heights) >= 8
    assert min(heights) >= 44


def test_the_keyboard_reaches_the_contents_first(page: Page) -> None:
    page.set_content(a_page("issue"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
