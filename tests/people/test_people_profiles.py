"""Every program's export is known by its columns, and read in the exact layout that program writes."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.model.workspace import ListSettings
from newsletter.people.importing.cell_values import tags_of
from newsletter.people.importing.checking import Checker
from newsletter.people.importing.profiles import TABLES
from newsletter.people.importing.reading import Reading, read_people
from newsletter.people.importing.recognising import LINES
from newsletter.people.importing.record import Refused, Row

FILES = Path(__file__).parents[1] / "data" / "imports"
NOW = datetime(2026, 12, 4, 17, tzinfo=UTC)
LISTS = {"community": ListSettings(title="Common Hours", digests=("weekly", "monthly"), topics=("talks", "dives"))}
CHECKER = Checker(LISTS, "community", NOW)

#: File, profile, and for each of its people how they stand and since when, as the file says it.
EXPORTS: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("mailchimp_subscribed.csv", "mailchimp", (("mira", "active", "2021-03-04"), ("noor", "active", "2020-11-30"))),
    ("mailchimp_unsubscribed.csv", "mailchimp-unsubscribed", (("joaquin", "left", "2022-06-01"),)),
    ("mailchimp_cleaned.csv", "mailchimp-cleaned", (("leilani", "bounced", "2021-02-03"),)),
    ("substack.csv", "substack", (("mira", "active", "2022-02-03"), ("noor", "left", ""))),
    ("substack_paid.csv", "substack-paid", (("mira", "active", ""),)),
    (
        "ghost.csv",
        "ghost",
        (("mira", "active", "2022-05-06"), ("noor", "left", ""), ("joaquin", "left", "2023-01-01")),
    ),
    (
        "buttondown.csv",
        "buttondown",
        (
            ("mira", "active", "2022-07-08"),
            ("noor", "unconfirmed", ""),
            ("joaquin", "left", "2023-02-02"),
            ("leilani", "bounced", ""),
            ("siobhan", "complained", ""),
            ("tomasz", "blocked", ""),
        ),
    ),
    (
        "listmonk.csv",
        "listmonk",
        (("mira", "active", "2024-01-02"), ("noor", "left", ""), ("joaquin", "blocked", "")),
    ),
    ("mailman.txt", "mailman", (("mira", "active", ""), ("noor", "active", ""), ("joaquin", "active", ""))),
    ("keila.csv", "keila", (("mira", "active", ""), ("noor", "left", ""), ("joaquin", "bounced", ""))),
    (
        "beehiiv.csv",
        "beehiiv",
        (("mira", "active", "2023-03-24"), ("noor", "left", "2023-06-01"), ("joaquin", "unconfirmed", "")),
    ),
    ("mailcoach.csv", "mailcoach", (("mira", "active", ""), ("noor", "active", ""))),
    ("sendgrid_contacts.csv", "sendgrid", (("mira", "active", "2023-04-05"),)),
    ("sendgrid_bounces.csv", "sendgrid-bounces", (("leilani", "bounced", "2023-11-14"),)),
    ("sendgrid_blocks.csv", "sendgrid-blocks", (("mira", "passed", "2023-11-14"),)),
    ("sendgrid_spam_reports.csv", "sendgrid-spam-reports", (("siobhan", "complained", "2023-11-14"),)),
    ("sendgrid_invalid.csv", "sendgrid-invalid", (("tomasz", "bounced", "2023-11-14"),)),
    ("sendgrid_unsubscribes.csv", "sendgrid-unsubscribes", (("noor", "left", "2023-11-14"),)),
    ("plain.tsv", "plain", (("mira", "active", ""), ("noor", "active", ""))),
    ("plain.jsonl", "jsonl", (("mira", "active", ""), ("noor", "left", ""))),
)


def read(data: bytes, path: str = "people.csv", profile: str = "") -> Reading:
    return read_people(lambda: io.BytesIO(data), path, CHECKER, profile)


def rows(reading: Reading) -> list[Row]:
    return [one for one in reading.lines if isinstance(one, Row)]


def of(name: str) -> Reading:
    return read((FILES / name).read_bytes(), name)


def first(name: str) -> Row:
    return rows(of(name))[0]


@pytest.mark.parametrize(("file", "profile", "people"), EXPORTS, ids=[one[0] for one in EXPORTS])
def test_an_export_is_known_by_its_columns_and_says_how_everybody_stands(
    file: str, profile: str, people: tuple[tuple[str, str, str], ...]
) -> None:
    reading = of(file)
    assert (reading.problem, reading.profile) == ("", profile)
    found = [
        (one.key.partition(".")[0], one.manner.standing, f"{moment:%Y-%m-%d}" if moment else "")
        for one in rows(reading)
        for moment in [one.manner.joined if one.manner.standing == "active" else one.manner.ended]
    ]
    assert found == [(name, standing, day) for name, standing, day in people]


def test_no_profile_is_without_a_file_of_its_layout() -> None:
    known = {one.name for one in TABLES if one.name != "newsletter"} | set(LINES)
    assert {profile for _, profile, _ in EXPORTS} == known


def test_mailchimps_columns_are_known_in_any_language_and_its_zone_is_the_readers() -> None:
    mira = first("mailchimp_subscribed.csv")
    assert (mira.address, mira.name, mira.manner.choices.timezone) == (
        "mira.lund@example.org",
        "Mira Lund",
        "Europe/Berlin",
    )
    assert mira.manner.joined == datetime(2021, 3, 4, 10, 20, 1, tzinfo=UTC)
    assert mira.manner.attributes["TAGS"] == ["Editors", "Talks, long"]
    assert (mira.manner.attributes["Firma"], mira.manner.attributes["OPTIN_IP"]) == ("Kieler Labor", "192.0.2.17")


def test_the_first_column_that_holds_addresses_is_the_address_whatever_it_is_called() -> None:
    data = (FILES / "mailchimp_subscribed.csv").read_bytes().replace(b"Emailadresse", "Sähkö".encode(), 1)
    reading = read(data)
    assert (reading.profile, rows(reading)[0].key) == ("mailchimp", "mira.lund@example.org")


def test_who_asked_substack_to_be_forgotten_is_not_taken() -> None:
    (refused,) = [one for one in of("substack.csv").lines if isinstance(one, Refused)]
    assert (refused.line, "forgotten" in refused.text) == (4, True)


def test_documents_in_a_cell_become_attributes() -> None:
    assert first("buttondown.csv").manner.attributes | {} == {
        "id": "0e1f",
        "secondary_id": "1",
        "referrer_url": "https://www.example.org/",
        "ip_address": "192.0.2.1",
        "tags": ["talks", "board"],
        "staff": "true",
        "seats": 2,
    }
    assert first("listmonk.csv").manner.attributes["seats"] == 2
    assert first("keila.csv").manner.attributes["tags"] == ["talks"]
    assert first("ghost.csv").manner.attributes["labels"] == ["Talks", "Board"]
    assert first("plain.jsonl").manner.attributes == {"seats": 2, "tags": ["talks"]}


@pytest.mark.parametrize(
    ("cell", "tags"),
    [("a;b", ["a", "b"]), ('"a, b","c"', ["a, b", "c"]), ("a\nb, c", ["a b", "c"]), ('"', []), (";", [])],
)
def test_tags_are_a_list_however_they_are_written(cell: str, tags: list[str]) -> None:
    assert tags_of(cell) == tags


def test_a_dictionary_of_python_is_read_and_never_run() -> None:
    told = "{'a': __import__('os').getcwd()}"
    data = (FILES / "buttondown.csv").read_text(encoding="utf-8").replace("{'staff': 'true', 'seats': 2}", told)
    assert rows(read(data.encode()))[0].manner.attributes["data"] == told


def test_mailmans_display_names_may_hold_commas() -> None:
    assert [one.name for one in rows(of("mailman.txt"))] == ["Mira Lund", "Haddad, Noor", ""]


def test_bounces_and_blocks_have_the_same_columns_so_a_file_without_a_telling_name_is_not_guessed() -> None:
    data = (FILES / "sendgrid_bounces.csv").read_bytes()
    reading = read(data, "export.csv")
    assert reading.candidates == ("sendgrid-bounces", "sendgrid-blocks")
    assert "say which" in reading.problem
    assert rows(read(data, "export.csv", "sendgrid-bounces"))[0].manner.standing == "bounced"
    assert rows(read(data, "export.csv", "sendgrid-blocks"))[0].manner.standing == "passed"


def test_a_table_that_may_be_people_or_their_unsubscribes_is_not_guessed_either() -> None:
    data = (FILES / "sendgrid_unsubscribes.csv").read_bytes()
    assert read(data, "people.csv").candidates == ("sendgrid-unsubscribes", "plain")
    assert rows(read(data, "people.csv", "plain"))[0].manner.standing == "active"


def test_a_profile_that_does_not_fit_says_what_is_missing() -> None:
    assert read(b"email,name\n", profile="mailchimp-cleaned").problem.endswith("the column 'clean time' is missing")


def test_how_everybody_stands_can_be_said_of_a_file_that_does_not() -> None:
    checker = Checker(LISTS, "community", NOW, everybody="left")
    reading = read_people(lambda: io.BytesIO(b"mira@example.org\n"), "nomail.txt", checker)
    assert [one.manner.standing for one in rows(reading)] == ["left"]


def test_a_status_in_no_word_we_know_is_refused_and_not_taken_for_yes() -> None:
    (refused,) = read(b"email,state\nmira@example.org,WA\n").lines
    assert isinstance(refused, Refused)
    assert "'WA'" in refused.text
