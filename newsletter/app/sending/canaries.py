"""The few who get a mailing first: chosen once, waited for, and followed by the others after a hold."""

from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.sending.holding import BY, hold, lift, note
from newsletter.app.workspace import Workspace
from newsletter.dates.spans import parse_span
from newsletter.delivery import canary
from newsletter.delivery.canary import Canary
from newsletter.model.guarding import BY_HAND, Hold, Standing
from newsletter.model.ledger import Mailing
from newsletter.people.address import parse_address
from newsletter.store import guards, issues, mailings


def canary_of(ws: Workspace, job: Mailing) -> Canary:
    """Who gets mailings of this kind first: as the digest says, else the guards; a correction waits for none."""
    digest = ws.settings.digests.get(job.digest)
    if job.kind not in ("issue", "one-off"):
        return Canary()
    wanted = digest.canary if digest and digest.canary is not None else ws.settings.guards.canary
    rest = (digest.canary_hold if digest else "") or ws.settings.guards.canary_hold
    span = None if rest == BY_HAND else parse_span(rest)
    return Canary(wanted, (), span) if isinstance(wanted, int) else Canary(0, wanted, span)


def first_ones(connection: Connection, ws: Workspace, job: Mailing, now: datetime) -> tuple[str, ...] | Hold | None:
    """The deliveries that may leave as long as only the first do; a hold while the others wait; None once all may."""
    wanted = canary_of(ws, job)
    if not wanted.wanted:
        return None
    known = guards.standing(connection, job.community, "canary", job.key)
    known = known or _begin(connection, ws, job, wanted, now)
    ids = tuple(known.data["ids"])
    if known.data["phase"] == "first" and not guards.under_way(connection, ids):
        known = _wait(connection, ws, job, wanted, ids, now)
    if known.data["phase"] == "wait":
        if known.hold.until is None or now < known.hold.until:
            return known.hold
        lift(connection, ws, known, now, {**known.data, "phase": "over"})
    return ids if known.data["phase"] == "first" else None


def _begin(connection: Connection, ws: Workspace, job: Mailing, wanted: Canary, now: datetime) -> Standing:
    """Choose the first; editors among them get it at once, whatever their zone."""
    if wanted.addresses:
        keys = [parse_address(one).key for one in wanted.addresses]
        ids = guards.addressed_to(connection, job.id, keys)
        guards.put_off(connection, ids, now, now)
    else:
        ids = guards.first_due(connection, job.id, now, wanted.readers)
    waiting = mailings.counts(connection, job.id)["pending"]
    phase = canary.begins(len(ids), waiting)
    begun = Standing(Hold("canary", "", None, job.key), now, False, {"ids": list(ids), "phase": phase})
    guards.keep(connection, job.community, begun)
    if phase == "first":
        note(connection, ws, job.key, f"canary: {len(ids)} of {waiting} readers get it first", now)
    return begun if phase != "wait" else _wait(connection, ws, job, wanted, ids, now)


def _wait(
    connection: Connection, ws: Workspace, job: Mailing, wanted: Canary, ids: tuple[str, ...], now: datetime
) -> Standing:
    """The others wait from now on; where only a person ends that, the mailing is paused."""
    found = canary.hold(wanted, job.key, len(ids), now)
    data = {"ids": list(ids), "phase": "wait"}
    hold(connection, ws, found, now, data)
    if found.until is None:
        issues.move(connection, job.community, job.key, "paused", now, BY, "canary: the others wait for a person")
        mailings.move(connection, job.id, "paused")
    return Standing(found, now, True, data)


def end_wait(connection: Connection, ws: Workspace, standing: Standing, now: datetime) -> None:
    """A person lets the others have it."""
    lift(connection, ws, standing, now, {**standing.data, "phase": "over"})
