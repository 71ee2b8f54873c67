"""Addresses as people type them, the form in which they are compared, and the hash that stands for them in proofs."""

import hashlib
import hmac
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

#: RFC 5321 4.5.3.1 allows 254 octets; nothing longer is even looked at.
LONGEST = 254


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
    typed = text.strip()
    if not typed:
        return Address(problems=("no address is given",))
    if len(typed) > LONGEST:
        return Address(problems=(f"the address is longer than {LONGEST} characters",))
    try:
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        return Address(problems=(f"{typed!r} is not an address: {_sentence(error)}",))
    domain = (found.ascii_domain or found.domain).lower()
    return Address(f"{found.local_part}@{domain}", f"{found.local_part.casefold()}@{domain}")


def address_hash(secret: bytes, key: str) -> str:
    """HMAC-SHA256 of a normal form, in hex: what consents and suppressions keep instead of the address."""
    return hmac.new(secret, b"newsletter-address\0" + key.encode(), hashlib.sha256).hexdigest()


def _sentence(error: EmailNotValidError) -> str:
    return " ".join(str(error).split())
