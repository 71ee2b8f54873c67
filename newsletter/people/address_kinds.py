"""Addresses worth a second look: those of a role, read by several people or by none, and those thrown away again.

They are flagged, never refused: a club may well subscribe as info@, and only its people know who reads there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Kind = Literal["role", "disposable"]

#: Mailbox names of RFC 2142, and others that belong to a desk rather than to a person.
ROLES = frozenset(
    {
        "abuse", "accounting", "accounts", "admin", "administrator", "all", "billing", "careers", "contact",
        "enquiries", "events", "everyone", "feedback", "ftp", "hello", "help", "helpdesk", "hostmaster", "hr",
        "info", "inquiries", "it", "jobs", "list", "list-request", "mail", "mailer-daemon", "marketing", "media",
        "newsletter", "no-reply", "noc", "noreply", "office", "orders", "postmaster", "press", "privacy",
        "reception", "recruiting", "root", "sales", "security", "service", "services", "spam", "staff", "support",
        "sysadmin", "team", "tech", "undisclosed-recipients", "usenet", "uucp", "webmaster", "welcome", "www",
    }
)  # fmt: skip
#: Domains that hand out an address for minutes; a small list of the best known, which a workspace adds to.
DISPOSABLE = frozenset(
    {
        "10minutemail.com", "20minutemail.com", "burnermail.io", "byom.de", "discard.email", "dispostable.com",
        "emailondeck.com", "fakeinbox.com", "getairmail.com", "getnada.com", "grr.la", "guerrillamail.com",
        "guerrillamail.net", "guerrillamail.org", "harakirimail.com", "inboxkitten.com", "mailcatch.com",
        "maildrop.cc", "mailinator.com", "mailnesia.com", "mailnull.com", "mailsac.com", "mintemail.com",
        "moakt.com", "mohmal.com", "mytemp.email", "sharklasers.com", "spam4.me", "spamgourmet.com",
        "temp-mail.io", "temp-mail.org", "tempail.com", "tempmail.dev", "tempmailo.com", "tempr.email",
        "throwawaymail.com", "trash-mail.com", "trashmail.com", "trashmail.de", "wegwerfmail.de", "yopmail.com",
        "yopmail.fr", "yopmail.net",
    }
)  # fmt: skip
WORDS: dict[Kind, str] = {
    "role": "is a role's and may be read by several people, or by none",
    "disposable": "is of a service that throws addresses away after minutes",
}


@dataclass(frozen=True, slots=True)
class AddressBook:
    """The names and domains that are flagged: ours, and a workspace's own beside them."""

    roles: frozenset[str] = ROLES
    disposable: frozenset[str] = DISPOSABLE

    def kinds(self, key: str) -> tuple[Kind, ...]:
        """What the address of this normal form is flagged as; subdomains count as their domain."""
        local, _, domain = key.rpartition("@")
        role: tuple[Kind, ...] = ("role",) if local.partition("+")[0] in self.roles else ()
        return (*role, "disposable") if _below(domain, self.disposable) else role


def address_book(roles: Iterable[str] = (), disposable: Iterable[str] = ()) -> AddressBook:
    """The flags with a workspace's own names and domains added."""
    return AddressBook(ROLES | _folded(roles), DISPOSABLE | _folded(disposable))


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.strip().casefold().strip("@.") for word in words)


@lru_cache(maxsize=16384)
def _below(domain: str, known: frozenset[str]) -> bool:
    while "." in domain:
        if domain in known:
            return True
        domain = domain.partition(".")[2]
    return False
