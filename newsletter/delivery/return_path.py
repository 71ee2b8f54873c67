"""Return paths that name the delivery they were used for (VERP): `NAME+DELIVERY-MAC@DOMAIN`, in lower-case hex.

Some servers fold the case of an address, so nothing in it depends on case.
"""

import hmac
import re
from collections.abc import Sequence

#: Of the 64 octets of a local part, what is left for its name.
LONGEST_NAME = 64 - len("+") - 32 - len("-") - 12
_LOCAL = re.compile(r"(?P<name>.+)\+(?P<id>[0-9a-f]{32})-(?P<mac>[0-9a-f]{12})")


def return_path(address: str, delivery_id: str, secret: bytes) -> str:
    """The address to which failures of this one delivery are to be reported."""
    name, _, domain = address.rpartition("@")
    return f"{name}+{delivery_id}-{_mac(secret, delivery_id)}@{domain}"


def delivery_of(address: str, own: str, secrets: Sequence[bytes]) -> str:
    """The delivery that a return path below `own` was made for; empty where none of these keys made it."""
    local, _, domain = address.lower().rpartition("@")
    name, _, our_domain = own.lower().rpartition("@")
    found = _LOCAL.fullmatch(local)
    if found is None or domain != our_domain or found["name"] != name:
        return ""
    made = any(hmac.compare_digest(_mac(secret, found["id"]), found["mac"]) for secret in secrets)
    return found["id"] if made else ""


def _mac(secret: bytes, delivery_id: str) -> str:
    return hmac.digest(secret, b"newsletter-return-path\0" + delivery_id.encode(), "sha256")[:6].hex()
