"""DKIM: one signature per message (RFC 6376; RSA-SHA256, or Ed25519 by RFC 8463), relaxed in header and body.

The key is read once. Every field that says who wrote what to whom, and how the list is left, is signed; From is named
once more than it stands there, so that nobody can put a second one above it.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

Key = RSAPrivateKey | Ed25519PrivateKey

#: Signed where a message has them, in this order; RFC 8058 asks for both of List-Unsubscribe and its Post.
SIGNED = (
    *("from", "to", "cc", "sender", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"),
    *("list-id", "list-help", "list-archive", "list-unsubscribe", "list-unsubscribe-post", "feedback-id"),
    *("auto-submitted", "precedence", "mime-version", "content-type", "content-transfer-encoding"),
)
#: Named once more than they occur.
OVERSIGNED = frozenset({"from"})
#: RFC 8301, 3.2: shorter ones must not be used.
SHORTEST = 1024
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_LINE = 72


class DkimKeyError(ValueError):
    """The key cannot sign; says in one sentence why, and nothing of the key."""


class Signer:
    """Signs for one domain under one selector."""

    def __init__(self, pem: str, domain: str, selector: str) -> None:
        self._key = read_key(pem)
        self._algorithm = "rsa-sha256" if isinstance(self._key, RSAPrivateKey) else "ed25519-sha256"
        self._domain, self._selector = domain, selector

    def field(self, message: bytes) -> bytes:
        """The DKIM-Signature field of a message (CRLF throughout), with its line end.

        It does not say when it was signed: Date does, and a clock that is fast would make verifiers refuse it.
        """
        head, _, body = message.partition(b"\r\n\r\n")
        names, lines = _chosen(head)
        unsigned = self._unsigned(names, _hash_of(body))
        signed = b"\r\n".join([*lines, _relaxed(b"DKIM-Signature", unsigned.encode("ascii"))])
        written = b64encode(self._signature(signed)).decode("ascii")
        return f"DKIM-Signature:{unsigned}{_folded(written)}\r\n".encode("ascii")

    def _unsigned(self, names: Sequence[str], body_hash: str) -> str:
        """The field's value up to the signature, folded."""
        return (
            f" v=1; a={self._algorithm}; c=relaxed/relaxed; d={self._domain};\r\n"
            f" s={self._selector};\r\n"
            f" h={_folded_names(names)};\r\n bh={body_hash};\r\n b="
        )

    def _signature(self, data: bytes) -> bytes:
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), hashes.SHA256())
        return self._key.sign(hashlib.sha256(data).digest())


def read_key(pem: str) -> Key:
    """The private key of a PEM text; DkimKeyError where it is none, is encrypted, or is of a kind DKIM has not."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise DkimKeyError(
            f"it holds no private key in PEM form without a password ({type(error).__name__})"
        ) from None
    if isinstance(key, RSAPrivateKey) and key.key_size < SHORTEST:
        raise DkimKeyError(f"its RSA key has {key.key_size} bits; make one of 2048")
    if not isinstance(key, Key):
        raise DkimKeyError("its key is neither RSA nor Ed25519")
    return key


def dns_record(key: Key) -> str:
    """What is to stand in DNS, as TXT at SELECTOR._domainkey.DOMAIN."""
    public = key.public_key()
    if isinstance(key, RSAPrivateKey):
        shown = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={b64encode(shown).decode('ascii')}"
    shown = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={b64encode(shown).decode('ascii')}"


def _chosen(head: bytes) -> tuple[list[str], list[bytes]]:
    """The names to sign and their fields as they are hashed; of several of one name, the lowest comes first."""
    found: dict[str, list[bytes]] = {}
    for line in _FOLD.sub(b"", head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        found.setdefault(name.decode("latin-1").strip().lower(), []).insert(0, _relaxed(name, value))
    names = [name for name in SIGNED for _ in found.get(name, ())]
    lines = [line for name in SIGNED for line in found.get(name, ())]
    return [*names, *(name for name in SIGNED if name in OVERSIGNED)], lines


def _relaxed(name: bytes, value: bytes) -> bytes:
    """RFC 6376, 3.4.2, without the line end."""
    return name.strip().lower() + b":" + _squeezed(value.replace(b"\r\n", b"")).strip(b" ")


def _hash_of(body: bytes) -> str:
    """RFC 6376, 3.4.4: blanks at line ends and empty lines at the end do not count, others count as one space."""
    lines = _squeezed(body).replace(b" \r\n", b"\r\n").rstrip(b"\r\n")
    return b64encode(hashlib.sha256(lines + b"\r\n" if lines else b"").digest()).decode("ascii")


def _squeezed(data: bytes) -> bytes:
    """Every run of blanks as one space; several times as quick as a regular expression."""
    data = data.replace(b"\t", b" ")
    while b"  " in data:
        data = data.replace(b"  ", b" ")
    return data


def _folded(text: str) -> str:
    return "\r\n ".join(text[start : start + _LINE] for start in range(0, len(text), _LINE))


def _folded_names(names: Sequence[str]) -> str:
    return "\r\n ".join(_rows(names))


def _rows(names: Sequence[str]) -> Iterator[str]:
    row = ""
    for place, name in enumerate(names):
        piece = name + (":" if place < len(names) - 1 else "")
        if len(row) + len(piece) > _LINE:
            yield row
            row = ""
        row += piece
    yield row
