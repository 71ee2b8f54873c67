"""Sending an issue to those who joined since: a delivery of that same mailing, so that nobody can get it twice."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.sending.audience import readers_for
from newsletter.app.sending.planning import (
    MOST_LOOKS,
    PlanResult,
    RenderEdition,
    SendRefused,
    add_readers,
    batches,
    find_issue,
    mailing_of,
)
from newsletter.app.workspace import Workspace
from newsletter.compose.draft import load_draft
from newsletter.compose.history import covered_until
from newsletter.delivery.planning import Reader, editions_wanted, late
from newsletter.model.ledger import IssueRow, Mailing, Rendered
from newsletter.store import issues, mailings


def top_up(
    ws: Workspace, key: str, render_edition: RenderEdition, now: datetime, only: Collection[str] | None = None
) -> PlanResult:
    """Plan a delivery for each reader who has none in this issue's mailing; `only` narrows it to these subscribers.

    The issue is `sending` again for that while. Where nobody is new, nothing changes. SendRefused where the issue did
    not go out, was stopped, or its window is over: then it is of no use any more.
    """
    rendered: dict[str, Rendered | None] = {}
    for _ in range(MOST_LOOKS):
        with ws.store.begin("top up") as connection:
            issue, mailing = _still_of_use(connection, ws, key, now)
            readers = _new(connection, ws, issue, mailing, now, only)
            missing = {one: wanted for one, wanted in editions_wanted(readers).items() if one not in rendered}
            if not missing:
                return _add(connection, ws, issue, mailing, readers, rendered, now)
        rendered |= {one: render_edition(wanted.choices, wanted.baseline) for one, wanted in missing.items()}
    raise SendRefused(f"the audience of {key} kept changing while its editions were rendered; send it again")


def _still_of_use(connection: Connection, ws: Workspace, key: str, now: datetime) -> tuple[IssueRow, Mailing]:
    issue = find_issue(connection, ws, key)
    mailing = mailing_of(connection, ws, issue)
    if issue.kind != "issue":
        raise SendRefused(f"{key} is no issue: only an issue is sent to those who joined since")
    if mailing is None or issue.state not in ("sending", "sent"):
        raise SendRefused(f"{key} is {issue.state}: it did not go out, so nobody can have missed it")
    end = covered_until(load_draft(issue.draft))
    if end <= now:
        raise SendRefused(f"what {key} tells is over since {end:%Y-%m-%d}: it is not sent to anybody any more")
    return issue, mailing


def _new(
    connection: Connection,
    ws: Workspace,
    issue: IssueRow,
    mailing: Mailing,
    now: datetime,
    only: Collection[str] | None,
) -> tuple[Reader, ...]:
    planned = mailings.subscribers_of(connection, mailing.id)
    found = (one for one in readers_for(connection, ws, issue, now) if one.subscriber_id not in planned)
    return tuple(late(one, now) for one in found if only is None or one.subscriber_id in only)


def _add(
    connection: Connection,
    ws: Workspace,
    issue: IssueRow,
    mailing: Mailing,
    readers: tuple[Reader, ...],
    rendered: Mapping[str, Rendered | None],
    now: datetime,
) -> PlanResult:
    community = ws.settings.community.id
    added = add_readers(connection, community, issue, mailing.id, readers, rendered, now)
    ws.announce(connection, community, issue.key, batches(ws, added.pending))
    if added.planned and issue.state == "sent":
        issues.move(connection, community, issue.key, "sending", now, detail=f"{added.planned} joined since")
        mailings.move(connection, mailing.id, "sending")
    return added
