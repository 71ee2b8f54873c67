"""What the studio shows, as values: an issue as somebody gets it, and what is wrong, with its lines of source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.app.studio.differences import EventDifference, TextLine
from newsletter.app.studio.inbox import InboxRow
from newsletter.app.studio.outline import OutlineSection
from newsletter.model.mail import Edition
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
    """A problem with the lines of the file around it, where there is such a file, and the item it is about."""

    problem: Problem
    lines: tuple[Line, ...] = ()
    item: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """The last issue as these readers would have had it: its HTML for the stage (if any) and text."""

    html: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """One edition ready to look at; links that would be personal lead nowhere. Sizes are bytes of the HTML part.

    `framed` is the HTML for the stage, where each entry's title is an element with its number in the outline.
    `against` is the key of the last issue that went out, which `events` and `lines` compare it with.
    """

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
    framed: str = ""
    outline: tuple[OutlineSection, ...] = ()
    inbox: tuple[InboxRow, ...] = ()
    against: str = ""
    events: tuple[EventDifference, ...] = ()
    lines: tuple[TextLine, ...] = ()
    before: Before = Before()
    tells_data: Callable[[], str] = str
    edition: Edition | None = None

    @property
    def data(self) -> str:
        """The issue as data (JSON), written when it is asked for: of a large one that takes as long as the mail."""
        return self.tells_data()

    @property
    def size(self) -> int:
        """Bytes of the HTML part; mail clients cut what is longer than 102 KiB."""
        return len(self.html.encode())


@dataclass(frozen=True, slots=True)
class Step:
    """One distinct mail of all that would leave: its place among them (1-based), what it is made for, who gets it.

    `people` of `everybody` get it; `readers` are the addresses of a few, masked unless real ones were asked for.
    """

    number: int
    of: int
    people: int
    everybody: int
    made_for: str
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """How many people get the issue, in how many distinct mails; `left_out` by the reason.

    `unknown` says why that is not known, where it is not.
    """

    people: int = 0
    mails: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What to show now: the view (the last good one while `faults` stand), and what keeps it from being newer.

    It is a persona's, or with a `step` that of one distinct mail. `real` says that addresses are not masked.
    """

    menu: Menu
    digest: str
    persona: str
    view: View | None
    faults: tuple[Finding, ...] = ()
    step: Step | None = None
    audience: Audience = Audience()
    real: bool = False


def excerpt(problem: Problem, read: Callable[[str], Sequence[str] | None], item: str = "") -> Finding:
    """The problem with the line it names and one on either side; `read` gives a file's lines, or None."""
    lines = read(problem.origin.path)
    at = problem.origin.line
    if not lines or not at or at > len(lines):
        return Finding(problem, item=item)
    around = range(max(1, at - 1), min(len(lines), at + 1) + 1)
    return Finding(problem, tuple(Line(number, lines[number - 1], number == at) for number in around), item)


def fault(code: str, text: str) -> Problem:
    """Something wrong that stands in no file."""
    return Problem("error", code, text, Origin("preview", ""))
