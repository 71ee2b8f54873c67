"""`newsletter config check`: what a start or a reload would say, before either."""

import json
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded


def test_a_good_configuration_is_told_and_a_fault_has_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "lab"
    init_workspace(root)
    assert run_guarded(["-w", str(root), "config", "check"]) == 0
    assert f"{root}: no problems" in capsys.readouterr().out
    assert not (root / "subscribers/newsletter.db").exists(), "nothing is made"

    config = root / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("[sender]\n", "[sender]\nadress = 1\n"))
    assert run_guarded(["-w", str(root), "config", "check", "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    line = config.read_text(encoding="utf-8").splitlines().index("adress = 1") + 1
    assert (problem["code"], problem["origin"]["line"]) == ("settings.unknown-key", line)
