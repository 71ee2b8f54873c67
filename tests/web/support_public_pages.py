"""The sample's public pages, served from a real store, and the ways to look at both."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from support_loopback import Served, ask, served
from support_rows import whole_store

from newsletter.app.owning.pages import OwnPages
from newsletter.app.public_pages import PublicPages
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.web.public import public_app

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ADDRESS = "ada.lovelace@mail.example.org"


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    init_workspace(tmp_path / "lab")
    ws = open_workspace(tmp_path / "lab", environ={})
    yield ws
    ws.store.close()


@pytest.fixture
def server(ws: Workspace) -> Iterator[Served]:
    with served(public_app(PublicPages(ws), own=OwnPages(ws))) as running:
        yield running


def dump(ws: Workspace) -> list[str]:
    """The whole store, line by line."""
    return whole_store(ws.root)


def read(server: Served, path: str) -> str:
    answer, text = ask(server, "GET", path)
    assert answer.status == 200
    return unescape(text)
