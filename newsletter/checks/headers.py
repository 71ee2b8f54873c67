"""Rules on the headers: the way out, what lists and threads go by, and who may sign for the sender."""

import re
from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import urlsplit

from newsletter.checks.subject import Finding, MailRule, Subject, mail_part, site_of
from newsletter.model.problem import Level, Origin

HEADERS = mail_part("headers")
#: Mailbox providers whose domains nobody else can sign for: such a sender is refused by DMARC.
_PROVIDERS = frozenset(
    {
        *("aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com"),
        *("mail.ru", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "web.de", "yahoo.com"),
    }
)


def unsubscribe_headers(subject: Subject) -> Iterator[Finding]:
    """One List-Unsubscribe with one https address and one List-Unsubscribe-Post (RFC 8058), each on one line."""
    head = subject.raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    found = [line for line in head if line.lower().startswith(b"list-unsubscribe:")]
    if len(found) != 1 or not re.fullmatch(rb"List-Unsubscribe: <https://[!-;=?-~]+>", found[0]):
        yield Finding(f"List-Unsubscribe must stand once, with one https address on one line; found {found}", HEADERS)
    posts = [line for line in head if line.lower().startswith(b"list-unsubscribe-post:")]
    wanted = [] if subject.draft.list.leave_url else [b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    if posts != wanted:
        yield Finding(f"List-Unsubscribe-Post must stand once, as RFC 8058 has it; found {posts}", HEADERS)
    yield from _one_click_address(subject)


def identifiers(subject: Subject) -> Iterator[Finding]:
    """List-Id (RFC 2919), Message-ID, Date and a Reply-To that a person reads."""
    head = subject.raw.split(b"\r\n\r\n", 1)[0].lower()
    for name in ("List-Id", "Message-ID", "Date", "From", "To"):
        if f"\r\n{name.lower()}:".encode() not in b"\r\n" + head:
            yield Finding(f"the mail has no {name} header", HEADERS)
    if not subject.edition.reply_to:
        text = "sender.reply_to is not set: replies go to the sending address; name one that a person reads"
        yield Finding(text, Origin("config", "config.toml"))


def sender_aligned(subject: Subject) -> Iterator[Finding]:
    """The sender's domain is one that the mail can be signed for: DMARC refuses the others."""
    domain = parseaddr(subject.draft.sender)[1].rpartition("@")[2].lower()
    signs = subject.around.settings.dkim_domain.lower()
    sender = Origin("config", "config.toml")
    if domain in _PROVIDERS:
        text = f"mail from {domain} can be signed by that provider alone, and is refused otherwise"
        yield Finding(f"{text}; send from a domain of your own (sender.address)", sender)
    elif signs and site_of(domain) != site_of(signs):
        text = f"sender.address is of {domain}, and the mail is signed for {signs} (checks.dkim_domain)"
        yield Finding(f"{text}: DMARC asks that they belong together", sender)


def _one_click_address(subject: Subject) -> Iterator[Finding]:
    """The links' own address: plain http is for trying things out on this machine, and only there."""
    if subject.draft.list.leave_url:
        return
    parts = urlsplit(subject.draft.base_url)
    if parts.scheme != "https":
        level: Level | None = "warning" if parts.hostname in ("127.0.0.1", "localhost", "::1") else None
        text = f"web.base_url is {subject.draft.base_url!r}; mail programs offer one-click leaving over https alone"
        yield Finding(text, Origin("config", "config.toml"), level)


RULES = (
    MailRule(
        "hdr.unsub",
        "error",
        "One-click unsubscribe headers (RFC 8058)",
        "Set web.base_url to an https address",
        unsubscribe_headers,
    ),
    MailRule(
        "hdr.ids",
        "warning",
        "List-Id, a Message-ID of our own domain, Date and Reply-To",
        "Set sender.reply_to to an address that a person reads",
        identifiers,
    ),
    MailRule(
        "hdr.from-align",
        "error",
        "The sender's domain is one that can be signed for",
        "Send from an address of the community's own domain; name the signing one as checks.dkim_domain",
        sender_aligned,
    ),
)
