"""`newsletter doctor` on the command line."""

import json
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The sample, whose pages are nowhere."""
    init_workspace(tmp_path / "ws")
    config = tmp_path / "ws" / "config.toml"
    text = config.read_text(encoding="utf-8").replace("https://news.example.org", "http://127.0.0.1:1")
    config.write_text(text, encoding="utf-8")
    return tmp_path / "ws"


def test_each_line_says_how_it_is_and_the_last_how_many(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(root.rglob("*"))
    assert run_guarded(["-w", str(root), "doctor"]) == 0
    shown = capsys.readouterr().out
    assert "warning  provider  provider.kind is outbox: mails are written to files" in shown
    assert shown.splitlines()[-1].endswith("ok, 4 warning")
    assert sorted(root.rglob("*")) == before, "a look leaves nothing behind"


def test_an_error_is_told_to_other_programs_too(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "subscribers/lists.toml").unlink()
    assert run_guarded(["-w", str(root), "doctor", "--json"]) == 1
    [found] = json.loads(capsys.readouterr().out)
    assert (found["area"], found["condition"], found["code"]) == ("settings", "error", "settings.file")
    assert "lists.toml is missing" in found["text"]
