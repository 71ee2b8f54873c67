"""Header fields of a digest: which ones, and how each is written as ASCII lines (RFC 5322, RFC 2047).

The standard library's folding breaks long addresses and turns them into encoded words, so it is not used here.
"""

import base64
import re
from collections.abc import Iterator
from email.utils import parseaddr

from newsletter.model.issue import Draft, Issue
from newsletter.model.service import OF_THE_LIST
from newsletter.render.escaping import one_line

#: Longest line without its CRLF (RFC 5322, 2.1.1: SHOULD).
LINE = 78
#: UTF-8 octets in one encoded word: 12 + 4/3 * 39 = 64 characters, so that "Subject: " and one fit 76 (RFC 2047, 2).
_WORD = 39
#: Characters of a word that still fits a line of its own.
_LONG_WORD = 60
_PLAIN = re.compile(r"[!-~]+( [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
#: An address that must stay whole, however long.
_ADDRESS = re.compile(r"<[a-z]+:[!-;=?-~]+>")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_FIELD = re.compile(r"[^A-Za-z0-9._-]")
#: The last field of Feedback-ID: the same for everything this program sends (5 to 15 characters).
FEEDBACK_SENDER = "newsltr"


def headers_of(issue: Issue, draft: Draft, subject: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """The static headers of a mail, as (name, decoded value), and whether it can be left by a header of its own."""
    if draft.kind != "service":
        return digest_headers(issue, draft, subject), True
    to_list = draft.service in OF_THE_LIST
    return service_headers(draft, subject, to_list=to_list), to_list


def service_headers(draft: Draft, subject: str, *, to_list: bool) -> tuple[tuple[str, str], ...]:
    """The headers of a mail that answers one reader: it says that no person wrote it (RFC 3834)."""
    one_click = to_list and not draft.list.leave_url
    return (
        ("From", one_line(draft.sender)),
        *((("Reply-To", one_line(draft.reply_to)),) if draft.reply_to else ()),
        ("Subject", subject),
        *((("List-Id", list_id(draft)),) if to_list else ()),
        *((("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),) if one_click else ()),
        ("Auto-Submitted", "auto-generated"),
    )


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
        *_about_list(draft),
        ("Precedence", "bulk"),
        ("Feedback-ID", ":".join(_FIELD.sub("-", field) for field in fields)),
    )


def _about_list(draft: Draft) -> Iterator[tuple[str, str]]:
    """Whom to ask, and where the issues stand (RFC 2369), where there is somebody and something."""
    helper = parseaddr(draft.reply_to)[1]
    archive = f"{draft.base_url.rstrip('/')}/archive/{draft.digest}.html"
    found = (
        ("List-Help", f"<mailto:{helper}>" if helper else ""),
        ("List-Archive", f"<{archive}>" if draft.settings.archive and draft.digest else ""),
    )
    return ((name, value) for name, value in found if _ADDRESS.fullmatch(value))


def list_id(draft: Draft) -> str:
    """The list's name and identifier (RFC 2919), below the domain of the sender."""
    domain = parseaddr(draft.sender)[1].rpartition("@")[2] or "localhost"
    label = _FIELD.sub("-", draft.settings.list)
    title = one_line(draft.list.title)
    name = _quoted(title) if '"' in title else title
    return f"{name} <{label}.{draft.community.id}.{domain}>".lstrip()


def header_lines(name: str, value: str) -> bytes:
    """One header field as ASCII with CRLF, folded; addresses stay whole and only their names are encoded."""
    if name in ("From", "Reply-To", "List-Id"):
        text = _mailbox(value)
    else:
        text = value if _ADDRESS.fullmatch(value) else _words(value, len(name) + 2)
    return f"{name}: {_fold(text, len(name) + 2)}\r\n".encode("ascii")


def _mailbox(value: str) -> str:
    """`display name <address>` with the name quoted or encoded as it needs, the domain in IDNA."""
    name, bracket, address = value.rpartition("<")
    if not name.strip():
        plain = _ascii_address(value.strip("<> "))
        return f"<{plain}>" if bracket else plain
    return f"{_phrase(_unquoted(name.strip()))} <{_ascii_address(address.rstrip('> '))}>"


def _phrase(words: str) -> str:
    # Encoded words can be folded anywhere, a long word of a quoted name nowhere.
    if not _PLAIN.fullmatch(words) or "=?" in words or max(map(len, words.split(" "))) > _LONG_WORD:
        return " ".join(_encoded(words))
    return words if _ATOMS.fullmatch(words) else _quoted(words)


def _quoted(words: str) -> str:
    """The words as a quoted-string (RFC 5322, 3.2.4)."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(name: str) -> str:
    """What a quoted-string says; a name that is none as it is."""
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if _QUOTED.fullmatch(name) else name


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
