"""`newsletter sign-ins`, and pictures on the command line."""

from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.app.signing_in.people import people_of
from newsletter.app.signing_in.sessions import new_link, sign_in, visitor_with
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.cli.failures import run_guarded

ED = "ed@example.org"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "ws")
    config = tmp_path / "ws" / "config.toml"
    config.write_text(config.read_text() + f'\n[sign_in]\neditors = ["{ED}"]\n')
    return tmp_path / "ws"


def entered(ws: Workspace) -> str:
    cookie = sign_in(ws, new_link(ws, people_of(ws)[ED], ws.clock()))
    assert cookie
    return cookie


def newsletter(root: Path, *arguments: str) -> int:
    return run_guarded(["--workspace", str(root), *arguments])


def test_the_log_is_shown_and_sessions_are_ended(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert newsletter(root, "sign-ins") == 0
    assert "Nobody signed in" in capsys.readouterr().out
    ws = open_workspace(root, environ={})
    cookie = entered(ws)
    assert visitor_with(ws, cookie)
    assert newsletter(root, "sign-ins", "--end", "Ed@Example.org") == 0
    assert "Ended 1 session of Ed@Example.org." in capsys.readouterr().out
    assert visitor_with(ws, cookie) is None
    assert newsletter(root, "sign-ins", "--end", "nobody@example.org") == 0
    assert "Ended 0 sessions" in capsys.readouterr().out
    assert newsletter(root, "sign-ins") == 0
    told = capsys.readouterr().out
    assert [word in told for word in ("linked", "signed in", "everywhere", ED)] == [True] * 4
    ws.store.close()


def test_whoever_is_not_named_any_more_is_a_hash_in_the_log(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ws = open_workspace(root, environ={})
    entered(ws)
    ws.store.close()
    config = root / "config.toml"
    config.write_text(config.read_text().replace(ED, "other@example.org"))
    assert newsletter(root, "sign-ins", "--json") == 0
    told = capsys.readouterr().out
    assert ED not in told
    assert '"signed in"' in told


def test_rendering_wants_a_place_to_go_and_a_picture_wants_a_browser(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert newsletter(root, "render", "weekly", "--at", "2026-12-04") == 2
    assert "--shot FILE.png" in capsys.readouterr().err
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert newsletter(root, "render", "weekly", "--at", "2026-12-04", "--shot", str(root / "shot.png")) == 1
    told = capsys.readouterr().err
    assert "CHROMIUM names '/nowhere/chromium'" in told
    assert "Traceback" not in told


def test_a_picture_is_taken_of_the_reader_that_is_named(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chromium = root / "chromium"
    chromium.write_text(
        '#!/bin/sh\nfor one in "$@"; do case "$one" in --screenshot=*) out="${one#--screenshot=}"\n'
        'cp "$(dirname "$out")/mail.html" "$out";; esac; done\necho \'<html data-height="9">\'\n'
    )
    chromium.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(chromium))
    taken = ("render", "weekly", "--at", "2026-12-04", "--as", "berlin", "--shot", str(root / "shot.png"), "--dark")
    assert newsletter(root, *taken) == 0
    mail = (root / "shot.png").read_text()
    assert "21:00" in mail, "Berlin's clock"
    assert "prefers-color-scheme" not in mail
    assert "shot.png" in capsys.readouterr().out
