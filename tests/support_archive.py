"""A small lab whose weekly issue went out, with something for members, something held back and words that bite."""

from datetime import datetime
from pathlib import Path

from newsletter.app.dispatching import provider_of, send_issue
from newsletter.app.drafting import draft_issue
from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.reviewing.approving import approve
from newsletter.app.sample import init_workspace
from newsletter.app.timing import read_at
from newsletter.app.workspace import Workspace, open_workspace

KEY = "weekly-2026-12-04"
DRAFTED, SENT = "2026-12-01T09:00", "2026-12-04T09:00"
READERS = ("ada@mail.example.org", "bo@mail.example.org")
#: A title, and what is left of it once it was read.
HOSTILE, SHOWN = "</script><b onclick=alert(1)>Pies & co", "Pies & co"
PAGES = {
    "party.md": f"+++\ntitle = '{HOSTILE}'\nstart = 2026-12-10 18:00\n+++\nCome hungry.\n",
    "board.md": "+++\ntitle = 'Board supper'\nstart = 2026-12-10 19:00\nvisibility = 'members'\n+++\nFor members.\n",
    "broken.md": "+++\ntitle = 'Broken clocks'\ndates = '31 February 2026'\n+++\n",
}


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = datetime.min

    def __call__(self) -> datetime:
        return self.now


def lab(root: Path) -> Workspace:
    """The sample with those pages, before anything was sent."""
    init_workspace(root)
    for name, text in PAGES.items():
        (root / "content/community" / name).write_text(text, encoding="utf-8")
    ws = opened(root, DRAFTED)
    import_bytes(ws, "\n".join(("email", *READERS)).encode(), "readers.csv", "community")
    return ws


def opened(root: Path, moment: str) -> Workspace:
    """The lab in that folder, its clock set."""
    ws = open_workspace(root, environ={}, clock=Clock())
    at(ws, moment)
    return ws


def at(ws: Workspace, moment: str) -> datetime:
    """Set the lab's clock."""
    now = read_at(ws, moment)
    ws.clock.now = now  # type: ignore[attr-defined]
    return now


def send(ws: Workspace, digest: str = "weekly", drafted: str = DRAFTED, sent: str = SENT) -> str:
    """Draft, approve and send an issue; its key."""
    key = draft_issue(ws, digest, at(ws, drafted)).draft.key
    approve(ws, key, "editor", at(ws, sent))
    with provider_of(ws) as provider:
        send_issue(ws, provider, key, ws.clock())
    return key


def edit(ws: Workspace, name: str, old: str, new: str) -> None:
    """Change a file of the lab's content."""
    path = ws.root / "content" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
