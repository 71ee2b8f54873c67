"""Takes the pictures of docs/studio.md: the studio of the sample workspace in Chromium, while time stands still.

Run from the checkout: `make tour`, or .venv/bin/python docs/pictures/tour.py [NAME ...] for some of them.
"""

import io
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from starlette.applications import Starlette

from newsletter.app import dispatching
from newsletter.app.drafting import draft_issue
from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.reviewing.approving import approve
from newsletter.app.sample import init_workspace
from newsletter.app.signing_in.desk import SignIn
from newsletter.app.studio.desk import Studio
from newsletter.app.studio.page import fill_page
from newsletter.app.workspace import Workspace, open_workspace, with_settings
from newsletter.model.signing_in import SignInSettings
from newsletter.model.workspace import WebSettings
from newsletter.runtime.server import address, listen, serving
from newsletter.runtime.watcher import watching
from newsletter.web.studio.app import entry_path, new_key, preview_app
from newsletter.web.studio.changes import Changes
from newsletter.web.studio.hosting import with_studio

FOLDER = Path(__file__).parents[1] / "tour"
HOME = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 12, 1, 9, tzinfo=HOME)
LAST = datetime(2026, 11, 27, 9, tzinfo=HOME)
DIVE = "content/deep-dives/2026-12-08-missing-data.md"
THEME = "templates/hours/issue.mjml"
EDITOR = "ed@example.org"
#: Bytes that a picture may weigh, and the numbers of colours that are tried for it, the most first.
MOST, COLOURS = 150_000, (256, 128, 64, 32, 16)
WIDE, PHONE = {"width": 1360, "height": 850}, {"width": 390, "height": 780}
#: What differs from run to run: how long it took, and when.
STILL = """() => {
  for (const one of document.querySelectorAll("#gauge span")) one.textContent = "built in 38 ms";
  const live = document.querySelector("#live"); if (live) (live.firstElementChild ?? live).textContent = "live";
  document.activeElement?.blur?.(); }"""


@dataclass(frozen=True)
class Tour:
    """A studio in a browser, on its own machine."""

    ws: Workspace
    url: str
    page: Page

    def open(self, query: str = "") -> None:
        """Show an address of the studio, and wait until the mail stands in its frame."""
        self.page.goto(f"{self.url}/{query}")
        settled(self.page)

    def write(self, path: str, old: str, new: str) -> None:
        """Change a file as an editor does."""
        file = self.ws.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text, (path, old)
        file.write_text(text.replace(old, new, 1), encoding="utf-8")


def settled(page: Page) -> None:
    """Wait until nothing is under way any more."""
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.locator("#frame iframe")).to_have_count(1)
    page.locator("#frame iframe").element_handle().content_frame().wait_for_load_state()
    page.wait_for_timeout(300)


def workspace(root: Path) -> Workspace:
    """The sample with its readers, whose last issue has gone out; since then one thing was moved."""
    init_workspace(root)
    then = open_workspace(root, {}, lambda: LAST)
    import_bytes(then, (root / "subscribers" / "example.csv").read_bytes(), "example.csv", "community")
    key = draft_issue(then, "weekly", LAST).draft.key
    approve(then, key, "Sunita", LAST)
    with dispatching.provider_of(then) as provider:
        dispatching.send_issue(then, provider, key, LAST)
    then.store.close()
    return open_workspace(root, {}, lambda: NOW)


@contextmanager
def studio(browser: Browser) -> Iterator[Tour]:
    """The studio of one's own machine."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ws = workspace(Path(folder) / "lab")
        listener, changes, key = listen("127.0.0.1", 0), Changes(), new_key()
        desk = Studio(ws.root, environ={}, clock=lambda: NOW)
        stack.callback(desk.close)
        app = preview_app(desk, fill_page, changes, port=listener.getsockname()[1], key=key)
        stack.enter_context(serving(app, listener, threading.Event()))
        stack.callback(changes.close)
        stack.enter_context(watching(desk.watched, _followed(desk, changes)))
        context = browser.new_context(viewport=WIDE, color_scheme="light", reduced_motion="reduce")
        stack.callback(context.close)
        page = context.new_page()
        page.goto(address(listener) + entry_path(key))
        page.wait_for_url(address(listener) + "/")
        yield Tour(ws, address(listener), page)


@contextmanager
def hosted(browser: Browser) -> Iterator[Tour]:
    """The studio on the server, as an editor's phone reaches it."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        listener, changes = listen("127.0.0.1", 0), Changes()
        named = SignInSettings(editors=(EDITOR,))
        ws = with_settings(
            workspace(Path(folder) / "lab"), web=WebSettings(base_url=address(listener)), sign_in=named
        )
        desk = Studio(ws.root, environ={}, clock=lambda: NOW, hosted=True)
        stack.callback(desk.close)
        app = with_studio(Starlette(), sign_in := SignIn(ws), desk, fill_page, changes)
        stack.enter_context(serving(app, listener, threading.Event()))
        stack.callback(changes.close)
        context = browser.new_context(viewport=PHONE, color_scheme="light", device_scale_factor=1)
        stack.callback(context.close)
        page = context.new_page()
        page.goto(f"{address(listener)}/sign-in")
        page.get_by_label("Your e-mail address").fill(EDITOR)
        page.get_by_role("button", name="Mail me a link").click()
        expect(page.get_by_role("heading")).to_have_text("Look into your mail")
        sign_in.mails.beat()
        yield Tour(ws, address(listener), page)


