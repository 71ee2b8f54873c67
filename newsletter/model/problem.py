"""Problems are values: what is wrong in content or configuration, with file and line; never an exception."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something was read: the source's name, the path as configured, and the line (1-based)."""

    source: str
    path: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, in a sentence its author can act on; `code` is stable and documented.

    `element` is the opening tag at fault, where that is one of the mail.
    """

    level: Level
    code: str
    text: str
    origin: Origin
    element: str = ""

    @property
    def place(self) -> str:
        """Where it stands: the origin, and in the mail the element."""
        return f"{self.origin}, {self.element}" if self.element else f"{self.origin}"

    def __str__(self) -> str:
        return f"{self.place}: {self.level}: {self.text} [{self.code}]"


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems is of level error."""
    return any(problem.level == "error" for problem in problems)
