"""SendGrid's Event Webhook: a signature over timestamp and raw bytes (ECDSA P-256, SHA-256), then an array of events.

The check of the sendgrid package takes text, of any age, and raises on odd input; this one takes bytes and says yes
or no. Nothing stands between timestamp and body in what is signed, so both are held to a strict form.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from newsletter.model.events import ProviderEvent
from newsletter.providers.sendgrid_events import fingerprint, payload, read_event

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
#: A signature of this curve is at most 72 bytes of DER, 96 characters of base64.
_LONGEST_SIGNATURE = 128
_TIMESTAMP = re.compile(rb"[0-9]{10}")
_METHOD = ECDSA(hashes.SHA256())


class SendGridWebhook:
    """Takes what any of the keys signed not longer than `window` ago; without a key nothing is genuine."""

    def __init__(self, keys: str, window: timedelta) -> None:
        self._keys = read_keys(keys)
        self._window = window

    def genuine(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Whether one of the keys signed this body lately."""
        timestamp = headers.get(TIMESTAMP, "").encode("utf-8", "replace")
        signature = _decoded(headers.get(SIGNATURE, ""))
        if not signature or not _TIMESTAMP.fullmatch(timestamp):
            return False
        if abs(now.timestamp() - int(timestamp)) > self._window.total_seconds():
            return False
        return any(_signed(key, signature, timestamp + body) for key in self._keys)

    def look(self, body: bytes) -> None:
        """ValueError where the body is no array that can be read."""
        _array(body)

    def events(self, body: bytes) -> Sequence[ProviderEvent]:
        """The events of a posted array; ValueError where the body is none. What is no object in it is kept as odd."""
        return [read_event(one) for one in _array(body)]

    def keepsake(self, event: ProviderEvent) -> tuple[str, Mapping[str, object]]:
        """The event's fingerprint, and the fields of it that name nobody."""
        return fingerprint(event.raw), payload(event.raw)


def read_keys(text: str) -> tuple[EllipticCurvePublicKey, ...]:
    """The verification keys of the setting (base64 of DER, white space between); ValueError where one is none."""
    return tuple(_key(one) for one in text.split())


def _key(text: str) -> EllipticCurvePublicKey:
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("it is not the verification key that the provider shows for signed events")
    return key


def _array(body: bytes) -> list[object]:
    try:
        found = json.loads(body.decode("utf-8"))
    except RecursionError:
        raise ValueError("the body is nested too deep") from None
    if not isinstance(found, list):
        raise ValueError("the body is no array")
    return found


def _decoded(signature: str) -> bytes:
    if len(signature) > _LONGEST_SIGNATURE:
        return b""
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _signed(key: EllipticCurvePublicKey, signature: bytes, data: bytes) -> bool:
    try:
        key.verify(signature, data, _METHOD)
    except InvalidSignature:
        return False
    return True
