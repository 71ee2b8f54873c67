"""What is said of an issue besides its mails: its calendar files, and how many people it would go to."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.archiving.hosting import publisher_of
from newsletter.app.drafting import last_sent_draft
from newsletter.app.list_addresses import address_reader, lists_with_address
from newsletter.app.workspace import Workspace
from newsletter.checks.calendars import calendar_problems
from newsletter.checks.recipients import recipients
from newsletter.model.issue import Draft
from newsletter.model.problem import Problem
from newsletter.render.calendar.document import event_calendar
from newsletter.render.calendar.revising import Reread, revise
from newsletter.store import mailings, readership, revisions


def calendar_findings(ws: Workspace, draft: Draft, now: datetime) -> Iterator[Problem]:
    """What is wrong with the calendar files that the issue would publish anew."""
    if not draft.calendars_url:
        return
    with ws.store.read() as connection:
        known = revisions.all_of(connection, ws.settings.community.id)
    reading = Reread(draft.items, draft.problems, draft.as_of)
    for one in revise(known, reading, draft.topics, publisher_of(ws), now):
        before = known.get(one.item_id)
        rises = before is not None and before.fingerprint != one.fingerprint
        if not one.withdrawn:
            told = before.sequence if before is not None and rises else None
            yield from calendar_problems(one.slug, event_calendar(one), told)


def recipient_findings(ws: Workspace, draft: Draft, now: datetime) -> Iterator[Problem]:
    """Whether somebody would get it, and whether they are about as many as got the last one."""
    community, last = ws.settings.community.id, last_sent_draft(ws, draft)
    with ws.store.read() as connection:
        members = readership.known(connection, community)
        count = readership.readers(connection, community, draft.settings.list, draft.digest, now)
        count += _lists(connection, ws, draft.digest)
        sent = mailings.find(connection, community, "issue", last.key) if last else None
        had = mailings.counts(connection, sent.id) if sent else {}
    before = sum(number for state, number in had.items() if state not in ("skipped", "suppressed", "cancelled"))
    yield from recipients(count, before or None, members)


def _lists(connection: Connection, ws: Workspace, digest: str) -> int:
    """How many lists get it at an address of their own."""
    return sum(1 for name in lists_with_address(ws.settings, digest) for _ in address_reader(connection, ws, name))
