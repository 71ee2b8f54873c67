"""Approving a draft, bound to its hash, and taking an approval back."""

from datetime import datetime

from newsletter.app.checking import check_issue
from newsletter.app.drafting import stored_draft
from newsletter.app.workspace import Workspace
from newsletter.compose.draft import draft_hash
from newsletter.model.problem import Problem, has_errors
from newsletter.store import issues as issue_rows


class ApprovalError(Exception):
    """The draft cannot be approved; `problems` are the errors that stand in the way."""

    def __init__(self, text: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(text)
        self.problems = problems


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


def revoke(ws: Workspace, key: str, by: str, now: datetime) -> None:
    """Take an approval back: the issue is a draft again."""
    with ws.store.begin() as conn:
        issue_rows.revoke(conn, ws.settings.community.id, key, by, now)
