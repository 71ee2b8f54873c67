"""Findings as code hosts read them: beside their line where there is one, and never broken out of."""

import json

from hypothesis import given
from hypothesis import strategies as st

from newsletter.checks.annotations import github, sarif
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

    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["E-DATE", "note.value", "html.size"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "error"]
    assert "region" not in run["results"][1]["locations"][0]["physicalLocation"]
    assert "locations" not in run["results"][2]


def test_an_address_is_no_file_of_the_repository() -> None:
    for path in ("https://example.org/lab.ics", "/etc/passwd.txt", "../other/a.md", ""):
        problem = Problem("error", "E-ICS", "broken", Origin("calendar", path, 3))
        assert "file=" not in next(github((problem,)))
        assert "locations" not in sarif((problem,))["runs"][0]["results"][0]


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_text_begins_a_command_of_its_own(text: str, path: str, code: str) -> None:
    (line,) = github((Problem("error", code, text, Origin("site", path, 1)),))

    assert not {"\n", "\r"} & set(line)
    assert line.startswith("::error ")
    properties = line.removeprefix("::error ").partition("::")[0]
    assert properties.count(",") == properties.count("=") - 1 or "=" in path + code
