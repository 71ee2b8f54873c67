"""Words made fit for a log: addresses, keys and links are taken out of them, whoever wrote them.

This is the second line of defence; the first is to log ids, and not what they stand for.
"""

import base64
import re
from collections.abc import Iterable
from threading import Lock
from urllib.parse import quote, quote_plus

ADDRESS, SECRET = "[address]", "[secret]"
#: Nothing that is logged is longer: a peer that answers with a book fills no disk.
LONGEST = 4_000
#: Shorter values of settings are words that stand in any sentence.
SHORTEST = 8

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
    r"\bSG\.[\w.-]+|\bnlapi_\w+|\bAKIA[A-Z0-9]{12,}"
    r"|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----END)[\s\S])*(?:-----END[^-]*-----)?"
)
_RUN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{27,}=*")


class Redactor:
    """Takes out what looks like an address or a key, and each of the values that it learned to be secret."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._lock = Lock()
        self._forms: tuple[str, ...] = ()
        self.learn(known)

    def learn(self, values: Iterable[str]) -> None:
        """Take these out of whatever is said from now on, however they are spelled; short ones are words."""
        new = {form for value in values for form in _spellings(value.strip())}
        with self._lock:
            if fresh := new.difference(self._forms):
                self._forms = tuple(sorted((*self._forms, *fresh), key=lambda form: (-len(form), form)))

    def __call__(self, text: str) -> str:
        """The text without them; what is too long is cut where a word ends."""
        return self.whole(_bounded(text))

    def whole(self, text: str) -> str:
        """The text without them, however long it is."""
        return _RUN.sub(_link_or_id, _ADDRESS.sub(ADDRESS, self.secrets(text)))

    def known(self, text: str) -> str:
        """The text without the values that were learned, the longest first, and otherwise as it is."""
        # No pattern: where a process holds a thousand communities, each of their keys would compile all of it anew.
        for form in self._forms:
            if form in text:
                text = text.replace(form, SECRET)
        return text

    def secrets(self, text: str) -> str:
        """The text without keys; for whoever typed the addresses in it."""
        text = _KEY.sub(SECRET, self.known(text))
        text = _NAMED.sub(rf"\1\2{SECRET}", text)
        return _SCHEME.sub(rf"\1 {SECRET}", text)


#: The one of this process, which learns every secret that a workspace is opened with.
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
    raw = value.encode()
    lines = {line for line in value.splitlines() if len(line) >= SHORTEST and "-----" not in line}
    folded = {value.replace("\n", mark) for mark in ("\\n", "\r\n", " ")}
    coded = {one for skipped in range(3) for one in _base64(raw, skipped) if len(one) >= SHORTEST}
    return {value, quote(value, safe=""), quote_plus(value), raw.hex(), *coded, *lines, *folded}


def _base64(raw: bytes, skipped: int) -> set[str]:
    """What the value looks like within something longer in base64, after so many bytes of it; without its edges."""
    text = base64.b64encode(b"\0" * skipped + raw)
    inner = text[(0, 2, 3)[skipped] : len(text) // 4 * 4 - 4].decode()
    return {inner, inner.replace("+", "-").replace("/", "_")}
