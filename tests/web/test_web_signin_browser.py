"""Signing in on a phone, in a real Chromium: without scripts, by the keyboard, and without a fault axe-core knows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support_axe import faults
from support_browser import browser, follow
from support_signin import BOTH, ED, OLGA, Hosted, hosted

from newsletter.app.sample import init_workspace
from newsletter.app.studio.desk import Studio
from newsletter.web.studio.page import TABS

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 320, "height": 640}, {"width": 1360, "height": 800}
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    with hosted(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture
def page(chromium: Browser, lab: Hosted) -> Iterator[Page]:
    """A phone on which nobody is signed in, and no script runs."""
    lab.studio.__init__()
    lab.clock.sleep(timedelta(hours=2).total_seconds())
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_an_editor_approves_from_a_phone_without_scripts(page: Page, lab: Hosted) -> None:
    page.goto(f"{lab.server.url}/studio/")
    expect(page).to_have_url(f"{lab.server.url}/sign-in")
    page.get_by_label("Your e-mail address").fill(ED)
    follow(page, page.get_by_role("button", name="Mail me a link"))
    expect(page.get_by_role("heading")).to_have_text("Look into your mail")

    page.goto(lab.server.url + lab.mailed()[-1])
    expect(page.get_by_role("heading")).to_have_text("Sign in here?")
    follow(page, page.get_by_role("button", name="Sign me in"))
    expect(page).to_have_url(f"{lab.server.url}/studio/")

    page.goto(f"{lab.server.url}/studio/?tab=send")
    follow(page, page.get_by_role("button", name="Approve exactly this draft"))
    assert [(what, by) for what, _, by in lab.studio.done] == [("approve", ED)]

    page.goto(f"{lab.server.url}/sign-in")
    follow(page, page.get_by_role("button", name="Sign out", exact=True))
    page.goto(f"{lab.server.url}/studio/")
    expect(page).to_have_url(f"{lab.server.url}/sign-in")


def every_page(lab: Hosted, page: Page) -> Iterator[str]:
    """Each page of the sign-in, one after another, in this browser."""
    url, link = lab.server.url, lab.link(BOTH)
    page.goto(f"{url}/sign-in")
    yield "ask"
    page.get_by_label("Your e-mail address").fill(OLGA)
    follow(page, page.get_by_role("button", name="Mail me a link"))
    yield "sent"
    page.goto(f"{url}/sign-in/guess")
    yield "over"
    page.goto(url + link)
    yield "link"
    follow(page, page.get_by_role("button", name="Sign me in"))
    page.goto(f"{url}/sign-in")
    yield "account"
    page.context.clear_cookies()
    page.goto(url + lab.mailed()[-1])
    follow(page, page.get_by_role("button", name="Sign me in"))
    page.goto(f"{url}/studio/")
    yield "denied"


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_no_page_has_a_fault_or_is_wider_than_its_window(
    chromium: Browser, lab: Hosted, size: dict[str, int], scheme: str
) -> None:
    lab.clock.sleep(timedelta(hours=2).total_seconds())
    context = chromium.new_context(viewport=size, color_scheme=scheme)
    page, seen = context.new_page(), []
    for name in every_page(lab, page):
        assert (name, faults(page)) == (name, [])
        assert (name, page.evaluate(WIDER)) == (name, False)
        seen.append(page.title())
    assert len(set(seen)) == 5, "each says what it is; two ask to sign in"
    context.close()


def test_the_studio_says_who_is_signed_in_and_fits_a_phone(chromium: Browser, lab: Hosted) -> None:
    lab.clock.sleep(timedelta(hours=2).total_seconds())
    context = chromium.new_context(viewport=PHONE)
    page, link = context.new_page(), lab.link()
    lab.studio.__init__()
    lab.studio.real = True  # the loudest that its page can be
    page.goto(lab.server.url + link)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign me in")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.get_by_role("link", name=ED)).to_be_visible()
    for tab in ("checks", "send"):
        page.goto(f"{lab.server.url}/studio/?tab={tab}")
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
        assert page.evaluate(WIDER) is False
        assert faults(page) == []
    context.close()


@pytest.mark.slow
def test_every_pane_of_a_real_workspace_fits_a_phone(chromium: Browser, tmp_path: Path) -> None:
    init_workspace(tmp_path / "lab")
    desk = Studio(tmp_path / "lab", "2026-12-01T09:00", environ={}, hosted=True)
    with hosted(tmp_path / "doors", desk) as running:
        context = chromium.new_context(viewport=PHONE)
        page = context.new_page()
        page.goto(running.server.url + running.link())
        with page.expect_navigation():
            page.get_by_role("button", name="Sign me in").click()
        for tab, _ in TABS:
            page.goto(f"{running.server.url}/studio/?tab={tab}")
            expect(page.locator("#live")).to_have_attribute("data-state", "live")
            assert (tab, page.evaluate(WIDER), faults(page)) == (tab, False, [])
        context.close()
    desk.close()
