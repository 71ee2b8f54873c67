"""What a schema cannot say of posted events: that the keys that verify them are such keys."""

import base64
import binascii
from collections.abc import Iterator

from newsletter.model.workspace import Settings
from newsletter.settings.coverage import Fault

#: How the DER form of every public key on the curve P-256 begins (RFC 5480); a point of 64 bytes follows.
_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
_LENGTH = len(_P256) + 64


def check_events(settings: Settings) -> Iterator[Fault]:
    """That each key of `provider.webhook_key` is one."""
    for number, key in enumerate(settings.provider.webhook_key.split(), 1):
        if not _is_key(key):
            text = (
                f"`provider.webhook_key`: the {number}. key is not what the provider shows as verification key of "
                "its signed event webhook (base64, 124 characters); copy it whole"
            )
            yield ("provider", "webhook_key"), "settings.webhook", text


def _is_key(text: str) -> bool:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(data) == _LENGTH and data.startswith(_P256)
