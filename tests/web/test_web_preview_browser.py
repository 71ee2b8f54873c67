"""The preview in a real Chromium: widths, dark, keys, live changes, and the last good mail under a fault."""

import re

import pytest
import support_studio_browser
from playwright.sync_api import Page, Route, expect
from preview_desk import FAULT
from support_axe import faults
from support_browser import follow
from support_studio import CHANGES, KEY
from support_studio_browser import mail, until_held

from newsletter.web.studio.app import entry_path
from newsletter.web.studio.page import TABS

pytestmark = pytest.mark.browser

LIGHT, DARK = "rgb(255, 254, 251)", "rgb(25, 31, 43)"


chromium, url, desk = support_studio_browser.chromium, support_studio_browser.url, support_studio_browser.desk
window, page = support_studio_browser.window, support_studio_browser.page


def ground(page: Page) -> str:
    return mail(page).evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("width", [320, 375, 600, 768])
def test_the_mail_is_as_wide_as_chosen_and_its_media_rules_follow(page, width):
    page.click(f"#width-{width}")
    expect(page.locator("#frame")).to_have_css("width", f"{width}px")
    expect(page.locator("#frame iframe")).to_have_count(1)
    assert mail(page).evaluate("innerWidth") == width
    assert mail(page).locator("#wide").is_visible() is (width >= 520)
    assert (f"width={width}" in page.url) is (width != 600), "what is as usual is left out"


@pytest.mark.parametrize("system", ["light", "dark"])
def test_light_and_dark_are_the_mails_own_whatever_the_system_prefers(page, system):
    page.emulate_media(color_scheme=system)
    assert ground(page) == LIGHT
    page.click("#scheme-dark")
    expect(page.locator("#frame")).to_have_class("frame w600 dark")
    assert ground(page) == DARK
    page.click("#scheme-light")
    expect(page.locator("#frame")).to_have_class("frame w600 light")
    assert ground(page) == LIGHT


def test_another_persona_is_one_choice_away(page):
    page.select_option("#persona", "berlin")
    page.wait_for_url("**persona=berlin**")
    assert mail(page).locator("#who").inner_text() == "berlin"
    page.go_back()
    expect(page.locator("#persona")).to_have_value("seattle")
    assert mail(page).locator("#who").inner_text() == "seattle"


def test_an_address_shows_a_colleague_the_same(page, url):
    page.goto(f"{url}/?digest=quarterly&persona=berlin&width=375&scheme=dark&tab=text")
    expect(page.locator("#digest")).to_have_value("quarterly")
    expect(page.locator("#pane pre")).to_contain_text("<plain> berlin")
    assert mail(page).evaluate("innerWidth") == 375
    assert ground(page) == DARK


def test_the_tabs_show_text_headers_and_checks(page):
    page.click("#tab-text")
    expect(page.locator("#pane pre")).to_contain_text("<plain> seattle")
    page.click("#tab-headers")
    expect(page.locator("#pane")).to_contain_text("The list <list.example.org>")
    page.click("#tab-checks")
    expect(page.locator("#pane")).to_contain_text("content/talks.csv:3")


def test_a_change_is_swapped_in_and_the_place_is_kept(page, desk):
    mail(page).evaluate("document.scrollingElement.scrollTop = 700")
    desk.words = "Pipelines on Thursday"
    CHANGES.publish()
    expect(page.locator(".subject")).to_have_text("Pipelines on Thursday")
    expect(page.locator("#frame[data-shown]")).to_have_count(1)
    assert mail(page).locator("h1").inner_text() == "Pipelines on Thursday"
    assert mail(page).evaluate("document.scrollingElement.scrollTop") == 700
    expect(page.locator("#live")).to_contain_text("live, updated")


def test_many_changes_at_once_end_in_the_last(page, desk):
    for number in range(200):
        desk.words = f"Version {number}"
        CHANGES.publish()
    expect(page.locator(".subject")).to_have_text("Version 199")
    expect(page.locator("#frame iframe")).to_have_count(1)
    assert mail(page).locator("h1").inner_text() == "Version 199"


