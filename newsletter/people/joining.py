"""Decisions about people who sign up: what a request is answered with, whose network it came from, and proofs."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from newsletter.model.joining import REQUEST_ANSWERS, SUPPRESSED_ANSWERS, RequestAnswer
from newsletter.model.people import SubscriptionState
from newsletter.people.tokens import make_token, read_token

#: What a form's token is for: it says when the form was shown.
FORM = "form"
#: Nobody fills in a form in less time; and after this long, another is shown.
QUICKEST, OLDEST = timedelta(seconds=1), timedelta(days=1)
#: How long the link of a confirmation mail works.
CONFIRM_WITHIN = timedelta(days=7)
#: Bits of an address that name its network: about what one household, office or customer has (IPv4, IPv6).
_BITS = {4: 24, 6: 64}


def answer_to(state: SubscriptionState | None, suppressed: str, *, double_opt_in: bool) -> RequestAnswer:
    """What a request for this membership is answered with, by the tables of `model.joining`."""
    if suppressed:
        return SUPPRESSED_ANSWERS.get(suppressed, "nothing")
    return REQUEST_ANSWERS[state][0 if double_opt_in else 1]


def text_version(text: str) -> str:
    """A short name for these very words, so that proofs of the same text are seen to be the same."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12] if text else ""


def mailbox_of(key: str) -> str:
    """The mailbox behind an address: "ada+news@example.org" is read where "ada@example.org" is.

    For limits alone; two such addresses may join as two.
    """
    local, at, domain = key.rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def network_of(host: str) -> str:
    """The network of a client's address (/24 or /64); empty for what is no address."""
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, _BITS[found.version]), strict=False))


def network_hash(secret: bytes, host: str) -> str:
    """HMAC-SHA256 of a client's network, in hex: what limits and proofs keep in its place."""
    return hmac.new(secret, b"newsletter-network\0" + network_of(host).encode(), hashlib.sha256).hexdigest()


def form_token(secret: bytes, list_name: str, now: datetime) -> str:
    """What a form carries to say when it was shown."""
    return make_token(secret, FORM, str(int(now.timestamp())), list_name)


def form_is_fresh(secrets: Sequence[bytes], token: str, list_name: str, now: datetime) -> bool:
    """Whether the form is ours, of this list, and was shown neither just now nor days ago."""
    claim = read_token(secrets, token, FORM)
    if claim is None or claim.scope != list_name:
        return False
    age = now.timestamp() - int(claim.subject)
    return QUICKEST.total_seconds() <= age <= OLDEST.total_seconds()
