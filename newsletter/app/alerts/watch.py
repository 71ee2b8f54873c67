"""Looking for trouble, again and again: what is new is put down to be told, and what is gone is ended."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from newsletter.app.alerts.addressees import addressees
from newsletter.app.alerts.facts import gather
from newsletter.app.workspace import Workspace
from newsletter.dates.spans import parse_span
from newsletter.health.episodes import LATELY, Began, Change, Cleared, Lasts, Over, follow
from newsletter.health.troubles import troubles
from newsletter.log_fields import about
from newsletter.model.alerting import Episode, Trouble
from newsletter.store import alert_facts, episodes

LOG = logging.getLogger(__name__)
#: Between two looks; what counts is counted in minutes.
EVERY = timedelta(minutes=1)


class AlertWatch:
    """Called at every wake-up of one workspace; what fails is logged, and holds up nothing."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self._last: datetime | None = None

    def look(self, now: datetime, waits: Mapping[str, str]) -> None:
        """Look where it is time; `waits` says of issues and digests why the wake-up could not go on with them."""
        if self._last is not None and timedelta() <= now - self._last < EVERY:
            return
        self._last = now
        try:
            look(self.ws, now, waits)
        except Exception:
            LOG.exception(
                "it could not be looked for what is wrong; the next wake-up tries again",
                extra=about("alert.failed", self.ws.settings.community.id),
            )


def look(ws: Workspace, now: datetime, waits: Mapping[str, str]) -> tuple[Change, ...]:
    """What changed since the look before, written down; schedulers who look at the same time change it once."""
    found = troubles(gather(ws, now, waits), ws.settings.alerts)
    with ws.store.read() as connection:
        changes = _follow(connection, ws, found, now)
    if not changes:
        return ()
    with ws.store.begin("alert") as connection:
        # Looked at again under the write lock: another scheduler may have been first.
        changes = _follow(connection, ws, found, now)
        for one in changes:
            _write(connection, ws, one, now)
    return changes


def _follow(connection: Connection, ws: Workspace, found: Sequence[Trouble], now: datetime) -> tuple[Change, ...]:
    community = ws.settings.community.id
    open_ones = episodes.open_ones(connection, community)
    if not found and not open_ones:
        return ()
    before = episodes.ended_lately(connection, community, now - LATELY)
    late = [one.trouble.subject for one in open_ones if one.trouble.kind == "issue-late"]
    states = alert_facts.states(connection, community, late) if late else {}
    return follow(open_ones, before, found, now, parse_span(ws.settings.alerts.settle), states)


def _write(connection: Connection, ws: Workspace, change: Change, now: datetime) -> None:
    community = ws.settings.community.id
    match change:
        case Began(trouble):
            episodes.begin(connection, community, trouble, now, addressees(ws))
        case Lasts(episode, trouble):
            episodes.go_on(connection, episode, trouble, now)
        case Cleared(episode):
            episodes.clear(connection, episode, now)
        case Over(episode, since, ending):
            episodes.end(connection, community, episode, since, ending, addressees(ws), now)


def open_episodes(ws: Workspace) -> tuple[Episode, ...]:
    """What is wrong now, as far as it was seen."""
    with ws.store.read() as connection:
        return episodes.open_ones(connection, ws.settings.community.id)


def past_episodes(ws: Workspace, since: datetime) -> tuple[Episode, ...]:
    """What was wrong and ended from that moment on, newest first."""
    with ws.store.read() as connection:
        return episodes.past(connection, ws.settings.community.id, since)
