"""Editions built to be looked at, and what the checks say of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from newsletter.app.check_settings import silences_of, unknown_clients
from newsletter.app.drafting import last_sent_draft
from newsletter.app.known_editions import KNOWN
from newsletter.app.link_checking import link_findings, links_of
from newsletter.app.mail_checks import check_mail
from newsletter.app.timing import UsageError
from newsletter.app.whole_checks import calendar_findings, recipient_findings
from newsletter.app.workspace import Workspace
from newsletter.checks.registry import RULES, said_once
from newsletter.checks.silencing import Sorted, sort_out
from newsletter.checks.subject import Around
from newsletter.compose.issue import arrange
from newsletter.compose.programme import Programme, programme_of
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.mail import Edition
from newsletter.model.people import Persona
from newsletter.model.problem import Origin, Problem
from newsletter.model.workspace import CheckSettings
from newsletter.render.errors import RenderError
from newsletter.sources.issue_file import SOURCE as EDITORS_FILE


@dataclass(frozen=True, slots=True)
class Built:
    """One edition with the issue it shows and what the checks say of it."""

    issue: Issue
    edition: Edition
    problems: tuple[Problem, ...]


def build_edition(
    draft: Draft,
    choices: Choices,
    baseline: Draft | None = None,
    settings: CheckSettings = CheckSettings(),  # noqa: B008
) -> Built:
    """Compose, render and check one edition; RenderError where a template is at fault."""
    before = programme_of(baseline) if baseline else None
    return _build(programme_of(draft), choices, before, settings)


def _build(programme: Programme, choices: Choices, before: Programme | None, settings: CheckSettings) -> Built:
    last = arrange(before, choices) if before else None
    issue = arrange(programme, choices, before, last.memory if last else None)
    return build(issue, programme.draft, Around(settings, last.subject if last else ""))


def build(issue: Issue, draft: Draft, around: Around = Around()) -> Built:  # noqa: B008
    """Render and check what was composed."""
    edition, problems = KNOWN.build(issue, draft, around)
    return Built(issue, edition, problems)


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
    """What is to be told of the draft; see `examine`."""
    return examine(ws, draft).problems


def examine(ws: Workspace, draft: Draft, *, links: bool = False, more: Sequence[Problem] = ()) -> Sorted:
    """What the checks say of the draft, over every persona, each finding once, without what is silenced.

    An issue is told against the one that went out before it, as most of its readers get it. A correction and a
    one-off are looked at as their readers would get them. With `links`, or where the settings say so, links of an
    issue are followed. `more` is known already, and told last.
    """
    found: dict[Problem, None] = dict.fromkeys(draft.problems)
    try:
        found |= dict.fromkeys(_of_mails(ws, draft, links=links or ws.settings.checks.links))
    except RenderError as error:
        found |= dict.fromkeys(error.problems)
    if draft.kind == "issue":
        now = ws.clock()
        found |= dict.fromkeys((*calendar_findings(ws, draft, now), *recipient_findings(ws, draft, now)))
    found |= dict.fromkeys(unknown_clients(ws))
    found |= dict.fromkeys(more)
    # What was not looked at was not found for that reason, and not because it is mended.
    unseen = () if links or ws.settings.checks.links else ("link.dead", "link.redirect")
    silences = [one for one in silences_of(ws, draft) if one.rule not in unseen]
    return sort_out(said_once(found), silences, RULES)


def _of_mails(ws: Workspace, draft: Draft, *, links: bool) -> Iterator[Problem]:
    if draft.kind != "issue":
        yield from check_mail(ws, draft, ws.clock())
        return
    last, origins = last_sent_draft(ws, draft), dict[str, Origin]()
    programme, before = programme_of(draft), programme_of(last) if last else None
    for persona in ws.personas:
        built = _build(programme, persona_choices(persona), before, ws.settings.checks)
        yield from built.problems
        origins |= links_of(built.issue, built.edition) if links else {}
    if links:
        yield from link_findings(ws, origins)


def told_of(ws: Workspace, draft: Draft, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Findings as an editor looks at them: what is silenced comes last, as a piece of information with its reason.

    These may be of one edition alone: what a silence could find in the others is not known.
    """
    found = sort_out(said_once(problems), silences_of(ws, draft), RULES)
    quiet = (
        replace(one.problem, level="info", text=f"{one.problem.text} (silenced: {one.silence.reason})")
        for one in found.silenced
    )
    return (*(one for one in found.problems if one.code != "silence.unused"), *quiet)


def check_issue(ws: Workspace, draft: Draft) -> tuple[Problem, ...]:
    """Only what concerns the mail itself: an item held back is listed, and does not block the rest."""
    return tuple(
        problem for problem in check_draft(ws, draft) if problem not in draft.problems or is_editors(problem)
    )


def is_editors(problem: Problem) -> bool:
    """Whether it stands in the editor's file: what was not understood there is not sent."""
    return problem.origin.source == EDITORS_FILE
