import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.people import Consent, Subscriber, Subscription
from newsletter.model.workspace import ListSettings
from newsletter.people.cells import disarm, restore
from newsletter.people.exporting import to_csv, to_jsonl
from newsletter.people.importing.checking import Checker
from newsletter.people.importing.reading import read_people
from newsletter.people.importing.record import Row

NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
LISTS = {"community": ListSettings(title="Common Hours", digests=("weekly", "monthly"), topics=("talks", "dives"))}
#: A cell as somebody typed it, and as it stands in our CSV; what a spreadsheet would run gets an apostrophe.
FORMULAS = (
    ("=1+1", "'=1+1"),
    ('=HYPERLINK("http://x.example.org")', '\'=HYPERLINK("http://x.example.org")'),
    ("+49 431 1234", "'+49 431 1234"),
    ("-2+3", "'-2+3"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t=1"),
    ("\r=1", "'\r=1"),
    ("'=1", "''=1"),
    ("＝1+1", "'＝1+1"),
    ("a=1", "a=1"),
    ("O'Hara", "O'Hara"),
    ("", ""),
)


@pytest.mark.parametrize(("typed", "written"), FORMULAS)
def test_check_52_a_formula_is_neutralised_in_an_export_and_restored_by_an_import(typed: str, written: str) -> None:
    assert disarm(typed) == written
    assert restore(written) == typed


@given(st.text())
def test_any_cell_survives_being_disarmed(cell: str) -> None:
    assert restore(disarm(cell)) == cell
    assert disarm(cell)[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def members() -> list[tuple[Subscriber, Subscription]]:
    mira = Subscriber("s1", "mira@example.org", "=1+1", "Europe/Berlin", 24, attributes={"@city": "-Kiel"})
    noor = Subscriber("s2", "+noor@example.org", "Haddad, “Noor”", "", 12, "de", "compact", True, created_at=NOW)
    return [
        (mira, Subscription("s1", "community", ("weekly", "monthly"), ("talks",), "active", NOW)),
        (noor, Subscription("s2", "community", ("weekly",), (), "active", NOW)),
    ]


def test_what_is_exported_can_be_imported_and_no_cell_is_a_formula() -> None:
    table = "".join(to_csv(members(), ["@city"]))
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    found = read_people(lambda: io.BytesIO(table.encode()), "export.csv", Checker(LISTS, "", NOW))
    rows = list(found.lines)
    assert found.profile == "newsletter"
    for row, (person, membership) in zip(rows, members(), strict=True):
        assert isinstance(row, Row)
        assert (row.address, row.name, row.manner.list) == (person.address, person.name, membership.list)
        assert row.manner.choices == (
            person.timezone, person.clock, person.language, person.density, person.text_only, membership.topics,
            membership.digests, (),
        )  # fmt: skip
        assert (row.manner.attributes, row.manner.joined) == (person.attributes, NOW)


def test_the_whole_of_a_person_is_one_line_of_json() -> None:
    person, membership = members()[1]
    consent = Consent("f00d", "community", "added", NOW, "page", "Send me the digest.", "a\nfair", given_at=NOW)
    line = to_jsonl(person, [membership], [consent], "bounced")
    assert line.count("\n") == 1
    document = json.loads(line)
    assert (document["address"], document["name"]) == ("+noor@example.org", "Haddad, “Noor”")
    assert document["suppressed"] == {"reason": "bounced"}
    assert document["subscriptions"][0]["since"] == "2026-12-04T17:00:00+00:00"
    assert document["consents"][0]["given_at"] == "2026-12-04T17:00:00+00:00"
    assert "f00d" not in line
