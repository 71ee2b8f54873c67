"""Taking a changed configuration into a running program: all of it, or nothing, and never without saying what."""

import hashlib
import logging
import threading
import time
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from sqlalchemy.exc import SQLAlchemyError

from newsletter.app.accounting.deeds import note_alone
from newsletter.app.alerting import sound_alert
from newsletter.app.configuring import check_configuration
from newsletter.app.workspace import Workspace, acting
from newsletter.log_fields import about
from newsletter.model.deeds import Actor
from newsletter.model.joining import Alert
from newsletter.model.problem import Origin, Problem, has_errors
from newsletter.settings.changes import Change, setting_changes
from newsletter.settings.locate import key_line
from newsletter.settings.reading import CONFIG

LOG = logging.getLogger(__name__)
ALERT = "configuration"
#: Who asks by a signal has the machine.
SIGNAL = Actor("command line", "SIGHUP")


@dataclass(frozen=True, slots=True)
class Reload:
    """What a second reading found: `workspace` is the one to go on with, None where the old one stays."""

    workspace: Workspace | None
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether it takes effect."""
        return self.workspace is not None

    @property
    def text(self) -> str:
        """What became of it, in one sentence or more, without secrets."""
        if not self.is_good:
            errors = "; ".join(f"{one.origin}: {one.text}" for one in self.problems if one.level == "error")
            return f"The configuration stays as it was: {errors}"
        if not self.changes:
            return "The configuration was read again: no setting has changed"
        return f"The configuration was read again: {'; '.join(map(str, self.changes))}"


class Reloader:
    """Reads one workspace's configuration anew when asked to; what is good waits until the program takes it up.

    `ws` is what the program runs with.
    """

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        # What is asked for may be put into it in the middle of anything, which is where signals come. It is never
        # waited for: a wait that a signal interrupts at its end would go on for ever (CPython 3.11).
        self._asked: SimpleQueue[Workspace | None] = SimpleQueue()
        self._lock = threading.Lock()

    def ask(self) -> None:
        """Ask for a reading, as a signal does: it is made by whoever waits in `wanted`."""
        self._asked.put(None)

    def reload(self, actor: Actor) -> Reload:
        """Read now, as a page does that shows what came of it; a good one takes effect at the end of this wake-up.

        RoleRefused where `actor` may not have it done.
        """
        with self._lock:
            found = read_again(self.ws)
            note_reload(acting(self.ws, actor), found)
        if found.workspace is not None:
            self._asked.put(found.workspace)
        return found

    def wanted(self, within: float) -> Workspace | None:
        """Wait so many seconds for somebody to ask: the workspace to go on with, None where the old one stays."""
        try:
            asked = self._next(within)
            if asked is not None:
                return asked
            with self._lock:
                found = read_again(self.ws)
                note_reload(acting(self.ws, SIGNAL), found)
        except Empty:
            return None
        except Exception:
            LOG.exception(
                "the configuration stays as it was, since it could not be read",
                extra=about("configuration.failed", self.ws.settings.community.id),
            )
            return None
        return found.workspace

    def _next(self, within: float) -> Workspace | None:
        """What was asked for, at the latest after so many seconds; Empty where nothing was."""
        if self._asked.empty():
            time.sleep(within)
        return self._asked.get_nowait()


def read_again(ws: Workspace) -> Reload:
    """Read what `ws` was made of, as a start would, and compare; nothing takes effect, and nothing is written.

    Where something is wrong, or needs a restart, there is no new workspace: half of a change would be a
    configuration that nobody wrote.
    """
    checked = check_configuration(ws.root, ws.environ, ws.clock)
    if checked.workspace is None:
        return Reload(None, checked.problems)
    changes = setting_changes(ws.settings, checked.workspace.settings)
    problems = (*checked.problems, *(_needs_restart(ws, one) for one in changes if one.needs_restart))
    again = replace(checked.workspace, announce=ws.announce)
    return Reload(None if has_errors(problems) else again, problems, changes)


def note_reload(ws: Workspace, found: Reload) -> None:
    """Log how a reading went, and alert where it changed nothing: whoever asked may have gone home.

    RoleRefused where whoever acts in `ws` may not have it done.
    """
    note_alone(ws, "reloaded", detail=_counted(found))
    for problem in found.problems:
        LOG.log(
            logging.ERROR if problem.level == "error" else logging.WARNING,
            "%s",
            problem,
            extra=about("configuration.problem", ws.settings.community.id),
        )
    if found.is_good:
        LOG.info("%s", found.text, extra=about("configuration.read", ws.settings.community.id))
        return
    LOG.error("%s", found.text, extra=about("configuration.refused", ws.settings.community.id))
    summary = hashlib.sha256(found.text.encode()).hexdigest()[:16]
    now = ws.clock()
    try:
        with ws.store.begin() as connection:
            sound_alert(connection, ws, Alert(ALERT, f"{now:%Y-%m-%d} {summary}", now, found.text))
    except SQLAlchemyError:
        LOG.exception("no alert could be written down", extra=about("alert.failed", ws.settings.community.id))


def _counted(found: Reload) -> str:
    """What came of it, for the log of deeds: keys, and no values."""
    if not found.is_good:
        return "refused"
    return f"changed: {', '.join(one.key for one in found.changes) or 'nothing'}"


def _needs_restart(ws: Workspace, change: Change) -> Problem:
    config = (ws.root / CONFIG).read_text(encoding="utf-8-sig")
    text = f"`{change.key}` was {change.before or 'not set'} and is {change.after or 'not set'}: restart the program"
    line = key_line(config, change.key.split("."))
    return Problem("error", "settings.restart", text, Origin("settings", CONFIG, line))
