"""The words of mails to editors: plain English, short, with the commands to go on by. No reader is named in them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from newsletter.app.drafting import for_everybody
from newsletter.app.editors_file import ISSUES
from newsletter.app.signing_in.people import STUDIO
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.compose.drift import Drift
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.ledger import IssueRow
from newsletter.model.problem import Problem

#: A mail names no more findings than this; `newsletter check` names all.
MOST = 20
Words = tuple[str, str]


def draft_text(ws: Workspace, row: IssueRow, draft: Draft, last: Draft | None, findings: Sequence[Problem]) -> Words:
    """Subject and text for a draft that wants to be looked at."""
    issue = for_everybody(draft)
    errors = sum(one.level == "error" for one in findings)
    wrong = f", {_count(errors, 'error')}" if errors else ""
    parts = (
        _head(ws, row, draft, issue),
        "\n".join(("In it:", *_counts(issue))),
        "\n".join(_findings(findings)),
        "\n".join(_changes(draft, last)),
        _ways(ws, draft),
    )
    return f"{draft.key} is drafted{wrong}", _joined(parts)


def reminder_text(ws: Workspace, row: IssueRow, draft: Draft, names: Sequence[str]) -> Words:
    """Subject and text for a draft that not enough people have approved, shortly before its time."""
    so_far = f"So far approved by {', '.join(names)}." if names else "Nobody has approved it yet."
    late = f"What happens if it stays so: catch_up is {draft.settings.catch_up!r}."
    parts = (_head(ws, row, draft, for_everybody(draft)), f"{so_far}\n{late}", _ways(ws, draft))
    return f"{draft.key} waits for approval", _joined(parts)


def drift_text(ws: Workspace, row: IssueRow, draft: Draft, drift: Drift) -> Words:
    """Subject and text for an approved issue whose sources moved."""
    held = draft.settings.drift == "hold"
    what = "It is held until somebody decides." if held else "What was approved goes out all the same."
    words = [f"  {one}" for one in drift.items if one.kind == "reworded" and one.here]
    parts = (
        _head(ws, row, draft, for_everybody(draft)),
        f"Its sources moved after it was approved. {what}",
        "\n".join(f"  {one}" for one in drift.holding),
        "\n".join(("Only words changed in:", *words)) if words else "",
        "\n".join(_decisions(draft, held=held)),
    )
    return f"{draft.key}: its sources moved{', and it is held' if held else ''}", _joined(parts)


def _decisions(draft: Draft, *, held: bool) -> Iterator[str]:
    if not held:
        yield f"How it went:   newsletter status {draft.key}"
        return
    yield f"Look at it:    newsletter check {draft.key}"
    yield f"Take it in:    newsletter approve {draft.key} --refresh --by NAME"
    yield f"Send as it is: newsletter approve {draft.key} --keep --by NAME"


def _head(ws: Workspace, row: IssueRow, draft: Draft, issue: Issue) -> str:
    at = row.send_at.astimezone(home_zone(ws))
    return f"{issue.title} ({draft.key}), {issue.dateline}: {issue.subject}\n{_leaves(draft, at)}"


def _leaves(draft: Draft, at: datetime) -> str:
    moment = f"{at:%a} {at.day} {at:%b %Y, %H:%M %Z}"
    if draft.settings.cadence.strip() == "manual":
        return "It leaves when somebody sends it."
    if draft.settings.review == "automatic":
        return f"It leaves at {moment} by itself."
    people = "once it is approved" if draft.settings.approvals == 1 else f"once {draft.settings.approvals} approve it"
    return f"It leaves at {moment}, {people}."


def _counts(issue: Issue) -> Iterator[str]:
    shown = [section for section in issue.sections if section.entries]
    yield from (f"  {section.title or section.kind}: {len(section.entries)}" for section in shown)
    if not shown:
        yield "  nothing"


def _findings(findings: Sequence[Problem]) -> Iterator[str]:
    if not findings:
        yield "The checks found no error and no warning."
        return
    yield "The checks found:"
    yield from (f"  {one}" for one in findings[:MOST])
    if len(findings) > MOST:
        yield f"  and {len(findings) - MOST} more"


def _changes(draft: Draft, last: Draft | None) -> Iterator[str]:
    """What the issue tells as new or changed to whoever read the last one."""
    if last is None:
        return
    issue = compose(draft, Choices(timezone=draft.community.timezone), last)
    told = [entry for section in issue.sections for entry in section.entries if entry.change]
    marks = dict.fromkeys(f"  {entry.change}: {entry.title}" for entry in told if entry.change != "reminder")
    yield f"New and changed since {last.key}:" if marks else f"Nothing is new since {last.key}."
    yield from list(marks)[:MOST]
    if len(marks) > MOST:
        yield f"  and {len(marks) - MOST} more"


def _ways(ws: Workspace, draft: Draft) -> str:
    at, settings = draft.slot.send_at.date(), ws.settings
    hosted = f"{settings.web.base_url.rstrip('/')}/{STUDIO}/?digest={draft.digest}"
    return "\n".join(
        (
            *((f"On the web:  {hosted}",) if settings.sign_in.editors else ()),
            f"Look at it:  newsletter preview --at {at} --open",
            f"Your words:  {ISSUES}/{draft.key}.md, then newsletter draft {draft.digest} --at {at}",
            f"Check it:    newsletter check {draft.key}",
            f"Approve it:  newsletter approve {draft.key} --by NAME",
        )
    )


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number != 1 else ''}"
