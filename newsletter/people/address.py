"""Addresses as people type them, the form in which they are compared, and the hash that stands for them in proofs."""

import hmac
import re
from dataclasses import dataclass

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

#: RFC 5321 4.5.3.1 allows 254 octets; nothing longer is even looked at.
LONGEST = 254
_LONGEST_LOCAL = 64
_LONGEST_LABEL = 63
# RFC 5322 dot-atoms at host names. "--" may be an A-label, which is the library's to decode.
_ATOM = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:[A-Za-z0-9](?:-?[A-Za-z0-9])*\.)+([A-Za-z](?:-?[A-Za-z0-9])*))")
_RESERVED = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)
_ONE_CASE = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)
_NO_ROAD = "it needs mail in UTF-8 (RFC 6531), which our roads out do not carry; ask for an address in plain letters"


@dataclass(frozen=True, slots=True)
class Address:
    """An address fit for a header (ASCII, domain as DNS knows it) and `key`, by which two are the same.

    `problems` are sentences for whoever typed it; with any, `address` and `key` are empty.
    """

    address: str = ""
    key: str = ""
    problems: tuple[str, ...] = ()


def parse_address(text: str) -> Address:
    """Read one bare address: no display name, no comments, no quoted local part. Never raises."""
    found = plain_address(text)
    return Address(*found) if found else _by_the_library(text.strip())


def plain_address(text: str) -> tuple[str, str] | None:
    """Address and key of what is plainly one, at a tenth of the library's cost; None where the library must say.

    Whatever this takes, email-validator takes as the same address (a test compares the two).
    """
    found = _PLAIN.fullmatch(text.strip())
    if found is None or found.end() > LONGEST:
        return None
    local, domain, top = found.groups()
    domain = domain.lower()
    if len(local) > _LONGEST_LOCAL or len(domain) > _LONGEST_LABEL or top.lower() in _RESERVED or top[-1].isdigit():
        return None
    folded = local.lower()
    return f"{folded if folded in _ONE_CASE else local}@{domain}", f"{folded}@{domain}"


def address_hash(secret: bytes, key: str) -> str:
    """HMAC-SHA256 of a normal form, in hex: what consents and suppressions keep instead of the address."""
    return hmac.digest(secret, b"newsletter-address\0" + key.encode(), "sha256").hex()


def key_print(secret: bytes) -> str:
    """What tells one key of hashes from another, and nothing else of it."""
    return hmac.digest(secret, b"newsletter-key-print", "sha256").hex()[:16]


def _by_the_library(typed: str) -> Address:
    if not typed:
        return Address(problems=("no address is given",))
    if len(typed) > LONGEST:
        return Address(problems=(f"the address is longer than {LONGEST} characters",))
    try:
        found = _validated(typed)
    except EmailNotValidError as error:
        return Address(problems=(f"{typed!r} is not an address: {' '.join(str(error).split())}",))
    if found.smtputf8:
        return Address(problems=(f"{typed!r} cannot be written to: {_NO_ROAD}",))
    domain = (found.ascii_domain or found.domain).lower()
    return Address(f"{found.local_part}@{domain}", f"{found.local_part.casefold()}@{domain}")


def _validated(typed: str) -> ValidatedEmail:
    return validate_email(typed, check_deliverability=False, allow_smtputf8=True, strict=True)
