"""What a reader gets next, and whether they get it at all: the same decision for sending and for looking ahead."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from newsletter.compose.issue import arrange
from newsletter.compose.programme import Programme
from newsletter.compose.remembering import recall
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.memory import Memory, Told


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


def read_late(draft: Draft, at: datetime) -> Draft:
    """The draft as somebody reads it who gets it at that moment, and not when the others did."""
    if at <= draft.slot.send_at:
        return draft
    settings = draft.settings.model_copy(update={"send_at": "community"})
    return replace(draft, slot=replace(draft.slot, send_at=at), settings=settings)


def covered_until(draft: Draft) -> datetime:
    """The moment (UTC) from which on the digest's next issue tells what happens."""
    ends = draft.slot.window.end.astimezone(UTC)
    return max(ends, draft.slot.until.astimezone(UTC)) if draft.slot.until else ends


def adds_to(choices: Choices, had: Had, issue: Issue) -> bool:
    """Whether readers who had that one learn anything from the issue; a reminder is nothing to write to them for."""
    known = had.memory or arrange(had.programme, choices).memory
    before = recall(known, [told.item for told in issue.memory.told])
    changes = any(section.kind == "changes" and section.entries for section in issue.sections)
    return changes or any(_is_more(told, before.get(told.item.id)) for told in issue.memory.told)


def _is_more(told: Told, before: Told | None) -> bool:
    return before is None or not set(told.starts) <= set(before.starts)
