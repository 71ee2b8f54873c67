"""Judging what a domain asks of receivers: DMARC (RFC 7489), its organisational domain by the walk up the tree."""

from collections.abc import Callable, Iterator, Sequence

from newsletter.health.dkim import dkim_tags
from newsletter.model.health import Finding, ok

Texts = Callable[[str], Sequence[str]]
_POLICIES = ("none", "quarantine", "reject")
#: Of a name with more labels than this, only so many are asked for (the walk's own limit).
MOST_LABELS = 8


def judge_dmarc(domain: str, signing: str, texts: Texts) -> Finding:
    """Whether the From domain has one good policy, and the domain that signs is the same or of the same house."""
    found = next(
        ((name, records) for name in walk(domain) if (records := dmarc_records(texts(f"_dmarc.{name}")))), None
    )
    if found is None:
        advice = f'Publish a TXT record at _dmarc.{domain}: "v=DMARC1; p=none; rua=mailto:you@{domain}" to begin with'
        return Finding("dns", "error", "doctor.dmarc-missing", f"{domain} has no DMARC record", advice)
    name, records = found
    if len(records) > 1:
        text = f"_dmarc.{name} has {len(records)} DMARC records: receivers then take none"
        return Finding("dns", "error", "doctor.dmarc-double", text, "Leave one")
    return _judge(domain, signing, name, dkim_tags(records[0]), texts)


def _judge(domain: str, signing: str, name: str, tags: dict[str, str], texts: Texts) -> Finding:
    policy = tags.get("p", "").lower()
    if policy not in _POLICIES:
        text = f"The DMARC record at _dmarc.{name} names no policy (p={policy or 'missing'})"
        return Finding("dns", "error", "doctor.dmarc-policy", text, "Write p=none, p=quarantine or p=reject")
    if not aligned(domain, signing, tags.get("adkim", "r").lower() == "s", texts):
        text = f"Mail from {domain} is signed for {signing}: for DMARC that is somebody else"
        advice = f"Have the provider sign for {domain} (domain authentication), or send from an address of {signing}"
        return Finding("dns", "error", "doctor.dmarc-alignment", text, advice)
    return ok("dns", f"DMARC of {name}: p={policy}, signed for {signing}, which is aligned with {domain}")


def dmarc_records(texts: Sequence[str]) -> list[str]:
    """Those of the TXT records that are DMARC's."""
    return [text for text in texts if text.replace(" ", "").lower().startswith("v=dmarc1")]


def walk(domain: str) -> Iterator[str]:
    """The domain and those above it, down to two labels: a top-level domain has no readers of its own."""
    labels = domain.lower().rstrip(".").split(".")
    starts = [0, *range(max(1, len(labels) - MOST_LABELS + 1), len(labels) - 1)]
    yield from (".".join(labels[start:]) for start in starts)


def aligned(domain: str, signing: str, strict: bool, texts: Texts) -> bool:
    """Whether the two are one domain, or (unless strict) of one organisation."""
    one, other = domain.lower().rstrip("."), signing.lower().rstrip(".")
    if strict or one == other:
        return one == other
    return _house(one, texts) == _house(other, texts)


def _house(domain: str, texts: Texts) -> str:
    """The organisational domain: the shortest name on the way up that has a DMARC record, else the domain itself."""
    named = [name for name in walk(domain) if _owns(dmarc_records(texts(f"_dmarc.{name}")))]
    return named[-1] if named else domain


def _owns(records: Sequence[str]) -> bool:
    return len(records) == 1 and dkim_tags(records[0]).get("psd", "u").lower() != "y"
