"""Judging who may send for a domain: SPF (RFC 7208), from the records that stand in the DNS."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from newsletter.model.health import Finding, ok

#: The TXT records of a name; none where there are none.
Texts = Callable[[str], Sequence[str]]

#: RFC 7208, 4.6.4: terms that ask the DNS, all included records together.
MOST_LOOKUPS = 10
_ASKING = ("include", "a", "mx", "ptr", "exists", "redirect")


@dataclass(frozen=True, slots=True)
class Spf:
    """One domain's record as a receiver reads it: its last word on everybody else, and what it costs to read."""

    final: str
    lookups: int
    includes: frozenset[str]


def judge_spf(domain: str, texts: Texts) -> Finding:
    """How the record of the envelope's domain is: missing, doubled, too long to follow, or open to everybody."""
    records = spf_records(texts(domain))
    if not records:
        advice = f'Publish a TXT record at {domain}: "v=spf1 include:... -all", with what your provider names'
        return Finding("dns", "error", "doctor.spf-missing", f"{domain} has no SPF record", advice)
    if len(records) > 1:
        text = f"{domain} has {len(records)} SPF records; receivers take that as an error (RFC 7208, 3.2)"
        return Finding("dns", "error", "doctor.spf-double", text, "Join them into one record")
    return _judge(domain, read_spf(domain, texts))


def _judge(domain: str, spf: Spf) -> Finding:
    if spf.lookups > MOST_LOOKUPS:
        text = f"The SPF record of {domain} asks the DNS {spf.lookups} times; receivers stop at {MOST_LOOKUPS}"
        advice = "Take out includes of services that no longer send for you"
        return Finding("dns", "error", "doctor.spf-lookups", text, advice)
    if spf.final == "+all":
        text = f"The SPF record of {domain} lets everybody send for you (+all)"
        return Finding("dns", "error", "doctor.spf-open", text, 'End the record with "-all" or "~all"')
    if spf.final in ("", "?all"):
        text = f"The SPF record of {domain} says nothing about all others"
        return Finding("dns", "warning", "doctor.spf-neutral", text, 'End the record with "-all" or "~all"')
    return ok("dns", f"SPF of {domain}: one record, {spf.lookups} of {MOST_LOOKUPS} lookups, ends with {spf.final}")


def spf_records(texts: Sequence[str]) -> list[str]:
    """Those of the TXT records that are SPF's (RFC 7208, 4.5)."""
    return [text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]


def read_spf(domain: str, texts: Texts) -> Spf:
    """What the record says, with all that it includes; a loop is counted once round."""
    includes: set[str] = set()
    final, lookups = _follow(domain, texts, includes)
    return Spf(final, lookups, frozenset(includes))


def _follow(domain: str, texts: Texts, seen: set[str]) -> tuple[str, int]:
    seen.add(domain)
    final, lookups = "", 0
    for name, value in _terms(spf_records(texts(domain))):
        lookups += name in _ASKING
        if name in ("include", "redirect") and value and value not in seen and lookups <= MOST_LOOKUPS:
            inner, asked = _follow(value, texts, seen)
            lookups += asked
            final = inner if name == "redirect" and not final else final
        elif name.endswith("all"):
            final = name
    return final, lookups


def _terms(records: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each term's name without its sign (that of `all` with it), and what stands behind it."""
    for term in records[0].lower().split()[1:] if records else ():
        sign, bare = (term[0], term[1:]) if term[0] in "+-~?" else ("+", term)
        name, _, value = bare.replace("=", ":", 1).partition(":")
        name = name.partition("/")[0]
        yield (f"{sign}all" if name == "all" else name), value.partition("/")[0].rstrip(".")
