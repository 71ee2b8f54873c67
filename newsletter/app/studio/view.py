"""What the preview shows, as values: an issue as one persona gets it, and what is wrong, with its lines of source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.model.problem import Origin, Problem


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
