"""The sample workspace, made once: with its readers, and with the weekly issue sent to them."""

from pathlib import Path

import pytest
from support_mailings import Clock, sample, send_weekly

FRIDAY = "2026-12-04 09:00"


@pytest.fixture
def clock() -> Clock:
    """It shows when the weekly issue is due."""
    return Clock(FRIDAY)


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
