"""What the preview shows, as values: an issue as one persona gets it, and what is wrong, with its lines of source."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from typing import Literal

from newsletter.model.problem import Origin, Problem

Scheme = Literal["light", "dark"]

#: Conditions that hold in every window and in none; features, because `all` may not stand behind an `and`.
_ALWAYS, _NEVER = "(min-width:0px)", "(max-width:0px)"
_PREFERS = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_COLOR_SCHEME = re.compile(r"(?<![-\w])((?:supported-)?color-schemes?\s*:\s*)(?:light|dark|only|\s)+", re.IGNORECASE)
_SCHEME_META = re.compile(
    r"""(<meta\s[^>]*name=["'](?:supported-)?color-schemes?["'][^>]*content=["'])[^"']*""", re.IGNORECASE
)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """One entry of a switch: the name that stands in the address, and the words that stand on it."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Menu:
    """What there is to look at, in the order of the workspace's files."""

    community: str
    digests: tuple[Named, ...]
    personas: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a source file, 1-based; `here` marks the one that is meant."""

    number: int
    text: str
    here: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with the lines of the file around it, where there is such a file."""

    problem: Problem
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """One edition ready to look at; links that would be personal lead nowhere. Sizes are bytes of the HTML part."""

    key: str
    title: str
    subject: str
    preheader: str
    sender: str
    sends: str
    window: str
    html: str
    text: str
    message: bytes
    problems: tuple[Finding, ...] = ()
    empty: bool = False
    next_content: str = ""
    built_ms: int = 0

    @property
    def size(self) -> int:
        """Bytes of the HTML part; mail clients cut what is longer than 102 KiB."""
        return len(self.html.encode())


@dataclass(frozen=True, slots=True)
class Shown:
    """What to show now: the view (the last good one while `faults` stand), and what keeps it from being newer."""

    menu: Menu
    digest: str
    persona: str
    view: View | None
    faults: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the message: its type, encoding and decoded size in bytes."""

    type: str
    encoding: str
    size: int


def in_scheme(html: str, scheme: Scheme) -> str:
    """The mail as a client in light or dark mode shows it, in any browser: the author's own media rules decide.

    The condition itself is rewritten, because setting a frame's colour scheme from outside fails in Safari.
    """
    html = _PREFERS.sub(lambda match: _ALWAYS if match[1].lower() == scheme else _NEVER, html)
    html = _COLOR_SCHEME.sub(lambda match: f"{match[1]}{scheme}", html)
    return _SCHEME_META.sub(lambda match: f"{match[1]}{scheme}", html)


def for_frame(html: str) -> str:
    """The mail with its links opening beside the preview, and its inert ones (`#`) staying where they are."""
    html = html.replace('href="#"', 'href="#" target="_self" title="Every reader has a link of their own here"')
    return _HEAD.sub(lambda match: match[0] + '<base target="_blank">', html, count=1)


def headers(message: bytes) -> tuple[tuple[str, str], ...]:
    """The message's headers in order, decoded (RFC 2047) and unfolded."""
    return tuple((name, " ".join(str(value).split())) for name, value in _parsed(message).items())


def parts(message: bytes) -> tuple[Part, ...]:
    """The leaves of the message in order."""
    leaves = (leaf for leaf in _parsed(message).walk() if not leaf.is_multipart())
    return tuple(_part(leaf) for leaf in leaves)


def _parsed(message: bytes) -> EmailMessage:
    return message_from_bytes(message, policy=modern)


def _part(leaf: EmailMessage) -> Part:
    decoded = leaf.get_payload(decode=True)
    size = len(decoded) if isinstance(decoded, bytes) else 0
    return Part(leaf.get_content_type(), str(leaf.get("Content-Transfer-Encoding", "7bit")), size)


def excerpt(problem: Problem, read: Callable[[str], Sequence[str] | None]) -> Finding:
    """The problem with the line it names and one on either side; `read` gives a file's lines, or None."""
    lines = read(problem.origin.path)
    at = problem.origin.line
    if not lines or not at or at > len(lines):
        return Finding(problem)
    around = range(max(1, at - 1), min(len(lines), at + 1) + 1)
    return Finding(problem, tuple(Line(number, lines[number - 1], number == at) for number in around))


def fault(code: str, text: str) -> Problem:
    """Something wrong that stands in no file."""
    return Problem("error", code, text, Origin("preview", ""))
