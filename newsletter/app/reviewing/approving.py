"""Approving a draft, bound to its hash, by as many people as its digest asks for; and taking that back."""

from dataclasses import dataclass
from datetime import datetime

from newsletter.app.accounting.deeds import note
from newsletter.app.checking import check_issue
from newsletter.app.drafting import draft_slot, find_row
from newsletter.app.reviewing.drifting import NONE, drift_since
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace
from newsletter.compose.draft import load_draft
from newsletter.compose.drift import Drift
from newsletter.model.ledger import IssueRow
from newsletter.model.problem import Problem
from newsletter.store import approvals
from newsletter.store import issues as issue_rows


class ApprovalError(Exception):
    """The draft cannot be approved; `problems` are the errors that stand in the way."""

    def __init__(self, text: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(text)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Approved:
    """An approval as it was written down: of which hash, how many are still missing, and what had moved by then."""

    hash: str
    missing: int
    drift: Drift = NONE


def approve(ws: Workspace, key: str, by: str, now: datetime) -> str:
    """Approve the stored draft's hash; ApprovalError while a check of level error stands."""
    return approve_draft(ws, key, by, now).hash


def approve_draft(ws: Workspace, key: str, by: str, now: datetime, seen: str | None = None) -> Approved:
    """Approve the stored draft as it is frozen, and say how many approvals are still missing.

    With `seen`, the hash that was looked at, ApprovalError where it was drafted again meanwhile.
    """
    row = _drafted(ws, key)
    if seen is not None and row.draft_hash != seen:
        raise ApprovalError(f"{key} was drafted again meanwhile: look at it first")
    return Approved(*_approve(ws, row, by, now))


def approve_kept(ws: Workspace, key: str, by: str, now: datetime) -> Approved:
    """Approve the frozen draft although its sources moved: exactly what moved by now is what does not matter."""
    row = _of_a_digest(_drafted(ws, key))
    drift = drift_since(ws, load_draft(row.draft))
    return Approved(*_approve(ws, row, by, now, drift.fingerprint), drift)


def approve_refreshed(ws: Workspace, key: str, by: str, now: datetime) -> Approved:
    """Freeze the draft anew from its sources, and approve that; the drift is what the new draft took in."""
    _sound_name(by)
    before = load_draft(_of_a_digest(_drafted(ws, key)).draft)
    drift = drift_since(ws, before)
    draft_slot(ws, before.slot, max(before.as_of, now))
    return Approved(*_approve(ws, _drafted(ws, key), by, now), drift)


def revoke(ws: Workspace, key: str, by: str, now: datetime) -> None:
    """Take every approval back: the issue is a draft again."""
    with ws.store.begin() as conn:
        issue_rows.revoke(conn, ws.settings.community.id, key, _sound_name(by), now)
        note(conn, ws, "revoked", key)


def approvers(ws: Workspace, row: IssueRow) -> tuple[str, ...]:
    """Who approved the issue's draft as it is frozen now, in order."""
    with ws.store.read() as conn:
        given = approvals.standing(conn, ws.settings.community.id, row.key, row.draft_hash)
    return tuple({one.by.casefold(): one.by for one in given}.values())


def needed(ws: Workspace, row: IssueRow) -> int:
    """How many people must approve it; what no digest makes needs one."""
    digest = ws.settings.digests.get(row.digest) if row.kind == "issue" else None
    return digest.approvals if digest else 1


def _approve(ws: Workspace, row: IssueRow, by: str, now: datetime, drift: str = "") -> tuple[str, int]:
    """Check exactly what the row holds, and approve its hash: another draft made meanwhile is not approved."""
    name = _sound_name(by)
    errors = tuple(problem for problem in check_issue(ws, load_draft(row.draft)) if problem.level == "error")
    if errors:
        raise ApprovalError(f"{row.key} has {len(errors)} errors; mend them and draft again", errors)
    with ws.store.begin() as conn:
        missing = issue_rows.approve(
            conn, ws.settings.community.id, row.key, row.draft_hash, name, now, needed=needed(ws, row), drift=drift
        )
        more = f", {missing} more needed" if missing else ""
        signed = f", as {name}" if "@" not in name else ""
        note(conn, ws, "approved", row.key, f"draft {row.draft_hash[:12]}{signed}{more}")
    return row.draft_hash, missing


def _drafted(ws: Workspace, key: str) -> IssueRow:
    row = find_row(ws, key)
    if row is None or not row.draft:
        raise UsageError(f"there is no draft {key!r}; `newsletter draft DIGEST` makes one")
    return row


def _of_a_digest(row: IssueRow) -> IssueRow:
    if row.kind != "issue":
        raise UsageError(f"{row.key} is made of no digest's sources: there is nothing to refresh or to keep")
    return row


def _sound_name(by: str) -> str:
    name = " ".join(by.split())
    if not name:
        raise UsageError("an approval needs the name of who gives it: --by NAME")
    return name
