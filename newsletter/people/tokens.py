"""Links that only we can have made: HMAC-SHA256 over (purpose, subject, scope), 160 bits, under a named key.

The purpose is signed and not written, so that a link made for one thing never opens another.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsletter.people.begun_hmac import begun_hmac

_MAC = 20
_KEY_ID = 3
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token says: whom it is about, and where it holds."""

    purpose: str
    subject: str
    scope: str


def make_token(secret: bytes, purpose: str, subject: str, scope: str) -> str:
    """A token of URL-safe characters without padding; it never expires, and its key's id is in it."""
    return token_maker(secret, purpose)(subject, scope)


def read_token(secrets: Sequence[bytes], token: str, purpose: str) -> Claim | None:
    """What the token claims, if one of these keys (old ones may stay in the list) signed it for this purpose."""
    raw = _decode(token)
    if raw is None or len(raw) <= _KEY_ID + _MAC:
        return None
    key_id, mac, body = raw[:_KEY_ID], raw[_KEY_ID : _KEY_ID + _MAC], raw[_KEY_ID + _MAC :]
    for secret in secrets:
        if _key_id(secret) == key_id and hmac.compare_digest(_mac(secret, purpose, body), mac):
            subject, scope = body.decode().split("\0")
            return Claim(purpose, subject, scope)
    return None


def key_id(secret: bytes) -> str:
    """Which key this is, in eight characters that tell nothing of it."""
    return hashlib.sha256(b"newsletter-key-name\0" + secret).hexdigest()[:8]


@lru_cache(maxsize=64)
def token_maker(secret: bytes, purpose: str) -> Callable[[str, str], str]:
    """What makes the token of a subject and a scope for one key and purpose: a mailing has many links."""
    if "\0" in purpose:
        raise ValueError("no purpose of a token may hold a NUL")
    key, digest = _key_id(secret), _begun(secret, purpose)

    def make(subject: str, scope: str) -> str:
        body = f"{subject}\0{scope}".encode()
        if body.count(b"\0") != 1:
            raise ValueError("no part of a token may hold a NUL")
        return _encode(key + digest(body)[:_MAC] + body)

    return make


def _mac(secret: bytes, purpose: str, body: bytes) -> bytes:
    """HMAC-SHA256 of the body behind its purpose."""
    return _begun(secret, purpose)(body)[:_MAC]


@lru_cache(maxsize=64)
def _begun(secret: bytes, purpose: str) -> Callable[[bytes], bytes]:
    return begun_hmac(secret, b"newsletter-token\0" + purpose.encode() + b"\0")


@lru_cache(maxsize=64)
def _key_id(secret: bytes) -> bytes:
    return hashlib.sha256(b"newsletter-key-id\0" + secret).digest()[:_KEY_ID]


def _encode(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).translate(_URL_SAFE).rstrip(b"=").decode()


def _decode(token: str) -> bytes | None:
    # Base64 reads several spellings as the same bytes; only the one we write is taken.
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (Base64Error, ValueError):
        return None
    return raw if _encode(raw) == token else None
