"""Mails to the list's own address: what people ask for is understood, and what programs send is passed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.people.mail_commands import JOIN, LEAVE, MailCommand, read_command

OWN = ("hours@news.example.org",)
LISTS = ("community", "staff")
ADA = "ada@mail.example.org"


def mail(subject: str = "join", body: str = "", **headers: str) -> bytes:
    fields = {"From": f"Ada <{ADA}>", "To": OWN[0], "Subject": subject} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = [f"{name}: {value}" for name, value in fields.items() if value]
    return "\r\n".join([*lines, "Content-Type: text/plain; charset=utf-8", "", body, ""]).encode()


def read(raw: bytes) -> MailCommand:
    return read_command(raw, OWN, LISTS)


@pytest.mark.parametrize(
    ("raw", "asked"),
    [
        (mail("join"), MailCommand("join", ADA)),
        (mail("SUBSCRIBE staff"), MailCommand("join", ADA, "staff")),
        (mail("Re: Unsubscribe"), MailCommand("leave", ADA)),
        (mail("leave Community"), MailCommand("leave", ADA, "community")),
        (mail("leave aToken_-1"), MailCommand("leave", ADA, "", "aToken_-1")),
        (mail("", "\n  abmelden.\nviele Grüße"), MailCommand("leave", ADA)),
        (mail("=?utf-8?q?d=C3=A9sinscription?="), MailCommand("leave", ADA)),
    ],
)
def test_what_a_person_asks_for_is_understood(raw: bytes, asked: MailCommand) -> None:
    assert read(raw) == asked


@pytest.mark.parametrize(
    "raw",
    [
        mail("Out of office"),
        mail("Please tell me when I can join"),
        mail(Auto_Submitted="auto-replied"),
        mail(Auto_Submitted="auto-generated; type=vacation"),
        mail(Precedence="bulk"),
        mail(List_Id="<x.example.org>"),
        mail(X_Loop="yes"),
        mail(X_Auto_Response_Suppress="All"),
        mail(Return_Path="<>"),
        mail(From="MAILER-DAEMON@mail.example.org"),
        mail(From="no-reply@mail.example.org"),
        mail(From="list-bounces@mail.example.org"),
        mail(From=f"Common Hours <{OWN[0].upper()}>"),
        mail(From="a@example.org, b@example.org"),
        mail(From=""),
        mail(From="nobody"),
        b"",
        b"\xff\xfe\x00garbage",
    ],
)
def test_what_programs_send_and_what_asks_for_nothing_is_passed_over(raw: bytes) -> None:
    found = read(raw)
    assert (found.kind, bool(found.why)) == ("pass", True)


def test_a_report_that_repeats_a_request_is_passed_over() -> None:
    report = mail("join").replace(b"text/plain; charset=utf-8", b'multipart/report; boundary="x"')
    assert read(report).kind == "pass"


def test_an_answer_of_no_machine_says_so_and_is_read() -> None:
    assert read(mail(Auto_Submitted="no")).kind == "join"


@given(st.binary(max_size=300))
def test_no_bytes_are_too_odd_to_read(noise: bytes) -> None:
    assert read(noise).kind in ("join", "leave", "pass")
    assert read(mail("join") + noise).kind in ("join", "leave", "pass")


def test_no_word_asks_for_both() -> None:
    assert not set(JOIN) & set(LEAVE)
