"""The bytes on the wire, against the standards (RFC 5322, 2045, 2047, 2919, 8058) and by a standard-library parse."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from render_builders import a_draft, a_row, an_issue

from newsletter.model.issue import Choices, Draft
from newsletter.model.mail import SlotRef, fill_mime, message_bytes
from newsletter.model.workspace import ListSettings
from newsletter.render.edition import render
from newsletter.render.headers import header_lines, list_id
from newsletter.render.mime import quoted

pytestmark = pytest.mark.no_cover  # other tests cover its lines

AT = datetime(2026, 12, 4, 17, tzinfo=UTC)


def raw_mail(**row: str) -> bytes:
    return message_bytes(render(an_issue(), a_draft()), a_row(**row), AT)


def parse(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def head(raw: bytes) -> list[bytes]:
    return raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")


def test_a_mail_has_each_header_once() -> None:
    message = parse(raw_mail())
    names = [name.lower() for name in message.keys()]  # noqa: SIM118 - keys() repeats a header that stands twice
    assert sorted(names) == sorted(set(names))
    assert dict(message.items()) == {
        "Date": "Fri, 04 Dec 2026 17:00:00 +0000",
        "To": "ada@example.org",
        "Message-ID": "<d1@news.example.org>",
        "List-Unsubscribe": "<https://news.example.org/u/tokenForAda>",
        "From": "Common Hours <hours@news.example.org>",
        "Reply-To": "data@example.org",
        "Subject": "Pipelines on Tuesday, datathon on Friday",
        "List-Id": "Common Hours <community.data-lab.news.example.org>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Help": "<mailto:data@example.org>",
        "Precedence": "bulk",
        "Feedback-ID": "weekly-2026-12-04:digest:data-lab:newsltr",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }


def test_nobody_is_asked_to_reply_where_nobody_reads() -> None:
    message = parse(message_bytes(render(an_issue(), a_draft(reply_to="")), a_row(), AT))
    assert message["Reply-To"] is None
    assert "a person reads it" not in message.as_string()


def test_text_comes_first_and_html_last() -> None:
    message = parse(raw_mail())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert not message.defects
    assert all(not part.defects for part in message.walk())


def test_a_text_only_reader_gets_a_single_part() -> None:
    issue = an_issue(choices=Choices("America/Los_Angeles", text_only=True))
    edition = render(issue, a_draft())
    message = parse(message_bytes(edition, a_row(), AT))
    assert edition.html == ()
    assert message.get_content_type() == "text/plain"
    assert "https://news.example.org/u/tokenForAda" in message.get_content()


@given(token=st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_", max_size=900))
@settings(max_examples=40, deadline=None)
def test_list_unsubscribe_is_one_raw_line_however_long_the_token(token: str) -> None:
    url = f"https://news.example.org/u/{token}"
    raw = raw_mail(unsubscribe_url=url)
    lines = [line for line in head(raw) if line.lower().startswith(b"list-unsubscribe:")]
    assert lines == [f"List-Unsubscribe: <{url}>".encode()]


@given(token=st.text("abc=é ", max_size=400))
@settings(max_examples=60, deadline=None)
def test_no_line_is_too_long_and_none_ends_bare(token: str) -> None:
    raw = raw_mail(unsubscribe_url="https://news.example.org/u/x", preferences_url=token)
    assert re.sub(rb"\r\n", b"", raw).count(b"\r") == re.sub(rb"\r\n", b"", raw).count(b"\n") == 0
    body = raw.split(b"\r\n\r\n", 1)[1]
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert max(len(line) for line in head(raw)) <= 78
    assert raw.isascii()


@pytest.mark.parametrize("length", [74, 75, 76, 77, 150, 151, 152])
def test_a_value_that_just_fills_its_line_leaves_room_for_the_soft_break(length: int) -> None:
    raw = raw_mail(preferences_url="a" * length)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 76 + 2
    assert max(len(line) for line in raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n")) <= 76
    assert f"Change: {'a' * length}\r\n" in parse(raw).get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_slots_in_a_body_stand_between_soft_breaks() -> None:
    parts = tuple(quoted(("See ", SlotRef("web_url", "text"), " now.\n")))
    assert parts == (b"See ", b"=\r\n", SlotRef("web_url", "text"), b"=\r\n", b" now.\r\n")


@pytest.mark.parametrize(
    "text", [".\n", "..x\n", "From me\n", "." + "y" * 90 + "\n", "From " + "y" * 75, "end \n", "tab\t\n"]
)
def test_lines_that_a_relay_may_change_are_encoded(text: str) -> None:
    raw = fill_mime(tuple(quoted((text,))), {})
    lines = raw.split(b"\r\n")
    assert not [line for line in lines if line.startswith((b".", b"From ")) or line.endswith((b" ", b"\t"))]
    assert max(len(line) for line in lines) <= 76
    assert parse(b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + raw).get_payload(decode=True) == (
        text.replace("\n", "\r\n").encode()
    )


@given(value=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=200))
def test_a_subject_comes_back_letter_for_letter(value: str) -> None:
    text = " ".join(value.split())
    raw = header_lines("Subject", text)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert max(len(word) for word in re.findall(rb"=\?\S+\?=", raw) or [b""]) <= 75
    assert parse(raw + b"\r\n")["Subject"] == text


@pytest.mark.parametrize(
    "name", ["Common Hours", "Ångström-Labor", 'The "Lab", Inc.', "数据科学", "A " * 60 + "B", "Dots. And (parens)"]
)
def test_a_senders_name_comes_back_and_the_address_stays_whole(name: str) -> None:
    raw = header_lines("From", f"{name} <hours@news.example.org>")
    assert b"<hours@news.example.org>" in raw
    found = parse(raw + b"\r\n")["From"].addresses[0]
    assert (found.display_name, found.addr_spec) == (name.strip().replace("  ", " "), "hours@news.example.org")


@pytest.mark.parametrize(
    "title", ['Say "hello"', '"A" and "B"', "back\\slash", "long" * 40, "w" * 10_240, "(x) <y>, z"]
)
def test_a_lists_name_comes_back_and_no_line_is_too_long(title: str) -> None:
    raw = header_lines("List-Id", list_id(a_draft(list=ListSettings(title=title, digests=("weekly",)))))
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    name = str(parse(raw + b"\r\n")["List-Id"]).rpartition(" <")[0]
    assert name in (title, '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"')
    assert raw.endswith(b"<community.data-lab.news.example.org>\r\n")


def test_the_archive_is_named_where_there_is_one_and_never_broken() -> None:
    settings = a_draft().settings.model_copy(update={"archive": True})
    raw = raw_of(a_draft(settings=settings, base_url=f"https://news.example.org/{'deep/' * 30}"))
    assert f"\r\nList-Archive: <https://news.example.org/{'deep/' * 30}archive/weekly.html>\r\n".encode() in raw
    assert b"List-Archive" not in raw_of(a_draft())
    assert b"List-Help" not in raw_of(a_draft(reply_to=""))


def raw_of(draft: Draft) -> bytes:
    return message_bytes(render(an_issue(), draft), a_row(), AT)


def test_a_list_without_a_name_keeps_its_brackets() -> None:
    draft = a_draft(list=ListSettings(title="", digests=("weekly",)))
    assert header_lines("List-Id", list_id(draft)) == b"List-Id: <community.data-lab.news.example.org>\r\n"


def test_a_senders_domain_is_written_in_ascii() -> None:
    raw = header_lines("From", "Lab <hours@bücher.example>")
    assert parseaddr(raw.decode().removeprefix("From: ").strip())[1] == "hours@xn--bcher-kva.example"


def test_the_same_input_gives_the_same_bytes() -> None:
    assert raw_mail() == raw_mail()


def test_another_title_gives_another_edition() -> None:
    one = render(an_issue(), a_draft())
    other = render(an_issue(title="Uncommon Hours"), a_draft())
    assert one.key != other.key


def test_feedback_id_is_the_same_for_all_readers_and_has_four_fields() -> None:
    first, second = (
        parse(message_bytes(render(an_issue(), a_draft()), row, AT))["Feedback-ID"]
        for row in (a_row(), a_row(address="lin@example.org", name="Lin"))
    )
    assert first == second
    assert len(first.split(":")) == 4
    assert 5 <= len(first.split(":")[-1]) <= 15


def test_a_subject_may_not_smuggle_a_header() -> None:
    issue = an_issue(subject="Hello\r\nBcc: eve@example.org")
    message = parse(message_bytes(render(issue, a_draft()), a_row(), AT))
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: eve@example.org"


def test_a_recipient_may_not_smuggle_a_header() -> None:
    row = replace(a_row(), address="ada@example.org\r\nBcc: eve@example.org")
    with pytest.raises(ValueError, match="line break"):
        message_bytes(render(an_issue(), a_draft()), row, AT)
