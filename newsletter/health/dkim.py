"""Judging the public key under which mail is signed: DKIM (RFC 6376, 3.6.1), from its record in the DNS."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Sequence

from newsletter.model.health import Finding, ok

#: Octets of a DER-encoded RSA public key of 1024 and of 2048 bits: 162 and 294; Gmail refuses what is shorter.
_SHORTEST, _GOOD = 140, 270
#: RFC 8463: an Ed25519 key is 32 octets, and nothing around it.
_ED25519 = 32


def judge_dkim(selector: str, domain: str, records: Sequence[str], ours: str = "") -> Finding:
    """How the key at SELECTOR._domainkey.DOMAIN is: missing, withdrawn, no key, weak, or still in its test.

    `ours` is the record of the key that signs here, where it does: what the DNS says must be that one's.
    """
    name = f"{selector}._domainkey.{domain}"
    found = [tags for tags in map(dkim_tags, records) if "p" in tags]
    if not found:
        advice = "Publish the record that the provider (or your signing key) gives, or mend checks.dkim_selectors"
        return Finding("dns", "error", "doctor.dkim-missing", f"{name} holds no DKIM key", advice)
    if len(found) > 1:
        text = f"{name} holds {len(found)} DKIM keys; receivers may take either"
        return Finding("dns", "error", "doctor.dkim-double", text, "Leave the one that signs")
    if ours and found[0]["p"] and found[0]["p"] != dkim_tags(ours)["p"]:
        text = f"The DKIM key at {name} is not that of the key that signs here: every signature fails"
        return Finding("dns", "error", "doctor.dkim-mismatch", text, f"Publish this one: {ours}")
    return _judge(name, found[0])


def _judge(name: str, tags: dict[str, str]) -> Finding:
    if not tags["p"]:
        text = f"The DKIM key at {name} is withdrawn (p= is empty): every signature fails"
        return Finding(
            "dns", "error", "doctor.dkim-revoked", text, "Publish the key that signs, or change the selector"
        )
    size = _key_size(tags["p"])
    least = _ED25519 if tags.get("k", "rsa") == "ed25519" else _SHORTEST
    if size < least:
        text = f"The DKIM key at {name} is no key that receivers take ({size} octets)"
        return Finding(
            "dns", "error", "doctor.dkim-broken", text, "Publish the record again, whole: 2048 bits for RSA"
        )
    if tags.get("k", "rsa") == "rsa" and size < _GOOD:
        text = f"The DKIM key at {name} has fewer than 2048 bits"
        return Finding("dns", "warning", "doctor.dkim-weak", text, "Have the provider make one of 2048 bits")
    if "y" in tags.get("t", "").split(":"):
        text = f"The DKIM key at {name} says that it is being tested (t=y): receivers may pass over it"
        return Finding("dns", "warning", "doctor.dkim-testing", text, "Take t=y out of the record")
    return ok("dns", f"DKIM at {name}: one {tags.get('k', 'rsa')} key")


def dkim_tags(record: str) -> dict[str, str]:
    """The record's tags and values, white space out of the way."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs if name.strip()}


def _key_size(text: str) -> int:
    """Octets of the key; 0 where it is not Base64."""
    try:
        return len(b64decode(text, validate=True))
    except (Base64Error, ValueError):
        return 0
