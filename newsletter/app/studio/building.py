"""One edition built to be looked at: composed, rendered, checked, and laid beside the last issue that went out."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.app.archiving.pictures import in_place
from newsletter.app.bounded_rendering import changed_html_bounded, render_bounded
from newsletter.app.checking import Built, build, persona_choices, told_of
from newsletter.app.drafting import last_sent_draft
from newsletter.app.reviewing.drifting import drift_from_approved
from newsletter.app.studio.differences import event_differences, text_differences
from newsletter.app.studio.inbox import inbox_rows
from newsletter.app.studio.marks import marked, with_elements
from newsletter.app.studio.outline import outline_of
from newsletter.app.studio.owners import Owners, worst_levels
from newsletter.app.studio.stage import for_frame
from newsletter.app.studio.view import Before, View, excerpt
from newsletter.app.trial import inert_row
from newsletter.app.views import issue_json
from newsletter.app.workspace import Workspace
from newsletter.checks.subject import Around
from newsletter.compose.draft import draft_hash
from newsletter.compose.drift import drift_problems
from newsletter.compose.history import Had, next_issue
from newsletter.compose.programme import Programme, programme_of
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.mail import Row, fill_text, message_bytes
from newsletter.model.people import Persona
from newsletter.model.problem import Problem

#: Gives the lines of a file of the workspace, or None.
Lines = Callable[[str], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Sitting:
    """What all editions of one draft are built with: the draft on its calendar, and the last issue that went out."""

    ws: Workspace
    draft: Draft
    programme: Programme
    last: Programme | None

    @classmethod
    def of(cls, ws: Workspace, draft: Draft) -> "Sitting":
        """Read what went out last."""
        last = last_sent_draft(ws, draft)
        return cls(ws, draft, programme_of(draft), programme_of(last) if last else None)

    def for_persona(self, persona: Persona) -> Issue:
        """What the persona would get, who had the last issue."""
        return self.for_reader(persona_choices(persona), Had(self.last) if self.last else None)

    def for_reader(self, choices: Choices, had: Had | None) -> Issue:
        """What readers get who chose that, and had that."""
        return next_issue(self.programme, choices, had)

    def last_issue(self, choices: Choices) -> Issue | None:
        """The last issue, as these readers had it."""
        return next_issue(self.last, choices, None) if self.last else None


def build_view(sitting: Sitting, issue: Issue, lines: Lines) -> View:
    """The issue ready to look at; RenderError where a template is at fault."""
    started = time.perf_counter()
    ws, draft, old = sitting.ws, sitting.draft, sitting.last_issue(issue.choices)
    built = build(issue, draft, Around(ws.settings.checks, old.subject if old else ""))
    problems = told_of(ws, draft, (*drift_problems(drift_from_approved(ws, draft), draft.key), *_once(draft, built)))
    edition, row, owners = built.edition, inert_row(draft, "reader@example.org", "preview"), Owners(draft.items)
    framed = fill_text(changed_html_bounded(issue, draft, marked), {**row.values, **NOWHERE})
    before = _before(sitting, old, row)
    return View(
        key=issue.key,
        title=issue.title,
        subject=edition.subject,
        preheader=edition.preheader,
        sender=edition.sender,
        sends=_moment(draft.slot.send_at, draft),
        window=issue.dateline,
        html=fill_text(edition.html, row.values),
        text=fill_text(edition.text, row.values),
        message=message_bytes(edition, row, draft.slot.send_at),
        problems=tuple(excerpt(problem, lines, owners.of(problem.origin)) for problem in problems),
        empty=issue.empty,
        next_content=issue.next_content,
        framed=in_place(ws, draft, for_frame(with_elements(framed))),
        outline=outline_of(issue, worst_levels(owners, problems)),
        inbox=inbox_rows(edition.sender, edition.subject, edition.preheader),
        against=sitting.last.draft.key if sitting.last else "",
        events=event_differences(old, issue) if old else (),
        lines=text_differences(before.text, fill_text(edition.text, row.values)) if old else (),
        before=before,
        tells_data=lambda: json.dumps(issue_json(issue, draft_hash(draft)), ensure_ascii=False, indent=2),
        built_ms=round(1000 * (time.perf_counter() - started)),
        edition=edition,
    )


#: Links that are somebody's own lead nowhere in the frame.
NOWHERE = {"unsubscribe_url": "#", "preferences_url": "#", "web_url": "#"}


def _before(sitting: Sitting, old: Issue | None, row: Row) -> Before:
    """The last issue's mail, for these readers."""
    if sitting.last is None or old is None:
        return Before()
    edition, draft = render_bounded(old, sitting.last.draft), sitting.last.draft
    html = fill_text(edition.html, {**row.values, **NOWHERE})
    return Before(in_place(sitting.ws, draft, for_frame(html)) if html else "", fill_text(edition.text, row.values))


def _once(draft: Draft, built: Built) -> tuple[Problem, ...]:
    """What the checks found, then what the sources said, each once."""
    return tuple(dict.fromkeys((*built.problems, *built.issue.problems, *draft.problems)))


def _moment(at: datetime, draft: Draft) -> str:
    local = at.astimezone(ZoneInfo(draft.community.timezone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"
