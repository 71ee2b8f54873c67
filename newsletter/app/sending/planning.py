"""Freezing an audience: one delivery for each sendable reader, in one transaction, and never a second time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.engine import Connection

from newsletter.app.accounting.deeds import note
from newsletter.app.sending import comparing, fence
from newsletter.app.sending.audience import list_of, readers_for
from newsletter.app.sending.waves import leaving, opening
from newsletter.app.timing import UsageError, find_digest
from newsletter.app.workspace import Workspace
from newsletter.delivery.planning import Reader, editions_wanted, plan
from newsletter.model.issue import Choices
from newsletter.model.ledger import Baseline, IssueRow, Mailing, Rendered
from newsletter.store import editions, issues, mailings

#: Renders the edition for these choices and what its readers had before; None where it has nothing to say.
RenderEdition = Callable[[Choices, Baseline | None], Rendered | None]
#: Readers may join while editions are rendered; so often is looked again before giving up.
MOST_LOOKS = 20


class SendRefused(Exception):  # noqa: N818 - an answer, not a fault
    """The issue may not be sent as it is; the sentence says why, and what to do."""


class SendHeld(SendRefused):
    """A guard holds it, which the log and the operator were told."""


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A frozen audience; `again` where it had been frozen before, and nothing was changed."""

    key: str
    planned: int
    pending: int
    skipped: int
    editions: int
    again: bool = False


def plan_issue(
    ws: Workspace,
    key: str,
    render_edition: RenderEdition,
    now: datetime,
    *,
    by: str = "",
    detail: str = "",
    accept_audience: int | None = None,
) -> PlanResult:
    """Freeze who gets the issue, and what: afterwards it is `sending`, which its history says with `by` and `detail`.

    Each distinct edition is rendered once, outside of the transaction; all is then written in one. Planning again
    changes nothing. SendRefused where the issue is not approved, or is over, or goes to an audience that is unlike
    the last issue's and that nobody accepted by its count.
    """
    rendered: dict[str, Rendered | None] = {}
    for _ in range(MOST_LOOKS):
        with ws.store.begin("plan") as connection:
            found = _planned_before(connection, ws, key)
            if found is not None:
                return found
            issue = _approved(connection, ws, key)
            if doubt := fence.doubt(connection, ws, key, _begins(ws, issue), by):
                raise SendHeld(doubt)
            readers = _some(ws, issue, readers_for(connection, ws, issue, now))
            odd = comparing.unlike_the_last(connection, ws, issue, len(readers), accept_audience)
            missing = {one: wanted for one, wanted in editions_wanted(readers).items() if one not in rendered}
            if not missing and not odd:
                readers = concerned(issue, readers, rendered)
                result = _freeze(connection, ws, issue, readers, rendered, now)
                issues.move(connection, ws.settings.community.id, key, "sending", now, by, detail)
                comparing.go_on(connection, ws, key, accept_audience, now)
                ws.announce(connection, ws.settings.community.id, key, batches(ws, result.pending))
                note(connection, ws, "sent", key, f"{result.planned} planned in {result.editions} editions")
                return result
        if odd:
            comparing.hold_it(ws, key, odd, now)
            raise SendHeld(odd)
        rendered |= {one: render_edition(wanted.choices, wanted.baseline) for one, wanted in missing.items()}
    raise SendRefused(f"the audience of {key} kept changing while its editions were rendered; send it again")


