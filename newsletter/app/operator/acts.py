"""What an operator may do with an issue from the pages: the same use cases as on the command line, in their name."""

from newsletter.app.accounting.deeds import RoleRefused, note_alone
from newsletter.app.operator.words import count_text
from newsletter.app.sending.control import cancel, pause
from newsletter.app.sending.planning import SendRefused
from newsletter.app.sending.resuming import resume
from newsletter.app.studio.said import Said
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace


def act(ws: Workspace, what: str, key: str, by: str) -> Said:
    """Pause, resume or stop it; `by` stands in its history. What cannot be done is said and changes nothing."""
    now = ws.clock()
    try:
        if what == "pause":
            pause(ws, key, now, by)
            return Said(f"{key} is paused. What is being handed over this moment is finished; nothing more leaves.")
        if what == "resume":
            resume(ws, key, now, by)
            return Said(f"{key} goes on.")
        if what == "stop":
            count = cancel(ws, key, now, by)
            return Said(f"{key} is stopped for good: {count_text(count, 'delivery', 'deliveries')} will not be made.")
    except (SendRefused, UsageError, RoleRefused) as error:
        return Said(f"{error}.", well=False)
    return Said("This page knows of no such thing to do.", well=False)


def opened(ws: Workspace, subject: str, detail: str) -> None:
    """Write down that somebody looked at addresses."""
    note_alone(ws, "revealed", subject, detail)
