"""Messages filled by the thousand: the octets of the slow way, which the standard library reads as meant."""

import base64
import hashlib
import hmac
import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from render_builders import a_draft, a_row, an_issue
from support_mail import AT, edition, row

from newsletter.model.mail import Edition, Row, SlotRef, fill_text, message_bytes
from newsletter.model.message_form import MessageForm, as_filled
from newsletter.people.tokens import make_token
from newsletter.render.edition import render
from newsletter.render.mime import mime_parts

RENDERED = render(an_issue(), a_draft())
HTML = ("<p>For ", SlotRef("name", "html"), ': <a href="', SlotRef("preferences_url", "html"), '">.</a></p>\n')
TEXT = ("For ", SlotRef("name", "text"), "\n", SlotRef("preferences_url", "text"), ".dot\n", SlotRef("name", "text"))
SMALL = replace(edition(), html=HTML, text=TEXT, mime=mime_parts(edition().headers, HTML, TEXT))
NASTY = st.text(st.characters(exclude_categories=["Cs"]), max_size=200) | st.text("a.=-\r\n \t<&'\"", max_size=170)


def named(name: str, link: str = "https://news.example.org/p/x") -> Row:
    return replace(a_row(), values={"name": name, "preferences_url": link}, name=name)


@given(name=NASTY, link=NASTY)
@example(name=".", link="a" * 75 + ".")
@example(name="From me\rFrom you\r\n\nFrom them", link="." * 76)
@example(name="=" * 26, link="x" * 149 + "." + "x" * 80)
def test_whatever_a_reader_is_called_the_message_says_it_and_no_line_is_harmed(name: str, link: str) -> None:
    filled = MessageForm(SMALL, AT).fill(row := named(name, link))
    raw = filled.octets()

    assert raw == message_bytes(SMALL, row, AT)
    assert len(raw) == filled.size
    lines = raw.split(b"\r\n")
    assert raw.count(b"\n") == raw.count(b"\r") == len(lines) - 1
    assert max(map(len, raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    assert not [line for line in lines if line.startswith((b".", b"From "))]
    assert b"".join(filled.stuffed) == raw
    parsed = message_from_bytes(raw, policy=default)
    said = [part.get_payload(decode=True) for part in parsed.walk() if not part.is_multipart()]
    lines_of = {key: re.sub(r"\r\n|\r", "\n", value) for key, value in row.values.items()}
    meant = [fill_text(part, lines_of).replace("\n", "\r\n").encode() for part in (TEXT, HTML)]
    assert said == meant


def test_a_rendered_edition_is_filled_without_a_look_at_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = message_bytes(RENDERED, a_row(), AT)
    monkeypatch.delattr("newsletter.model.message_form.message_bytes")

    assert MessageForm(RENDERED, AT).fill(a_row()).octets() == expected


@pytest.mark.parametrize(
    "mime",
    [
        (b"Subject: x\r\n\r\nhe", SlotRef("name", "text"), b".\r\n"),
        (b"Subject: x\r\n\r\n", SlotRef("name", "text"), b".\r\n"),
        (b"Subject: x\n\n", SlotRef("name", "text"), b"\r\n"),
        (b"Subject: x\r\n\r\n=\r\n", SlotRef("name", "text")),
        (b"X-Name:", SlotRef("name", "header"), b"\r\n\r\n.x\r\n"),
        (b"Subject: x\r\n\r\n", b".hidden\r\n"),
        (b".first: x\r\n\r\n",),
        (),
    ],
)
@pytest.mark.parametrize("name", ["", "Ada", "."])
def test_parts_made_by_hand_are_looked_through(mime: tuple[bytes | SlotRef, ...], name: str) -> None:
    of: Edition = replace(edition(), mime=mime)
    row = named(name)

    assert MessageForm(of, AT).fill(row) == as_filled(message_bytes(of, row, AT))
    assert not [one for one in b"".join(MessageForm(of, AT).fill(row).stuffed).split(b"\r\n") if one == b"."]


def test_dots_that_begin_a_line_of_a_static_part_are_doubled_for_data_and_counted() -> None:
    mime = (b"To: ", SlotRef("to", "header"), b"\r\n\r\n.hidden\r\n..two\r\n", SlotRef("name", "text"), b"=\r\n.\r\n")
    of = replace(edition(), mime=mime)
    filled, slow = MessageForm(of, AT).fill(a_row()), as_filled(message_bytes(of, a_row(), AT))

    assert len(filled.pieces) > 1
    assert (filled.octets(), b"".join(filled.stuffed)) == (slow.octets(), b"".join(slow.stuffed))
    assert (filled.size, filled.dots, slow.dots) == (len(slow.octets()), 3, 3)


def test_a_header_takes_no_line_break_and_nothing_beyond_ascii_unless_it_may() -> None:
    form = MessageForm(edition(), AT)
    for address in ("ada@example.org\r\nBcc: eve@example.org", "ada\n@example.org", "a\0@example.org"):
        with pytest.raises(ValueError, match="line break"):
            MessageForm(RENDERED, AT).fill(replace(a_row(), address=address))
    with pytest.raises(UnicodeEncodeError):
        form.fill(row(1, "zo\u00eb@example.org"))
    assert "To: zo\u00eb@example.org".encode() in form.fill(row(1, "zo\u00eb@example.org"), utf8=True).octets()
    assert not form.fill(row(1, "zo\u00eb@example.org"), utf8=True).is_ascii


def test_a_slot_without_a_value_is_named() -> None:
    with pytest.raises(KeyError, match="preferences_url"):
        MessageForm(SMALL, AT).fill(replace(a_row(), values={"name": "Ada"}))


@given(secret=st.binary(min_size=1, max_size=200), subject=st.text("ab1", max_size=40))
def test_tokens_are_hmac_however_they_are_begun(secret: bytes, subject: str) -> None:
    message = b"newsletter-token\0leave\0" + f"{subject}\0list".encode()
    mac = hmac.digest(secret, message, "sha256")[:20]
    key = hashlib.sha256(b"newsletter-key-id\0" + secret).digest()[:3]

    assert make_token(secret, "leave", subject, "list") == _base64(key + mac + f"{subject}\0list".encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
