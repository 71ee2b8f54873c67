"""`newsletter check` as editors and a content repository's CI run it: on a workspace, with its settings."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support_http import CannedHttp, canned, response

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded

KEY = "weekly-2026-12-04"
TALK = "content/deep-dives/2026-12-08-missing-data.md"
ISSUE = f"issues/{KEY}.md"
Check = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "ws")
    (tmp_path / "ws" / "personas.toml").unlink()
    return tmp_path / "ws"


@pytest.fixture
def check(root: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    def run(*more: str) -> list[dict[str, Any]]:
        run_guarded(["--workspace", str(root), "check", KEY, "--at", "2026-12-01", "--json", *more])
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
        return [one for one in found if one["code"] not in ("I-JOINED", "link.http")]

    return run


@pytest.fixture
def permit(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine counts as the world, and no name is looked up."""
    monkeypatch.setenv("NEWSLETTER_FETCH_ALLOW", "127.0.0.0/8")
    monkeypatch.setattr(socket, "getaddrinfo", nobody)


def nobody(*_: object, **__: object) -> None:
    raise OSError("names are not looked up in tests")


@pytest.fixture
def site() -> Iterator[CannedHttp]:
    with canned(response(404)) as server:
        yield server


def append(root: Path, name: str, text: str) -> None:
    file = root / name
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def change(root: Path, name: str, old: str, new: str) -> None:
    file = root / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def without_a_place(root: Path) -> None:
    change(root, TALK, "place: Lakeview 1.203 and online\n", "")


def codes(found: list[dict[str, Any]]) -> list[tuple[object, object]]:
    return [(one["level"], one["code"]) for one in found]


def test_the_sample_is_clean(check: Check) -> None:
    assert check() == []


def test_a_finding_says_all_that_is_needed_to_mend_it(check: Check, root: Path) -> None:
    without_a_place(root)
    (found,) = check()

    assert (found["code"], found["level"]) == ("evt.no-place", "warning")
    assert found["origin"] == {"source": "deep-dives", "path": TALK, "line": 2}
    assert found["rule"] == "Every event says where it is"
    assert found["fix"] == "Name the place, or say that it is online"
    assert found["silenced"] is None


def test_a_finding_in_the_mail_names_its_element(check: Check, root: Path) -> None:
    change(
        root,
        "templates/shared/footer.mjml",
        "{% if personal %}",
        '<img src="https://data.example.org/a.png" width="9" />{% if personal %}',
    )
    (found,) = check()
    assert (found["code"], found["element"]) == ("a11y.alt", '<img src="https://data.example.org/a.png">')


def test_a_template_at_fault_is_a_finding_with_its_line(check: Check, root: Path) -> None:
    change(root, "templates/shared/footer.mjml", "{% if personal %}", "{{ nobody_knows_this }}{% if personal %}")
    (found,) = check()
    assert (found["code"], found["level"]) == ("src.undefined", "error")
    assert found["origin"]["path"].endswith("shared/footer.mjml")
    assert found["origin"]["line"]


def test_mjml_that_is_not_well_formed_is_a_finding(check: Check, root: Path) -> None:
    change(root, "templates/shared/footer.mjml", "{% if personal %}", "a < b{% if personal %}")
    (found,) = check()
    assert (found["code"], found["level"]) == ("mjml.syntax", "error")
    assert found["origin"]["path"].endswith("footer.mjml")


def test_a_silence_in_the_settings_names_rule_place_and_reason(check: Check, root: Path) -> None:
    without_a_place(root)
    silence = (
        '\n[[checks.silence]]\nrule = "evt.no-place"\nwhere = "content/{}/*"\nreason = "The room is told later"\n'
    )
    append(root, "config.toml", silence.format("deep-dives"))
    (found,) = check()
    assert found["silenced"]["reason"] == "The room is told later"
    assert found["silenced"]["origin"]["path"] == "config.toml"
    assert found["silenced"]["origin"]["line"]

    change(root, "config.toml", 'where = "content/deep-dives/*"', 'where = "content/courses/*"')
    assert codes(check()) == [("warning", "evt.no-place"), ("info", "silence.unused")]

    change(root, "config.toml", 'rule = "evt.no-place"', 'rule = "evt.nowhere"')
    assert codes(check()) == [("warning", "evt.no-place"), ("warning", "silence.unknown-rule")]


def test_a_silence_without_a_reason_is_refused_with_its_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(root, "config.toml", '\n[[checks.silence]]\nrule = "evt.no-place"\n')
    assert run_guarded(["--workspace", str(root), "check", KEY]) == 1
    assert "`checks.silence.0.reason`" in capsys.readouterr().err


def test_a_silence_in_the_issues_file_is_for_that_issue(check: Check, root: Path) -> None:
    without_a_place(root)
    change(root, ISSUE, "+++\n\n", '[[silence]]\nrule = "evt.no-place"\nreason = "Told by mail"\n+++\n\n')
    (found,) = check()
    assert found["silenced"]["origin"]["path"] == ISSUE

    change(root, ISSUE, 'reason = "Told by mail"\n', "")
    assert codes(check()) == [("error", "note.value"), ("warning", "evt.no-place")]


def test_people_read_what_is_silenced_and_why(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without_a_place(root)
    change(root, ISSUE, "+++\n\n", '[[silence]]\nrule = "evt.no-place"\nreason = "Told by mail"\n+++\n\n')
    run_guarded(["--workspace", str(root), "check", KEY, "--at", "2026-12-01"])
    said = capsys.readouterr()
    assert f"silenced: {TALK}:2: warning: " in said.err
    assert f"because: Told by mail ({ISSUE}:" in said.err
    assert said.out.endswith("1 info, 1 silenced\n")


def test_the_programs_that_matter_are_the_workspaces(check: Check, root: Path) -> None:
    change(
        root, "templates/shared/footer.mjml", "{% if personal %}", '<p style="aspect-ratio:2;">x</p>{% if personal %}'
    )
    assert codes(check()) == [("warning", "html.compat")]
    append(root, "config.toml", '\n[checks]\nclients = ["apple-mail", "outlok.windows"]\n')
    assert codes(check()) == [("warning", "settings.unknown-name")]


def test_a_domain_that_signs_for_another_is_told(check: Check, root: Path) -> None:
    append(root, "config.toml", '\n[checks]\ndkim_domain = "mail.example.net"\n')
    (found,) = check()
    assert (found["level"], found["code"]) == ("error", "hdr.from-align")
    change(root, "config.toml", "mail.example.net", "example.org")
    assert check() == []


def test_links_are_followed_where_that_is_set(check: Check, root: Path, site: CannedHttp, permit: None) -> None:
    """A link of the talk leads to a machine that stands for the world, and answers 404."""
    change(
        root, TALK, "register: https://data.example.org/register/missing-data-autumn", f"register: {site.url}/gone"
    )
    append(root, "config.toml", '\n[[checks.silence]]\nrule = "link.dead"\nwhere = "x"\nreason = "Elsewhere"\n')
    assert [one["code"] for one in check()] == ["link.local"], "what was not asked is not told as unused"
    assert site.requests == []

    followed = [one for one in check("--links") if str(site.url) in str(one["text"])]
    assert [one["code"] for one in followed] == ["link.local", "link.dead"]
    assert followed[1]["origin"]["path"] == TALK
    change(root, "config.toml", "\n[[checks.silence]]", "\n[checks]\nlinks = true\n[[checks.silence]]")
    assert {"link.dead", "silence.unused"} <= {one["code"] for one in check()}
