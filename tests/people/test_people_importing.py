"""Files of every make give the same people, and every line is accounted for with its number."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.workspace import ListSettings
from newsletter.people.importing.checking import Checker
from newsletter.people.importing.moments import read_moment
from newsletter.people.importing.profiles.documents import Suppressed
from newsletter.people.importing.reading import Reading, read_people
from newsletter.people.importing.record import Refused, Row

NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
LISTS = {"community": ListSettings(title="Common Hours", digests=("weekly", "monthly"), topics=("talks", "dives"))}
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


def read(text: str | bytes, path: str = "people.csv") -> Reading:
    data = text if isinstance(text, bytes) else text.encode()
    return read_people(lambda: io.BytesIO(data), path, Checker(LISTS, "community", NOW))


def lines(text: str | bytes) -> tuple[list[Row], list[Refused]]:
    found = list(read(text).lines)
    return [one for one in found if isinstance(one, Row)], [one for one in found if isinstance(one, Refused)]


def remarks(row: Row) -> tuple[str, ...]:
    return row.manner.remarks + row.remarks


def test_a_full_table_is_read() -> None:
    (mira, noor), _ = lines(FULL)
    assert (mira.line, mira.address, mira.name) == (2, "mira@example.org", "Mira Lund")
    assert mira.manner.choices[:2] == ("Europe/Berlin", 24)
    assert (mira.manner.choices.topics, mira.manner.choices.digests) == (("talks", "dives"), ("weekly", "monthly"))
    assert (noor.name, noor.manner.choices.topics, noor.manner.choices.digests) == ("Haddad, Noor", None, ())


@pytest.mark.parametrize(
    "data",
    [
        FULL.encode(),
        FULL.encode("utf-8-sig"),
        FULL.encode("utf-16"),
        FULL.encode("utf-16-be").join([b"\xfe\xff", b""]),
        FULL.replace("\n", "\r\n").encode(),
        FULL.replace("\n", "\r").encode(),
        b"\r\n,,,\r\n" + FULL.encode(),
        WITH_SEMICOLONS.encode(),
        b"sep=;\r\n" + WITH_SEMICOLONS.encode("cp1252"),
        WITH_SEMICOLONS.replace(";", "\t").encode("utf-16"),
    ],
    ids=["plain", "mark", "utf-16", "big-endian", "crlf", "cr", "blank", "semicolons", "excel", "tabs"],
)
def test_tables_of_all_makes_give_the_same_people(data: bytes) -> None:
    rows, refused = lines(data)
    assert ([row.address for row in rows], refused) == (["mira@example.org", "noor@example.org"], [])
    assert (rows[0].manner.choices.digests, rows[0].manner.choices.topics) == (
        ("weekly", "monthly"),
        ("talks", "dives"),
    )


def test_a_table_of_an_old_office_program_is_read_and_remarked() -> None:
    reading = read("email;name\njosé@example.org;x\nmira@example.org;Zoë Müller\n".encode("cp1252"))
    refused, mira = reading.lines
    assert isinstance(mira, Row)
    assert isinstance(refused, Refused)
    assert (mira.name, refused.line) == ("Zoë Müller", 2)
    assert "Windows-1252" in reading.remark


def test_a_character_that_is_wrong_at_the_very_end_is_found_too() -> None:
    before = b"email,name\n" + (b"mira@example.org," + b"M" * 150 + b"\n") * 7_000
    reading = read(before + "noor@example.org,Zoë\n".encode("cp1252"))
    assert "Windows-1252" in reading.remark
    *_, noor = reading.lines
    assert isinstance(noor, Row)
    assert noor.name == "Zoë"


def test_a_bare_column_of_addresses_needs_no_head() -> None:
    rows, _ = lines("mira@example.org\nnoor@example.org\n")
    assert [row.line for row in rows] == [1, 2]


def test_columns_that_are_not_ours_become_attributes_and_an_empty_cell_none() -> None:
    (mira, noor), _ = lines(
        "E-Mail Address,Full Name,Time_Zone,shoe size\nmira@example.org,M,Berlin,38\nnoor@example.org"
    )
    assert (mira.name, mira.manner.choices.timezone, mira.manner.attributes) == (
        "M",
        "Europe/Berlin",
        {"shoe size": "38"},
    )
    assert noor.manner.attributes == {}


def test_a_postal_address_beside_the_email_is_an_attribute() -> None:
    (mira,), _ = lines("address,email\n1 Shore Avenue,mira@example.org\n")
    assert (mira.address, mira.manner.attributes) == ("mira@example.org", {"address": "1 Shore Avenue"})


def test_every_line_is_accounted_for_with_its_number() -> None:
    rows, refused = lines(
        "email,name,state\n"
        "mira@example.org,Mira,\n"
        "not an address,Nobody,\n"
        '"noor@example.org","Noor\nHaddad",active\n'
        "left@example.org,Gone,unsubscribed\n"
        "\n"
        "a@example.org,too,many,cells\n"
        "short@example.org\n"
    )
    assert [(row.line, row.address, row.manner.standing) for row in rows] == [
        (2, "mira@example.org", "active"),
        (4, "noor@example.org", "active"),
        (6, "left@example.org", "left"),
        (9, "short@example.org", "active"),
    ]
    assert rows[1].name == "Noor Haddad"
    assert [(one.line, one.code) for one in refused] == [(3, "address"), (8, "cells")]


def test_what_is_odd_in_a_line_is_remarked_and_the_person_taken() -> None:
    rows, _ = lines(
        "email,timezone,clock,topics,digests,language,since\n"
        "info@example.org,Atlantis/Centre,13,talks yoga,daily weekly,Klingon,1/2/2024\n"
    )
    (mira,) = rows
    assert (mira.manner.choices.timezone, mira.manner.choices.clock, mira.manner.joined) == ("", 12, None)
    assert (mira.manner.choices.topics, mira.manner.choices.digests) == (("talks",), ("weekly",))
    words = ("role's", "1/2/2024", "Atlantis/Centre", "clock '13'", "Klingon", "yoga", "daily")
    assert all(any(word in remark for remark in remarks(mira)) for word in words)
    assert len(remarks(mira)) == len(words)


def test_a_language_is_read_as_the_nearest_there_is() -> None:
    rows, _ = lines("email,language\nmira@example.org,de-AT\nnoor@example.org,ar\n")
    assert [row.manner.choices.language for row in rows] == ["de", "ar"]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n\n , ,\n", "empty"),
        (b"name,age\nMira,3\n", "no column is called email"),
        (b"mira@example.org,Mira\nnoor@example.org,Noor\n", "first line holds an address"),
    ],
)
def test_a_file_that_is_no_table_of_people_says_what_is_missing(data: bytes, word: str) -> None:
    reading = read(data)
    assert list(reading.lines) == []
    assert word in reading.problem


def test_json_lines_that_are_none_are_refused_by_line() -> None:
    ours = '{"address": "a@example.org", "subscriptions": [{"list": "community", "state": "%s"}], "consents": [%s]}\n'
    strange = (
        ours % ("asleep", "") + ours % ("left", '{"list": "community", "action": "sung"}') + ours % ("left", "1")
    )
    _, refused = lines(strange + '{"suppression": {"reason": "bad weather"}}\n')
    assert [(one.line, one.code) for one in refused] == [(1, "json"), (2, "json"), (3, "json"), (4, "json")]
    _, refused = lines('{"email": "mira@example.org"}\nnonsense\n[1]\n{"name": "Noor"}\n{"email": "a@b"}\n')
    assert [(one.line, one.code) for one in refused] == [(2, "json"), (3, "json"), (4, "columns"), (5, "address")]


@given(
    st.binary(max_size=400)
    | st.text(max_size=400).map(lambda text: f"email,name\n{text}".encode(errors="replace"))
    | st.text(max_size=200).map(lambda text: f'{{"email": "a@example.org"}}\n{{{text}}}'.encode(errors="replace"))
)
def test_no_file_at_all_makes_it_fall_over(data: bytes) -> None:
    assert all(isinstance(one, Row | Refused | Suppressed) for one in read(data).lines)


def test_a_cell_that_is_too_large_stops_the_reading_with_a_line() -> None:
    rows, refused = lines("email,name\nmira@example.org,Mira\nnoor@example.org," + "x" * 200_000 + "\n")
    assert (len(rows), [one.code for one in refused]) == (1, ["csv"])


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-03-04 10:20:01", "2021-03-04T10:20:01+00:00"),
        ("2023-03-24 10:23:10 UTC", "2023-03-24T10:23:10+00:00"),
        ("2024-01-02 03:04:05 +0000 UTC", "2024-01-02T03:04:05+00:00"),
        ("2024-01-02 03:04:05.123456789 +0200 CEST", "2024-01-02T01:04:05.123456+00:00"),
        ("2022-02-03T04:05:06.789Z", "2022-02-03T04:05:06.789000+00:00"),
        ("2022-02-03", "2022-02-03T00:00:00+00:00"),
        ("1700000000", "2023-11-14T22:13:20+00:00"),
        ("1700000000000", "2023-11-14T22:13:20+00:00"),
    ],
)
def test_a_moment_is_read_as_programs_write_it(text: str, moment: str) -> None:
    found = read_moment(text)
    assert found is not None
    assert found.isoformat() == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "1/2/2024", "0000-00-00 00:00:00", "1970-01-01", "12", "9999999999999"]
)
def test_what_is_no_moment_is_none(text: str) -> None:
    found = read_moment(text)
    assert found is None or found > NOW
