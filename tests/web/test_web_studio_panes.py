"""The panes by which things are done, in a real Chromium: editing, content, calendar, sending; narrow, and axe."""

import re

import pytest
import support_studio_browser
from playwright.sync_api import Dialog, expect
from preview_desk import FAULT
from support_axe import faults
from support_studio import CHANGES
from support_studio_browser import mail, until

from newsletter.app.studio.said import Said
from newsletter.web.studio.page import TABS

pytestmark = pytest.mark.browser
chromium, url, desk = support_studio_browser.chromium, support_studio_browser.url, support_studio_browser.desk
window, page = support_studio_browser.window, support_studio_browser.page
EVERY_PANE = [name for name, _ in TABS]


def test_the_words_are_sent_with_the_hash_of_the_file_that_was_seen(page, desk):
    page.keyboard.press("w")
    page.fill("#edit-subject", "Ours")
    page.fill("#edit-note", "One.\n\nTwo.")
    page.click("#edit-save")
    expect(page.locator("#said")).to_have_text(re.compile("Done: words."))
    sent = {name: desk.values[name] for name in ("subject", "note", "seen", "tab")}
    assert sent == {"subject": "Ours", "note": "One.\n\nTwo.", "seen": "cd" * 32, "tab": "edit"}
    expect(page.locator("#tab-edit")).to_have_attribute("aria-current", "true")
    expect(page.locator("#edit-subject")).to_have_value("Mine")


def test_what_is_being_written_is_not_taken_away_by_a_change_of_a_file(page, desk):
    page.keyboard.press("w")
    page.fill("#edit-subject", "Half a sen")
    page.focus("#edit-save")
    desk.words = "Another subject"
    CHANGES.publish()
    expect(page.locator("#inbox .subject")).to_have_text("Another subject")
    expect(page.locator("#edit-subject")).to_have_value("Half a sen")

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.click("#tab-text")
    expect(page.locator("#edit-subject")).to_have_value("Half a sen")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#tab-text")
    expect(page.locator("#pane pre")).to_contain_text("<plain> seattle")


@pytest.mark.parametrize("other", ["#pin-maps", "e", "w", "#scheme-dark", "#persona"])
def test_what_is_being_written_is_still_there_after_something_else_was_done(page, desk, other):
    page.keyboard.press("w")
    page.fill("#edit-note", "Half a note")
    page.keyboard.press("Escape")
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    shown = page.locator("#form-words input[name=form]").get_attribute("value")
    if other == "#persona":
        page.select_option(other, "berlin")
    elif other.startswith("#"):
        page.click(other)
    else:
        page.keyboard.press(other)
    expect(page.locator("#form-words input[name=form]")).not_to_have_value(shown)
    expect(page.locator("#edit-note")).to_have_value("Half a note")
    page.click("#edit-save")
    expect(page.locator("#said")).to_have_text(re.compile("Done: words."))
    page.remove_listener("dialog", note)
    assert (desk.values["note"], asked) == ("Half a note", [])
    expect(page.locator("#edit-note")).not_to_have_value("Half a note")


def test_a_word_for_one_thing_is_not_carried_to_another(page):
    page.goto(page.url + "?tab=edit&item=maps")
    page.fill("#field-place", "Lakeview 2")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#pane a:text-is('Close')")
    expect(page.locator("#field-place")).to_have_count(0)
    page.click("#pane a:text-is('Maps')")
    expect(page.locator("#field-place")).not_to_have_value("Lakeview 2")


def test_what_was_sent_and_not_done_is_still_there(page, desk):
    desk.answer = Said("It could not be written: no space left on device.", False)
    page.keyboard.press("w")
    page.fill("#edit-subject", "Written on a train")
    page.click("#edit-save")
    expect(page.locator("#said .badly")).to_have_text(re.compile("no space left"))
    expect(page.locator("#edit-subject")).to_have_value("Written on a train")
    desk.answer = None
    page.click("#edit-save")
    expect(page.locator("#said")).to_have_text(re.compile("Done: words."))
    assert desk.values["subject"] == "Written on a train"


def test_a_conflict_shows_both_texts(page, desk):
    texts = (("On disk now", "<b>theirs"), ("What you wrote", "mine"))
    desk.answer = Said("It was changed meanwhile.", False, texts=texts)
    page.keyboard.press("w")
    page.fill("#edit-subject", "mine")
    page.click("#edit-save")
    expect(page.locator("#said .badly")).to_have_text(re.compile("changed meanwhile"))
    expect(page.locator("#said pre")).to_have_text(["<b>theirs", "mine"])
    expect(page.locator("#edit-subject")).to_have_value("Mine")  # as the file has it


def test_entries_are_pinned_moved_and_overridden(page, desk):
    page.keyboard.press("w")
    for button, done in (("#pin-maps", "unpin maps"), ("#hide-tea", "hide tea"), ("#up-tea", "up tea"),
                         ("#down-events", "down events"), ("#show-off", "show off")):  # fmt: skip
        page.click(button)
        until(page, "document.querySelector('#form-arrange').dataset.sent === undefined")
        expect(page.locator("#said")).to_have_text(re.compile("Done: arrange."))
        assert desk.values["do"] == done
    page.click("#pane a:text-is('Maps')")
    page.wait_for_url("**item=maps**")
    page.fill("#field-place", "Lakeview 2")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text(re.compile("Done: override."))
    assert (desk.values["item"], desk.values["place"]) == ("maps", "Lakeview 2")


