"""A workspace that was made once, for tests that begin with one."""

from pathlib import Path

import pytest
from cadence_workspace import Clock, new_workspace


@pytest.fixture(scope="session")
def monday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cadence's workspace as it is on Monday 30 November at noon, to be copied."""
    return new_workspace(tmp_path_factory.mktemp("monday") / "lab", Clock("2026-11-30T12:00"))
