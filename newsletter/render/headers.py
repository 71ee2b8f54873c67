"""Header fields of a digest: which ones, and how each is written as ASCII lines (RFC 5322, RFC 2047).

The standard library's folding breaks long addresses and turns them into encoded words, so it is not used here.
"""

import base64
import re
from collections.abc import Iterator
from email.utils import parseaddr

from newsletter.model.issue import Draft, Issue
from newsletter.render.escaping import one_line

#: Longest line without its CRLF (RFC 5322, 2.1.1: SHOULD).
LINE = 78
#: UTF-8 octets in one encoded word: 12 + 4/3 * 39 = 64 characters, so that "Subject: " and one fit 76 (RFC 2047, 2).
_WORD = 39
_PLAIN = re.compile(r"[!-~]+( [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_FIELD = re.compile(r"[^A-Za-z0-9._-]")
#: The last field of Feedback-ID: the same for everything this program sends (5 to 15 characters).
FEEDBACK_SENDER = "newsltr"


def digest_headers(issue: Issue, draft: Draft, subject: str) -> tuple[tuple[str, str], ...]:
    """The static headers of an issue, as (name, decoded value).

    A list that is left elsewhere (`leave_url`) promises no one-click leaving: its address need not take a POST.
    """
    fields = (issue.key, "digest", draft.community.id, FEEDBACK_SENDER)
    return (
        ("From", one_line(draft.sender)),
        *((("Reply-To", one_line(draft.reply_to)),) if draft.reply_to else ()),
        ("Subject", subject),
        ("List-Id", list_id(draft)),
        *(() if draft.list.leave_url else (("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),)),
        ("Precedence", "bulk"),
        ("Feedback-ID", ":".join(_FIELD.sub("-", field) for field in fields)),
    )


def list_id(draft: Draft) -> str:
    """The list's name and identifier (RFC 2919), below the domain of the sender."""
    domain = parseaddr(draft.sender)[1].rpartition("@")[2] or "localhost"
    label = _FIELD.sub("-", draft.settings.list)
    return f"{one_line(draft.list.title)} <{label}.{draft.community.id}.{domain}>"


def header_lines(name: str, value: str) -> bytes:
    """One header field as ASCII with CRLF, folded; addresses stay whole and only their names are encoded."""
    text = _mailbox(value) if name in ("From", "Reply-To", "List-Id") else _words(value, len(name) + 2)
    return f"{name}: {_fold(text, len(name) + 2)}\r\n".encode("ascii")


def _mailbox(value: str) -> str:
    """`display name <address>` with the name quoted or encoded as it needs, the domain in IDNA."""
    name, _, address = value.rpartition("<")
    if not name.strip():
        return _ascii_address(value.strip("<> "))
    words = name.strip().strip('"')
    return f"{_phrase(words)} <{_ascii_address(address.rstrip('> '))}>"


def _phrase(words: str) -> str:
    if not _PLAIN.fullmatch(words) or "=?" in words:
        return " ".join(_encoded(words))
    return words if _ATOMS.fullmatch(words) else '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _ascii_address(address: str) -> str:
    local, at, domain = address.rpartition("@")
    plain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    return f"{local}{at}{plain}"


def _words(value: str, used: int) -> str:
    """The value itself where it is plain ASCII and fits one line, else encoded words."""
    if _PLAIN.fullmatch(value) and "=?" not in value and len(value) + used <= LINE:
        return value
    return " ".join(_encoded(value))


def _encoded(value: str) -> Iterator[str]:
    """Encoded words of whole characters (RFC 2047, 5.3); the space between two of them is not part of the value."""
    piece = b""
    for character in value:
        octets = character.encode("utf-8")
        if len(piece) + len(octets) > _WORD:
            yield _word(piece)
            piece = b""
        piece += octets
    yield _word(piece)


def _word(octets: bytes) -> str:
    return f"=?utf-8?B?{base64.b64encode(octets).decode('ascii')}?="


def _fold(text: str, used: int) -> str:
    """Breaks before words so that lines stay within the limit; a quoted name is only broken at its spaces."""
    out, column = "", used
    for index, word in enumerate(text.split(" ")):
        fits = not index or column + 1 + len(word) <= LINE
        out += word if not index else f" {word}" if fits else f"\r\n {word}"
        column = column + bool(index) + len(word) if fits else 1 + len(word)
    return out
