"""What a reader gets next, and whether they get it at all: the same decision for sending and for looking ahead."""

from dataclasses import dataclass

from newsletter.compose.issue import arrange
from newsletter.compose.programme import Programme
from newsletter.model.issue import Choices, Issue
from newsletter.model.memory import Memory


@dataclass(frozen=True, slots=True)
class Had:
    """The last issue that reached a reader, and what they remember since; None where nobody wrote that down."""

    programme: Programme
    memory: Memory | None = None


def next_issue(programme: Programme, choices: Choices, had: Had | None) -> Issue:
    """The issue for readers who had that one last; without one, it is their first."""
    return arrange(programme, choices, had.programme if had else None, had.memory if had else None)


def is_withheld(programme: Programme, issue: Issue) -> bool:
    """Whether a reader is spared the issue: it has nothing to tell them, and the digest skips such issues."""
    return programme.draft.settings.skip_empty and issue.empty
