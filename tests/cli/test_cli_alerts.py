"""What an operator is shown of sign-ups that were turned away, by the limits that config.toml names."""

import json
from pathlib import Path

import pytest

from newsletter.app.joining.asking import request
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import open_workspace
from newsletter.cli.failures import run_guarded
from newsletter.model.joining import Wish


def test_sign_ups_that_were_too_many_are_shown_once_without_the_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init_workspace(tmp_path / "ws")
    config = tmp_path / "ws" / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + "\n[joining]\nper_network = 1\n", encoding="utf-8")
    ws = open_workspace(tmp_path / "ws", environ={})
    verdicts = [request(ws, Wish("community", f"r{n}@x.org", f"r{n}@x.org"), "198.51.100.7") for n in range(4)]
    ws.store.close()
    assert verdicts == ["free", "network", "network", "network"]

    assert run_guarded(["--workspace", str(tmp_path / "ws"), "alerts", "--json"]) == 0
    [alert] = json.loads(capsys.readouterr().out)
    assert (alert["kind"], "more than 1 sign-ups" in alert["text"]) == ("joining-network", True)
    assert run_guarded(["--workspace", str(tmp_path / "ws"), "alerts"]) == 0
    shown = capsys.readouterr().out
    assert "joining-network" in shown
    assert "198.51" not in shown


def test_without_alerts_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init_workspace(tmp_path / "ws")
    assert run_guarded(["--workspace", str(tmp_path / "ws"), "alerts", "--days", "3"]) == 0
    assert "No alerts in the last 3 days." in capsys.readouterr().out
