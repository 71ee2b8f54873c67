"""Takes the pictures of the operator's pages for docs/operators.md: an issue on its way, while time stands still.

Run from the checkout: `make tour`, or .venv/bin/python docs/pictures/operator_tour.py [NAME ...] for some of them.
"""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import Browser, expect, sync_playwright
from tour import DIVE, HOME, PHONE, WIDE, picture_taken

sys.path.append(str(Path(__file__).parents[2] / "tests"))
from support_operator import WEEK, Filler, named, put_numbers

from newsletter.app.operator.desk import OperatorDesk
from newsletter.app.operator.page import fill_operator
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.runtime.server import address, listen, serving
from newsletter.store.tables import delivery
from newsletter.web.operator.hosting import local_operator
from newsletter.web.operator.local import Ticket
from newsletter.web.operator.watching import Watching
from newsletter.web.studio.changes import Changes

NOW = datetime(2026, 12, 4, 9, 5, tzinfo=HOME)
EDITED = datetime(2026, 12, 1, 16, tzinfo=HOME)
KEY, LAST = "weekly-2026-12-04", "weekly-2026-11-27"
READERS, ISSUES, LEFT = 412, 14, 260
GIGABYTE = 2**30
#: Each picture: its address, how large, light or dark.
PICTURES = {
    "operator-now": ("/", WIDE | {"height": 1180}, "light"),
    "operator-issue": (f"/issues/{KEY}", WIDE | {"height": 1240}, "dark"),
    "operator-issues": ("/issues", WIDE | {"height": 900}, "light"),
    "operator-rows": (f"/issues/{LAST}/deliveries?show=returned", WIDE | {"height": 620}, "light"),
    "operator-people": ("/people", WIDE | {"height": 1100}, "light"),
    "operator-numbers": ("/numbers", WIDE | {"height": 1250}, "light"),
    "operator-phone": ("/", PHONE | {"width": 360, "height": 780}, "dark"),
}


def workspace(root: Path) -> Workspace:
    """The sample in the midst of a sending, with a few things that need a look."""
    init_workspace(root)
    dive = root / DIVE
    dive.write_text(
        dive.read_text(encoding="utf-8").replace("start: ", "start: some day around ", 1), encoding="utf-8"
    )
    for file in (root / "content").rglob("*"):
        os.utime(file, (EDITED.timestamp(), EDITED.timestamp()))
    ws = open_workspace(root, {}, lambda: NOW)
    Filler(ws, NOW, READERS).fill(ISSUES, left=LEFT)
    doubtful = [named(f"{LAST} to {number}", 64) for number in (11, 47, 203)]
    with ws.store.begin() as connection:
        connection.execute(sa.update(delivery).where(delivery.c.id.in_(doubtful)).values(state="unknown"))
    put_numbers(ws, NOW, [f"weekly-{(NOW - back * WEEK).date()}" for back in range(8, 0, -1)])
    return ws


@contextmanager
def pages() -> Iterator[tuple[str, Ticket]]:
    """The pages, as `newsletter operator` serves them."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ws = workspace(Path(folder) / "lab")
        stack.callback(ws.store.close)
        desk, changes = OperatorDesk(ws, free=lambda _folder: 40 * GIGABYTE), Changes()
        desk.sources.look()
        listener = listen("127.0.0.1", 0)
        ticket = Ticket(listener.getsockname()[1])
        app = local_operator(desk, fill_operator, Watching(desk, changes), ticket)
        stack.enter_context(serving(app, listener, threading.Event()))
        stack.callback(changes.close)
        yield address(listener), ticket


def take(browser: Browser, url: str, ticket: Ticket, names: list[str]) -> None:
    """The pictures of these names, or all."""
    door = browser.new_context()
    page = door.new_page()
    page.goto(url + ticket.path)
    page.get_by_role("button").click()
    page.wait_for_url("**/operator/")
    cookies = door.storage_state()
    door.close()
    for name, (path, size, scheme) in PICTURES.items():
        if names and name not in names:
            continue
        context = browser.new_context(viewport=size, color_scheme=scheme, storage_state=cookies)
        page = context.new_page()
        page.goto(f"{url}/operator{path}")
        if page.locator("#live").count():
            expect(page.locator("#live")).to_have_attribute("data-state", "live")
        picture_taken(page, name)
        context.close()


def main(names: list[str]) -> None:
    """All pictures, or those that are named."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver, pages() as (url, ticket):
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        take(browser, url, ticket, names)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
