"""An editor's afternoon: the sample workspace in the preview, in a real Chromium, while files change under it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Locator, Page, expect
from support_browser import browser, lent
from support_loopback import served

from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.sample import init_workspace
from newsletter.app.studio.desk import Studio
from newsletter.app.studio.page import fill_page
from newsletter.app.workspace import open_workspace
from newsletter.runtime.server import listen
from newsletter.runtime.watcher import watching
from newsletter.web.studio.app import entry_path, new_key, preview_app
from newsletter.web.studio.changes import Changes

pytestmark = pytest.mark.browser

AT = "2026-12-01T09:00"
KEY = "weekly-2026-12-04"
ZONES = ("America/Los_Angeles", "Europe/Berlin")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "lab")
    return tmp_path / "lab"


@pytest.fixture
def at() -> str:
    return AT


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1360, "height": 860})
    yield context.new_page()
    context.close()


@pytest.fixture
def page(window: Page, root: Path, at: str) -> Iterator[Page]:
    studio, changes, key, listener = Studio(root, at, environ={}), Changes(), new_key(), listen("127.0.0.1", 0)

    def changed() -> None:
        studio.refresh()
        changes.publish()

    app = preview_app(studio, fill_page, changes, port=listener.getsockname()[1], key=key)
    with served(app, listener) as server, watching(studio.watched, changed), lent(window) as page:
        page.goto(server.url + entry_path(key))
        page.wait_for_url(server.url + "/")
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
        yield page
        page.evaluate("localStorage.clear()")
        page.goto("about:blank")
        changes.close()
    studio.close()


def mail(page: Page) -> Frame:
    expect(page.locator("#frame iframe")).to_have_count(1)
    frame = page.locator("#frame iframe").element_handle().content_frame()
    assert frame
    frame.wait_for_load_state()
    return frame


def the_heading(page: Page) -> Locator:
    return page.frame_locator("#frame iframe:last-child").get_by_role("heading", name="Common Hours")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def datathon(root: Path) -> Path:
    return root / "content" / "datathons" / "2026-12.md"


def test_the_first_look_shows_the_next_issue(page):
    expect(page.locator("#inbox")).to_contain_text(KEY)
    expect(the_heading(page)).to_be_visible()
    expect(page.locator("#faults")).to_be_empty()


def test_no_mail_is_wider_than_the_phone_it_is_read_on(page):
    for width in (320, 375, 600, 768):
        page.click(f"#width-{width}")
        expect(page.locator("#frame")).to_have_css("width", f"{width}px")
        frame = mail(page)
        assert frame.evaluate("innerWidth") == width
        assert frame.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_is_the_themes_own_dark(page):
    light = mail(page).evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#scheme-dark")
    expect(page.locator("#frame")).to_have_class("frame w600 dark")
    dark = mail(page).evaluate("getComputedStyle(document.body).backgroundColor")
    assert (light, dark) == ("rgb(243, 239, 231)", "rgb(15, 19, 27)")


def test_berlin_reads_its_own_clock(page):
    page.select_option("#persona", "berlin")
    page.wait_for_url("**persona=berlin**")
    text = mail(page).inner_text("body")
    assert re.search(r"\b2[0-3]:\d\d", text), "evening times on the 24-hour clock"
    assert "Berlin" in text


def test_a_saved_file_is_a_new_picture(page, root):
    expect(page.locator("#frame")).not_to_have_attribute("data-shown", re.compile("."))
    for number in range(3):
        text = datathon(root).read_text()
        title = re.search(r'^title = "(.*)"$', text, re.M)
        assert title
        name = f"Datathon round {number}"
        datathon(root).write_text(text.replace(title[0], f'title = "{name}"'))
        frame = page.frame_locator("#frame iframe:last-child")
        expect(frame.get_by_text(name, exact=False).first).to_be_visible()


def test_a_broken_template_shows_where_and_leaves_the_last_good_mail(page, root):
    expect(the_heading(page)).to_be_visible()
    template = root / "templates" / "hours" / "issue.mjml"
    good = template.read_text()
    line = good[: good.index("<mj-body")].count("\n") + 2
    lines = good.split("\n")
    template.write_text("\n".join([*lines[: line - 1], "{{ nobody.knows ", *lines[line - 1 :]]))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("templates/hours/issue.mjml:")
    expect(alert.locator(".lines span")).to_have_count(3)
    expect(the_heading(page)).to_be_visible()
    template.write_text(good)
    expect(alert).to_have_count(0)


def test_a_wrong_key_in_the_settings_names_its_line(page, root):
    edit(root / "config.toml", "[sender]", "colour = 1\n\n[sender]")
    for _ in range(60):  # who watches single files may just be beginning with others
        if page.get_by_role("alert").count():
            break
        (root / "config.toml").write_text((root / "config.toml").read_text())
        page.wait_for_timeout(500)
    expect(page.get_by_role("alert")).to_contain_text("config.toml:")
    expect(page.get_by_role("alert")).to_contain_text("colour")
    edit(root / "config.toml", "colour = 1\n\n[sender]", "[sender]")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_wrong_in_content_is_listed_with_its_line(page, root):
    (root / "content" / "community" / "broken.md").write_text("---\ntitle: Odd one\ndates: Smarch 45\n---\nWords.\n")
    expect(page.locator("#pane")).to_contain_text("content/community/broken.md:3")
    expect(page.locator("#tab-checks .count")).to_contain_text("E")


def test_the_editors_words_appear_when_their_file_does(page, root):
    (root / "issues").mkdir(exist_ok=True)
    (root / "issues" / f"{KEY}.md").write_text('+++\nsubject = "The kettle is on"\n+++\n\nHello from the test.\n')
    expect(page.locator(".subject")).to_have_text("The kettle is on")


@pytest.mark.parametrize("at", ["2027-01-19T09:00"])
def test_an_empty_issue_says_when_the_next_content_is(page, root):
    for file in (root / "content").rglob("*.*"):
        if file.name != "2027-03.md":
            file.unlink()
    expect(page.locator(".notice")).to_contain_text("This issue is empty.")
    expect(page.locator(".notice")).to_contain_text("Fri 19 Mar")


def test_looking_writes_nothing_but_the_store(page, root):
    before = {path: path.read_bytes() for path in files_of(root)}
    for tab in ("text", "headers", "mail"):
        page.click(f"#tab-{tab}")
    page.select_option("#digest", "quarterly")
    page.wait_for_url("**digest=quarterly**")
    mail(page)
    assert {path: path.read_bytes() for path in files_of(root)} == before


@pytest.fixture
def people(root: Path) -> int:
    """A dozen readers in two zones, before anybody looks."""
    rows = "".join(f"reader{n}@example.org,{ZONES[n % 2]}\n" for n in range(12))
    ws = open_workspace(root, environ={}, clock=lambda: datetime(2026, 11, 1, tzinfo=UTC))
    import_bytes(ws, f"email,timezone\n{rows}".encode(), "readers.csv", "community")
    ws.store.close()
    return 12


def test_a_whole_review_without_a_mouse(people, page, root):
    """Through the mails, the checks and the comparison, another subject, a test, the draft, and the approval."""
    press = page.keyboard.press
    expect(page.locator("#variants")).to_contain_text("12 people, 2 mails")
    press("]")
    expect(page.locator("#variants")).to_contain_text("mail 1 of 2, to 6 of 12 people")
    press("]")
    expect(page.locator("#variants")).to_contain_text("mail 2 of 2")
    press("c")
    press("n")
    expect(page.locator("#pane .finding.here")).to_have_count(1)
    press("g")
    expect(page.locator("#pane")).to_contain_text("No issue of this digest has gone out yet")

    press("w")
    expect(page.locator("#edit-subject")).to_be_visible()
    tab_to(page, "edit-subject")
    press("Control+a")
    page.keyboard.type("Buses, and one more Monday")
    press("Enter")
    expect(page.locator("#said")).to_contain_text(f"Written into issues/{KEY}.md")
    expect(page.locator("#inbox .subject")).to_have_text("Buses, and one more Monday")
    assert 'subject = "Buses, and one more Monday"' in (root / "issues" / f"{KEY}.md").read_text()

    press("Escape")
    press("s")
    expect(page.locator("#me")).to_be_focused()
    page.keyboard.type("me@example.org")
    press("Enter")
    expect(page.locator("#said")).to_contain_text("A test went to me@example.org")
    press("Escape")
    tab_to(page, "draft")
    press("Enter")
    expect(page.locator("#said")).to_contain_text(f"{KEY} is drafted as you see it")
    expect(page.locator("#goes")).to_contain_text("to 12 people in 2 mails, on Fri 4 Dec 2026, 09:00 PST (17:00 UTC)")
    press("a")
    expect(page.locator("#by")).to_be_focused()
    page.keyboard.type("Sunita Rao")
    press("Enter")
    expect(page.locator("#said")).to_contain_text(f"{KEY} is approved by Sunita Rao")
    (mail_sent,) = (root / "outbox" / f"test-{KEY}").glob("*.eml")
    assert b"Subject: [Test] Buses, and one more Monday" in mail_sent.read_bytes()


def tab_to(page: Page, name: str) -> None:
    """Go there by the Tab key alone."""
    for _ in range(150):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {name}")


@pytest.mark.slow
def test_two_hundred_rapid_saves_end_in_the_last_in_every_window(page, root):
    other = page.context.new_page()
    other.goto(page.url)
    text = datathon(root).read_text()
    for number in range(200):
        datathon(root).write_text(text.replace("Datathon: a year of buses", f"Round {number} of buses"))
    for window in (page, other):
        front = window.frame_locator("#frame iframe:last-child")
        expect(front.get_by_text("Round 199 of buses").first).to_be_visible(timeout=30_000)
        expect(window.locator("#frame iframe")).to_have_count(1)


def files_of(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and ".db" not in path.name]
