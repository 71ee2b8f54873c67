"""The sample workspace with a clock that can be moved, one reader, and a digest's rules to choose."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.sample import init_workspace
from newsletter.app.sending.control import status
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.model.issue import IssueState
from newsletter.store import slots

HOME = ZoneInfo("America/Los_Angeles")
READERS = "email\nada@example.org\ngrace@example.org\n"


def at(text: str) -> datetime:
    """A moment on the community's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: str) -> None:
        self.now = at(now)

    def __call__(self) -> datetime:
        return self.now

    def move(self, to: str) -> datetime:
        """Move it, and say what it shows."""
        return self.set(at(to))

    def set(self, now: datetime) -> datetime:
        """Move it to an instant."""
        self.now = now
        return now


def new_workspace(root: Path, clock: Clock, readers: str = READERS) -> Path:
    """The sample with two readers of the weekly digest, or with these."""
    init_workspace(root)
    ws = opened(root, clock)
    import_bytes(ws, readers.encode(), "readers.csv", "community")
    ws.store.close()
    return root


def opened(root: Path, clock: Clock, **rules: object) -> Workspace:
    """The workspace with the weekly digest alone, under these rules; opening it again opens the same store."""
    ws = open_workspace(root, environ={}, clock=clock)
    weekly = ws.settings.digests["weekly"].model_copy(update=rules)
    return replace(ws, settings=ws.settings.model_copy(update={"digests": {"weekly": weekly}}))


def states(ws: Workspace) -> dict[str, IssueState]:
    """Every issue with its state, but for those that only wait for their time."""
    return {key: state for key, state in all_states(ws).items() if state != "due"}


def all_states(ws: Workspace) -> dict[str, IssueState]:
    """Every issue with its state."""
    with ws.store.read() as connection:
        return slots.states(connection, ws.settings.community.id, "weekly")


def reasons(ws: Workspace, key: str) -> list[str]:
    """What `newsletter status` tells of the issue's history, where there is a reason."""
    return [f"{line['state']}: {line['detail']}" for line in status(ws, key)["history"] if line["detail"]]


def mails(ws: Workspace) -> list[str]:
    """The mails in the outbox, by file."""
    outbox = ws.root / ws.settings.provider.path
    return sorted(path.relative_to(outbox).as_posix() for path in outbox.rglob("*.eml"))