def test_an_answer_that_comes_late_does_not_replace_a_newer_one(page):
    held: list[Route] = []
    page.route(re.compile("persona=berlin.*tab=text"), lambda route: held.append(route))
    page.goto(page.url + "?persona=berlin")
    page.click("#tab-text")
    expect(page.locator("#tab-text")).not_to_have_attribute("aria-current", "true")
    page.click("#tab-headers")
    expect(page.locator("#tab-headers")).to_have_attribute("aria-current", "true")
    until_held(page, held)
    held[0].continue_()
    page.wait_for_timeout(400)
    expect(page.locator("#tab-headers")).to_have_attribute("aria-current", "true")
    assert "tab=headers" in page.url


def test_a_form_is_answered_although_older_answers_come_while_it_is_sent(page):
    """A change waits for what is asked for: for the form too that was sent while it waited for something else."""
    held: list[Route] = []
    page.goto(page.url + "?tab=send")
    page.route(re.compile("scheme=dark|/act"), lambda route: held.append(route))
    page.click("#scheme-dark")
    until_held(page, held)
    CHANGES.publish()
    page.wait_for_timeout(200)  # until the page has heard of it
    page.fill("#me", "me@example.org")
    page.keyboard.press("Enter")
    until_held(page, held, 2)
    held[0].continue_()
    page.wait_for_timeout(200)  # until the page has seen it come
    held[1].continue_()
    expect(page.locator("#said")).to_contain_text("Done: test.")


def test_two_windows_agree(page, desk):
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#live")).to_have_attribute("data-state", "live")
    desk.words = "Seen by both"
    CHANGES.publish()
    for window in (page, other):
        expect(window.locator(".subject")).to_have_text("Seen by both")


def test_a_fault_lies_over_the_last_good_mail_until_it_is_mended(page, desk):
    desk.faults = (FAULT,)
    CHANGES.publish()
    expect(page.get_by_role("alert")).to_contain_text("templates/hours/issue.mjml:12")
    expect(page.locator(".faults .lines span")).to_have_count(3)
    expect(page.locator(".faults .here")).to_contain_text("{{ broken }")
    expect(page.locator("#frame")).to_have_css("opacity", "0.3")
    assert mail(page).locator("h1").inner_text() == "Pipelines on Tuesday"
    desk.faults = ()
    CHANGES.publish()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#frame")).to_have_css("opacity", "1")


def test_nothing_in_the_mail_runs(page):
    assert mail(page).evaluate("document.title") == ""
    assert "ran" not in page.title()


def test_an_inert_link_stays_where_it_is(page):
    mail(page).locator("a").first.click()
    page.wait_for_timeout(200)
    assert len(page.context.pages) == 1
    assert mail(page).locator("h1").inner_text() == "Pipelines on Tuesday"


def test_keys_do_what_the_buttons_do(page):
    page.keyboard.press("2")
    expect(page.locator("#frame")).to_have_css("width", "375px")
    page.keyboard.press("d")
    expect(page.locator("#frame")).to_have_class("frame w375 dark")
    page.keyboard.press("t")
    expect(page.locator("#tab-text")).to_have_attribute("aria-current", "true")


def test_the_keyboard_keeps_its_place_when_a_link_is_followed(page):
    page.focus("#width-375")
    page.keyboard.press("Enter")
    expect(page.locator("#width-375")).to_have_attribute("aria-current", "true")
    expect(page.locator("#width-375")).to_be_focused()


def test_it_works_without_script(chromium, url, desk):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url + entry_path(KEY))
    page.wait_for_url(url + "/")
    page.select_option("#persona", "berlin")
    follow(page, page.locator("button").first)
    assert "persona=berlin" in page.url
    follow(page, page.locator("#width-320"))
    expect(page.locator("#frame")).to_have_css("width", "320px")
    context.close()


def test_a_narrow_window_still_shows_everything(page):
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#frame").bounding_box()["height"] > 400
    expect(page.locator("#pane")).to_be_visible()


