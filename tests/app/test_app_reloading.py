"""A configuration that was changed: read again as a whole, refused as a whole, and never half of it."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from newsletter.app.alerting import alerts_since
from newsletter.app.configuring import check_configuration
from newsletter.app.reloading import Reload, note_reload, read_again
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import Workspace, open_workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("configured") / "lab"
    init_workspace(root)
    return root


@pytest.fixture
def ws(made: Path, tmp_path: Path) -> Workspace:
    copytree(made, tmp_path / "lab")
    return open_workspace(tmp_path / "lab", {})


def change(ws: Workspace, old: str, new: str, file: str = "config.toml") -> None:
    text = (ws.root / file).read_text(encoding="utf-8")
    assert old in text, old
    (ws.root / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(ws: Workspace, text: str, file: str = "config.toml") -> int:
    lines = (ws.root / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def errors(found: Reload) -> list[tuple[str, str, int | None]]:
    return [(one.code, one.origin.path, one.origin.line) for one in found.problems if one.level == "error"]


def test_a_good_change_is_taken_in_and_told_key_by_key(ws: Workspace) -> None:
    change(ws, 'name = "Cascadia Data Science Lab"', 'name = "Cascadia Lab"')
    found = read_again(ws)
    assert found.workspace is not None
    assert found.workspace.settings.community.name == "Cascadia Lab"
    assert ws.settings.community.name == "Cascadia Data Science Lab", "the old one is not touched"
    assert [one.key for one in found.changes] == ["community.name"]
    assert 'community.name: "Cascadia Data Science Lab" is "Cascadia Lab" now' in found.text


def test_whoever_hands_over_is_told_of_mailings_as_before(ws: Workspace) -> None:
    def tell(_connection: object, _community: str, _key: str, _batches: int) -> None: ...

    again = read_again(replace(ws, announce=tell)).workspace
    assert again is not None
    assert again.announce is tell


def test_without_a_change_it_says_so(ws: Workspace) -> None:
    found = read_again(ws)
    assert (found.is_good, found.changes) == (True, ())
    assert "no setting has changed" in found.text


FAULTS = {
    "no TOML": ("config.toml", "[sender]", "[sender", "settings.toml"),
    "a misspelt key": ("config.toml", "timezone = ", "timezon = ", "settings.unknown-key"),
    "a cadence nobody can read": ("config.toml", "weekly on Friday", "weekly on Someday", "settings.cadence"),
    "a list of no digest": ("subscribers/lists.toml", 'digests = ["weekly"', 'digests = ["weakly"', None),
    "a road that cannot be opened": (
        "config.toml",
        'kind = "outbox"',
        'kind = "smtp"\nusername = "us"',
        "settings.provider",
    ),
    "a broken page": ("templates/pages/left.html", "{%", "{% nonsense %}{%", "src.syntax"),
    "a broken section of a theme": ("templates/hours/sections/events.mjml", "{%", "{% nonsense %}{%", "src.syntax"),
    "a mail that cannot be written": ("templates/shared/mail/welcome.txt", "\n", "\n{{ nobody_knows_this }}\n", None),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_is_named_with_its_line_and_the_old_stays(ws: Workspace, name: str) -> None:
    file, old, new, code = FAULTS[name]
    change(ws, old, new, file)
    found = read_again(ws)
    assert found.workspace is None
    (problem, *_) = errors(found)
    assert problem[1] == file
    assert problem[2] is not None
    assert code in (None, problem[0])
    assert f"stays as it was: {file}:{problem[2]}: " in found.text


def test_a_secret_in_a_file_is_read_anew_and_refused_where_others_may_read_it(made: Path, tmp_path: Path) -> None:
    copytree(made, tmp_path / "lab")
    key = tmp_path / "key"
    key.write_text("the first key\n")
    key.chmod(0o600)
    ws = open_workspace(tmp_path / "lab", {"NEWSLETTER_SECRET_FILE": str(key)})
    key.write_text("the second key\n")
    found = read_again(ws)
    assert found.workspace is not None
    assert ws.secret != found.workspace.secret
    assert "NEWSLETTER_SECRET is another" in found.text
    assert "second" not in found.text
    key.chmod(0o644)
    assert errors(read_again(ws)) == [("settings.secret", "NEWSLETTER_SECRET_FILE", None)]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('id = "data-lab"', 'id = "data-lob"', "community.id"),
        ("[web]\n", "[web]\nport = 8030\n", "web.port"),
        ("newsletter.db", "other.db", "store.url"),
    ],
)
def test_what_needs_a_restart_is_named_and_nothing_else_is_taken_in_either(
    ws: Workspace, old: str, new: str, key: str
) -> None:
    change(ws, old, new)
    change(ws, 'name = "Cascadia Data Science Lab"', 'name = "Cascadia Lab"')
    found = read_again(ws)
    assert found.workspace is None
    assert {one.key for one in found.changes} == {key, "community.name"}
    assert errors(found) == [("settings.restart", "config.toml", line_of(ws, new.splitlines()[-1]))]
    assert f"`{key}` was" in found.text
    assert "restart the program" in found.text


def test_a_failed_reading_is_alerted_once_and_a_good_one_is_not(
    ws: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    note_reload(ws, read_again(ws))
    assert alerts_since(ws, ws.clock().replace(year=2000)) == ()
    change(ws, "timezone = ", "timezon = ")
    for _ in range(2):
        note_reload(ws, read_again(ws))
    (alert,) = alerts_since(ws, ws.clock().replace(year=2000))
    assert alert.kind == "configuration"
    assert f"config.toml:{line_of(ws, 'timezon = ')}: " in alert.text
    assert "settings.unknown-key" in caplog.text
    ws.store.close()


def test_a_check_makes_no_store_and_no_key(ws: Workspace) -> None:
    found = check_configuration(ws.root, {})
    assert found.workspace is not None
    assert not (ws.root / "subscribers/newsletter.db").exists()
    assert not (ws.root / "subscribers/secret.key").exists()
