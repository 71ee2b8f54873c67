"""Whether the mails can be made: each digest's next issue, and the mails that answer people."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from newsletter.app.bounded_rendering import render_bounded
from newsletter.app.checking import build_edition, find_persona, persona_choices
from newsletter.app.drafting import preview_draft
from newsletter.app.service_mails import service_issue
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace
from newsletter.model.health import Finding, ok
from newsletter.model.issue import Choices, Draft
from newsletter.model.problem import Problem
from newsletter.model.service import ServiceMail
from newsletter.render.errors import RenderError
from newsletter.settings.reading import SettingsError


def content_findings(ws: Workspace) -> Iterator[Finding]:
    """For each list its welcome and for each digest its next issue: whether it can be made, a cause told once."""
    told: set[Problem] = set()
    for what, look in _looks(ws):
        try:
            yield look()
        except (RenderError, SettingsError) as error:
            if error.problems[0] not in told:
                yield _broken(what, error.problems[0])
            told.update(error.problems)
        except UsageError as error:
            yield Finding(
                "templates", "warning", "doctor.no-slot", f"{what} has no time: {error}", "Add the next terms"
            )


def _looks(ws: Workspace) -> Iterator[tuple[str, Callable[[], Finding]]]:
    now = ws.clock()
    for name in ws.settings.lists:
        yield f"The welcome of {name}", partial(_greeting, ws, name, now)
    for name in ws.settings.digests:
        yield f"The next issue of {name}", partial(_digest, ws, name, now)


def _broken(what: str, problem: Problem) -> Finding:
    text = f"{what} cannot be made: {problem.origin}: {problem.text}"
    return Finding("templates", "error", "doctor.template", text, f"Mend {problem.origin}")


def _digest(ws: Workspace, name: str, now: datetime) -> Finding:
    draft = preview_draft(ws, name, now)
    build_edition(draft, persona_choices(find_persona(ws, None)))
    unread = _unread(draft)
    if unread:
        text = f"{draft.slot.key} would go out without a source: {unread[0].origin}: {unread[0].text}"
        return Finding("templates", "warning", "doctor.source", text, "newsletter collect tells all of it")
    return ok("templates", f"{draft.slot.key} can be made: {len(draft.items)} entries read")


def _unread(draft: Draft) -> list[Problem]:
    return [problem for problem in draft.problems if problem.code.startswith("source.")]


def _greeting(ws: Workspace, name: str, now: datetime) -> Finding:
    home = ws.settings.community
    choices = Choices(home.timezone, language=home.language, list=name)
    render_bounded(*service_issue(ws, ServiceMail("welcome", "nobody", name), choices, now))
    return ok("templates", f"The mails that answer people on {name} can be made")
