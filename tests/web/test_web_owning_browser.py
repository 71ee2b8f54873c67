"""Every page on which readers own their subscription, in a real Chromium: a small phone, with and without JavaScript,
from the left and from the right; axe-core finds nothing.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page
from support_axe import faults
from support_browser import browser, follow
from support_loopback import Served, served
from support_workspace import Clock

from newsletter.app.owning.fresh_links import ask_new_address
from newsletter.app.owning.pages import OwnPages
from newsletter.app.public_pages import PublicPages
from newsletter.app.sample import init_workspace
from newsletter.app.sending.addressing import LEAVE, PREFERENCES
from newsletter.app.subscribing import add, listing
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.people.address import address_hash, parse_address
from newsletter.people.fresh import ADDRESS, MINE, fresh_scope
from newsletter.people.tokens import make_token
from newsletter.web.public import public_app

pytestmark = pytest.mark.browser

TARGETS = "button:visible, input:not([type=hidden], [type=checkbox], [type=radio]), label.pick, summary, a.way-out"
#: Two of the four go with every run of the tests; between them they have each of both.
WAYS = [
    (True, "en"),
    (False, "ar"),
    pytest.param((False, "en"), marks=pytest.mark.slow),
    pytest.param((True, "ar"), marks=pytest.mark.slow),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("owning") / "lab"
    init_workspace(root)
    ws = open_workspace(root, environ={}, clock=Clock())
    yield ws
    ws.store.close()


@pytest.fixture(scope="module")
def server(ws: Workspace) -> Iterator[Served]:
    with served(public_app(PublicPages(ws), own=OwnPages(ws))) as running:
        yield running


@pytest.fixture(params=WAYS, ids=lambda way: f"{'with' if way[0] else 'without'} JavaScript, {way[1]}")
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    script, language = request.param
    scheme = "dark" if language == "ar" else "light"
    context = chromium.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=script, locale=language, color_scheme=scheme
    )
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    yield page
    context.close()
    # The browser itself notes an answer that is no 200; anything else would be ours, a refusal of the CSP too.
    assert [text for text in told if "status of 4" not in text] == []


@pytest.fixture
def ada(ws: Workspace, page: Page, request: pytest.FixtureRequest) -> str:
    """A reader of this way alone, who reads in its language."""
    language = request.node.callspec.params["page"][1]
    address = f"ada{len(listing(ws))}@mail.example.org"
    return add(ws, address, "community", language="" if language == "en" else language).subscriber.id


def look(page: Page, *, script: bool) -> None:
    """The page as it stands fits the phone, can be touched, and axe-core has nothing against it."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    boxes = [target.bounding_box() for target in page.locator(TARGETS).all()]
    assert [box for box in boxes if box and box["height"] < 44] == []
    if script:
        assert faults(page) == []


def button(page: Page, action: str) -> Locator:
    """The button of the form that posts there."""
    form = f"form[action$='{action}']" if action else "form[action='']"
    return page.locator(f"{form} button[type=submit]").first


def press(page: Page, action: str) -> None:
    """Press that button, and see the page that answers."""
    pressed = button(page, action)
    # The browser's own complaint would keep the page's from being seen.
    pressed.evaluate("button => { button.form.noValidate = true }")
    follow(page, pressed)


def test_a_reader_goes_through_every_page_of_their_own(
    page: Page, ws: Workspace, server: Served, ada: str, request: pytest.FixtureRequest
) -> None:
    script = request.node.callspec.params["page"][0]
    choices = make_token(ws.secret, PREFERENCES, ada, "community")
    leave = make_token(ws.secret, LEAVE, ada, "community")
    fresh = make_token(ws.secret, MINE, ada, fresh_scope("community", ws.clock()))

    for act in ("online", "pause"):
        page.goto(f"{server.url}/p/{choices}/{act}")
        look(page, script=script)
        press(page, "")
        look(page, script=script)
    page.goto(f"{server.url}/p/{choices}")
    page.locator("summary").click()
    look(page, script=script)
    press(page, "link")
    look(page, script=script)
    page.goto(f"{server.url}/u/{leave}")
    look(page, script=script)

    page.goto(f"{server.url}/mine/{fresh}")
    look(page, script=script)
    with page.expect_download() as download:
        button(page, "data").click()
    assert download.value.suggested_filename == "my-data.json"
    page.goto(f"{server.url}/mine/{fresh}")
    page.locator("#address").fill("ada@localhost.example.org.")
    press(page, "address")
    look(page, script=script)

    ask_new_address(ws, fresh, f"new.{ada}@home.example.org")
    who = address_hash(ws.hash_key, parse_address(f"new.{ada}@home.example.org").key)
    confirm = make_token(ws.secret, ADDRESS, ada, fresh_scope("community", ws.clock(), who[:32]))
    page.goto(f"{server.url}/address/{confirm}")
    look(page, script=script)
    press(page, "")
    look(page, script=script)
    assert next(one.address for one, _ in listing(ws) if one.id == ada) == f"new.{ada}@home.example.org"

    page.goto(f"{server.url}/mine/{fresh}")
    press(page, "erase")
    look(page, script=script)
    page.locator("input[name=sure]").check()
    press(page, "erase")
    look(page, script=script)
    assert ada not in {one.id for one, _ in listing(ws)}
    for path in (f"mine/{fresh}", f"p/{choices}", f"u/{leave}", f"address/{confirm}", "mine/broken"):
        page.goto(f"{server.url}/{path}")
        look(page, script=script)
