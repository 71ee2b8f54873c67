"""Joining in a real Chromium: a small phone, with and without JavaScript, from the left and from the right."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from support_axe import faults
from support_browser import browser, follow
from support_joining import link_in, mails, run, sample
from support_loopback import Served, served
from support_workspace import Clock

from newsletter.app.joining.pages import JoinPages
from newsletter.app.owning.pages import OwnPages
from newsletter.app.public_pages import PublicPages
from newsletter.app.subscribing import add, show
from newsletter.app.workspace import Workspace
from newsletter.web.public import public_app

pytestmark = pytest.mark.browser

TARGETS = "button, input:not([type=hidden], [type=checkbox], [type=radio], [name=website]), label.pick, summary, a"
WAYS = [(True, "en"), (False, "en"), (True, "ar"), (False, "ar")]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Clock, Served]]:
    ws, clock = sample(tmp_path_factory.mktemp("joining") / "lab")
    with served(public_app(PublicPages(ws), own=OwnPages(ws), joining=JoinPages(ws))) as running:
        yield ws, clock, running
    ws.store.close()


@pytest.fixture(params=WAYS, ids=lambda way: f"{'with' if way[0] else 'without'} JavaScript, {way[1]}")
def way(request: pytest.FixtureRequest) -> tuple[bool, str]:
    """Whether scripts run, and the browser's language."""
    found: tuple[bool, str] = request.param
    return found


@pytest.fixture
def page(way: tuple[bool, str], chromium: Browser) -> Iterator[Page]:
    script, language = way
    context = chromium.new_context(
        viewport={"width": 320, "height": 640},
        java_script_enabled=script,
        locale=language,
        timezone_id="Asia/Tokyo",
    )
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    yield page
    context.close()
    # The browser itself notes an answer that is no 200; anything else would be ours, a refusal of the CSP too.
    assert [text for text in told if "status of 4" not in text] == []


def test_somebody_joins_on_a_phone(
    page: Page, way: tuple[bool, str], opened: tuple[Workspace, Clock, Served]
) -> None:
    ws, clock, server = opened
    clock.now += timedelta(days=2)
    script, language = way
    address = f"ada.{script}.{language}@mail.example.org"
    page.goto(f"{server.url}/subscribe")
    sound(page, "the form", script=script)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    page.locator("#email").fill("ada")
    page.locator("form").evaluate("form => { form.noValidate = true }")
    follow(page, page.locator("button[type=submit]"))
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#email")).to_have_value("ada")
    sound(page, "the form with a fault", script=script)

    page.locator("#email").fill(address)
    page.locator("input[value=monthly]").check()
    page.locator("input[value=datathons]").check()
    clock.now += timedelta(seconds=9)
    follow(page, page.locator("button[type=submit]"))
    expect(page.get_by_text(address)).to_be_visible()
    sound(page, "look into your mail", script=script)

    run(ws)
    message = next(one for one in mails(ws) if one["To"] == address)
    page.goto(server.url + link_in(message, "confirm"))
    sound(page, "one more step", script=script)
    assert show(ws, address).subscriptions[0].state == "pending"
    follow(page, page.locator("button[type=submit]"))
    sound(page, "confirmed", script=script)
    person = show(ws, address)
    assert [(one.state, one.digests, one.topics) for one in person.subscriptions] == [
        ("active", ("monthly",), ("datathons",))
    ]
    assert person.subscriber.timezone == ("Asia/Tokyo" if script else "")
    assert person.subscriber.language == ("ar" if language == "ar" else "")
    follow(page, page.locator("main a").first)
    expect(page.locator("input[value=monthly]")).to_be_checked()


def test_somebody_has_their_link_mailed_without_any_script(
    chromium: Browser, opened: tuple[Workspace, Clock, Served]
) -> None:
    ws, clock, server = opened
    clock.now += timedelta(days=2)
    add(ws, "bo@mail.example.org", "community")
    context = chromium.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=False, locale="fr", timezone_id="Asia/Tokyo"
    )
    page = context.new_page()
    page.goto(f"{server.url}/subscribe")
    follow(page, page.locator('a[href="link"]'))
    sound(page, "the link form", script=False)
    page.locator("#email").fill("bo@mail.example.org")
    clock.now += timedelta(seconds=9)
    follow(page, page.locator("button[type=submit]"))
    expect(page.get_by_text("bo@mail.example.org")).to_be_visible()
    before = len(mails(ws))
    run(ws)
    assert len(mails(ws)) == before + 1
    context.close()


def test_a_form_that_is_sent_too_fast_is_shown_once_more_with_all_that_was_typed(
    chromium: Browser, opened: tuple[Workspace, Clock, Served]
) -> None:
    _, clock, server = opened
    clock.now += timedelta(days=2)
    page = chromium.new_page(viewport={"width": 320, "height": 640}, locale="en")
    page.goto(f"{server.url}/subscribe")
    page.locator("#email").fill("cy@mail.example.org")
    page.locator("input[value=quarterly]").check()
    follow(page, page.locator("button[type=submit]"))
    expect(page.get_by_role("status")).to_contain_text("One more press")
    expect(page.get_by_role("status")).to_be_focused()
    sound(page, "once more")
    expect(page.locator("input[value=quarterly]")).to_be_checked()
    clock.now += timedelta(seconds=9)
    follow(page, page.locator("button[type=submit]"))
    expect(page.get_by_role("heading", name="Look into your mail.")).to_be_visible()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_over_or_too_much_is_as_legible(
    chromium: Browser, opened: tuple[Workspace, Clock, Served], scheme: str
) -> None:
    ws, clock, server = opened
    clock.now += timedelta(days=2)
    pages = JoinPages(ws)
    context = chromium.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme, locale="de")
    page = context.new_page()
    form = pages._sent((), "de")
    for html in (pages._write("busy.html", form), pages._write("expired.html", form, list="community", joins=True)):
        page.set_content(html)
        sound(page, "a page without a form")
    for path in ("subscribe", "link"):
        page.goto(f"{server.url}/{path}")
        sound(page, path)
    context.close()


def test_every_field_is_reached_by_keys_and_the_trap_is_not(
    chromium: Browser, opened: tuple[Workspace, Clock, Served]
) -> None:
    page = chromium.new_page(locale="en")
    page.goto(f"{opened[2].url}/subscribe")
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
        assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 3
        if reached[-1] == "BUTTON":
            break
    assert reached == ["A", "email", "digest", *["topic"] * 4, "SUMMARY", "BUTTON"]
    page.close()


def sound(page: Page, name: str, *, script: bool = True) -> None:
    """Nothing is held against the page: by its width, by the size of what is touched, and by axe-core (a script)."""
    assert page.evaluate("document.documentElement.scrollWidth") == 320, name
    boxes = [target.bounding_box() for target in page.locator(TARGETS).all() if target.is_visible()]
    assert [box for box in boxes if box is None or box["height"] < 44] == [], name
    if script:
        assert faults(page) == [], name
