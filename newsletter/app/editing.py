"""From sources to an issue an editor can look at: draft, compose, render, check, approve."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newsletter.app.collecting import collect
from newsletter.app.fetching import Recent
from newsletter.app.theme_files import load_section_texts, load_theme
from newsletter.app.timing import UsageError, find_digest, slot_for, terms_around
from newsletter.app.workspace import Workspace
from newsletter.checks.registry import run_checks
from newsletter.compose.draft import draft_hash, dump_draft, load_draft
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft, Issue, IssueState, Note, Slot
from newsletter.model.item import Reading
from newsletter.model.mail import Edition
from newsletter.model.people import Persona
from newsletter.model.problem import Problem, has_errors
from newsletter.render.edition import render
from newsletter.sources.note import read_note, write_note
from newsletter.store import issues as issue_rows

ISSUES = "issues"


@dataclass(frozen=True, slots=True)
class Built:
    """One edition with the issue it shows and what the checks say of it."""

    issue: Issue
    edition: Edition
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A stored draft: the file the editor works in, and whether it was there before."""

    draft: Draft
    hash: str
    state: IssueState
    file: Path
    file_was_there: bool


class ApprovalError(Exception):
    """The draft cannot be approved; `problems` are the errors that stand in the way."""

    def __init__(self, text: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(text)
        self.problems = problems


def preview_draft(ws: Workspace, digest: str, at: datetime, recent: Recent | None = None) -> Draft:
    """The draft as it would be frozen at `at`; nothing is stored. `recent` spares fetching what it keeps."""
    return _freeze(ws, slot_for(ws, digest, at), collect(ws, at, recent), at)


def _freeze(ws: Workspace, slot: Slot, reading: Reading, at: datetime) -> Draft:
    settings = ws.settings
    digest = find_digest(ws, slot.digest)
    note, note_problems = _note(ws, slot.key)
    return Draft(
        key=slot.key,
        digest=slot.digest,
        slot=slot,
        as_of=at,
        number=_number(ws, slot),
        community=settings.community,
        settings=digest,
        list=settings.lists[digest.list],
        topics=tuple(settings.topics.items()),
        sections=tuple(settings.sections.items()),
        categories=tuple(settings.categories.items()),
        terms=tuple(terms_around(ws, at).items()),
        items=reading.items,
        problems=reading.problems + note_problems,
        note=note,
        section_texts=load_section_texts(ws.root, settings.sections),
        theme=load_theme(ws.root, digest.theme, slot.digest),
        sender=settings.sender.address,
        reply_to=settings.sender.reply_to,
        base_url=settings.web.base_url,
    )


def _number(ws: Workspace, slot: Slot) -> int:
    with ws.store.read() as conn:
        return issue_rows.sent_before(conn, ws.settings.community.id, slot.digest, slot.send_at) + 1


def issue_file(ws: Workspace, key: str) -> Path:
    """Where the editor's words for an issue stand."""
    return ws.root / ISSUES / f"{key}.md"


def _note(ws: Workspace, key: str) -> tuple[Note, tuple[Problem, ...]]:
    path = issue_file(ws, key)
    name = path.relative_to(ws.root).as_posix()
    return read_note(path.read_bytes(), name) if path.is_file() else (Note(), ())


def build_edition(draft: Draft, choices: Choices, baseline: Draft | None = None) -> Built:
    """Compose, render and check one edition; RenderError where a template is at fault."""
    return build(compose(draft, choices, baseline), draft)


def build(issue: Issue, draft: Draft) -> Built:
    """Render and check what was composed."""
    edition = render(issue, draft)
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


def draft_issue(ws: Workspace, digest: str, at: datetime, slot: Slot | None = None) -> Drafted:
    """Freeze the draft of the digest's next slot, or of `slot`, and write the editor's file where there is none yet.

    Drafting again replaces the draft and takes back an approval whose hash no longer holds; an issue that is being
    sent, or is over, is left alone.
    """
    slot = slot or slot_for(ws, digest, at)
    file = issue_file(ws, slot.key)
    was_there = file.exists()
    if not was_there:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(write_note(Note(), slot), encoding="utf-8")
    draft = _freeze(ws, slot, collect(ws, at), at)
    hashed = draft_hash(draft)
    with ws.store.begin() as conn:
        issue_rows.insert_slot(conn, ws.settings.community.id, slot)
        state = issue_rows.save_draft(conn, ws.settings.community.id, draft, dump_draft(draft), hashed)
    return Drafted(draft, hashed, state, file, was_there)


def stored_draft(ws: Workspace, key: str) -> Draft:
    """The frozen draft of an issue; UsageError where there is none."""
    with ws.store.read() as conn:
        row = issue_rows.find_issue(conn, ws.settings.community.id, key)
    if row is None or not row.draft:
        raise UsageError(f"there is no draft {key!r}; `newsletter draft DIGEST` makes one")
    return load_draft(row.draft)


def check_draft(ws: Workspace, draft: Draft) -> tuple[Problem, ...]:
    """What the checks say of the draft, over every persona, each finding once."""
    found: dict[Problem, None] = dict.fromkeys(draft.problems)
    for persona in ws.personas:
        found |= dict.fromkeys(build_edition(draft, persona_choices(persona)).problems)
    return tuple(found)


def approve(ws: Workspace, key: str, by: str, now: datetime) -> str:
    """Approve the stored draft's hash; ApprovalError while a check of level error stands."""
    draft = stored_draft(ws, key)
    errors = tuple(problem for problem in check_issue(ws, draft) if problem.level == "error")
    if has_errors(errors):
        raise ApprovalError(f"{key} has {len(errors)} errors; mend them and draft again", errors)
    hashed = draft_hash(draft)
    with ws.store.begin() as conn:
        issue_rows.approve(conn, ws.settings.community.id, key, hashed, by, now)
    return hashed


def check_issue(ws: Workspace, draft: Draft) -> tuple[Problem, ...]:
    """Only what concerns the mail itself: an item held back is listed, and does not block the rest."""
    return tuple(problem for problem in check_draft(ws, draft) if problem not in draft.problems)


def revoke(ws: Workspace, key: str, by: str, now: datetime) -> None:
    """Take an approval back: the issue is a draft again."""
    with ws.store.begin() as conn:
        issue_rows.revoke(conn, ws.settings.community.id, key, by, now)
