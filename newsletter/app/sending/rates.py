"""Complaints and bounces of a mailing as the ledger has them: told to the operator, and a reason to pause."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.sending.holding import alert, hold
from newsletter.app.workspace import Workspace
from newsletter.delivery.thresholds import LEAST_TOLD, Finding, Tally, judge
from newsletter.model.delivery import DeliveryState
from newsletter.model.guarding import GuardName, Hold
from newsletter.model.ledger import Mailing
from newsletter.store import guards

COMPLAINTS: tuple[DeliveryState, ...] = ("complained",)
BOUNCES: tuple[DeliveryState, ...] = ("bounced", "dropped", "failed")
#: What an answer was given for, whichever.
ANSWERED: tuple[DeliveryState, ...] = ("accepted", "delivered", "deferred", *COMPLAINTS, *BOUNCES)
RATES: tuple[GuardName, ...] = ("complaints", "bounces")


def bad_of(connection: Connection, mailing_id: int) -> tuple[int, int]:
    """How many complaints and bounces the mailing has: few rows, however large it is."""
    found = guards.count_in(connection, mailing_id, (*COMPLAINTS, *BOUNCES))
    return sum(found.get(one, 0) for one in COMPLAINTS), sum(found.get(one, 0) for one in BOUNCES)


def tally_of(connection: Connection, mailing_id: int) -> Tally:
    """The mailing's figures; without complaints and bounces worth a look, the others are not counted."""
    complaints, bounces = bad_of(connection, mailing_id)
    if complaints + bounces < LEAST_TOLD:
        return Tally(0, complaints, bounces)
    answered = sum(guards.count_in(connection, mailing_id, ANSWERED).values())
    return Tally(answered, complaints, bounces)


def too_many(connection: Connection, ws: Workspace, job: Mailing, now: datetime) -> Hold | None:
    """Tell of rates that are high; the hold where one of them stops the mailing.

    After a person resumed it, only what came since is judged.
    """
    tally = tally_of(connection, job.id)
    for finding in _findings(connection, ws, job, tally):
        if finding.level == "pause":
            why = f"{finding.text}: look at the bounces and at who was written to, then newsletter resume {job.key}"
            found = Hold(finding.guard, why, None, job.key)
            hold(connection, ws, found, now, asdict(tally))
            return found
        tell(connection, ws, job.key, finding, now)
    return None


def _findings(connection: Connection, ws: Workspace, job: Mailing, tally: Tally) -> Iterator[Finding]:
    for guard in RATES:
        before = guards.standing(connection, ws.settings.community.id, guard, job.key)
        since = tally.since(Tally(**before.data)) if before and before.data else tally
        yield from (one for one in judge(since, ws.settings.guards) if one.guard == guard)


def last_was_bad(connection: Connection, ws: Workspace, job: Mailing, now: datetime) -> Hold | None:
    """The hold where the digest's last issue was complained of, or bounced, so much that the next one waits.

    It is asked for once: who resumes the mailing has seen it.
    """
    last = guards.issue_before(connection, ws.settings.community.id, job.digest, job.id) if job.digest else None
    if last is None:
        return None
    for finding in judge(tally_of(connection, last[0]), ws.settings.guards):
        seen = guards.standing(connection, ws.settings.community.id, finding.guard, job.key)
        if finding.level == "pause" and seen is None:
            why = f"of the last issue, {last[1]}, {finding.text}: look why, then newsletter resume {job.key}"
            found = Hold(finding.guard, why, None, job.key)
            hold(connection, ws, found, now, {})
            return found
    return None


def watch(ws: Workspace, now: datetime) -> None:
    """Tell of the rates of each digest's last issue: most of them come when it is long sent."""
    with ws.store.read() as connection:
        findings = found(connection, ws)
    if findings:
        with ws.store.begin("alert") as connection:
            for key, finding in findings:
                tell(connection, ws, key, finding, now)


def found(connection: Connection, ws: Workspace) -> tuple[tuple[str, Finding], ...]:
    """The rates of each digest's last issue that are too high, with its key."""
    lasts = (guards.issue_before(connection, ws.settings.community.id, one, None) for one in ws.settings.digests)
    return tuple(
        (last[1], one) for last in lasts if last for one in judge(tally_of(connection, last[0]), ws.settings.guards)
    )


def tell(connection: Connection, ws: Workspace, key: str, finding: Finding, now: datetime) -> None:
    """Tell the operator of it, once for the mailing and the level."""
    if guards.standing(connection, ws.settings.community.id, finding.guard, key) is None:
        alert(connection, ws, finding.guard, f"{key} {finding.level}", f"{key}: {finding.text}", now)
