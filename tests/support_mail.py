"""Small editions, rows and batches for tests that send mail."""

from collections.abc import Sequence
from datetime import UTC, datetime

from newsletter.model.delivery import Batch
from newsletter.model.mail import Edition, MimeParts, Parts, Row, SlotRef, quoted_printable

AT = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
BOUNDARY = "part-of-the-test"


def edition(
    key: str = "seattle", *, subject: str = "Common Hours, 4 December", words: str = "Naïve & true"
) -> Edition:
    """An edition with a slot in every context, its MIME made by hand."""
    text: Parts = (f"{words}\n.\n..two dots\nLeave: ", SlotRef("unsubscribe_url", "text"), "\n")
    html: Parts = (
        f"<!doctype html><p>{words.replace('&', '&amp;')}</p><p>For ",
        SlotRef("name", "html"),
        '</p><a href="',
        SlotRef("unsubscribe_url", "html"),
        '">Leave</a>\n',
    )
    headers = (("List-Id", "Common Hours <hours.example.org>"), ("Precedence", "bulk"))
    sender = "Common Hours <hours@news.example.org>"
    mime = (
        *_head(subject, sender, headers),
        *_mime("plain", text),
        *_mime("html", html),
        f"--{BOUNDARY}--\r\n".encode(),
    )
    return Edition(key, subject, "What is on", sender, "data@example.org", headers, html, text, mime)


def row(number: int = 1, address: str = "", *, one_click: bool = True, name: str = "Ada <b>") -> Row:
    """The row of reader NUMBER."""
    url = f"https://news.example.org/u/token-{number}?a=1&b=2"
    values = {"unsubscribe_url": url, "name": name, "address": address or f"reader{number}@example.org"}
    message_id = f"<d-{number}@news.example.org>"
    return Row(f"d-{number}", address or f"reader{number}@example.org", message_id, url, values, name, one_click)


def batch(rows: Sequence[Row], *, mailing: str = "weekly-2026-12-04", of: Edition | None = None) -> Batch:
    """One attempt at the rows."""
    return Batch("attempt-1", mailing, "issue", of or edition(), tuple(rows), AT)


def _head(subject: str, sender: str, headers: Sequence[tuple[str, str]]) -> MimeParts:
    static = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return (
        f"From: {sender}\r\nTo: ".encode(),
        SlotRef("to", "header"),
        f"\r\nSubject: {subject}\r\n{static}Message-ID: ".encode(),
        SlotRef("message_id", "header"),
        b"\r\nDate: ",
        SlotRef("date", "header"),
        b"\r\nList-Unsubscribe: ",
        SlotRef("list_unsubscribe", "header"),
        b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n",
        f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n'.encode(),
    )


def _mime(subtype: str, parts: Parts) -> MimeParts:
    head = (
        f"--{BOUNDARY}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    body = tuple(quoted_printable(part) if isinstance(part, str) else part for part in parts)
    return (head.encode(), *body, b"\r\n")
