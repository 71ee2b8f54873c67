"""What is wrong is said once, with file and line or key, and never as a traceback."""

import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import guarded, run_guarded

AT = "2026-12-04"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "ws")
    return tmp_path / "ws"


def newsletter(workspace: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What the command says and how it ends, as its process would."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_guarded(["--workspace", str(workspace), *arguments])
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def newsletter_process(workspace: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "newsletter", "--workspace", str(workspace), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def edit(file: Path, old: str, new: str) -> int:
    """Plant a fault; returns its line."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def said(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert "Traceback" not in done.stderr + done.stdout
    for word in words:
        assert word in done.stderr, done.stderr


def test_a_broken_page_is_named_and_the_rest_is_read(workspace: Path) -> None:
    page = workspace / "content/deep-dives/2026-12-08-missing-data.md"
    line = edit(page, "series: Data Deep Dives", "series: [Data Deep Dives")
    done = newsletter_process(workspace, "collect", "--at", AT)
    assert done.returncode == 1
    said(done, "content/deep-dives/2026-12-08-missing-data.md:", "error")
    assert any(f"missing-data.md:{near}:" in done.stderr for near in range(line, line + 3)), done.stderr
    assert "Datathon: a year of buses" in done.stdout


def test_a_wrong_weekday_is_named_with_the_right_one(workspace: Path) -> None:
    page = workspace / "content/datathons/2026-12.md"
    edit(page, "starts = 2026-12-11T11:00:00", 'starts = "Monday December 11, 2026 11:00"')
    done = newsletter(workspace, "collect", "--at", AT)
    assert done.returncode == 1
    said(done, "content/datathons/2026-12.md:", "Friday")


def test_an_unknown_time_zone_names_the_key_and_its_line(workspace: Path) -> None:
    line = edit(workspace / "config.toml", '"America/Los_Angeles"', '"America/Seattle"')
    done = newsletter(workspace, "collect", "--at", AT)
    assert done.returncode == 1
    said(done, f"config.toml:{line}:", "community.timezone", "'America/Seattle' is not a time zone")


def test_a_wrong_key_names_itself_and_the_likely_one(workspace: Path) -> None:
    line = edit(workspace / "config.toml", "cadence =", "cadense =")
    done = newsletter(workspace, "cadence", "weekly")
    assert done.returncode == 1
    said(done, f"config.toml:{line}:", "cadense", "did you mean `cadence`?")


def test_a_missing_theme_names_the_folder_and_the_themes_there_are(workspace: Path) -> None:
    edit(workspace / "config.toml", 'theme = "hours"', 'theme = "ours"')
    done = newsletter(workspace, "render", "weekly", "--at", AT, "--out", str(workspace / "out"))
    assert done.returncode == 1
    said(done, "templates/ours is missing", "hours")


def test_a_missing_template_names_the_file_to_create(workspace: Path) -> None:
    shutil.copytree(workspace / "templates/hours", workspace / "templates/ours")
    (workspace / "templates/ours/issue.txt").unlink()
    edit(workspace / "config.toml", 'theme = "hours"', 'theme = "ours"')
    done = newsletter(workspace, "render", "weekly", "--at", AT, "--out", str(workspace / "out"))
    assert done.returncode == 1
    said(done, "templates/ours/issue.txt")


def test_a_broken_template_names_file_and_line(workspace: Path) -> None:
    file = workspace / "templates/hours/issue.mjml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\n{% if %}\n", encoding="utf-8")
    done = newsletter(workspace, "render", "weekly", "--at", AT, "--out", str(workspace / "out"))
    assert done.returncode == 1
    line = len((text + "\n").splitlines()) + 1
    said(done, f"issue.mjml:{line}")


@pytest.mark.parametrize("command", [("preview", "--port"), ("dev-sink", "--http-port")])
def test_a_port_in_use_says_so(workspace: Path, command: tuple[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = newsletter_process(workspace, *command, str(taken.getsockname()[1]))
    assert done.returncode == 1
    said(done, str(taken.getsockname()[1]) if taken.fileno() > 0 else "port", "in use")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compose", "weakly"), "there is no digest 'weakly'; config.toml defines weekly, monthly, quarterly"),
        (("compose", "weekly", "--as", "mars"), "there is no persona 'mars'"),
        (("compose", "weekly", "--at", "4.12.2026"), "--at '4.12.2026' is not a date"),
        (("approve", "weekly-2026-12-04"), "there is no draft 'weekly-2026-12-04'"),
    ],
)
def test_wrong_usage_is_told_with_what_there_is_and_exits_2(
    workspace: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = newsletter(workspace, *arguments)
    assert done.returncode == 2
    said(done, words)


def test_outside_a_workspace_the_way_in_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "newsletter", "collect"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    said(done, "newsletter init DIR")


def test_init_never_writes_over_anything(workspace: Path) -> None:
    before = (workspace / "config.toml").read_bytes()
    done = newsletter(workspace, "init", str(workspace))
    assert done.returncode == 1
    said(done, "is not an empty folder")
    assert (workspace / "config.toml").read_bytes() == before


def test_a_missing_theme_is_named_by_its_key_and_line(workspace: Path) -> None:
    line = edit(workspace / "config.toml", 'theme = "hours"', 'theme = "ours"')
    done = newsletter(workspace, "check", "weekly", "--at", AT)
    assert done.returncode == 1
    said(done, f"config.toml:{line}:", "`digests.weekly.theme`: templates/ours is missing", "hours")


@pytest.mark.parametrize("fault", ["sulk=1", "throttle=often", "throttle"])
def test_a_fault_that_the_sink_does_not_know_is_refused_with_those_it_does(workspace: Path, fault: str) -> None:
    done = newsletter(workspace, "dev-sink", "--misbehave", fault)
    assert done.returncode == 2
    said(done, fault.partition("=")[0], "refuse_rcpt", "silent_errors")


def test_a_full_disk_is_told_and_not_thrown(capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(":memory:") as connection:
        engine = sa.create_engine("sqlite://", creator=lambda: connection)

        def fill() -> None:
            with engine.begin() as store:
                store.exec_driver_sql("PRAGMA max_page_count=3")
                store.exec_driver_sql("CREATE TABLE reader (address TEXT)")
                store.execute(sa.text("INSERT INTO reader VALUES (:all)"), {"all": "ada@example.org" * 5000})

        assert guarded(fill) == 1
    told = capsys.readouterr().err
    assert "the store cannot be written or read now (database or disk is full): make room" in told
    assert "ada@" not in told
