"""From sources to an issue an editor can look at and approve, by the rooms' own names."""

from newsletter.app.approving import ApprovalError, approve, revoke
from newsletter.app.checking import (
    Built,
    build,
    build_edition,
    check_draft,
    check_issue,
    find_persona,
    is_editors,
    persona_choices,
)
from newsletter.app.drafting import Drafted, draft_issue, preview_draft, stored_draft

__all__ = [
    "ApprovalError",
    "Built",
    "Drafted",
    "approve",
    "build",
    "build_edition",
    "check_draft",
    "check_issue",
    "draft_issue",
    "find_persona",
    "is_editors",
    "persona_choices",
    "preview_draft",
    "revoke",
    "stored_draft",
]