def batches(ws: Workspace, deliveries: int) -> int:
    """How many batches so many deliveries make."""
    return -(-deliveries // ws.settings.provider.batch)


def _begins(ws: Workspace, issue: IssueRow) -> datetime:
    """When its first reader was to get it."""
    return opening(ws, issue.digest, issue.send_at) if issue.kind == "issue" else issue.send_at


def _planned_before(connection: Connection, ws: Workspace, key: str) -> PlanResult | None:
    mailing = mailing_of(connection, ws, find_issue(connection, ws, key))
    if mailing is None:
        return None
    counts = mailings.counts(connection, mailing.id)
    return PlanResult(
        key=key,
        planned=sum(counts.values()),
        pending=counts["pending"],
        skipped=counts["skipped"],
        editions=editions.count(connection, mailing.id),
        again=True,
    )


def _approved(connection: Connection, ws: Workspace, key: str) -> IssueRow:
    issue = find_issue(connection, ws, key)
    if not issue.draft:
        raise SendRefused(f"{key} has no draft yet: newsletter draft {issue.digest}")
    if issue.state == "drafted" and needs_no_review(ws, issue):
        return issue
    if issue.state == "drafted":
        raise SendRefused(
            f"{key} is not approved: look at it with `newsletter preview`, then newsletter approve {key}"
        )
    if issue.state != "approved":
        raise SendRefused(f"{key} is {issue.state}: it cannot be sent")
    if issue.approved_hash != issue.draft_hash:
        raise SendRefused(f"the draft of {key} is not the one that was approved: newsletter approve {key}")
    return issue


def needs_no_review(ws: Workspace, issue: IssueRow) -> bool:
    """Whether it may leave without anybody's approval; a one-off never does."""
    if issue.kind == "correction":
        return ws.settings.corrections.review == "automatic"
    return issue.kind == "issue" and find_digest(ws, issue.digest).review == "automatic"


def find_issue(connection: Connection, ws: Workspace, key: str) -> IssueRow:
    """The row of an issue, a correction or a one-off; UsageError where there is none of that key."""
    issue = issues.find_issue(connection, ws.settings.community.id, key)
    if issue is None:
        raise UsageError(f"there is no issue {key!r}; `newsletter draft DIGEST` makes one")
    return issue


def mailing_of(connection: Connection, ws: Workspace, issue: IssueRow) -> Mailing | None:
    """The mailing that sends it; None while its audience is not frozen."""
    return mailings.find(connection, ws.settings.community.id, issue.kind, issue.key)


def readers_of(ws: Workspace, key: str, now: datetime) -> tuple[IssueRow, tuple[Reader, ...]]:
    """Whom it may concern if it were planned now; nothing is written. SendRefused where that is nobody."""
    with ws.store.read() as connection:
        issue = find_issue(connection, ws, key)
        return issue, _some(ws, issue, readers_for(connection, ws, issue, now))


def _some(ws: Workspace, issue: IssueRow, readers: tuple[Reader, ...]) -> tuple[Reader, ...]:
    """The readers; what nobody would get is not sent, so that it can be once there are people."""
    if readers:
        return readers
    if issue.kind == "correction":
        raise SendRefused(f"nobody has to be told what {issue.key} says: no reader had an issue yet")
    active = f"no active reader of {issue.digest!r}" if issue.kind == "issue" else "no active member"
    raise SendRefused(
        f"nobody would get {issue.key}: list {list_of(ws, issue)!r} has {active}; "
        "bring people in first: newsletter subscribers import FILE"
    )


def concerned(
    issue: IssueRow, readers: tuple[Reader, ...], rendered: Mapping[str, Rendered | None]
) -> tuple[Reader, ...]:
    """The readers to be planned: of a correction those whom it tells something, each by one list.

    SendRefused where it would tell nobody anything.
    """
    if issue.kind != "correction":
        return readers
    told: dict[str, Reader] = {}
    for reader in readers:
        if rendered[reader.wanted.key] is not None:
            told.setdefault(reader.subscriber_id, reader)
    if not told:
        raise SendRefused(f"nobody has to be told what {issue.key} says: all know it by now, or it is over")
    return tuple(told.values())


def _freeze(
    connection: Connection,
    ws: Workspace,
    issue: IssueRow,
    readers: tuple[Reader, ...],
    rendered: Mapping[str, Rendered | None],
    now: datetime,
) -> PlanResult:
    community = ws.settings.community.id
    mailing_id = mailings.create(
        connection,
        community,
        kind=issue.kind,
        key=issue.key,
        list_name=list_of(ws, issue),
        digest=issue.digest,
        content_hash=issue.draft_hash,
        at=now,
    )
    moments = leaving(ws, issue, {reader.wanted.choices.timezone for reader in readers})
    return add_readers(connection, community, issue, mailing_id, readers, rendered, now, moments)


def add_readers(
    connection: Connection,
    community: str,
    issue: IssueRow,
    mailing_id: int,
    readers: tuple[Reader, ...],
    rendered: Mapping[str, Rendered | None],
    now: datetime,
    moments: Mapping[str, datetime] = MappingProxyType({}),
) -> PlanResult:
    """Write a delivery into the mailing for each of the readers, and the editions they are to get."""
    wanted = editions_wanted(readers)
    full = {key: one for key in wanted if (one := rendered[key]) is not None}
    planned = plan(community, issue.kind, issue.key, readers, wanted.keys() - full.keys(), moments)
    editions.put(connection, community, mailing_id, full)
    mailings.add_deliveries(connection, community, mailing_id, planned, now)
    skipped = sum(one.state == "skipped" for one in planned)
    return PlanResult(issue.key, len(planned), len(planned) - skipped, skipped, len(full), again=not planned)


def find_mailing(connection: Connection, ws: Workspace, key: str) -> Mailing:
    """The mailing of an issue, a correction or a one-off; SendRefused where its audience is not frozen yet."""
    row = issues.find_issue(connection, ws.settings.community.id, key)
    mailing = mailing_of(connection, ws, row) if row else None
    if mailing is None:
        raise SendRefused(f"{key} is not planned yet: newsletter send {key}")
    return mailing
