"""From a stored draft to the issue of one group of readers, whatever kind of mailing it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache

from newsletter.app.drafting import stored_draft
from newsletter.app.workspace import Workspace
from newsletter.compose.correction import compose_correction
from newsletter.compose.history import Had, adds_to, is_withheld, next_issue, read_late
from newsletter.compose.message import compose_message
from newsletter.compose.programme import Programme, programme_of
from newsletter.compose.remembering import load_memory
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.ledger import Baseline
from newsletter.model.memory import NOTHING, Memory
from newsletter.store import editions

#: The issue for these choices and what its readers had before; None where it has nothing to say to them.
Composer = Callable[[Choices, Baseline | None], Issue | None]


def composer(ws: Workspace, draft: Draft, at: datetime | None = None) -> Composer:
    """What composes the draft's editions; with `at`, as they are read then: what is over by that time is left out."""
    later = draft if at is None else read_late(draft, at)
    if draft.kind == "one-off":
        return lambda choices, _: compose_message(draft, choices)
    if draft.kind == "correction":
        return _corrections(ws, programme_of(later))
    return _issues(ws, programme_of(later))


def recalled(ws: Workspace, name: str) -> Memory:
    """What readers of that memory know; LookupError where the store has lost it."""
    with ws.store.read() as connection:
        text = editions.memory_text(connection, ws.settings.community.id, name)
    if text is None:
        raise LookupError(f"the memory {name} is not in the store")
    return load_memory(text)


def addition(ws: Workspace, draft: Draft, at: datetime) -> Composer:
    """What composes the draft for readers who come to its digest at that moment; None where they know all of it."""
    programme, before = programme_of(read_late(draft, at)), histories(ws)

    def compose(choices: Choices, baseline: Baseline | None) -> Issue | None:
        had = before(baseline)
        issue = next_issue(programme, choices, had)
        return issue if had is not None and adds_to(choices, had, issue) else None

    return compose


def histories(ws: Workspace) -> Callable[[Baseline | None], Had | None]:
    """What readers had before, as their baseline names it; each issue and each memory is read once."""
    recall = cache(lambda name: recalled(ws, name))
    before = cache(lambda name: programme_of(stored_draft(ws, name)))

    def had(baseline: Baseline | None) -> Had | None:
        if baseline is None:
            return None
        return Had(before(baseline.issue), recall(baseline.memory) if baseline.memory else None)

    return had


def _issues(ws: Workspace, programme: Programme) -> Composer:
    had = histories(ws)

    def compose(choices: Choices, baseline: Baseline | None) -> Issue | None:
        issue = next_issue(programme, choices, had(baseline))
        return None if is_withheld(programme, issue) else issue

    return compose


def _corrections(ws: Workspace, programme: Programme) -> Composer:
    titles = {name: entry.title for name, entry in programme.draft.lists}
    recall = cache(lambda name: recalled(ws, name))

    def compose(choices: Choices, baseline: Baseline | None) -> Issue | None:
        known = recall(baseline.memory) if baseline and baseline.memory else NOTHING
        issue = compose_correction(programme, choices, known)
        return replace(issue, title=titles.get(choices.list, issue.title)) if issue else None

    return compose
