"""HMAC-SHA256 (RFC 2104) of many texts that begin alike, from digests that are begun once."""

from collections.abc import Callable
from hashlib import sha256

#: SHA-256 works on blocks of so many octets.
_BLOCK = 64


def begun_hmac(secret: bytes, beginning: bytes) -> Callable[[bytes], bytes]:
    """What makes the same 32 octets of each rest as HMAC does of the beginning and the rest under this secret."""
    key = (secret if len(secret) <= _BLOCK else sha256(secret).digest()).ljust(_BLOCK, b"\0")
    inner, outer = (sha256(bytes(octet ^ mask for octet in key)) for mask in (0x36, 0x5C))
    inner.update(beginning)

    def digest(rest: bytes) -> bytes:
        within, around = inner.copy(), outer.copy()
        within.update(rest)
        around.update(within.digest())
        return around.digest()

    return digest
