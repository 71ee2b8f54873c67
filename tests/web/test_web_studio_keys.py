"""The studio by its keys in a real Chromium: the table, the palette, the mail's width, and switching keys off."""

import re

import pytest
import support_studio_browser
from playwright.sync_api import Route, expect
from preview_desk import FAULT
from support_axe import faults
from support_studio import CHANGES
from support_studio_browser import mail, until, until_held, until_so

from newsletter.web.studio.keys import KEYS

pytestmark = pytest.mark.browser
chromium, url, desk = support_studio_browser.chromium, support_studio_browser.url, support_studio_browser.desk
window, page = support_studio_browser.window, support_studio_browser.page
LAST, THIS = (f"document.querySelector('{place} iframe').contentDocument" for place in ("#beside", "#frame"))


def test_the_table_that_is_shown_is_the_one_that_counts(page):
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys tr")).to_have_count(len(KEYS))
    expect(page.locator("#key-tab-diff")).to_contain_text("Beside the last issue")
    page.keyboard.press("t")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator("#tab-checks")).to_have_attribute("aria-current", "true")

    page.evaluate("document.getElementById('key-tab-text').dataset.keys = 'q'")
    page.keyboard.press("q")
    expect(page.locator("#tab-text")).to_have_attribute("aria-current", "true")


def test_each_row_leads_to_something(page):
    page.keyboard.press("]")
    expect(page.locator("#variants")).to_contain_text("mail 1 of 3")
    for key in KEYS:
        assert bool(key.click) != bool(key.run), key
        if key.click:
            expect(page.locator(f"#{key.click}")).to_have_count(1)
    assert len({key.keys for key in KEYS}) == len({key.name for key in KEYS}) == len(KEYS)


def test_keys_pressed_in_a_row_each_go_on_from_the_one_before(page):
    for key in "2dyitm]":
        page.keyboard.press(key)
    expect(page.locator("#tab-headers")).to_have_attribute("aria-current", "true")
    expect(page.locator("#variants")).to_contain_text("mail 1 of 3")
    for words in ("width=375", "scheme=dark", "styles=off", "images=off", "tab=headers", "variant=1"):
        assert words in page.url


def test_keys_count_in_the_mail_and_not_where_somebody_writes(page):
    mail(page).click("h1")
    page.keyboard.press("t")
    expect(page.locator("#tab-text")).to_have_attribute("aria-current", "true")
    page.keyboard.press("s")
    expect(page.locator("#me")).to_be_focused()
    page.keyboard.type("cgtm@example.org")
    expect(page.locator("#me")).to_have_value("cgtm@example.org")
    expect(page.locator("#tab-send")).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(page.locator("#tab-diff")).to_have_attribute("aria-current", "true")


def test_single_characters_can_be_switched_off_in_a_browser(page):
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.click("#keys-close")
    page.keyboard.press("t")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-list li")).not_to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#tab-checks")).to_have_attribute("aria-current", "true")

    page.reload()
    expect(page.locator("#keys-on")).not_to_be_checked()
    page.keyboard.press("2")
    page.click("#open-keys")
    page.check("#keys-on")
    page.click("#keys-close")
    page.keyboard.press("t")
    expect(page.locator("#tab-text")).to_have_attribute("aria-current", "true")
    assert "width" not in page.url


def test_the_palette_finds_everything_by_its_name(page):
    for words, place, what, value in (
        ("berlin", "#persona", "value", "berlin"), ("mail 2 of", "#variants", "words", "mail 2 of 3"),
        ("quarter", "#digest", "value", "quarterly"), ("mime", "#tab-headers", "aria-current", "true"),
        ("data", "#tab-data", "aria-current", "true"), ("event tea", "#outline [data-item=tea]", "class", "chosen"),
        ("finding no <place>", "#pane .finding", "class", "here"),
    ):  # fmt: skip
        page.keyboard.press("Control+k")
        expect(page.locator("#palette")).to_be_visible()
        page.keyboard.type(words)
        expect(page.locator("#palette-list li")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.locator("#palette")).to_be_hidden()
        found = expect(page.locator(place))
        if what == "value":
            found.to_have_value(value)
        elif what == "words":
            found.to_contain_text(value)
        else:
            found.to_have_attribute(what, re.compile(value))


def test_the_palette_is_walked_through_with_arrows(page):
    page.click("#open-palette")
    page.keyboard.type("persona")
    expect(page.locator("#palette-list li")).to_have_count(3)
    expect(page.locator("#palette-0")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#palette-2")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#palette-words")).to_have_attribute("aria-activedescendant", "palette-2")
    page.keyboard.press("Enter")
    expect(page.locator("#persona")).to_have_value("berlin")


def test_the_mail_is_made_wider_with_arrows_and_the_address_holds_it(page):
    page.focus("#drag")
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("#frame")).to_have_css("width", "540px")
    page.wait_for_url("**width=540**")
    expect(page.locator("#drag")).to_have_attribute("aria-valuenow", "540")
    page.reload()
    expect(page.locator("#frame")).to_have_css("width", "540px")
    expect(page.locator("#tools [aria-current]")).to_have_count(1)  # the scheme alone
    page.focus("#drag")
    page.keyboard.press("Home")
    expect(page.locator("#frame")).to_have_css("width", "240px")
    page.wait_for_url("**width=240**")


