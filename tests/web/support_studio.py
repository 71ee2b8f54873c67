"""The studio over real HTTP, with the desk of its tests: one server for a module, a fresh desk for each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from preview_desk import Desk
from support_loopback import Served, ask, served

from newsletter.app.studio.page import fill_page
from newsletter.runtime.server import listen
from newsletter.web.studio.app import new_key, preview_app
from newsletter.web.studio.changes import Changes
from newsletter.web.studio.desk import PreviewDesk

KEY = new_key()
DESK = Desk()
CHANGES = Changes(heartbeat=0.2)


@contextmanager
def studio_served(desk: PreviewDesk, changes: Changes) -> Iterator[Served]:
    """The studio of a desk on a free port of this machine, for browsers that come with the cookie of KEY."""
    listener = listen("127.0.0.1", 0)
    app = preview_app(desk, fill_page, changes, port=listener.getsockname()[1], key=KEY)
    with served(app, listener) as running:
        yield running
        changes.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    CHANGES.__init__(heartbeat=0.2)  # closed by the last server
    with studio_served(DESK, CHANGES) as running:
        yield running


@pytest.fixture(autouse=True)
def desk() -> Desk:
    DESK.__init__()
    return DESK


def cookie(server: Served) -> dict[str, str]:
    """What a browser sends that was at the first address."""
    return {"Cookie": f"newsletter-preview-{server.port}={KEY}"}


def look(server: Served, path: str = "/") -> str:
    """The page as sent; it must be there."""
    answer, text = ask(server, "GET", path, headers=cookie(server))
    assert answer.status == 200, text
    return text


def post(server: Served, fields: dict[str, str], **headers: str) -> tuple[int, str]:
    """The status, and where it leads or what it says, of a form that our own page sends."""
    sent = {**cookie(server), "Origin": server.url, "Content-Type": "application/x-www-form-urlencoded"}
    answer, text = ask(server, "POST", "/act", urlencode(fields), {**sent, **headers})
    return answer.status, answer.getheader("Location") or text
