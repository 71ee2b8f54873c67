"""What an operator is shown of sign-ups that were turned away, by the limits that config.toml names."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.app.joining.asking import request
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import open_workspace
from newsletter.cli.failures import run_guarded
from newsletter.model.alerting import Trouble
from newsletter.model.joining import Wish
from newsletter.store import episodes


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
    document = json.loads(capsys.readouterr().out)
    [alert] = document["noted"]
    assert (document["open"], document["past"]) == ([], [])
    assert (alert["kind"], "more than 1 sign-ups" in alert["text"]) == ("joining-network", True)
    assert run_guarded(["--workspace", str(tmp_path / "ws"), "alerts"]) == 0
    shown = capsys.readouterr().out
    assert "joining-network" in shown
    assert "198.51" not in shown


def test_without_alerts_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init_workspace(tmp_path / "ws")
    assert run_guarded(["--workspace", str(tmp_path / "ws"), "alerts", "--days", "3"]) == 0
    shown = capsys.readouterr().out
    assert shown == "Nothing is wrong now, as far as it was looked. No alerts in the last 3 days.\n"


def test_what_is_wrong_and_what_was_is_shown_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init_workspace(tmp_path / "ws")
    ws = open_workspace(tmp_path / "ws", environ={})
    now = ws.clock()
    lasting = Trouble("disk", "/srv", "error", "300 MB are free at /srv", "Make room")
    ended = Trouble("queue", "weekly-2026-12-04", "error", "4 of 6 mails wait", "newsletter doctor")
    with ws.store.begin() as connection:
        for one in (lasting, ended):
            episodes.begin(connection, "data-lab", one, now - timedelta(hours=3), [("log", "")])
        [_, queue] = episodes.open_ones(connection, "data-lab")
        episodes.end(connection, "data-lab", queue, now - timedelta(hours=1), "it moves again", [("log", "")], now)
    ws.store.close()

    assert run_guarded(["--workspace", str(tmp_path / "ws"), "alerts", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    [disk], [queue] = document["open"], document["past"]
    assert (disk["text"], disk["advice"], disk["ended_at"]) == (lasting.text, "Make room", None)
    assert (queue["lasted_seconds"], queue["ending"]) == (7200, "it moves again")
    assert [(one["channel"], one["turn"]) for one in queue["told"]] == [("log", "began"), ("log", "over")]
    assert run_guarded(["--workspace", str(tmp_path / "ws"), "alerts"]) == 0
    shown = capsys.readouterr().out
    for words in ("Wrong now", "300 MB are free", "Make room", "Over", "2 hours", "it moves again"):
        assert words in " ".join(shown.split()), words


def test_a_test_alert_goes_by_each_road_and_says_how_it_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init_workspace(tmp_path / "ws")
    config = tmp_path / "ws" / "config.toml"
    closed = '\n[alerts]\nmail = ["ops@example.org"]\nwebhook = "http://127.0.0.1:9/"\n'
    config.write_text(config.read_text(encoding="utf-8") + closed, encoding="utf-8")
    assert run_guarded(["--workspace", str(tmp_path / "ws"), "alerts", "--test", "--json"]) == 1
    told = {one["channel"]: one for one in json.loads(capsys.readouterr().out)}
    assert {name: one["told"] for name, one in told.items()} == {"log": True, "webhook": False, "mail": True}
    assert "127.0.0.1" not in told["webhook"]["detail"]
    [mail] = (tmp_path / "ws" / "outbox").rglob("*.eml")
    assert "Test alert: telling works" in mail.read_text(encoding="utf-8")
    config.write_text(config.read_text(encoding="utf-8").replace('webhook = "http://127.0.0.1:9/"', ""))
    assert run_guarded(["--workspace", str(tmp_path / "ws"), "alerts", "--test"]) == 0
    assert "told" in capsys.readouterr().out
