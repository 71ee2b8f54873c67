"""Subscribers from the command line: every line of a file accounted for, and nobody shown as what they are not."""

import json
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    init_workspace(tmp_path / "ws")

    def newsletter(*arguments: str) -> tuple[int, str, str]:
        code = run_guarded(["--workspace", str(tmp_path / "ws"), "subscribers", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    newsletter.example = str(tmp_path / "ws/subscribers/example.csv")  # type: ignore[attr-defined]
    return newsletter


def states(run) -> dict[str, str]:
    return {row["address"]: row["state"] for row in json.loads(run("list", "--json")[1])}


def test_a_dry_run_decides_everything_and_writes_nothing(run) -> None:
    code, out, _ = run("import", run.example, "--dry-run")
    assert (code, "nothing was written" in out) == (0, True)
    assert states(run) == {}


def test_importing_twice_brings_nobody_in_twice_and_nobody_back_who_left(run) -> None:
    run("import", run.example)
    assert len(states(run)) == 8
    assert run("remove", "noor.haddad@example.org", "--reason", "asked by phone")[0] == 0
    code, _, err = run("import", run.example)
    assert code == 0
    assert "noor.haddad@example.org" in err
    assert states(run)["noor.haddad@example.org"] == "left"
    assert sum(state == "active" for state in states(run).values()) == 7


def test_a_suppressed_address_is_not_shown_as_active(run) -> None:
    run("import", run.example)
    run("suppress", "haruka.mori@example.org", "--reason", "hard bounce")
    assert states(run)["haruka.mori@example.org"] == "suppressed"
    assert "7 of 8 active" in run("list")[1]
    assert "suppressed" in run("show", "haruka.mori@example.org")[1]


def test_an_address_is_changed_and_the_choices_stay(run) -> None:
    run("add", "ada@example.org", "--timezone", "Europe/Berlin", "--clock", "24", "--digest", "weekly")
    assert run("change-address", "ada@example.org", "ada.l@example.org")[0] == 0
    assert states(run) == {"ada.l@example.org": "active"}
    assert "Europe/Berlin" in run("list")[1]


def test_what_is_exported_can_be_imported(run, tmp_path: Path) -> None:
    run("import", run.example)
    file = tmp_path / "export.csv"
    file.write_text(run("export")[1], encoding="utf-8", newline="")
    code, out, _ = run("import", str(file), "--dry-run")
    assert code == 0
    assert "known already" in out
    assert " 8" in next(line for line in out.splitlines() if "known already" in line)


def test_the_account_is_one_document_of_every_line_whether_rehearsed_or_not(run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,state\nmira@example.org,\nbad,\nleft@example.org,unsubscribed\ninfo@example.org,\n")
    told = [json.loads(run("import", str(file), "--json", *more)[1]) for more in (("--dry-run",), ())]
    assert [one["lines"] for one in told] == [told[0]["lines"]] * 2
    assert [(one["line"], one["outcome"]) for one in told[0]["lines"]] == [
        (2, "new"), (3, "invalid"), (4, "ended"), (5, "new"),
    ]  # fmt: skip
    assert (told[0]["rows"], sum(told[0]["counts"].values()), told[0]["profile"]) == (4, 4, "plain")
    assert "role's" in told[0]["lines"][3]["remarks"][0]
    assert states(run) == {"mira@example.org": "active", "left@example.org": "left", "info@example.org": "active"}


def test_a_file_that_may_be_of_several_programs_is_told_with_their_names(run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("status,reason,email,created\n5.1.1,gone,mira@example.org,1700000000\n")
    code, _, err = run("import", str(file))
    assert (code, "sendgrid-bounces, sendgrid-blocks" in err) == (1, True)
    code, out, _ = run("import", str(file), "--json")
    assert (code, json.loads(out)["candidates"]) == (1, ["sendgrid-bounces", "sendgrid-blocks"])
    code, out, _ = run("import", str(file), "--profile", "sendgrid-bounces")
    assert (code, "SendGrid, bounces (sendgrid-bounces)" in out) == (0, True)


def test_what_an_import_brought_is_shown_with_the_day_somebody_agreed(run) -> None:
    exports = Path(__file__).parents[1] / "data" / "imports"
    run("import", str(exports / "mailchimp_subscribed.csv"))
    shown = run("show", "mira.lund@example.org")[1]
    assert all(words in shown for words in ("imported", "2021-03-04", "OPTIN_IP", "192.0.2.17", "Kieler Labor"))


def test_an_address_of_a_role_is_added_and_remarked(run) -> None:
    code, out, err = run("add", "Info@example.org")
    assert (code, "active" in out, "role's" in err) == (0, True, True)


def test_a_segment_is_counted_listed_and_exported(run) -> None:
    run("import", run.example)
    where = "zone=Europe/* and digest=monthly"
    assert run("list", "--where", where, "--count")[1] == "1\n"
    assert [row["address"] for row in json.loads(run("list", "--where", where, "--json")[1])] == [
        "tomasz.wilk@example.org"
    ]
    assert json.loads(run("list", "--state", "left", "--json")[1]) == []
    assert len(run("export", "--where", where)[1].splitlines()) == 2
    assert json.loads(run("export", "--where", where, "--jsonl")[1])["address"] == "tomasz.wilk@example.org"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("list", "--where", "shoe=38"), "there is no field 'shoe'"),
        (("add", "not an address"), "not an address"),
        (("add", "a@example.org", "--timezone", "Mars"), "'Mars'"),
        (("add", "a@example.org", "--topic", "cats"), "topic 'cats' is not one of"),
        (("show", "nobody@example.org"), "nobody has the address"),
        (("import", "/nowhere.csv"), "/nowhere.csv"),
    ],
)
def test_what_cannot_be_done_is_said(run, arguments: tuple[str, ...], words: str) -> None:
    code, _, err = run(*arguments)
    assert code != 0
    assert words in err


def test_by_hand_a_reason_is_kept_for_a_new_address_and_for_taking_somebody_off(run) -> None:
    run("add", "ada@example.org")
    run("change-address", "ada@example.org", "ada.l@example.org", "--reason", "asked at the desk")
    run("remove", "ada.l@example.org", "--reason", "moved away")
    line = next(line for line in run("export", "--jsonl")[1].splitlines() if "ada.l" in line)
    told = [(one["action"], one["detail"]) for one in json.loads(line)["consents"]]
    assert told == [("added", ""), ("moved", "asked at the desk"), ("removed", "moved away")]


def test_erasing_says_what_it_looked_through_and_what_is_for_the_operator(run) -> None:
    run("add", "ada@example.org")
    code, out, _ = run("erase", "ada@example.org", "--yes")
    assert code == 0
    for words in ("ada@example.org: erased", "outbox", "backups"):
        assert words in out
    assert ("in none of them" in out) != ("overwrites what was deleted" in out), "it is a file, or a database"
    assert states(run) == {}
    code, _, err = run("add", "ada@example.org")
    assert (code, "suppressed (erased)" in err) == (1, True)
    code, out, _ = run("erase", "ada@example.org", "--yes")
    assert (code, "nobody had this address" in out) == (0, True)
