"""The mail and the public pages in a real Chromium: nothing runs over the edge, and every word can be read."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page
from render_builders import SECTIONS, a_draft, a_row, an_issue
from support_browser import browser
from support_geometry import misplaced
from test_render_pages import PAGES, VALUES

from newsletter.model.issue import Choices, Issue, Note
from newsletter.model.mail import fill_text
from newsletter.render.edition import render
from newsletter.render.pages import page as public_page

pytestmark = pytest.mark.browser

#: Every text and what it stands on, as the browser computed them: "colour|ground|words".
PAIRS = """() => {
  const seen = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const words = walk.currentNode.textContent.trim(), element = walk.currentNode.parentElement;
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    if (!words || ['STYLE', 'SCRIPT'].includes(element.tagName) || box.width < 2 || box.height < 2) continue;
    if (element.closest('[style*="display:none"]') || element.closest('[aria-hidden="true"]')) continue;
    let ground = element;
    while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
    const under = ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)';
    seen.add(style.color + '|' + under + '|' + words.slice(0, 40));
  }
  return [...seen];
}"""


def arabic() -> Issue:
    titled = tuple(
        replace(section, entries=tuple(replace(entry, title=f"ورشة: {entry.title}") for entry in section.entries))
        for section in SECTIONS
    )
    return an_issue(sections=titled, choices=Choices("Africa/Cairo", language="ar"))


def long_words() -> Issue:
    word = "Donaudampfschifffahrtsgesellschaftskapitän" * 2
    titled = tuple(
        replace(
            section,
            entries=tuple(
                replace(entry, title=word, place=word, hosts=(word,), summary=word) for entry in section.entries
            ),
        )
        for section in SECTIONS
    )
    return an_issue(sections=titled, title=word, tagline=word)


MAILS = {
    "week": an_issue(tagline="What happens next week"),
    "arabic": arabic(),
    "long": long_words(),
    "compact": an_issue(choices=Choices("America/Los_Angeles", density="compact")),
    "empty": an_issue(sections=(), note=Note(), empty=True, next_content="Next: Co-working on Mon 4 Jan"),
}


def shown(name: str) -> str:
    """A mail by its name, or a public page by its file."""
    if name in MAILS:
        return fill_text(render(MAILS[name], a_draft()).html, a_row().values)
    return public_page(PAGES, name, VALUES)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module", params=["light", "dark"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(color_scheme=request.param)
    yield context.new_page()
    context.close()


def luminance(colour: str) -> float:
    numbers = [float(number) / 255 for number in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in numbers)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", [*MAILS, "unsubscribe.html", "left.html", "invalid.html"])
def test_every_word_can_be_read_and_none_runs_over_the_edge(page: Page, name: str) -> None:
    page.set_content(shown(name))
    for width in (320, 375, 600):
        page.set_viewport_size({"width": width, "height": 800})
        assert misplaced(page) == [], width
    pairs = [pair.split("|", 2) for pair in page.evaluate(PAIRS)]
    assert len(pairs) > 2
    assert [pair for pair in pairs if contrast(pair[0], pair[1]) < 4.5] == []


def test_without_any_style_block_the_phone_mail_still_fits(page: Page) -> None:
    page.set_content(shown("week"))
    page.set_viewport_size({"width": 375, "height": 800})
    page.evaluate("document.querySelectorAll('style').forEach(block => block.remove())")
    assert misplaced(page) == []


def test_buttons_are_large_enough_for_a_thumb(page: Page) -> None:
    page.set_content(shown("week"))
    heights = page.eval_on_selector_all("a.button", "found => found.map(one => one.getBoundingClientRect().height)")
    assert len(heights) == 3
    assert min(heights) >= 44
