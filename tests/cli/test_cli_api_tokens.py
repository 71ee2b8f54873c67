"""Tokens by the command line: shown once, listed without what they open, ended at once, and written down."""

import json
import re
from pathlib import Path

import pytest

from newsletter.app.api.tokens import find_token, tokens_of
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import open_workspace
from newsletter.cli.failures import run_guarded
from newsletter.store import deeds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "ws")
    return tmp_path / "ws"


def run(folder: Path, *words: str) -> int:
    return run_guarded(["--workspace", str(folder), "api-tokens", *words])


def test_a_token_is_shown_once_and_opens_until_it_is_revoked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "list") == 0
    assert "There is no token, and so no API" in capsys.readouterr().out
    assert run(folder, "create", "site", "--scope", "status:read", "--scope", "published:read") == 0
    shown = capsys.readouterr().out
    whole = re.findall(r"nlapi_\w{57}", shown)
    assert len(whole) == 1
    ws = open_workspace(folder, environ={})
    found = find_token(ws, whole[0])
    assert found is not None
    assert (found.name, found.scopes, found.ends_at) == ("site", ("published:read", "status:read"), None)
    assert run(folder, "list", "--json") == 0
    listed = capsys.readouterr().out
    assert json.loads(listed)[0] | {"made": ""} == {
        "name": "site", "state": "good", "scopes": ["published:read", "status:read"], "made": "", "ends": None,
        "used_on": None,
    }  # fmt: skip
    assert found.hash not in listed
    assert run(folder, "revoke", "site") == 0
    assert find_token(ws, whole[0]) is None
    assert run(folder, "list") == 0
    assert "revoked" in capsys.readouterr().out
    with ws.store.read() as connection:
        lines = [(line.deed, line.subject, line.actor.kind) for line in deeds.lines(connection, "data-lab")]
    assert lines == [("token made", "site", "command line"), ("token revoked", "site", "command line")]
    ws.store.close()


def test_a_token_ends_when_it_is_told_to(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "create", "soon", "--scope", "status:read", "--expires", "90 days", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert re.fullmatch(r"nlapi_\w{57}", made["token"])
    ws = open_workspace(folder, environ={})
    [one] = tokens_of(ws)
    assert one.ends_at is not None
    assert abs((one.ends_at - one.made_at).days - 90) <= 1
    ws.store.close()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("create", "x", "--scope", "everything"), "there is no scope 'everything'"),
        (("create", "x", "--scope", "status:read", "--expires", "soon"), "neither a span"),
        (("create", "x", "--scope", "status:read", "--expires", "2020-01-01"), "is over already"),
        (("create", "", "--scope", "status:read"), "1 to 60 printable characters"),
        (("create", "x"), "--scope"),
        (("revoke", "nobody"), "there is no token 'nobody'"),
    ],
)
def test_what_cannot_be_is_told(
    folder: Path, words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, *words) == 2
    assert told in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_a_name_is_given_once_for_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "create", "site", "--scope", "status:read") == 0
    assert run(folder, "revoke", "site") == 0
    assert run(folder, "create", "site", "--scope", "status:read") == 2
    assert "there is, or was, a token" in " ".join(capsys.readouterr().err.replace("│", " ").split())
