"""A real Chromium for tests, cut off from everything but this machine."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

#: Milliseconds that a page gets to show what is expected: a machine that others use too may stand still for a while.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def chromium_path() -> str:
    """The browser to use: CHROMIUM where set, else the one on the path."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "these tests need a Chromium; set CHROMIUM to its path"
    return found


@contextmanager
def lent(window: Page, cookies: Sequence[str] = ()) -> Iterator[Page]:
    """A window for one test, and cleared after it: to open a window costs more than most of what is shown in it.

    No script may fail in it. Where `cookies` are named, these alone are taken away, and it stays where it is.
    """
    errors: list[str] = []

    def note(error: object) -> None:
        errors.append(str(error))

    window.on("pageerror", note)
    yield window
    window.remove_listener("pageerror", note)
    window.unroute_all()
    for other in window.context.pages:
        if other is not window:
            other.close()
    if not cookies:
        window.goto("about:blank")
        window.context.clear_cookies()
    for cookie in cookies:
        window.context.clear_cookies(name=cookie)
    assert errors == []


def follow(page: Page, target: Locator) -> None:
    """Click what leads to another page, and wait for that one: between two pages there is none to look at."""
    with page.expect_navigation():
        target.click()


@contextmanager
def browser() -> Iterator[Browser]:
    """One running Chromium."""
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium_path(), args=ARGS)
        try:
            yield running
        finally:
            running.close()
