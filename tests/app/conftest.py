"""The sample workspace: with one reader, with all its readers, and with the weekly issue sent to them."""

from pathlib import Path

import pytest
from support_mailings import Clock, sample, send_weekly

from newsletter.app.sample import init_workspace
from newsletter.app.subscribing import add
from newsletter.app.workspace import Workspace, open_workspace

FRIDAY = "2026-12-04 09:00"
ADA = "ada@mail.example.org"


@pytest.fixture
def clock() -> Clock:
    """It shows when the weekly issue is due."""
    return Clock(FRIDAY)


@pytest.fixture
def ws(tmp_path: Path, clock: Clock) -> Workspace:
    """The sample as it is written, with nobody on its lists."""
    init_workspace(tmp_path / "lab")
    return open_workspace(tmp_path / "lab", environ={}, clock=clock)


@pytest.fixture
def ada(ws: Workspace) -> str:
    """Ada (ada@mail.example.org), who gets Common Hours; her id."""
    return add(ws, ADA, "community", name="Ada").subscriber.id


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with readers, to be copied."""
    ws = sample(tmp_path_factory.mktemp("made") / "ws", Clock(FRIDAY))
    ws.store.close()
    return ws.root


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose weekly issue is out, to be copied."""
    clock = Clock(FRIDAY)
    ws = sample(tmp_path_factory.mktemp("sent") / "ws", clock)
    send_weekly(ws, clock)
    ws.store.close()
    return ws.root
