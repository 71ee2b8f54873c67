"""Findings as code hosts read them: beside their line where there is one, and never broken out of."""

import json

from hypothesis import given
from hypothesis import strategies as st

from newsletter.checks.annotations import github, sarif
from newsletter.checks.silencing import Silenced
from newsletter.model.editing import Silence
from newsletter.model.problem import Origin, Problem

HELD = Problem("error", "E-DATE", "100% wrong:\nlook, please", Origin("site", "content/a b.md", 7))
WHOLE = Problem("warning", "note.value", "no line", Origin("issue", "issues/weekly-2026-12-04.md"))
MAIL = Problem("info", "html.size", "large", Origin("mail", "html part"))


def test_a_finding_stands_beside_its_line_on_github() -> None:
    assert list(github((HELD, WHOLE, MAIL))) == [
        "::error file=content/a b.md,line=7,title=E-DATE::100%25 wrong:%0Alook, please",
        "::warning file=issues/weekly-2026-12-04.md,line=1,title=note.value::no line",
        "::notice title=html.size::html part: large",
    ]


def test_paths_hang_from_the_repository_and_not_from_the_workspace() -> None:
    (line,) = github((HELD,), "communities/lab")
    assert line.startswith("::error file=communities/lab/content/a b.md,line=7,")
    (result,) = sarif((HELD,), "communities/lab")["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "communities/lab/content/a%20b.md"}, "region": {"startLine": 7}}


def test_a_sarif_log_names_every_rule_it_uses() -> None:
    log = json.loads(json.dumps(sarif((HELD, WHOLE, MAIL, HELD))))
    (run,) = log["runs"]

    rules = run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in rules] == ["E-DATE", "note.value", "html.size"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "error"]
    assert "region" not in run["results"][1]["locations"][0]["physicalLocation"]
    assert run["results"][2]["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "html part"}]}]
    assert [rules[one["ruleIndex"]]["id"] for one in run["results"]] == [one["ruleId"] for one in run["results"]]
    assert rules[2]["help"]["text"]
    assert rules[2]["defaultConfiguration"] == {"level": "error"}


def test_a_sarif_log_says_what_is_silenced_and_why() -> None:
    quiet = Silenced(WHOLE, Silence("note.value", "It is short on purpose", Origin("settings", "config.toml", 9)))
    first, second = sarif((HELD,), silenced=(quiet,))["runs"][0]["results"]

    assert "suppressions" not in first
    assert second["ruleId"] == "note.value"
    (suppression,) = second["suppressions"]
    assert suppression["kind"] == "external"
    assert suppression["justification"] == "It is short on purpose (config.toml:9)"


def test_github_is_told_what_is_silenced_as_a_notice() -> None:
    quiet = Silenced(WHOLE, Silence("note.value", "On purpose", Origin("settings", "config.toml", 9)))
    (line,) = github((), silenced=(quiet,))
    assert line == (
        "::notice file=issues/weekly-2026-12-04.md,line=1,title=note.value::no line (silenced: On purpose)"
    )


def test_a_finding_in_the_mail_names_its_element() -> None:
    found = Problem("error", "a11y.alt", "no alt text", Origin("mail", "html part"), '<img src="a.png">')
    assert next(github((found,))).endswith('::html part, <img src="a.png">: no alt text')
    (result,) = sarif((found,))["runs"][0]["results"]
    assert result["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": 'html part, <img src="a.png">'}]


def test_an_address_is_no_file_of_the_repository() -> None:
    for path in ("https://example.org/lab.ics", "/etc/passwd.txt", "../other/a.md", ""):
        problem = Problem("error", "E-ICS", "broken", Origin("calendar", path, 3))
        assert "file=" not in next(github((problem,)))
        places = sarif((problem,))["runs"][0]["results"][0].get("locations", [])
        assert all("physicalLocation" not in place for place in places)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_text_begins_a_command_of_its_own(text: str, path: str, code: str) -> None:
    (line,) = github((Problem("error", code, text, Origin("site", path, 1)),))

    assert not {"\n", "\r"} & set(line)
    assert line.startswith("::error ")
    properties = line.removeprefix("::error ").partition("::")[0]
    assert properties.count(",") == properties.count("=") - 1 or "=" in path + code
