"""The preferences page in a real Chromium: a small phone, dark, keys, and no JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support_browser import browser, follow
from support_loopback import served

from newsletter.app.public_pages import PublicPages
from newsletter.app.sample import init_workspace
from newsletter.app.sending.addressing import PREFERENCES
from newsletter.app.subscribing import add, show
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.people.tokens import make_token
from newsletter.web.public import public_app

pytestmark = pytest.mark.browser

ADDRESS = "ada@mail.example.org"
TARGETS = "button:visible, input:not([type=hidden], [type=checkbox], [type=radio]), label.pick, summary, a"
MORE = "More: time zone, clock, language, looks"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    init_workspace(tmp_path / "lab")
    ws = open_workspace(tmp_path / "lab", environ={})
    yield ws
    ws.store.close()


@pytest.fixture
def url(ws: Workspace) -> Iterator[str]:
    token = make_token(ws.secret, PREFERENCES, add(ws, ADDRESS, "community").subscriber.id, "community")
    with served(public_app(PublicPages(ws))) as running:
        yield f"{running.url}/p/{token}"


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(request: pytest.FixtureRequest, chromium: Browser, url: str) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 320, "height": 640}, color_scheme="light", java_script_enabled=request.param
    )
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(url)
    yield page
    context.close()
    # The browser itself notes an answer of 422; anything else would be a fault of ours, the CSP's refusals too.
    assert [text for text in told if "422" not in text] == []


def test_choices_are_made_and_saved_on_a_small_phone(page: Page, ws: Workspace) -> None:
    page.get_by_label("Common Hours, the quarter").check()
    page.get_by_label("Datathons").uncheck()
    page.get_by_text(MORE).click()
    page.get_by_label("Time zone").fill("Europe/Berlin")
    page.get_by_label("13:30").check()
    follow(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(page.get_by_label("Datathons")).not_to_be_checked()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    person = show(ws, ADDRESS)
    assert (person.subscriber.timezone, person.subscriber.clock) == ("Europe/Berlin", 24)
    assert person.subscriptions[0].digests == ("weekly", "quarterly")
    assert person.subscriptions[0].topics == ("deep-dives", "learning-communities", "community")


def test_choosing_nothing_is_explained_with_the_way_out(page: Page, ws: Workspace) -> None:
    before = show(ws, ADDRESS)
    page.get_by_label("Common Hours", exact=False).first.uncheck()
    page.get_by_text(MORE).click()
    page.get_by_label("Time zone").fill("Atlantis")
    follow(page, page.get_by_role("button", name="Save"))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("no mail at all")
    expect(alert).to_be_focused()
    expect(page.get_by_label("Time zone")).to_have_value("Atlantis")
    described = page.get_by_label("Time zone").get_attribute("aria-describedby") or ""
    assert described.split()[0] == "timezone-wrong"
    expect(page.locator("#timezone-wrong")).to_contain_text("We do not know this time zone")
    assert show(ws, ADDRESS) == before
    follow(page, alert.get_by_role("link", name="Leave Common Hours"))
    expect(page.get_by_role("heading", name="Leave Common Hours?")).to_be_visible()
    assert show(ws, ADDRESS) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_fits_on_a_small_phone_and_is_large_enough_to_touch(chromium: Browser, url: str, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page = context.new_page()
    page.goto(url)
    page.get_by_text(MORE).click()
    page.get_by_label("Time zone").fill("Atlantis")
    follow(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    boxes = [target.bounding_box() for target in page.locator(TARGETS).all()]
    assert len(boxes) > 10
    assert [box for box in boxes if box is None or box["height"] < 44] == []
    assert lowest_contrast(page) >= 4.5
    context.close()


def test_every_field_is_reached_by_keys_and_shows_it(chromium: Browser, url: str) -> None:
    page = chromium.new_page()
    page.goto(url)
    reached: list[str] = []
    while not reached or reached[-1] != "A":
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || document.activeElement.tagName")
        assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 3
        if name == "SUMMARY":
            page.keyboard.press("Enter")
        # A date is several fields to the keyboard.
        reached += [name] if name != "pause" or name not in reached else []
    reading = ["timezone", "clock", "language", "density", "format", "place"]
    assert reached == ["topic"] * 4 + ["digest"] * 3 + ["pause", "SUMMARY", *reading, "BUTTON", "A"]
    page.close()


def test_the_browsers_zone_is_filled_in_for_who_named_none_and_offered_to_who_did(
    chromium: Browser, url: str, ws: Workspace
) -> None:
    context = chromium.new_context(timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.goto(url)
    expect(page.locator("#zone-told")).to_contain_text("Your browser is in Asia/Tokyo: it is filled in below")
    page.get_by_text(MORE).click()
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    follow(page, page.get_by_role("button", name="Save"))
    assert show(ws, ADDRESS).subscriber.timezone == "Europe/Berlin"
    expect(page.locator("#zone-told")).to_be_hidden()
    page.get_by_text(MORE).click()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    context.close()


def lowest_contrast(page: Page) -> float:
    """The lowest contrast (WCAG 2.2, 1.4.3) of any text against the ground it stands on."""
    return float(
        page.evaluate("""() => {
            const parts = colour => colour.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(part => part / 255)
                .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
                .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
            const ground = node => {
                for (; node; node = node.parentElement) {
                    const colour = parts(getComputedStyle(node).backgroundColor);
                    if (colour.length === 3 || colour[3] === 1) return colour;
                }
            };
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            let lowest = 21;
            while (walker.nextNode()) {
                const holder = walker.currentNode.parentElement;
                if (!walker.currentNode.data.trim() || !holder.getClientRects().length) continue;
                const both = [light(parts(getComputedStyle(holder).color)), light(ground(holder))];
                const [dark, bright] = both.sort((a, b) => a - b);
                lowest = Math.min(lowest, (bright + 0.05) / (dark + 0.05));
            }
            return lowest;
        }""")
    )
