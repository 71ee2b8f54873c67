"""A real Chromium for tests, cut off from everything but this machine."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def chromium_path() -> str:
    """The browser to use: CHROMIUM where set, else the one on the path."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "these tests need a Chromium; set CHROMIUM to its path"
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    """One running Chromium."""
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium_path(), args=ARGS)
        try:
            yield running
        finally:
            running.close()
