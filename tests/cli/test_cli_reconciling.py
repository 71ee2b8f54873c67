"""What is unknown, as an operator meets it on the command line: listed, settled, or decided by hand."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support_dev_sink import DevSink

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded
from newsletter.devsink.events import Signer

KEY = "weekly-2026-12-04"
READERS = "email\n" + "".join(f"reader{n}@mail.example.org\n" for n in range(4))

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    tmp_path: Path, dev_sink: DevSink, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Commands in the sample workspace, whose road out is the sink, two readers at a time."""
    root = tmp_path / "ws"
    init_workspace(root)
    config = (root / "config.toml").read_text()
    road = f'kind = "sendgrid"\napi_url = "{dev_sink.api_url}"\nbatch = 2\nunknown_hours = 0\n'
    road += f'webhook_key = "{Signer().public}"\n'
    (root / "config.toml").write_text(config.replace('[provider]\nkind = "outbox"\n', f"[provider]\n{road}"))
    assert road in (root / "config.toml").read_text()
    monkeypatch.setenv("NEWSLETTER_SENDGRID_KEY", "SG.test")
    (root / "readers.csv").write_text(READERS)

    def newsletter(*arguments: str) -> tuple[int, str]:
        code = run_guarded(["--workspace", str(root), *arguments])
        said = capsys.readouterr()
        return code, said.out

    return newsletter


@pytest.fixture
def approved(run: Run, tmp_path: Path) -> None:
    """An issue that may go to four readers."""
    run("subscribers", "import", str(tmp_path / "ws" / "readers.csv"))
    assert run("draft", "weekly", "--at", "2026-12-01")[0] == 0
    assert run("approve", KEY)[0] == 0


def test_the_unknown_are_listed_without_addresses_and_settled_by_the_log(
    run: Run, approved: None, dev_sink: DevSink
) -> None:
    dev_sink.misbehave(drop_after=2)
    assert run("send", KEY)[0] == 1
    listed = run("status", KEY)[1]
    assert "r…@mail.example.org" in listed
    assert "reader0@" not in listed
    assert f"newsletter reconcile {KEY}" in listed
    code, said = run("reconcile", KEY, "--dry-run")
    assert (code, "4 were unknown; 4 would be accepted" in said) == (0, True)
    code, said = run("reconcile", KEY, "--json")
    found = json.loads(said)
    assert (code, found["unknown"], found["accepted"], found["held"]) == (0, 4, 4, 0)
    assert run("reconcile", KEY) == (0, f"{KEY}: nothing is unknown.\n")
    assert run("audit", KEY)[0] == 0


def test_what_is_held_says_what_to_do_and_can_be_decided_by_hand(run: Run, approved: None, dev_sink: DevSink) -> None:
    dev_sink.misbehave(drop_before=2)
    run("send", KEY)
    code, said = run("reconcile", KEY, "--json")
    held = json.loads(said)["deliveries"]
    assert (code, len(held)) == (1, 4)
    assert all("nothing else was accepted" in one["why"] and "--delivery" in one["do"] for one in held)
    code, said = run("reconcile", KEY)
    assert (code, f"newsletter reconcile {KEY} --delivery ID --as" in said) == (1, True)
    by_hand = [part for one in held for part in ("--delivery", one["delivery"])]
    assert run("reconcile", KEY, *by_hand, "--as", "not-accepted")[0] == 2
    code, said = run("reconcile", KEY, *by_hand, "--as", "not-accepted", "--because", "the log of today has none")
    assert (code, said) == (0, f"{KEY}: 4 settled as not-accepted: newsletter send {KEY}\n")
    assert run("send", KEY)[0] == 0
    assert len(dev_sink.received()) == len(set(dev_sink.received())) == 4
    assert run("audit", KEY)[0] == 0


def test_events_are_applied_by_hand_and_what_changes_nothing_is_counted(run: Run) -> None:
    assert run("events") == (0, "Applied now: no events\n")
    code, said = run("events", "--json")
    assert (code, json.loads(said)) == (0, {"applied": {}, "waiting": 0, "kept_apart": [], "newest": []})
