"""What a schema cannot say of the mailboxes that people and mail servers write to, and of how mail is signed."""

import re
from collections.abc import Iterator
from email.errors import InvalidHeaderDefect
from email.policy import SMTP
from email.utils import parseaddr

from newsletter.model.requests import BoxSettings
from newsletter.model.workspace import Settings
from newsletter.settings.coverage import Fault

# It stands in every mail's header and in a mailto link, so it is plainer than what a mailbox may be called.
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]+")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
#: What has a meaning of its own between a name and an address has none within quotes.
_QUOTE = """; write a name with other than letters and spaces in quotes: '"Lab, Inc." <lab@example.org>'"""
#: Before the token that a return path may carry (`delivery.return_path`), in a local part of 64 octets.
LONGEST_NAME = 18


def check_sender(settings: Settings) -> Iterator[Fault]:
    """That mails can say whom they are from: each is one address, whose name can be read by everybody (RFC 5322)."""
    for key, value in (("address", settings.sender.address), ("reply_to", settings.sender.reply_to)):
        if not value:
            continue
        if "@" not in parseaddr(value)[1]:
            text = f"`sender.{key}` is not an e-mail address: {value!r}"
            yield ("sender", key), "settings.address", f"{text}{_QUOTE if '<' in value else ''}"
        elif not _is_one(value):
            text = f"`sender.{key}` cannot be read as one address: {value!r}{_QUOTE}"
            yield ("sender", key), "settings.address", text


def _is_one(value: str) -> bool:
    """Whether the header means what was written: one address, and nothing against the form."""
    if not value.isprintable():
        return False
    try:
        header = SMTP.header_factory("From", value)
    except (ValueError, LookupError, AttributeError):
        return False
    found = [one.addr_spec for one in header.addresses]
    wrong = any(isinstance(defect, InvalidHeaderDefect) for defect in header.defects)
    return not wrong and found == [parseaddr(value)[1]]


def check_mailbox(settings: Settings) -> Iterator[Fault]:
    """That a mailbox has an address, a place to read it, and a list that there is."""
    box = settings.mailbox
    if not box.kind:
        return
    if not _ADDRESS.fullmatch(box.address):
        text = f"`mailbox.address` is not a plain e-mail address: {box.address!r}; it is what people write to"
        yield ("mailbox", "address"), "settings.address", text
    yield from _place("mailbox", box)
    if box.list and box.list not in settings.lists:
        text = f"`mailbox.list` names {box.list!r}; lists.toml has {', '.join(settings.lists) or 'none'}"
        yield ("mailbox", "list"), "settings.unknown-name", text


def check_bounces(settings: Settings) -> Iterator[Fault]:
    """That reports come to an address that can be a return path, and to a place that can be read."""
    box = settings.bounces
    if box.address and not _ADDRESS.fullmatch(box.address):
        text = (
            f"`bounces.address` is not a plain e-mail address: {box.address!r}; it is the return path of every mail"
        )
        yield ("bounces", "address"), "settings.address", text
    if box.verp and not 0 < len(box.address.rpartition("@")[0]) <= LONGEST_NAME:
        text = f"`bounces.verp` needs a `bounces.address` of at most {LONGEST_NAME} characters before the @"
        yield ("bounces", "verp"), "settings.value", text
    if box.kind:
        yield from _place("bounces", box)


def check_dkim(settings: Settings) -> Iterator[Fault]:
    """That a signature has both of its names, and that its domain is one the sender's is aligned with (RFC 7489)."""
    dkim = settings.provider.dkim
    for name in ("domain", "selector"):
        value = getattr(dkim, name)
        if not _HOST.fullmatch(value) and (dkim.domain or dkim.selector):
            text = f"`provider.dkim.{name}` must be a name of DNS, found {value!r}; both are needed to sign"
            yield ("provider", "dkim", name), "settings.value", text
    sender = parseaddr(settings.sender.address)[1].rpartition("@")[2].lower()
    signs = dkim.domain.lower()
    if signs and sender != signs and not sender.endswith(f".{signs}") and not signs.endswith(f".{sender}"):
        text = f"`provider.dkim.domain` is {dkim.domain!r}, and `sender.address` is of {sender!r}: DMARC fails"
        yield ("provider", "dkim", "domain"), "settings.value", text


def _place(section: str, box: BoxSettings) -> Iterator[Fault]:
    needed = "host" if box.kind == "imap" else "path"
    if not getattr(box, needed):
        yield (section, "kind"), "settings.value", f"a mailbox of kind {box.kind!r} needs `{section}.{needed}`"