def test_only_this_machine_is_asked(page, url):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    mail(page)
    assert {address for address in asked if not address.startswith((url, "data:"))} == set()


def test_every_distinct_mail_is_stepped_through_and_says_who_gets_it(page):
    expect(page.locator("#variants")).to_contain_text("117 people, 3 mails")
    page.keyboard.press("]")
    expect(page.locator("#variants")).to_contain_text("mail 1 of 3, to 39 of 117 people")
    expect(page.locator("#inbox")).to_contain_text("a…@e….org")
    for _ in range(2):
        page.keyboard.press("]")
    expect(page.locator("#variants")).to_contain_text("mail 3 of 3")
    page.keyboard.press("]")
    expect(page.locator("#variants")).to_contain_text("mail 1 of 3")
    page.keyboard.press("[")
    expect(page.locator("#variants")).to_contain_text("mail 3 of 3")
    page.click("#variant-persona")
    expect(page.locator("#variants")).to_contain_text("117 people")


def test_a_click_in_the_mail_finds_its_row_and_its_problem_and_a_row_its_words(page):
    mail(page).click("text=Tea")
    expect(page.locator("#outline [data-number='1']")).to_have_class(re.compile("chosen"))
    expect(page.locator("#pane .finding")).to_have_class(re.compile("chosen"))

    mail(page).click("#card p")
    expect(page.locator("#outline .chosen")).to_have_text(re.compile("Maps"))
    expect(page.locator("#pane .chosen")).to_have_count(0)

    page.click("#outline [data-number='1']")
    assert mail(page).eval_on_selector("[data-entry='1']", "one => one.style.outline").startswith("rgb")
    assert mail(page).eval_on_selector("[data-entry='0']", "one => one.style.outline") == ""


def test_n_walks_from_problem_to_what_it_is_about(page):
    page.keyboard.press("n")
    expect(page.locator("#pane .finding")).to_have_class(re.compile("here"))
    expect(page.locator("#outline [data-number='1']")).to_have_class(re.compile("chosen"))


@pytest.mark.parametrize(("key", "tab", "words"), [
    ("g", "diff", "weekly-2026-11-27"), ("u", "source", "<!doctype html>"), ("t", "text", "<plain>"),
    ("m", "headers", "List-Id"),
])  # fmt: skip
def test_each_pane_has_a_key(page, key, tab, words):
    page.keyboard.press(key)
    expect(page.locator(f"#tab-{tab}")).to_have_attribute("aria-current", "true")
    expect(page.locator("#pane")).to_contain_text(words)


def test_three_schemes_and_what_clients_leave_out(page):
    page.keyboard.press("d")
    page.keyboard.press("d")
    expect(page.locator("#scheme-forced")).to_have_attribute("aria-current", "true")
    expect(page.locator("#inbox")).to_contain_text("simulation")
    assert ground(page) == "rgb(4, 3, 0)"
    page.keyboard.press("y")
    expect(page.locator("#switch-styles")).to_have_attribute("aria-current", "true")
    assert mail(page).evaluate("document.querySelectorAll('style').length") == 0
    page.keyboard.press("z")
    expect(page.locator("#switch-zoom")).to_have_attribute("aria-current", "true")
    assert mail(page).evaluate("document.documentElement.style.zoom") == "2"
    page.reload()
    assert mail(page).evaluate("document.querySelectorAll('style').length") == 0, "the address holds it"


def test_a_test_is_sent_by_the_keyboard_alone_and_said_so(page, desk):
    page.keyboard.press("s")
    expect(page.locator("#me")).to_be_focused()
    page.keyboard.type("me@example.org")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_have_text("Done: test.")
    assert desk.done == [("test", "weekly seattle 0", "me@example.org")]
    expect(page.locator("#me")).to_have_value("me@example.org")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_axe_holds_nothing_against_any_pane(page, scheme):
    page.emulate_media(color_scheme=scheme)
    for tab, _ in TABS:
        page.goto(re.sub(r"\?.*|$", f"?tab={tab}", page.url, count=1))
        mail(page)
        assert faults(page) == [], tab
