"""Editions built to be looked at, and what the checks say of them."""

from dataclasses import dataclass

from newsletter.app.bounded_rendering import render_bounded
from newsletter.app.drafting import last_sent_draft
from newsletter.app.mail_checks import check_mail
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace
from newsletter.checks.registry import run_checks
from newsletter.compose.issue import arrange, compose
from newsletter.compose.programme import programme_of
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.mail import Edition
from newsletter.model.people import Persona
from newsletter.model.problem import Problem
from newsletter.sources.issue_file import SOURCE as EDITORS_FILE


@dataclass(frozen=True, slots=True)
class Built:
    """One edition with the issue it shows and what the checks say of it."""

    issue: Issue
    edition: Edition
    problems: tuple[Problem, ...]


def build_edition(draft: Draft, choices: Choices, baseline: Draft | None = None) -> Built:
    """Compose, render and check one edition; RenderError where a template is at fault."""
    return build(compose(draft, choices, baseline), draft)


def build(issue: Issue, draft: Draft) -> Built:
    """Render and check what was composed."""
    edition = render_bounded(issue, draft)
    return Built(issue, edition, run_checks(issue, edition, draft))


def persona_choices(persona: Persona) -> Choices:
    """What a named reader would have chosen."""
    return Choices(
        timezone=persona.timezone,
        topics=persona.topics,
        clock=persona.clock,
        language=persona.language,
        density=persona.density,
        text_only=persona.text_only,
    )


def find_persona(ws: Workspace, name: str | None) -> Persona:
    """The persona of that name, or the first; UsageError lists the names there are."""
    personas = ws.personas
    found = next((persona for persona in personas if persona.name == name), None if name else personas[0])
    if found is None:
        raise UsageError(f"there is no persona {name!r}; personas.toml has {', '.join(p.name for p in personas)}")
    return found


def check_draft(ws: Workspace, draft: Draft) -> tuple[Problem, ...]:
    """What the checks say of the draft, over every persona, each finding once.

    An issue is told against the one that went out before it, as most of its readers get it. A correction and a
    one-off are looked at as their readers would get them.
    """
    if draft.kind != "issue":
        return (*draft.problems, *check_mail(ws, draft, ws.clock()))
    found: dict[Problem, None] = dict.fromkeys(draft.problems)
    last = last_sent_draft(ws, draft)
    programme, before = programme_of(draft), programme_of(last) if last else None
    for persona in ws.personas:
        found |= dict.fromkeys(build(arrange(programme, persona_choices(persona), before), draft).problems)
    return tuple(found)


def check_issue(ws: Workspace, draft: Draft) -> tuple[Problem, ...]:
    """Only what concerns the mail itself: an item held back is listed, and does not block the rest."""
    return tuple(
        problem for problem in check_draft(ws, draft) if problem not in draft.problems or is_editors(problem)
    )


def is_editors(problem: Problem) -> bool:
    """Whether it stands in the editor's file: what was not understood there is not sent."""
    return problem.origin.source == EDITORS_FILE
