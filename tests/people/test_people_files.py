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
from newsletter.people.importing import ImportFile, read_import

LIST = ListSettings(title="Common Hours", digests=("weekly", "monthly"), topics=("talks", "dives"))
NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
FULL = """\
email,name,timezone,clock,topics,digests
mira@example.org,Mira Lund,Europe/Berlin,24,talks;dives,weekly;monthly
noor@example.org,"Haddad, Noor",,,,
"""
WITH_SEMICOLONS = """\
email;name;timezone;clock;topics;digests
mira@example.org;Mira Lund;Europe/Berlin;24;talks, dives;weekly|monthly
noor@example.org;Haddad, Noor;;;;
"""


def read(text: str | bytes) -> ImportFile:
    return read_import(text if isinstance(text, bytes) else text.encode(), "people.csv", LIST)


def lines(problems: tuple[object, ...]) -> list[int | None]:
    return [problem.origin.line for problem in problems]  # type: ignore[attr-defined]  # all are Problems


def test_a_full_table_is_read() -> None:
    mira, noor = read(FULL).rows
    assert (mira.line, mira.address, mira.name, mira.timezone, mira.clock) == (
        2,
        "mira@example.org",
        "Mira Lund",
        "Europe/Berlin",
        24,
    )
    assert (mira.topics, mira.digests) == (("talks", "dives"), ("weekly", "monthly"))
    assert (noor.name, noor.timezone, noor.clock, noor.topics, noor.digests) == ("Haddad, Noor", "", 12, None, ())


@pytest.mark.parametrize(
    "data",
    [
        FULL.encode(),
        FULL.encode("utf-8-sig"),
        FULL.encode("utf-16"),
        FULL.replace("\n", "\r\n").encode(),
        FULL.replace("\n", "\r").encode(),
        WITH_SEMICOLONS.encode(),
        WITH_SEMICOLONS.replace(";", "\t").encode(),
    ],
    ids=["plain", "mark", "utf-16", "crlf", "cr", "semicolons", "tabs"],
)
def test_tables_of_all_makes_give_the_same_people(data: bytes) -> None:
    found = read(data)
    assert [row.address for row in found.rows] == ["mira@example.org", "noor@example.org"]
    assert found.rows[0].digests == ("weekly", "monthly")
    assert found.rows[0].topics == ("talks", "dives")


def test_a_table_of_an_old_office_program_is_read_and_remarked() -> None:
    found = read("email;name\njosé@example.org;x\nmira@example.org;Zoë Müller\n".encode("cp1252"))
    assert found.rows[0].name == "Zoë Müller"
    assert [problem.code for problem in found.remarks] == ["import.encoding"]
    assert lines(found.invalid) == [2]


def test_a_bare_column_of_addresses_needs_no_head() -> None:
    assert [row.line for row in read("mira@example.org\nnoor@example.org\n").rows] == [1, 2]


def test_heads_of_other_programs_are_understood() -> None:
    found = read("E-Mail Address,Full Name,Time_Zone,shoe size\nmira@example.org,Mira,Berlin,38\n")
    assert (found.rows[0].name, found.rows[0].timezone) == ("Mira", "Europe/Berlin")
    assert [problem.text for problem in found.remarks] == ["column 'shoe size' is not known and is passed over"]


def test_every_line_is_accounted_for_with_its_number() -> None:
    found = read(
        "email,name,state\n"
        "mira@example.org,Mira,\n"
        "not an address,Nobody,\n"
        '"noor@example.org","Noor\nHaddad",active\n'
        "MIRA@example.org,Mira again,\n"
        "left@example.org,Gone,unsubscribed\n"
        "\n"
        "a@example.org,too,many,cells\n"
        "short@example.org\n"
    )
    assert [(row.line, row.address) for row in found.rows] == [
        (2, "mira@example.org"),
        (4, "noor@example.org"),
        (10, "short@example.org"),
    ]
    assert found.rows[1].name == "Noor Haddad"
    assert lines(found.invalid) == [3, 9]
    assert lines(found.duplicates) == [6]
    assert lines(found.not_active) == [7]


