"""What an editor does from the studio: a test to themselves, a draft, an approval; and how it went."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter.app.dispatching import provider_of
from newsletter.app.drafting import draft_issue
from newsletter.app.reviewing.approving import ApprovalError, approve_draft
from newsletter.app.sending.planning import SendRefused
from newsletter.app.timing import UsageError
from newsletter.app.trial import send_trial
from newsletter.app.workspace import Workspace
from newsletter.model.issue import Draft
from newsletter.model.mail import Edition
from newsletter.providers.registry import ProviderError
from newsletter.store.issues import IssueMoveError


@dataclass(frozen=True, slots=True)
class Said:
    """How an act went, in a sentence."""

    text: str
    well: bool = True


def send_test_to(ws: Workspace, draft: Draft, edition: Edition, address: str, now: datetime) -> Said:
    """Send the mail on the stage to the editor's own address."""

    def send() -> Said:
        with provider_of(ws) as provider:
            receipt = send_trial(provider, draft, edition, address, now)
        if receipt.outcome != "accepted":
            return Said(
                f"The test was not sent ({receipt.outcome}): {receipt.detail or 'no reason given'}.", well=False
            )
        return Said(f"A test went to {address}. It is counted nowhere.")

    return _trying(send)


def freeze_now(ws: Workspace, digest: str, at: datetime) -> Said:
    """Freeze the draft of the digest's next issue, which takes back an approval of another one."""

    def freeze() -> Said:
        drafted = draft_issue(ws, digest, at)
        return Said(f"{drafted.draft.key} is drafted as you see it, hash {drafted.hash[:12]}.")

    return _trying(freeze)


def approve_shown(ws: Workspace, key: str, shown_hash: str, by: str, now: datetime) -> Said:
    """Approve exactly the draft whose hash the editor was shown; another one made meanwhile is not approved."""

    def approve() -> Said:
        done = approve_draft(ws, key, by, now, shown_hash)
        more = f" {done.missing} more must approve it." if done.missing else " It leaves at its time."
        return Said(f"{key} is approved by {' '.join(by.split())}.{more}")

    return _trying(approve)


def _trying(act: Callable[[], Said]) -> Said:
    try:
        return act()
    except (UsageError, ApprovalError, SendRefused, ProviderError, IssueMoveError) as error:
        return Said(str(error), well=False)
