"""Keys for signatures, and how another program sees what was signed with them."""

import re
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from newsletter.providers.dkim import Key, dns_record


@cache
def private_key(kind: str) -> Key:
    """One key of the kind for all tests."""
    return rsa.generate_private_key(65537, 2048) if kind == "rsa" else Ed25519PrivateKey.generate()


def pem(kind: str) -> str:
    """The key as an operator keeps it."""
    return private_key(kind).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def verifies(kind: str, message: bytes) -> bool:
    """Whether a program that knows nothing of ours believes the signature."""
    record = dns_record(private_key(kind)).encode()
    return bool(dkim.verify(message, dnsfunc=lambda _, timeout=5: record))


def covered(message: bytes) -> list[str]:
    """The names in the signature's h=, in order."""
    head = re.sub(rb"\r\n(?=[ \t])", b"", message.partition(b"\r\n\r\n")[0])
    field = next(line for line in head.split(b"\r\n") if line.startswith(b"DKIM-Signature:"))
    found = re.search(rb";\s*h=([^;]*)", field)
    assert found
    return [name.strip().decode() for name in found[1].split(b":")]
