"""Words made fit for a log: addresses, keys and links are taken out of them, whoever wrote them.

This is the second line of defence; the first is to log ids, and not what they stand for.
"""

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

ADDRESS, SECRET = "[address]", "[secret]"
#: Nothing that is logged is longer: a peer that answers with a book fills no disk.
LONGEST = 4_000
#: Shorter values of settings are words that stand in any sentence.
SHORTEST = 6

# What stands around an @ or its spellings in URLs, quoted-printable and HTML, be it a sound address or not. Every
# part is bounded and begins at an edge, so that a long line costs no more than its length.
_AT = r"(?:[@\uff20\ufe6b]|%40|=40|&#64;|&#x40;|&commat;)"
_END = r"[^\s<>()\[\],;:\"'|/?&{}\\]{1,255}"
_ADDRESS = re.compile(
    rf"\"[^\"\n]{{1,64}}\"{_AT}{_END}"
    rf"|(?<![^\s<>()\[\],;:\"'=|/?&{{}}\\])[^\s<>()\[\],;:\"@|/?{{}}\\]{{1,320}}?{_AT}(?:\[[^\]\s]{{1,64}}\]|{_END})",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(authorization|[\w-]{0,40}(?:password|passwd|secret|token|api[_-]?key))\b"
    r"([\"']?\s{0,4}[:=]\s{0,4})(?:(?:bearer|basic)\s+)?(\"[^\"\n]*\"?|'[^'\n]*'?|[^\s,;\"'}]+)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\b(bearer|basic)\s+(?=[^\s]{8})[A-Za-z0-9._~+/=-]+", re.IGNORECASE)
_KEY = re.compile(
    r"\bSG\.[\w.-]+|\bAKIA[A-Z0-9]{12,}"
    r"|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----END)[\s\S])*(?:-----END[^-]*-----)?"
)
_RUN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{27,}=*")


class Redactor:
    """Takes out what looks like an address or a key, and each of the values that are `known` to be secret."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        forms = {form for value in known for form in _spellings(value.strip())}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        """The text without them; what is too long is cut where a word ends."""
        text = _bounded(text)
        if self._known is not None:
            text = self._known.sub(SECRET, text)
        text = _KEY.sub(SECRET, text)
        text = _NAMED.sub(rf"\1\2{SECRET}", text)
        text = _SCHEME.sub(rf"\1 {SECRET}", text)
        text = _ADDRESS.sub(ADDRESS, text)
        return _RUN.sub(_link_or_id, text)


#: For whoever knows no secret: addresses, and what has the shape of a key.
redact = Redactor()


def _bounded(text: str) -> str:
    """Cut between words, so that no half of an address is left that nobody would know for one."""
    if len(text) <= LONGEST:
        return text
    head = text[:LONGEST]
    return head.rstrip()[: max(head.rfind(" "), head.rfind("\n"), 0)] + " [...]"


def _link_or_id(found: re.Match[str]) -> str:
    """Our links, cookies and most keys are long and of mixed case; ids and hashes are hex, names are of one case."""
    word = found.group()
    mixed = any(map(str.isupper, word)) and any(map(str.islower, word)) and any(map(str.isdigit, word))
    return SECRET if mixed else word


def _spellings(value: str) -> set[str]:
    """The value as it stands, and as URLs, headers and basic authentication spell it."""
    if len(value) < SHORTEST:
        return set()
    encoded = base64.b64encode(value.encode()).decode().rstrip("=")
    lines = {line for line in value.splitlines() if len(line) >= SHORTEST and "-----" not in line}
    return {value, quote(value, safe=""), quote_plus(value), encoded, value.encode().hex()} | lines