def test_a_pair_is_decided_a_suggestion_saved_and_a_warning_silenced(page, desk):
    page.keyboard.press("o")
    expect(page.locator("#pane")).to_contain_text("content/talks.csv:2")
    page.fill("#decide-why-1", "Two rooms")
    page.click("#different-1")
    expect(page.locator("#said")).to_have_text(re.compile("Done: decide."))
    assert {name: desk.values[name] for name in ("pair", "do", "reason")} == {
        "pair": "talks | rooms", "do": "different", "reason": "Two rooms",
    }  # fmt: skip
    page.click("#pane summary:has-text('Quiet tables')")
    page.fill("#pane textarea", "+++\nours\n+++\n")
    page.click("#pane button:has-text('Save as content/quiet-tables.md')")
    expect(page.locator("#said")).to_have_text(re.compile("Done: accept."))
    assert desk.values["page"] == "+++\nours\n+++\n"
    page.click("#pane summary:has-text('It is meant')")
    page.fill("#reason-0", "Everybody knows where")
    page.click("#silence-save-0")
    expect(page.locator("#said")).to_have_text(re.compile("Done: silence."))
    assert (desk.values["rule"], desk.values["where"]) == ("W-X", "content/talks.csv")


def test_the_calendar_and_the_picture_of_what_is_to_come(page):
    page.keyboard.press("l")
    expect(page.locator(".times")).to_contain_text("weekly-2026-12-04")
    expect(page.locator(".times")).to_contain_text("Fri 17:00 UTC")
    expect(page.locator("#pane")).to_contain_text("It leaves when somebody sends it.")
    until(page, "document.querySelector('img.ahead').naturalWidth > 0")


def test_the_dialog_of_sending_shows_warnings_and_what_moved(page, desk):
    page.keyboard.press("a")
    expect(page.locator("#by")).to_be_focused()
    expect(page.locator("#goes")).to_contain_text("117 people in 3 mails, on Fri 4 Dec 2026, 09:00 PST (17:00 UTC)")
    expect(page.locator(".found .warning")).to_contain_text("no <place> given")
    assert desk.done == [], "the key approves nothing by itself"
    page.fill("#by-drift", "Noor")
    page.click("#keep")
    expect(page.locator("#said")).to_have_text(re.compile("Done: keep."))
    assert (desk.values["drift"], desk.values["hash"]) == ("ef" * 16, "ab" * 32)
    page.click("#refresh")
    expect(page.locator("#said")).to_have_text(re.compile("Done: refresh."))


def test_a_double_click_does_it_once(page, desk):
    page.keyboard.press("s")
    page.fill("#me", "me@example.org")
    page.dblclick("#test")
    expect(page.locator("#said")).to_have_text(re.compile("Done: test."))
    assert [one[0] for one in desk.done] == ["test"]


def test_what_could_not_be_sent_is_kept_and_can_be_sent_again(page, desk):
    page.keyboard.press("w")
    page.fill("#edit-subject", "Written on a train")
    page.route("**/act", lambda route: route.abort())
    page.click("#edit-save")
    expect(page.locator("#live")).to_have_text("not connected")
    expect(page.locator("#edit-save")).to_be_enabled()
    expect(page.locator("#edit-subject")).to_have_value("Written on a train")
    page.unroute("**/act")
    page.click("#edit-save")
    expect(page.locator("#said")).to_have_text(re.compile("Done: words."))
    assert [one[0] for one in desk.done] == ["words"]


def test_a_fault_leaves_no_form_that_could_be_sent(page, desk):
    desk.faults = (FAULT,)
    for tab in ("edit", "content", "calendar", "send"):
        page.goto(re.sub(r"\?.*|$", f"?tab={tab}", page.url, count=1))
        expect(page.locator("#pane")).to_contain_text("mend what is named first")
        expect(page.locator("#pane form")).to_have_count(0)


@pytest.mark.slow
def test_all_of_it_reflows_at_320_pixels_which_is_a_zoom_of_400_percent(page):
    page.set_viewport_size({"width": 320, "height": 640})
    for tab in EVERY_PANE:
        page.goto(re.sub(r"\?.*|$", f"?tab={tab}&item=maps", page.url, count=1))
        mail(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, tab
    for opener, dialog in (("#open-keys", "#keys"), ("#open-palette", "#palette")):
        page.click(opener)
        expect(page.locator(dialog)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, dialog
        page.keyboard.press("Escape")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_holds_nothing_against_the_panes_by_which_things_are_done(page, desk, scheme):
    page.emulate_media(color_scheme=scheme)
    for tab in ("edit", "content", "calendar", "send"):
        page.goto(re.sub(r"\?.*|$", f"?tab={tab}&item=maps", page.url, count=1))
        mail(page)
        page.evaluate("for (const one of document.querySelectorAll('#pane details')) one.open = true")
        assert faults(page) == [], tab
    desk.answer = Said("It was changed meanwhile.", False, "a.md:1", (("On disk now", "theirs"),))
    page.fill("#me", "me@example.org")
    page.click("#test")
    expect(page.locator("#said pre")).to_have_count(1)
    assert faults(page) == []
