"""What stands between an issue and its readers, in the words of the dialog by which it is approved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from newsletter.app.drafting import find_row
from newsletter.app.reviewing.standing import drift_lines, review_of
from newsletter.app.studio.view import Audience
from newsletter.app.workspace import Workspace
from newsletter.model.issue import Draft, IssueState
from newsletter.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Standing:
    """An issue before it leaves: whether it was drafted, which hash that has, who approved it, and what it would do.

    `goes` says to how many people, in how many mails, and when, in the community's zone and in UTC. `moved` is what
    is other in the sources than in the frozen draft, and `drift` a name for exactly that, where it matters. An error
    of the checks keeps it from being approved; `found` are those and the warnings.
    """

    key: str
    title: str
    state: IssueState | None
    hash: str
    goes: str
    approvers: tuple[str, ...] = ()
    needed: int = 1
    moved: tuple[str, ...] = ()
    errors: int = 0
    warnings: int = 0
    found: tuple[Problem, ...] = ()
    drift: str = ""
    held: str = ""

    @property
    def may_decide(self) -> bool:
        """Whether there is a drift to be taken in, or to be sent regardless of."""
        return self.state in ("drafted", "approved") and bool(self.drift)

    @property
    def may_approve(self) -> bool:
        """Whether an approval would be taken."""
        return self.state in ("drafted", "approved") and not self.errors and len(self.approvers) < self.needed

    @property
    def may_draft(self) -> bool:
        """Whether the draft may still be frozen anew."""
        return self.state in (None, "due", "drafted", "approved")


def standing_of(ws: Workspace, draft: Draft, audience: Audience, problems: Sequence[Problem]) -> Standing:
    """How the issue of this draft stands now; its sources are read again where it was drafted."""
    row, review = find_row(ws, draft.key), review_of(ws, draft.key)
    levels = [one.level for one in problems]
    return Standing(
        key=draft.key,
        title=f"{draft.settings.title} {draft.number}",
        state=row.state if row else None,
        hash=row.draft_hash if row else "",
        goes=f"{_readers(audience)}, {when_in_two_zones(draft)}",
        approvers=review.approvers if review else (),
        needed=review.needed if review else draft.settings.approvals,
        moved=(*drift_lines(review.drift), *([review.unread] if review.unread else ())) if review else (),
        errors=levels.count("error"),
        warnings=levels.count("warning"),
        found=tuple(one for level in ("error", "warning") for one in problems if one.level == level),
        drift=review.drift.fingerprint if review else "",
        held=review.held if review else "",
    )


def _readers(audience: Audience) -> str:
    if not audience.mails:
        return "to nobody that is known here"
    people = "1 person" if audience.people == 1 else f"{audience.people} people"
    return f"to {people} in {audience.mails} {'mail' if audience.mails == 1 else 'mails'}"


def when_in_two_zones(draft: Draft) -> str:
    """When it leaves: "on Fri 27 Nov 2026, 09:00 PST (17:00 UTC)"."""
    at = draft.slot.send_at.astimezone(ZoneInfo(draft.community.timezone))
    return f"on {at:%a} {at.day} {at:%b %Y, %H:%M %Z} ({at.astimezone(UTC):%H:%M} UTC)"
