"""Mails as a real SMTP server receives them: one message each, with the headers and the words that were meant."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from every_mail import SERVICES, every_mail
from hypothesis import example, given, settings
from hypothesis import strategies as st
from render_builders import a_draft, a_row, an_issue
from support_dev_sink import DevSink
from support_dkim import covered, pem, verifies

from newsletter.model.delivery import Batch
from newsletter.model.issue import Choices
from newsletter.model.mail import Edition, Row, message_bytes
from newsletter.model.workspace import ListSettings
from newsletter.providers.dkim import Signer
from newsletter.providers.smtp import SmtpProvider, SmtpRoute
from newsletter.render.edition import render
from newsletter.render.escaping import one_line
from newsletter.render.mime import mime_parts

AT = datetime(2026, 12, 4, 17, tzinfo=UTC)
PLAIN = Choices("America/Los_Angeles", text_only=True)
SIGNER = Signer(pem("rsa"), "news.example.org", "test")
Arrive = Callable[[Edition, Row], bytes]


@pytest.fixture(scope="module")
def arrive(dev_sink_process: DevSink) -> Iterator[Arrive]:
    """Send one message over SMTP, signed; the bytes of the one message that came of it."""
    dev_sink_process.forget()
    route = SmtpRoute("127.0.0.1", dev_sink_process.smtp_port, "none", timeout=60, sign=SIGNER.field)
    provider = SmtpProvider(route)

    def sent(edition: Edition, row: Row) -> bytes:
        before = len(kept(dev_sink_process.keep))
        [receipt] = provider.submit(Batch("attempt", "weekly", "issue", edition, (row,), AT))
        assert receipt.outcome == "accepted", receipt
        [name] = kept(dev_sink_process.keep)[before:]
        return (dev_sink_process.keep / name).read_bytes()

    yield sent
    provider.close()


def kept(folder: Path) -> list[str]:
    log = folder / "smtp.jsonl"
    return [json.loads(line)["file"] for line in log.read_bytes().splitlines()] if log.exists() else []


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def names(raw: bytes) -> list[str]:
    """The names of the header fields, as they stand there."""
    head = re.sub(rb"\r\n(?=[ \t])", b"", raw.partition(b"\r\n\r\n")[0])
    return [line.partition(b":")[0].decode() for line in head.split(b"\r\n")]


USUAL = names(message_bytes(render(an_issue(choices=PLAIN), a_draft()), a_row(), AT))
HOSTILE = [
    "\r\nBcc: x@example.org",
    "\n\n<html>",
    "\0",
    "\x0b",
    "\x1c",
    "\x85",
    "\u2028",
    "\u202e",
    "👩🏽‍🚀",
    "é",
    "=?utf-8?q?x?=",
]
WORDS = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20)), min_size=1, max_size=6).map("".join)
#: What fills a name of ten kilobytes.
LONG = "Stunden für alle " * 600


@settings(max_examples=12)
@given(subject=WORDS, sender=WORDS, title=WORDS, reader=WORDS)
@example(subject=LONG, sender=LONG, title=LONG, reader=LONG)
@example(
    subject="Hours\r\nBcc: all@example.org", sender='a" <b@example.org>, "c', title="x>\r\nX-Y: 1", reader="\r\n.\r\n"
)
def test_check_40_no_text_changes_the_set_of_headers_at_the_other_end(
    arrive: Arrive, subject: str, sender: str, title: str, reader: str
) -> None:
    quoted = one_line(sender).replace("\\", "\\\\").replace('"', '\\"')
    from_header = f'"{quoted}" <hours@news.example.org>'
    draft = a_draft(
        sender=from_header, list=ListSettings(title=title, digests=("weekly",)), reply_to="data@example.org"
    )
    edition = render(an_issue(subject=subject, choices=PLAIN), draft)
    raw = arrive(edition, a_row(name=reader))

    assert names(raw) == ["DKIM-Signature", *USUAL]
    message = parsed(raw)
    assert message["To"] == "ada@example.org"
    assert len(message["From"].addresses) == 1
    assert message["From"].addresses[0].addr_spec == "hours@news.example.org"
    assert "".join(str(message["Subject"]).split()) == "".join(one_line(subject).split())
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert verifies("rsa", raw)


PIECES = [
    ".",
    "..",
    "\n",
    "\r",
    "\r\n",
    "\n.\r\n",
    "\r\n.\r\n",
    "\n.\n",
    "QUIT",
    "From ",
    "x" * 1200,
    "é" * 600,
    "=",
    " \n",
    "\t",
]
BODIES = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=10)), max_size=12).map("".join)


@settings(max_examples=20)
@given(BODIES)
@example("\n.\r\n")
@example("before\r\n.\r\nMAIL FROM:<x@example.org>\r\nRCPT TO:<y@example.org>\r\nDATA\r\n")
@example(".")
@example("x" * 5000)
def test_check_43_whatever_stands_in_a_body_one_message_arrives_as_it_was_meant(arrive: Arrive, words: str) -> None:
    words = words.encode("utf-8", "replace").decode()
    headers = (("From", "hours@news.example.org"), ("Subject", "x"))
    text = (words,)
    edition = Edition("e", "x", "", "hours@news.example.org", "", headers, (), text, mime_parts(headers, (), text))
    raw = arrive(edition, a_row())

    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n"), "CRLF alone ends lines"
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    got = parsed(raw).get_content()
    assert "\n".join(got.splitlines()).rstrip("\n") == "\n".join(words.splitlines()).rstrip("\n")
    assert verifies("rsa", raw)


def test_check_41_a_link_of_any_length_is_one_raw_line() -> None:
    edition = render(an_issue(choices=PLAIN), a_draft())
    for length in range(901):
        url = "https://news.example.org/u/" + ("aZ0-_" * 180)[:length]
        row = a_row(unsubscribe_url=url)
        [line] = [
            one for one in message_bytes(edition, row, AT).split(b"\r\n") if one.startswith(b"List-Unsubscribe:")
        ]
        assert line == f"List-Unsubscribe: <{url}>".encode()


@pytest.mark.parametrize("length", [0, 60, 250, 500, 900])
def test_check_41_the_link_arrives_unbroken_and_is_read_back(arrive: Arrive, length: int) -> None:
    url = "https://news.example.org/u/" + "t" * length
    raw = arrive(render(an_issue(choices=PLAIN), a_draft()), a_row(unsubscribe_url=url))

    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in raw
    assert "list-unsubscribe" in covered(raw)


@pytest.fixture(scope="module")
def kinds() -> dict[str, Edition]:
    """Each kind of mail in one theme."""
    wanted = ("week", "compact", "for a list", "correction", "one-off", "in ar", *SERVICES)
    return {name: render(*every_mail()[f"letter: {name}"]) for name in wanted}


ALWAYS = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type"}


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_check_42_a_signature_of_every_kind_of_mail_verifies_and_covers_all_it_says(
    algorithm: str, kinds: dict[str, Edition]
) -> None:
    signer = Signer(pem(algorithm), "news.example.org", "test")
    for name, edition in kinds.items():
        raw = message_bytes(edition, a_row(), AT)
        signed = signer.field(raw) + raw
        assert verifies(algorithm, signed), name
        present = {one.lower() for one in names(raw)}
        assert ALWAYS <= present <= set(covered(signed)), name
        if "list-unsubscribe" in present:
            assert {"list-unsubscribe", "list-id"} <= set(covered(signed)), name
    week = set(covered(signer.field(raw := message_bytes(kinds["week"], a_row(), AT)) + raw))
    assert {"list-unsubscribe", "list-unsubscribe-post", "feedback-id", "reply-to", "list-id"} <= week
