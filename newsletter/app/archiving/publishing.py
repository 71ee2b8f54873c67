"""Telling calendars what the sources say now, or what an issue that leaves says of events they do not know yet."""

import logging
from datetime import datetime, timedelta

from newsletter.app.alerts.sources import note_sources
from newsletter.app.archiving.hosting import publisher_of
from newsletter.app.collecting import collect
from newsletter.app.drafting import stored_draft
from newsletter.app.workspace import Workspace
from newsletter.log_fields import about
from newsletter.model.item import Reading
from newsletter.render.calendar.revising import Reread, revise
from newsletter.store import revisions

LOG = logging.getLogger(__name__)
#: How often a running program looks at the sources for its calendars' sake.
EVERY = timedelta(hours=1)


def publish_sources(ws: Workspace, now: datetime) -> Reading:
    """Read all sources and bring the calendars up to what they say; what was read."""
    reading = collect(ws, now)
    _publish(ws, Reread(reading.items, reading.problems, now), now)
    return reading


def publish_issue(ws: Workspace, key: str, now: datetime) -> None:
    """Bring the calendars up to an issue that is about to leave and names them; what was read later than it stands.

    A fault here is logged and keeps no mail back.
    """
    try:
        draft = stored_draft(ws, key)
        if draft.kind == "issue":
            _publish(ws, Reread(draft.items, draft.problems, draft.as_of), now)
    except Exception:
        LOG.exception(
            "the calendars could not be brought up to %s; newsletter archive build does so",
            key,
            extra=about("calendars.failed", ws.settings.community.id, issue=key),
        )


class Keeper:
    """Brings the calendars up to the sources while the program runs: at its start, and then once an hour."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self._last: datetime | None = None

    def look(self, now: datetime) -> None:
        """Do so where it is time, and note how each source was read; a fault is logged and waits for the next."""
        if self._last is not None and timedelta() <= now - self._last < EVERY:
            return
        self._last = now
        try:
            note_sources(self.ws, publish_sources(self.ws, now), now)
        except Exception:
            LOG.exception(
                "the calendars could not be brought up to the sources",
                extra=about("calendars.failed", self.ws.settings.community.id),
            )


def _publish(ws: Workspace, reading: Reread, now: datetime) -> None:
    if not ws.settings.web.calendars:
        return
    community, topics = ws.settings.community.id, tuple(ws.settings.topics.items())
    with ws.store.begin() as connection:
        known = revisions.all_of(connection, community)
        found = revise(known, reading, topics, publisher_of(ws), now)
        revisions.put(connection, community, found)
    changed = sum(one.changed_at != getattr(known.get(one.item_id), "changed_at", None) for one in found)
    if changed:
        LOG.info(
            "calendars: %d events new, changed or withdrawn",
            changed,
            extra=about("calendars.published", ws.settings.community.id, count=changed),
        )
