"""`newsletter simulate`: what each reader would get, as a table, as data and as a picture."""

import json
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded

PERSONAS = """
[personas.seattle]
title = "Seattle"
timezone = "America/Los_Angeles"
digests = ["weekly"]

[personas.tokyo]
title = "Tokyo, terms only"
timezone = "Asia/Tokyo"
topics = ["datathons"]
digests = ["quarterly"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    init_workspace(folder)
    (folder / "personas.toml").write_text(PERSONAS, encoding="utf-8")
    return folder


def run(root: Path, *words: str) -> int:
    return run_guarded(["--workspace", str(root), "simulate", "--at", "2026-12-14", *words])


def test_it_says_what_each_reader_gets_and_when_in_their_zone(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "--days", "21", "--json") == 0

    told = json.loads(capsys.readouterr().out)
    issues = {one["name"]: [(two["key"], two["at"]) for two in one["issues"]] for one in told["personas"]}
    assert issues["tokyo"] == [("quarterly-2026-12-28", "2026-12-29T02:00:00+09:00")]
    assert [key for key, _ in issues["seattle"]] == [
        f"weekly-{day}" for day in ("2026-12-18", "2026-12-25", "2027-01-01")
    ]
    assert Path(told["picture"]).read_text(encoding="utf-8").startswith("<svg")


def test_the_picture_goes_where_it_is_wanted_and_nothing_else_is_written(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "deep" / "year.html"

    assert run(root, "--days", "8", "--out", str(page)) == 0

    assert f"Picture: {page}" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert not (root / "outbox").exists()
    assert sorted(path.name for path in (root / "issues").iterdir()) == sorted(
        path.name for path in (Path(__file__).parents[2] / "issues").iterdir()
    )


def test_a_picture_of_another_kind_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "--out", "year.png") == 2
    assert ".svg" in capsys.readouterr().err


def test_a_persona_with_a_digest_that_is_not_there_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "personas.toml").write_text(PERSONAS.replace("quarterly", "yearly"), encoding="utf-8")

    assert run(root) != 0
    assert "yearly" in capsys.readouterr().err
