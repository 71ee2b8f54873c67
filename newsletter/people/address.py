"""Addresses as people type them, the form in which they are compared, and the hash that stands for them in proofs."""

import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

from newsletter.people.begun_hmac import begun_hmac

#: RFC 5321 4.5.3.1 allows 254 octets; nothing longer is even looked at.
LONGEST = 254
#: RFC 5321 4.5.3.1.1.
LONGEST_LOCAL = 64
_LONGEST_LABEL = 63
# RFC 5322 dot-atoms at host names. "--" may be an A-label, which is the library's to decode.
_ATOM = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:[A-Za-z0-9](?:-?[A-Za-z0-9])*\.)+([A-Za-z](?:-?[A-Za-z0-9])*))")
_HOST = re.compile(_PLAIN.pattern.partition("@")[2])
# The same letters, many lines at once; a cell that begins with an apostrophe may stand for another.
_LETTERS = _ATOM.replace("[", "[.", 1)
_LINES = re.compile(rf"^(?!')({_LETTERS})@([\w.\-]+)$|^.*$", re.MULTILINE)
_RESERVED = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)
#: Local parts that the standards have in small letters alone.
ONE_CASE = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)
_ADDRESS = b"newsletter-address\0"
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
    local, domain, _ = found.groups()
    host = plain_host(domain)
    if not host or len(local) > LONGEST_LOCAL:
        return None
    folded = local.lower()
    return f"{folded if folded in ONE_CASE else local}@{host}", f"{folded}@{host}"


def plain_host(domain: str) -> str:
    """The domain in lower case where it is plainly a host's; empty where the library must say."""
    found = _HOST.fullmatch(domain)
    if found is None or len(domain) > _LONGEST_LABEL or found[2].lower() in _RESERVED or domain[-1].isdigit():
        return ""
    return domain.lower()


def host_of(domain: str) -> str:
    """The domain as DNS knows it, an IDN as its A-labels; empty where it needs a longer look or is none."""
    host = plain_host(domain)
    if not host:
        host = _by_the_library(f"a@{domain}").address.removeprefix("a@")
    return host if len(host) <= _LONGEST_LABEL else ""


def plain_parts(texts: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Local part and domain of each text that may be plain, two empty ones of the others, at one look at them all.

    It is an address where there is a `host_of` the domain and the local part is no longer than LONGEST_LOCAL.
    """
    joined = "\n".join(texts)
    found: list[tuple[str, str]] = _LINES.findall(joined)
    if len(found) != len(texts):
        return [("", "")] * len(texts)
    if ".." in joined or ".@" in joined or "\n." in joined or joined[:1] == ".":
        return [("", "") if _has_loose_dot(local) else (local, domain) for local, domain in found]
    return found


def _has_loose_dot(local: str) -> bool:
    return ".." in local or local[:1] == "." or local[-1:] == "."


def address_hash(secret: bytes, key: str) -> str:
    """HMAC-SHA256 of a normal form, in hex: what consents and suppressions keep instead of the address."""
    return hmac.digest(secret, _ADDRESS + key.encode(), "sha256").hex()


def address_hasher(secret: bytes) -> Callable[[str], str]:
    """What makes the same of each normal form as `address_hash`, from digests that are begun: for many of them."""
    digest = begun_hmac(secret, _ADDRESS)
    return lambda key: digest(key.encode()).hex()


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
