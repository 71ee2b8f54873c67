"""What reading a human date yields: a When, and findings about it; the caller adds where it stood."""

from dataclasses import dataclass

from newsletter.model.problem import Level
from newsletter.model.when import When


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell the author, in a sentence; errors have codes E-, warnings W-, information I-."""

    level: Level
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was understood; with an error among `warnings` the item must not be acted on."""

    when: When
    warnings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing of level error was found."""
        return all(finding.level != "error" for finding in self.warnings)


class RefusalError(Exception):
    """Text the grammar will not read; the message says which words, `code` which finding it becomes."""

    def __init__(self, text: str, code: str = "E-DATE") -> None:
        super().__init__(text)
        self.code = code


def error(code: str, text: str) -> Finding:
    """A finding that holds the item back."""
    return Finding("error", code, text)


def warning(code: str, text: str) -> Finding:
    """A finding the author should look at."""
    return Finding("warning", code, text)
