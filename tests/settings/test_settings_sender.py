"""Whom mails are from: one address, with a name that every part of the program, and every receiver, reads alike."""

from email.utils import parseaddr
from pathlib import Path

import pytest
from support_workspace import settings_at

from newsletter.model.workspace import Sender
from newsletter.providers.mailbox import mailbox
from newsletter.render.headers import header_lines
from newsletter.settings.meaning import check_meaning

GOOD = (
    *("h@example.org", "<h@example.org>", "Common Hours <h@example.org>", "Dr. Who <h@example.org>"),
    *("Größe e.V. <h@example.org>", '"Lab, Inc." <h@example.org>', "O'Neil & Co <h@example.org>"),
    *("Hörsaal <h@bücher.example>", '"Common Hours: Lab" <h@example.org>', "Lab (Seattle) <h@example.org>"),
)
ODD = (
    *("Lab, Inc. <h@example.org>", "Lab: Seattle <h@example.org>", "Lab @ Seattle <h@example.org>"),
    *("Lab [Seattle] <h@example.org>", "A;B <h@example.org>", "A\\B <h@example.org>", 'X "un <h@example.org>'),
    *("A <h@example.org>, B <i@example.org>", "Ada\n <h@example.org>", "Ada\x00 <h@example.org>"),
)


def faults(tmp_path: Path, address: str, reply_to: str = "") -> list[tuple[tuple[str | int, ...], str, str]]:
    sender = Sender.model_construct(address=address, reply_to=reply_to)
    found = check_meaning(settings_at(tmp_path).model_copy(update={"sender": sender}))
    return [one for one in found if one[0][0] == "sender"]


@pytest.mark.parametrize("address", GOOD)
def test_a_name_may_be_what_names_are(tmp_path: Path, address: str) -> None:
    assert faults(tmp_path, address) == []
    assert mailbox(address)[1].startswith("h@")
    assert parseaddr(header_lines("From", address).decode("ascii").removeprefix("From: "))[1].startswith("h@")


@pytest.mark.parametrize("address", ODD)
@pytest.mark.parametrize("key", ["address", "reply_to"])
def test_one_that_needs_quotes_is_named_with_its_key_before_a_mail_is_made(
    tmp_path: Path, key: str, address: str
) -> None:
    found = faults(tmp_path, address) if key == "address" else faults(tmp_path, "h@example.org", address)
    ((where, code, text),) = found
    assert (where, code) == (("sender", key), "settings.address")
    assert f"`sender.{key}`" in text
    assert "in quotes" in text


def test_what_is_no_address_at_all_is_not_a_matter_of_quotes(tmp_path: Path) -> None:
    ((_, _, text),) = faults(tmp_path, "nobody")
    assert text == "`sender.address` is not an e-mail address: 'nobody'"
