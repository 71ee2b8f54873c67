"""How the commands that keep running write their log: as the option, the environment or the settings say."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("logs") / "lab"
    init_workspace(root)
    with (root / "config.toml").open("a") as config:
        config.write('\n[logs]\nformat = "json"\n')
    return root


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)
    logging.captureWarnings(False)


def line_of(root: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """A line that is logged after a worker has set up its log."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    assert run_guarded(["--workspace", str(root), "worker", "--once", *words]) == 0
    logging.getLogger("newsletter.app.sending").info("here")
    return stream.getvalue().splitlines()[-1]


def test_the_settings_say_how_lines_are_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSLETTER_LOG_FORMAT", raising=False)
    assert json.loads(line_of(root, monkeypatch))["message"] == "here"


def test_the_environment_goes_before_them_and_the_option_before_both(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_LOG_FORMAT", "text")
    assert line_of(root, monkeypatch).endswith("INFO    sending: here")
    assert json.loads(line_of(root, monkeypatch, "--log-format", "json"))["event"] == "sending"
