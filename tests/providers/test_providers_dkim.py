"""Signatures of ours, verified by other people's code (dkimpy), with a DNS of the test's own."""

from functools import cache
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from support_dkim import covered, pem, private_key, verifies
from support_mail import batch, edition, row
from support_smtp import scripted

from newsletter.model.workspace import ProviderSettings, Secrets
from newsletter.providers.dkim import DkimKeyError, Signer, dns_record, read_key
from newsletter.providers.registry import ProviderError, open_provider

KINDS = pytest.mark.parametrize("kind", ["rsa", "ed25519"])
HEAD = (
    b"Date: Fri, 04 Dec 2026 17:00:00 +0000\r\nTo: ada@example.org\r\nMessage-ID: <d-1@news.example.org>\r\n"
    b"List-Unsubscribe: <https://news.example.org/u/" + b"t" * 500 + b">\r\n"
    b"From: Common Hours\r\n  <hours@news.example.org>\r\nReply-To:\tdata@example.org \r\n"
    b"Subject: =?utf-8?q?Caf=C3=A9?=   and  more\r\nList-Id: Common Hours <hours.example.org>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nFeedback-ID: weekly:data-lab:hours\r\n"
    b"X-Unsigned: may change\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
)
ODD_BODIES = [b"", b"\r\n", b"\r\n\r\n", b" \r\n", b"a \r\n\t\r\n", b" a\tb  c \r\n", b"\t\r\nx\r\n"]
EC_KEY = (
    ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
)


@cache
def signer(kind: str) -> Signer:
    return Signer(pem(kind), "news.example.org", "test")


def signed(kind: str, message: bytes) -> bytes:
    return signer(kind).field(message) + message


@KINDS
def test_a_signature_verifies_and_no_change_to_what_it_covers_does(kind: str) -> None:
    message = signed(kind, HEAD + b"\r\nHello,\r\n  you\t there \r\n.\r\n\r\n \r\n")

    assert verifies(kind, message)
    assert verifies(kind, message.replace(b"may change", b"changed")), "what is not covered may change"
    assert verifies(kind, message.replace(b"and  more", b"and more")), "blanks may be folded on the way"
    assert not verifies(kind, message.replace(b"Hello", b"hello"))
    assert not verifies(kind, message.replace(b"ada@", b"bob@"))
    assert not verifies(kind, message.replace(b"One-Click", b"Two-Click"))
    assert not verifies(kind, message.replace(b"/u/t", b"/u/x"))
    assert not verifies(kind, b"From: somebody@example.net\r\n" + message), "a second From is not ours"


@KINDS
@pytest.mark.parametrize("body", ODD_BODIES)
def test_blank_bodies_and_blanks_in_bodies(kind: str, body: bytes) -> None:
    assert verifies(kind, signed(kind, HEAD + b"\r\n" + body))


@settings(max_examples=30)
@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b".", b"=C3=A9"]), max_size=30).map(b"".join))
def test_any_body_verifies(body: bytes) -> None:
    assert verifies("ed25519", signed("ed25519", HEAD + b"\r\n" + body + b"\r\n"))


WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)


@settings(max_examples=30)
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_any_header_verifies(folded: list[str]) -> None:
    subject = "\r\n ".join(one.strip() + "x" for one in folded)
    head = f"From: <hours@news.example.org>\r\nSubject:{subject}\r\nTo: a@example.org\r\n"
    assert verifies("ed25519", signed("ed25519", head.encode() + b"\r\nHello\r\n"))


@KINDS
def test_of_several_fields_of_one_name_each_is_covered(kind: str) -> None:
    message = signed(kind, b"Cc: bob@example.org\r\n" + HEAD + b"Cc: eve@example.org\r\n\r\nHello\r\n")

    assert verifies(kind, message)
    assert covered(message).count("cc") == 2
    assert not verifies(kind, message.replace(b"bob@", b"tom@"))
    assert not verifies(kind, message.replace(b"eve@", b"tom@"))


@KINDS
def test_no_line_of_a_signature_is_long(kind: str) -> None:
    field = signer(kind).field(HEAD + b"\r\nHello\r\n")

    assert max(len(line) for line in field.split(b"\r\n")) <= 78
    assert field.isascii()


def test_the_signature_says_who_and_what() -> None:
    field = signer("rsa").field(HEAD + b"\r\nHello\r\n")

    for part in ("v=1;", "a=rsa-sha256;", "c=relaxed/relaxed;", "d=news.example.org;", "s=test;"):
        assert part in field.decode()
    names = covered(field + HEAD)
    assert names.count("from") == 2
    assert "x-unsigned" not in names
    assert len(names) == len(set(names)) + 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "PEM"),
        ("no key at all", "PEM"),
        (EC_KEY, "neither RSA nor Ed25519"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "PEM"),
    ],
    ids=["empty", "words", "another kind", "broken"],
)
def test_a_key_that_cannot_sign_is_refused_and_not_shown(text: str, says: str) -> None:
    with pytest.raises(DkimKeyError, match=says) as told:
        read_key(text)
    assert len(text) < 20 or text[30:60] not in str(told.value)


def test_the_record_for_dns_fits_the_key() -> None:
    assert dns_record(Ed25519PrivateKey.generate()).startswith("v=DKIM1; k=ed25519; p=")
    assert dns_record(rsa.generate_private_key(65537, 2048)).startswith("v=DKIM1; k=rsa; p=MIIB")


def over_smtp(tmp_path: Path, secrets: Secrets, **dkim_settings: str) -> bytes:
    """What a server was given, with its dots as they were."""
    words = "before\n.\n..hidden\n\ttabs  and blanks \n"
    with scripted() as server:
        given = {"kind": "smtp", "host": "127.0.0.1", "port": server.port, "security": "none"}
        provider = open_provider(ProviderSettings.model_validate({**given, "dkim": dkim_settings}), secrets, tmp_path)
        [receipt] = provider.submit(batch([row(1)], of=edition(words=words)))
        provider.close()
    assert receipt.outcome == "accepted"
    return server.messages[0].replace(b"\r\n..", b"\r\n.")


@KINDS
def test_mail_over_smtp_is_signed_as_the_settings_say(kind: str, tmp_path: Path) -> None:
    key = Secrets(dkim_key=SecretStr(pem(kind)))
    message = over_smtp(tmp_path, key, domain="news.example.org", selector="test")
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return dns_record(private_key(kind)).encode()

    assert dkim.verify(message, dnsfunc=dns)
    assert asked == [b"test._domainkey.news.example.org."]
    assert b"DKIM-Signature" not in over_smtp(tmp_path, key)


def test_a_signature_that_is_wanted_and_has_no_key_is_named(tmp_path: Path) -> None:
    settings = ProviderSettings.model_validate({"kind": "smtp", "dkim": {"domain": "example.org", "selector": "s"}})
    with pytest.raises(ProviderError, match="NEWSLETTER_DKIM_KEY"):
        open_provider(settings, Secrets(), tmp_path)
    with pytest.raises(ProviderError, match="NEWSLETTER_DKIM_KEY cannot sign") as told:
        open_provider(settings, Secrets(dkim_key=SecretStr("canary")), tmp_path)
    assert "canary" not in str(told.value)
