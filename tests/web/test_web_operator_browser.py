"""The operator's pages in a real Chromium: on a phone and a desk, light and dark, with the script and without it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect
from support_axe import faults
from support_browser import browser, follow
from support_loopback import served
from support_operator import Filler, named, put_numbers
from support_signin import OLGA, SESSION, Hosted, hosted

from newsletter.app.operator.desk import OperatorDesk
from newsletter.app.operator.page import fill_operator
from newsletter.app.sending.control import pause, status
from newsletter.model.guarding import Hold, Standing
from newsletter.runtime.server import listen
from newsletter.store import guards
from newsletter.store.tables import delivery
from newsletter.web.operator.hosting import local_operator
from newsletter.web.operator.local import Ticket
from newsletter.web.operator.watching import Watching
from newsletter.web.studio.changes import Changes

pytestmark = [pytest.mark.browser, pytest.mark.no_cover]

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1360, "height": 900}
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
PEOPLE, LEFT = 90, 40
KEY, OLD = "weekly-2026-12-04", "weekly-2026-11-27"
#: Every page, and those of a store in which there is nothing yet.
PAGES = (
    *("/", "/issues", f"/issues/{KEY}", f"/issues/{KEY}/stop", f"/issues/{OLD}/deliveries?show=delivered"),
    *(f"/deliveries/{named(f'{OLD} to 7', 64)}", "/people", "/numbers", "/log", "/issues/none"),
)
EMPTY, DRAWN = ("/", "/people", "/numbers"), ("/", f"/issues/{KEY}", "/people", "/numbers")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    with hosted(tmp_path_factory.mktemp("operator")) as running:
        fill(running)
        yield running


def window(
    chromium: Browser, lab: Hosted, size: dict[str, int], *, script: bool = True, scheme: str = "light"
) -> Page:
    """A window in which the operator is signed in already."""
    context = chromium.new_context(viewport=size, color_scheme=scheme, java_script_enabled=script)
    cookie = lab.signed_in(OLGA).cookies[SESSION]
    context.add_cookies([{"name": SESSION, "value": cookie, "url": lab.server.url}])
    return context.new_page()


def fill(lab: Hosted) -> None:
    """Readers, issues, one on its way, and something of everything that needs a look."""
    Filler(lab.ws, lab.clock(), PEOPLE).fill(2, left=LEFT)
    with lab.ws.store.begin() as connection:
        some = [named(f"{OLD} to {one}", 64) for one in (1, 2)]
        connection.execute(sa.update(delivery).where(delivery.c.id.in_(some)).values(state="unknown"))
        hold = Hold("complaints", "too many of them, look at the bounces and at who was written to", None, OLD)
        guards.keep(connection, "data-lab", Standing(hold, lab.clock()))
    put_numbers(lab.ws, lab.clock(), [OLD])


def sound(page: Page, lab: Hosted, paths: tuple[str, ...]) -> set[str]:
    """That no page has a fault or is wider than its window; what they are called."""
    titles = set()
    for path in paths:
        page.goto(f"{lab.server.url}/operator{path}")
        assert (path, faults(page)) == (path, [])
        assert (path, page.evaluate(WIDER)) == (path, False)
        titles.add(page.title())
    return titles


def test_no_page_has_a_fault_or_is_wider_than_its_window(chromium: Browser, lab: Hosted) -> None:
    phone = window(chromium, lab, PHONE)
    assert len(sound(phone, lab, PAGES)) == len(PAGES), "each says what it is"
    phone.context.close()
    desk = window(chromium, lab, DESK, scheme="dark")
    sound(desk, lab, DRAWN)
    desk.context.close()


def test_pages_on_which_there_is_nothing_yet_have_no_fault(chromium: Browser, tmp_path: Path) -> None:
    with hosted(tmp_path) as bare:
        phone = window(chromium, bare, PHONE)
        sound(phone, bare, EMPTY)
        phone.context.close()


def test_the_door_of_this_machine_has_no_fault_and_opens_once(chromium: Browser, lab: Hosted) -> None:
    listener = listen("127.0.0.1", 0)
    ticket, desk, changes = Ticket(listener.getsockname()[1]), OperatorDesk(lab.ws), Changes()
    app = local_operator(desk, fill_operator, Watching(desk, changes), ticket)
    with served(app, listener) as server, closing(changes):
        page = chromium.new_page(viewport=PHONE)
        page.goto(f"{server.url}{ticket.path}")
        assert (faults(page), page.evaluate(WIDER)) == ([], False)
        follow(page, page.get_by_role("button", name="Open them"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Now")
        again = page.goto(f"{server.url}{ticket.path}")
        assert again is not None
        assert again.status == 403
        page.close()


def test_a_sending_goes_on_before_ones_eyes_and_is_paused_by_the_keyboard(chromium: Browser, lab: Hosted) -> None:
    page = window(chromium, lab, DESK)
    page.goto(f"{lab.server.url}/operator/")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.locator("#sending .big")).to_have_text(f"{LEFT} of {PEOPLE} have left")
    with lab.ws.store.begin() as connection:
        more = [named(f"{KEY} to {one}", 64) for one in range(LEFT, LEFT + 20)]
        connection.execute(sa.update(delivery).where(delivery.c.id.in_(more)).values(state="accepted"))
    lab.operator.look()
    expect(page.locator("#sending .big")).to_have_text(f"{LEFT + 20} of {PEOPLE} have left")

    page.get_by_role("button", name="Pause").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text(f"{KEY} is paused")
    assert status(lab.ws, KEY)["state"] == "paused"
    page.context.close()


def test_without_scripts_everything_can_be_read_and_done(chromium: Browser, lab: Hosted) -> None:
    page = window(chromium, lab, PHONE, script=False)
    if status(lab.ws, KEY)["state"] == "sending":
        pause(lab.ws, KEY, lab.clock())
    page.goto(f"{lab.server.url}/operator/issues/{KEY}")
    follow(page, page.get_by_role("button", name="Resume"))
    expect(page.get_by_role("status").first).to_contain_text(f"{KEY} goes on")
    follow(page, page.get_by_role("link", name="Stop"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Stop {KEY} for good?")
    follow(page, page.get_by_role("button", name="Stop it for good"))
    assert status(lab.ws, KEY)["state"] == "cancelled"

    follow(page, page.get_by_role("link", name="People"))
    page.get_by_text("The numbers as a table").click()
    expect(page.get_by_role("columnheader", name="Net")).to_be_visible()
    page.get_by_label("A reader's address").fill("reader000007@example.org")
    follow(page, page.get_by_role("button", name="Look it up"))
    follow(page, page.get_by_role("link", name=OLD))
    expect(page.get_by_role("heading", level=1)).to_contain_text("r…@example.org")
    follow(page, page.get_by_role("button", name="Show the address"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("reader000007@example.org")
    page.context.close()
