"""The sample workspace after an issue went out, its sources edited by hand, and everything that was mailed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import support_workspace

from newsletter.app import dispatching
from newsletter.app.drafting import draft_issue
from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.reviewing.approving import approve
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.model.workspace import ListSettings

HOME = ZoneInfo("America/Los_Angeles")
KEY = "weekly-2026-12-04"
DIVE = "content/deep-dives/2026-12-08-missing-data.md"
CIRCLE = "content/deep-dives/2026-12-10-missing-data-circle.md"
READERS = """email,name,timezone,clock,topics,digests
ada@example.org,Ada,America/Los_Angeles,12,,weekly
berta@example.org,Berta,Europe/Berlin,24,,weekly
cleo@example.org,Cleo,America/Los_Angeles,12,datathons,weekly
dora@example.org,Dora,America/Los_Angeles,12,,quarterly
"""
STAFF = ListSettings(
    title="Staff of the lab",
    digests=("weekly",),
    address="staff@lists.example.org",
    leave_url="https://lists.example.org/staff",
)


def at(text: str) -> datetime:
    """A moment on the community's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


class Clock(support_workspace.Clock):
    """A clock that is set by what the community's wall clock shows."""

    def __init__(self, now: str) -> None:
        super().__init__(at(now))

    def move(self, to: str) -> datetime:
        """Move it, and say what it shows."""
        self.now = at(to)
        return self.now


def sample(root: Path, clock: Clock, readers: str = READERS, **lists: ListSettings) -> Workspace:
    """The sample workspace with these readers, and these lists beside its own."""
    init_workspace(root)
    ws = opened(root, clock, **lists)
    import_bytes(ws, readers.encode(), "readers.csv", "community")
    return ws


def opened(root: Path, clock: Clock, **lists: ListSettings) -> Workspace:
    """The workspace in the folder, with these lists beside its own."""
    ws = open_workspace(root, environ={}, clock=clock)
    return replace(ws, settings=ws.settings.model_copy(update={"lists": ws.settings.lists | lists}))


def send(ws: Workspace, key: str) -> int:
    """Send it now; how many mails were accepted."""
    with dispatching.provider_of(ws) as provider:
        return dispatching.send_issue(ws, provider, key, ws.clock()).summary.outcomes.get("accepted", 0)


def send_weekly(ws: Workspace, clock: Clock, send_at: str = "2026-12-04 09:00") -> str:
    """Draft, approve and send the weekly issue of that moment."""
    return send_issue(ws, clock, "weekly", send_at)


def send_issue(ws: Workspace, clock: Clock, digest: str, send_at: str) -> str:
    """Draft, approve and send the digest's issue of that moment; its key."""
    drafted = draft_issue(ws, digest, clock.move(send_at))
    approve(ws, drafted.draft.key, "editor", clock())
    send(ws, drafted.draft.key)
    return drafted.draft.key


def edit(ws: Workspace, path: str, old: str, new: str) -> None:
    """Change a source by hand."""
    file = ws.root / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def cancel_dive(ws: Workspace, path: str = DIVE) -> None:
    """Write into its page that the Deep Dive of 8 December, or what else is in that file, does not take place."""
    edit(ws, path, "start:", "status: cancelled\nstart:")


def mails(ws: Workspace, key: str) -> list[EmailMessage]:
    """What lies in the outbox of one mailing, in order of the recipients."""
    files = (ws.root / "outbox" / key).glob("*.eml")
    found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return sorted((one for one in found if isinstance(one, EmailMessage)), key=lambda one: str(one["To"]))


def recipients(ws: Workspace, key: str) -> Sequence[str]:
    """Who got it, in order; somebody who got it twice stands there twice."""
    return [str(message["To"]) for message in mails(ws, key)]


def words(message: EmailMessage) -> str:
    """The text part."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