def test_an_answer_that_says_an_older_width_takes_no_newer_one_away(page):
    held: list[Route] = []
    page.route("**/?width=590", lambda route: held.append(route))
    page.focus("#drag")
    page.keyboard.press("ArrowLeft")
    until_held(page, held)
    page.keyboard.press("ArrowLeft")
    held[0].continue_()
    page.wait_for_url("**width=580**")
    expect(page.locator("#frame")).to_have_css("width", "580px")


def test_a_width_that_has_a_name_is_not_taken_back_by_one_that_was_on_the_way(page):
    page.focus("#drag")
    page.evaluate(
        """() => {
            document.getElementById("drag").dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowLeft"}));
            document.getElementById("width-375").click();
        }"""
    )
    page.wait_for_url("**width=375**")
    page.wait_for_timeout(500)  # twice as long as a width is waited for
    expect(page.locator("#frame")).to_have_css("width", "375px")
    assert "width=375" in page.url


def test_the_mail_is_made_narrower_with_the_pointer(page):
    expect(page.locator("#drag")).to_be_visible()
    box = page.locator("#drag").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] - 45, box["y"] + 20, steps=5)
    page.mouse.up()
    expect(page.locator("#frame")).to_have_css("width", "500px")
    page.wait_for_url("**width=500**")


def test_the_last_issue_stands_beside_this_one_and_both_scroll_together(page):
    page.keyboard.press("g")
    page.click("#diff-text")
    expect(page.locator("#pane .removed")).to_contain_text("old words")
    page.click("#diff-side")
    last = page.frame_locator("#beside iframe")
    expect(last.locator("h1")).to_have_text("Rivers on Monday")
    expect(page.frame_locator("#frame iframe").locator("h1")).to_have_text("Pipelines on Tuesday")
    until(page, f"[{LAST}, {THIS}].every(one => one.documentElement.dataset.paired)")
    page.evaluate(f"{LAST}.scrollingElement.scrollTop = 600")
    until(page, f"{THIS}.scrollingElement.scrollTop > 500")
    page.evaluate(f"{THIS}.scrollingElement.scrollTop = 0")
    until(page, f"{LAST}.scrollingElement.scrollTop === 0")
    page.click("#diff-events")
    expect(page.locator("#beside iframe")).to_have_count(0)


def test_what_changed_in_the_mail_is_shown_for_a_moment(page, desk):
    front = page.frame_locator("#frame iframe:last-child")
    for motion, bring in (("no-preference", "Bring two."), ("reduce", "Bring three.")):
        page.emulate_media(reduced_motion=motion)
        desk.bring = bring
        CHANGES.publish()
        expect(front.locator("#card")).to_contain_text(bring)
        expect(front.locator("[data-entry='0'][data-changed]")).to_have_count(1)
        expect(front.locator("[data-entry='1'][data-changed]")).to_have_count(0)
    assert mail(page).evaluate("document.getAnimations().length") == 0, "whoever wants no motion sees none"
    page.emulate_media(reduced_motion="no-preference")


def test_the_source_of_what_was_clicked_is_opened_by_the_server(page, desk):
    mail(page).click("text=Tea")
    expect(page.locator("#outline [data-number='1']")).to_have_class(re.compile("chosen"))
    page.keyboard.press("e")
    expect(page.locator("#said")).to_contain_text("Done: open.")
    assert desk.values["entry"] == "tea"
    page.keyboard.press("n")
    page.keyboard.press("e")
    until_so(page, lambda: len(desk.done) == 2)


def test_a_fault_keeps_the_keys(page, desk):
    desk.faults = (FAULT,)
    CHANGES.publish()
    expect(page.get_by_role("alert")).to_contain_text("issue.mjml:12")
    page.keyboard.press("d")
    expect(page.locator("#scheme-dark")).to_have_attribute("aria-current", "true")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_holds_nothing_against_dialogs_overlay_and_the_last_issue_beside(page, desk, scheme):
    page.emulate_media(color_scheme=scheme)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-list li")).not_to_have_count(0)
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("g")
    page.click("#diff-side")
    expect(page.locator("#beside iframe")).to_have_count(1)
    mail(page)
    assert faults(page) == []
    desk.faults = (FAULT,)
    CHANGES.publish()
    expect(page.get_by_role("alert")).to_contain_text("issue.mjml:12")
    assert faults(page) == []
