"""`newsletter archive build` from the command line: what it wrote, in words and as JSON, and what is wrong."""

import json
import re
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded


@pytest.fixture
def build(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    init_workspace(tmp_path / "ws")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = run_guarded(["--workspace", str(tmp_path / "ws"), "archive", "build", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_build_says_what_it_wrote_and_what_was_there(build, tmp_path: Path) -> None:
    code, out, _ = build("--at", "2026-12-05")
    assert code == 0
    assert re.match(r"0 issues and [3-9]\d events in \d+ files below ", out)
    assert (tmp_path / "ws/public/archive/index.html").exists()
    assert (tmp_path / "ws/public/calendar/everything.ics").exists()
    assert "0 written, 0 removed" in build("--at", "2026-12-05")[1]
    assert "public/" in (tmp_path / "ws/.gitignore").read_text()


def test_json_names_every_file(build, tmp_path: Path) -> None:
    code, out, _ = build("--at", "2026-12-05", "--json", "--out", str(tmp_path / "www"))
    report = json.loads(out)
    assert code == 0
    assert report["out"] == str(tmp_path / "www")
    assert report["events"] == sum("/event/" in name for name in report["files"]) > 30
    assert all((tmp_path / "www" / name).is_file() for name in report["files"])


def test_a_past_issue_that_cannot_be_listed_is_told_with_its_line(build, tmp_path: Path) -> None:
    (tmp_path / "ws/archive").mkdir()
    (tmp_path / "ws/archive/past.toml").write_text('[[past]]\ndigest = "weekly"\ntitle = "One"\ndate = 2024-09-27\n')
    code, _, err = build("--at", "2026-12-05")
    assert code == 1
    assert "archive/past.toml:1: error: `past.url`" in err
