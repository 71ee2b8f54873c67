"""Picking up after workers that ended in between, on this machine at once and on others when their lease is over."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.sending import journal
from newsletter.app.sending.line import Recovered
from newsletter.app.sending.workers import is_dead
from newsletter.app.workspace import Workspace
from newsletter.delivery import poison
from newsletter.delivery.leases import Fate, aftermath, fate
from newsletter.model.delivery import Receipt
from newsletter.model.ledger import Claim, OpenAttempt
from newsletter.store import claims, recovery

WHY = "its worker ended"


def recover(ws: Workspace, now: datetime) -> Recovered:
    """Close attempts whose lease is over or whose worker ended: claimed ones go back, submitting ones are unknown.

    Where the journal of a worker that ended can be believed, only what was in flight is.
    """
    lying = journal.lying(ws.root)
    community = ws.settings.community.id
    with ws.store.read() as connection:
        found = recovery.open_attempts(connection, community)
        is_well = not any(_fate(one, now) for one in found) and recovery.is_sound(connection, community, now)
    if is_well:  # as nearly always: every few batches of every worker, and nobody is to wait for it
        journal.forget(ws.root, lying - {one.attempt_id for one in found})
        return Recovered()
    with ws.store.begin("recover") as connection:
        recovery.mend_clock(connection, community, now)
        found = recovery.open_attempts(connection, community)
        fates = {one: what for one in found if (what := _fate(one, now))}
        by_journal = _told(ws, fates)
        settled = [_settle(connection, community, one, told, now) for one, told in by_journal.items()]
        gone = [one.attempt_id for one, what in fates.items() if what == "release"]
        lost = [one.attempt_id for one, what in fates.items() if what == "lose" and one not in by_journal]
        released = recovery.release(connection, gone, now, why=WHY, broke=poison.WAIT) if gone else 0
        unknown = recovery.lose(connection, lost, now, why=WHY) if lost else 0
        unknown += recovery.lose_orphans(connection, community, now)
    journal.forget(ws.root, lying - {one.attempt_id for one in found if one not in fates})
    return _sum(Recovered(released, unknown), *settled)


def _fate(one: OpenAttempt, now: datetime) -> Fate | None:
    return fate(one, now, dead=is_dead(one.worker))


def _told(ws: Workspace, fates: Mapping[OpenAttempt, Fate]) -> dict[OpenAttempt, journal.Told]:
    """The journals that are believed: of workers that are gone. One that only slept may write on."""
    lost = [one for one, what in fates.items() if what == "lose" and is_dead(one.worker)]
    return {one: told for one in lost if (told := journal.read(ws.root, one.attempt_id)) is not None}


def _settle(
    connection: Connection, community: str, one: OpenAttempt, told: Mapping[str, Receipt | None], now: datetime
) -> Recovered:
    settled = aftermath(recovery.tries_of(connection, one.attempt_id), told, now)
    hold = Claim(one.attempt_id, one.worker, 0, "", one.lease_until, ())
    claims.settle(connection, community, hold, settled, now)
    outcomes = [each.outcome for each in settled]
    released, unknown = outcomes.count("not_submitted"), outcomes.count("unknown")
    return Recovered(released, unknown, len(outcomes) - released - unknown)


def _sum(*parts: Recovered) -> Recovered:
    return Recovered(*(sum(one) for one in zip(*((p.released, p.unknown, p.told) for p in parts), strict=True)))
