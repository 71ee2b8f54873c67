"""The studio's tests in a real Chromium: one browser, one server and one window for a module."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Frame, Page, Route, expect
from preview_desk import Desk
from support_browser import browser, lent
from support_studio import CHANGES, DESK, KEY, studio_served

from newsletter.web.studio.app import entry_path


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    CHANGES.__init__()  # closed by the last server, where the module's tests do not run in one go
    with studio_served(DESK, CHANGES) as running:
        yield running.url


@pytest.fixture
def desk() -> Desk:
    DESK.__init__()
    return DESK


@pytest.fixture(scope="module")
def window(chromium: Browser, url: str) -> Iterator[Page]:
    """A window that was let in: to be let in for every test costs more than most of what is looked at."""
    context = chromium.new_context()
    window = context.new_page()
    window.goto(url + entry_path(KEY))
    window.wait_for_url(url + "/")
    yield window
    context.close()


@pytest.fixture
def page(window: Page, url: str, desk: Desk) -> Iterator[Page]:
    window.set_viewport_size({"width": 1360, "height": 800})
    window.emulate_media(color_scheme="light")
    with lent(window, cookies=("studio-me", "studio-by")) as page:
        page.goto(url + "/")
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
        yield page
        page.evaluate("localStorage.clear()")


def until(page: Page, script: str) -> None:
    """Wait until the script, which gives a truth, does so: the page's own policy lets none be evaluated in it."""
    until_so(page, lambda: page.evaluate(script))


def until_held(page: Page, held: list[Route], number: int = 1) -> None:
    """Wait until so many requests are held back."""
    until_so(page, lambda: len(held) >= number)


def until_so(page: Page, so: Callable[[], bool]) -> None:
    """Wait until that is so, while the page goes on."""
    for _ in range(600):
        if so():
            return
        page.wait_for_timeout(50)
    raise AssertionError(so)


def mail(page: Page) -> Frame:
    """The frame that stands in front."""
    expect(page.locator("#frame iframe")).to_have_count(1)
    frame = page.locator("#frame iframe").element_handle().content_frame()
    assert frame
    frame.wait_for_load_state()
    return frame
