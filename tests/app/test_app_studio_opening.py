"""A source opened in the editor's own program: which command, which file, and never a shell or a client's path."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.app.studio.desk import Studio
from newsletter.app.studio.opening import arguments, editor_command, open_place, place_meant
from newsletter.app.studio.outline import OutlineEntry, OutlineSection
from newsletter.app.studio.view import Finding, View
from newsletter.app.workspace import open_workspace
from newsletter.model.problem import Origin, Problem
from newsletter.settings.reading import SettingsError

TALKS = Origin("talks", "content/talks.csv", 3)
VIEW = View(
    "weekly-2026-12-04", "Common Hours", "Tea", "", "", "", "", "", "", b"",
    problems=(Finding(Problem("warning", "W-X", "no place", replace(TALKS, line=7))),),
    outline=(OutlineSection("events", "Come along", (OutlineEntry(0, "tea", "Tea", "", "", TALKS),)),),
)  # fmt: skip


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "lab")
    return tmp_path / "lab"


def test_a_command_is_configured_or_the_systems() -> None:
    environ = {"VISUAL": "kate", "EDITOR": "gedit"}
    assert editor_command("zed", environ) == "zed"
    assert [editor_command("", env) for env in (environ, {"EDITOR": "gedit"}, {})] == ["kate", "gedit", ""]


@pytest.mark.parametrize(("command", "expected"), [
    ("code -g {file}:{line}", ("code", "-g", "/w/a b.md:3")),
    ("/opt/bin/code --wait", ("/opt/bin/code", "--wait", "-g", "/w/a b.md:3")),
    ("emacsclient", ("emacsclient", "+3", "/w/a b.md")),
    ("'my editor' --at={line} {file}", ("my editor", "--at=3", "/w/a b.md")),
    ("something", ("something", "/w/a b.md")),
    ("code -g {file} ; rm -r $HOME", ("code", "-g", "/w/a b.md", ";", "rm", "-r", "$HOME")),
    ("vim", ()), ("emacs -nw", ()), ("", ()), ("broken 'quote", ()),
])  # fmt: skip
def test_a_command_is_a_list_of_arguments_with_the_place_in_it(command: str, expected: tuple[str, ...]) -> None:
    assert arguments(command, Path("/w/a b.md"), 3) == expected


def test_a_file_whose_name_looks_like_a_placeholder_stays_a_name() -> None:
    assert arguments("code -g {file}:{line}", Path("/w/{line}.md"), 3) == ("code", "-g", "/w/{line}.md:3")


def test_what_is_meant_comes_from_the_issue_and_never_from_the_client() -> None:
    assert place_meant(VIEW, "tea", "") == TALKS
    assert place_meant(VIEW, "tea", "0") == replace(TALKS, line=7), "a finding says more exactly where"
    assert place_meant(VIEW, "", "") == Origin("issue", "issues/weekly-2026-12-04.md", 1)
    for entry in ("content/talks.csv", "../../etc/passwd", "/etc/passwd", "gone"):
        assert place_meant(VIEW, entry, "") is None
    assert place_meant(VIEW, "tea", "99") == place_meant(VIEW, "tea", "-1") == TALKS


def test_the_place_is_opened_or_told(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "talks.csv").write_text("a\n")
    started: list[tuple[str, ...]] = []

    said = open_place(tmp_path, TALKS, "code", lambda command, folder: started.append(tuple(command)))
    assert (said.well, said.place, started) == (
        True, "content/talks.csv:3", [("code", "-g", f"{tmp_path}/content/talks.csv:3")],
    )  # fmt: skip
    told = open_place(tmp_path, TALKS, "nano", lambda command, folder: started.append(tuple(command)))
    assert ("No editor" in told.text, told.place, len(started)) == (True, "content/talks.csv:3", 1)


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("a")
    said = open_place(tmp_path, Origin("it", "a.md", 1), "no-such-editor-anywhere")
    assert (said.well, said.place) == (False, "a.md:1")


def test_a_program_is_started_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a b.md").write_text("a")
    mark = tmp_path / "opened"
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nprintf "%s" "$1" > opened.part && mv opened.part opened\n')
    script.chmod(0o755)
    assert open_place(tmp_path, Origin("it", "a b.md", 1), f"{script} {{file}}").well
    for _ in range(3000):
        if mark.exists():
            break
        time.sleep(0.02)
    assert mark.read_text() == str(tmp_path / "a b.md")


@pytest.mark.parametrize("path", ["../outside.md", "/etc/hostname", "", "https://x.example.org/a", "gone.md", "."])
def test_what_lies_in_no_file_of_the_workspace_is_not_opened(tmp_path: Path, path: str) -> None:
    (tmp_path.parent / "outside.md").write_text("a")
    said = open_place(tmp_path, Origin("it", path, 1), "code", lambda command, folder: pytest.fail("started"))
    assert not said.well


def test_a_command_that_cannot_be_read_is_told_with_its_key(lab: Path) -> None:
    config = lab / "config.toml"
    config.write_text(config.read_text() + '\n[editors]\neditor = "code \'x"\n')
    with pytest.raises(SettingsError) as told:
        open_workspace(lab, environ={})
    assert any("cannot be read as a command" in one.text and one.origin.line for one in told.value.problems)


@pytest.mark.parametrize("hosted", [False, True])
def test_the_workspaces_own_command_comes_first(lab: Path, hosted: bool) -> None:
    """Where the studio runs for others, nothing is started, whatever is configured."""
    config = lab / "config.toml"
    config.write_text(config.read_text() + '\n[editors]\neditor = "no-such-program {file}"\n')
    studio = Studio(lab, "2026-12-01T09:00", environ={"VISUAL": "other"}, hosted=hosted)
    entry = next(one for part in studio.show().view.outline for one in part.entries if part.kind == "events")
    said = studio.act("open", "weekly", "seattle", 0, {"entry": entry.id})
    studio.close()
    assert said.place == str(entry.origin)
    assert ("no-such-program could not be started" in said.text) is not hosted