def test_what_is_odd_in_a_line_is_remarked_and_the_person_taken() -> None:
    found = read("email,timezone,clock,topics,digests\nmira@example.org,Atlantis/Centre,13,talks yoga,daily weekly\n")
    assert sorted(problem.code for problem in found.remarks) == [
        "import.clock",
        "import.digest",
        "import.timezone",
        "import.topic",
    ]
    (mira,) = found.rows
    assert (mira.timezone, mira.clock, mira.topics, mira.digests) == ("", 12, ("talks",), ("weekly",))


def test_a_language_is_read_as_the_nearest_there_is() -> None:
    found = read("email,language\nmira@example.org,de-AT\nnoor@example.org,ar\nwei@example.org,Klingon\n")
    assert [row.language for row in found.rows] == ["de", "ar", ""]
    (remark,) = found.remarks
    assert (remark.code, remark.origin.line) == ("import.language", 4)
    assert "en, ar, de, es, fr, ja" in remark.text


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"", "empty"), (b"\xef\xbb\xbf", "empty"), (b"name,age\nMira,3\n", "no column is called email")],
)
def test_a_file_without_addresses_says_what_is_missing(data: bytes, word: str) -> None:
    found = read(data)
    assert found.rows == ()
    assert word in found.invalid[0].text


@given(
    st.binary(max_size=400) | st.text(max_size=400).map(lambda text: f"email,name\n{text}".encode(errors="replace"))
)
def test_no_file_at_all_makes_it_fall_over(data: bytes) -> None:
    read(data)


def test_a_cell_that_is_too_large_stops_the_reading_with_a_line() -> None:
    found = read("email,name\nmira@example.org,Mira\nnoor@example.org," + "x" * 200_000 + "\n")
    assert len(found.rows) == 1
    assert [problem.code for problem in found.invalid] == ["import.csv"]


@given(st.text())
def test_any_cell_survives_being_disarmed(cell: str) -> None:
    assert restore(disarm(cell)) == cell
    assert disarm(cell)[:1] not in ("=", "+", "-", "@", "\t", "\r")


def members() -> list[tuple[Subscriber, Subscription]]:
    mira = Subscriber("s1", "mira@example.org", '=HYPERLINK("http://x.example.org")', "Europe/Berlin", 24)
    noor = Subscriber("s2", "+noor@example.org", "Haddad, “Noor”", created_at=NOW)
    return [
        (mira, Subscription("s1", "community", ("weekly", "monthly"), ("talks",), "active", NOW)),
        (noor, Subscription("s2", "community", ("weekly",), (), "active", NOW)),
    ]


def test_what_is_exported_can_be_imported_and_no_cell_is_a_formula() -> None:
    table = "".join(to_csv(members()))
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    found = read(table)
    assert (found.invalid, found.remarks, found.duplicates) == ((), (), ())
    for row, (person, membership) in zip(found.rows, members(), strict=True):
        assert (row.address, row.name, row.timezone, row.clock) == (
            person.address,
            person.name,
            person.timezone,
            person.clock,
        )
        assert (row.topics, row.digests) == (membership.topics, membership.digests)


def test_the_whole_of_a_person_is_one_line_of_json() -> None:
    person, membership = members()[1]
    consent = Consent("f00d", "community", "added", NOW, "page", "Send me the digest.", "from a\nmeeting")
    line = to_jsonl(person, [membership], [consent])
    assert line.count("\n") == 1
    document = json.loads(line)
    assert document["address"] == "+noor@example.org"
    assert document["name"] == "Haddad, “Noor”"
    assert document["subscriptions"][0] == {
        "list": "community",
        "digests": ["weekly"],
        "topics": [],
        "state": "active",
        "since": "2026-12-04T17:00:00+00:00",
    }
    assert document["consents"][0]["text"] == "Send me the digest."
    assert "f00d" not in line
