"""Who did what, as the command line writes it down and tells it."""

import json
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from support_rows import inside, rows_of

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded
from newsletter.store import dialects
from newsletter.store.deed_tables import deed

AT = "2026-12-01T09:00"
KEY = "weekly-2026-12-04"
ADA = "ada.lovelace@mail.example.org"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which an operator did this and that at the command line."""
    root = tmp_path_factory.mktemp("accounting") / "lab"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOGNAME", "olga")
        init_workspace(root)
        for words in (
            ("draft", "weekly", "--at", AT),
            ("approve", KEY, "--by", "Sunita Rao"),
            ("revoke", KEY, "--by", "Sunita Rao"),
            ("subscribers", "add", ADA, "--list", "community"),
            ("subscribers", "show", ADA),
            ("subscribers", "list"),
            ("subscribers", "list", "--count"),
            ("subscribers", "change-address", ADA, f"new.{ADA}"),
            ("subscribers", "export"),
            ("subscribers", "remove", f"new.{ADA}", "--reason", f"{ADA} asked"),
            ("subscribers", "erase", f"new.{ADA}", "--yes"),
            ("subscribers", "suppress", "eve@mail.example.org"),
            ("store", "backup", str(root.parent / "one.backup")),
        ):
            assert run_guarded(["--workspace", str(root), *words]) in (0, None), words
    return root


def told(capsys: pytest.CaptureFixture[str], lab: Path, *words: str) -> list[dict[str, object]]:
    assert run_guarded(["--workspace", str(lab), "audit-log", "--json", *words]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_each_deed_stands_with_who_did_it(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, lab)
    assert [one["deed"] for one in found] == [
        "drafted", "approved", "revoked", "added", "revealed", "revealed", "address changed", "exported", "removed",
        "erased", "suppressed", "backed up",
    ]  # fmt: skip
    assert {one["who"] for one in found} == {"olga (command line)"}
    assert [one["number"] for one in found] == list(range(1, len(found) + 1))
    assert found[1]["subject"] == KEY
    assert "as Sunita Rao" in str(found[1]["detail"])


def test_no_address_stands_in_the_log(lab: Path) -> None:
    rows = str(rows_of(lab, "SELECT * FROM deed"))
    assert "@" not in rows
    assert "lovelace" not in rows


def test_lines_are_chosen_by_deed_by_who_and_by_what(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [one["deed"] for one in told(capsys, lab, "--issue", KEY)] == ["drafted", "approved", "revoked"]
    assert [one["deed"] for one in told(capsys, lab, "--deed", "erased")] == ["erased"]
    assert told(capsys, lab, "--actor", "schedule") == []
    assert told(capsys, lab, "--since", "2100-01-01") == []
    assert run_guarded(["--workspace", str(lab), "audit-log", "--deed", "stole"]) == 2


def behind_the_triggers(lab: Path, statement: str) -> None:
    with inside(lab) as connection, dialects.of(connection.dialect).without_triggers(connection, [deed]):
        connection.exec_driver_sql(statement)


def test_a_line_that_is_changed_or_taken_out_is_named(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verify = ["--workspace", str(lab), "audit-log", "--verify"]
    assert run_guarded(verify) == 0
    with pytest.raises(IntegrityError, match="append-only"), inside(lab) as connection:
        connection.exec_driver_sql("UPDATE deed SET actor = 'nobody' WHERE number = 6")
    behind_the_triggers(lab, "UPDATE deed SET actor = 'nobody' WHERE number = 6")
    capsys.readouterr()
    assert run_guarded(verify) == 1
    assert "line 6 is not as it was written; the 5 before it are" in capsys.readouterr().out
    behind_the_triggers(lab, "DELETE FROM deed WHERE number = 4")
    assert run_guarded(verify) == 1
    assert "line 4 is missing" in capsys.readouterr().out