def _followed(desk: Studio, changes: Changes) -> Callable[[], None]:
    def changed() -> None:
        desk.refresh()
        changes.publish()

    return changed


def overview(tour: Tour) -> None:
    """Everything at once."""
    tour.open()


def dark(tour: Tour) -> None:
    """A phone in dark mode."""
    tour.open("?width=375&scheme=dark&persona=berlin&tab=text")


def variant(tour: Tour) -> None:
    """One of the distinct mails."""
    tour.open("?variant=2&width=375")


def diff(tour: Tour) -> None:
    """Beside the last issue."""
    tour.open("?tab=diff")


def broken(tour: Tour) -> None:
    """A mistake in a template, over the last good mail."""
    tour.open()
    tour.write(THEME, "{% for", "{% for for")
    expect(tour.page.locator("#faults [role=alert]")).to_be_visible()
    picture_taken(tour.page, "broken")
    tour.write(THEME, "{% for for", "{% for")
    expect(tour.page.locator("#faults [role=alert]")).to_have_count(0)


def editing(tour: Tour) -> None:
    """The issue's own words, and what stands where."""
    tour.open("?tab=edit")


def content(tour: Tour) -> None:
    """Problems of all sources."""
    tour.open("?tab=content")


def calendar(tour: Tour) -> None:
    """The next issues."""
    tour.open("?tab=calendar")
    tour.page.evaluate("Promise.all([...document.images].map(one => one.decode()))")


def approving(tour: Tour) -> None:
    """What an approval would do."""
    draft_issue(tour.ws, "weekly", NOW)
    tour.open("?tab=send")


def palette(tour: Tour) -> None:
    """Everything by its name."""
    tour.open()
    tour.page.keyboard.press("Control+k")
    tour.page.locator("#palette-words").fill("data")
    expect(tour.page.locator("#palette-list li").first).to_be_visible()


def keys(tour: Tour) -> None:
    """The keys."""
    tour.open()
    tour.page.keyboard.press("?")
    expect(tour.page.locator("#keys")).to_be_visible()


def phone(tour: Tour) -> None:
    """The link that was mailed, and the studio behind it."""
    file = next((tour.ws.root / "outbox").rglob("sign-in*/*.eml"))
    text = message_from_bytes(file.read_bytes(), policy=policy.default).get_content()
    tour.page.goto(next(line for line in text.splitlines() if "/sign-in/" in line))
    picture_taken(tour.page, "phone-link")
    tour.page.get_by_role("button", name="Sign me in").click()
    tour.page.wait_for_url("**/studio/")
    draft_issue(tour.ws, "weekly", NOW)
    tour.open("studio/?tab=send&width=320")
    tour.page.locator("#goes").scroll_into_view_if_needed()


#: The pictures in the order of the guide; those whose steps take more than one of their own.
LOCAL = (overview, variant, dark, diff, broken, editing, content, calendar, approving, palette, keys)
TAKES_ITS_OWN = frozenset({"broken"})


def picture_taken(page: Page, name: str) -> None:
    """Write the picture in as many colours as it has room for."""
    page.evaluate(STILL)
    raw = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    for colours in COLOURS:
        written = io.BytesIO()
        raw.quantize(colours, dither=Image.Dither.NONE).save(written, "png", optimize=True)
        if written.tell() <= MOST:
            break
    (FOLDER / f"{name}.png").write_bytes(written.getvalue())
    sys.stdout.write(f"{written.tell():>8,} bytes  {name}.png, {colours} colours\n")


def main(names: list[str]) -> None:
    """All pictures, or those that are named."""
    FOLDER.mkdir(exist_ok=True)
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        with studio(browser) as tour:
            for show in LOCAL:
                if not names or show.__name__ in names:
                    show(tour)
                    if show.__name__ not in TAKES_ITS_OWN:
                        picture_taken(tour.page, show.__name__)
        if not names or "phone" in names:
            with hosted(browser) as tour:
                phone(tour)
                picture_taken(tour.page, "phone")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
