"""Settling deliveries of which nobody knows whether they left: by the provider's word, or by an operator's."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from newsletter.app.accounting.deeds import note
from newsletter.app.list_addresses import PREFIX
from newsletter.app.sending.planning import find_issue, mailing_of
from newsletter.app.sending.reports import take_notices
from newsletter.app.sending.workers import is_dead
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace
from newsletter.delivery.reconciling import Judgement, Policy, clusters, judge, near
from newsletter.model.delivery import DeliveryState, Provider
from newsletter.model.ledger import Mailing
from newsletter.model.reconciling import Coverage, Doubt, Question, Seen, Sighting, Traceable
from newsletter.people.masking import masked
from newsletter.store import issues, mailings
from newsletter.store import reconciling as ledger

#: Neighbours that a log is tried by, and that events are counted of: enough to see one in a hundred missing.
MOST_ASKED = 100
MOST_COUNTED = 1_000
#: Deliveries that are settled in one transaction.
AT_ONCE = 500
_ABSENT: Seen = "absent"


@dataclass(frozen=True, slots=True)
class Standing:
    """One delivery that was unknown: how it stands now, why, and what an operator can do about it."""

    delivery_id: str
    key: str
    reader: str
    submitted_at: datetime
    judgement: Judgement

    def advice(self) -> str:
        """What to do, in a sentence; empty where it is settled."""
        if self.judgement.settling != "hold":
            return ""
        by_hand = f"newsletter reconcile {self.key} --delivery {self.delivery_id} --as accepted|not-accepted"
        if self.judgement.proven:
            return f"send it again: newsletter reconcile {self.key} --resend"
        return f"look it up at your provider, then: {by_hand}"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one look settled and what it left, in order of handing over."""

    standings: tuple[Standing, ...] = ()

    def settled(self, how: str) -> tuple[Standing, ...]:
        """Those that were settled so: accepted, resend, or hold."""
        return tuple(one for one in self.standings if one.judgement.settling == how)

    def counts(self) -> dict[str, int]:
        """How many there were, by what became of them."""
        found = Counter(one.judgement.settling for one in self.standings)
        return {
            "unknown": len(self.standings),
            "accepted": found["accepted"],
            "sent_again": found["resend"],
            "held": found["hold"],
        }


def reconcile(
    ws: Workspace, provider: Provider, key: str, now: datetime, *, resend: bool = False, changing: bool = True
) -> Reconciled:
    """Settle what evidence settles of a mailing's unknown deliveries; with `resend` also by proven absence.

    Without `changing` nothing is written, and the answer says what would be done. UsageError where there is no issue
    of that key.
    """
    mailing = _mailing(ws, key)
    if mailing is None:
        return Reconciled()
    with ws.store.read() as connection:
        doubts = ledger.doubts(connection, ws.settings.community.id, mailing_id=mailing.id)
    return settle(ws, provider, doubts, now, _policy(ws, resend=resend), changing=changing)


def unknown_of(ws: Workspace, key: str) -> tuple[Doubt, ...]:
    """The unknown deliveries of a mailing, addresses masked, in order of handing over; nobody is asked."""
    mailing = _mailing(ws, key)
    if mailing is None:
        return ()
    with ws.store.read() as connection:
        found = ledger.doubts(connection, ws.settings.community.id, mailing_id=mailing.id)
    return tuple(replace(one, address=masked(_addressed(ws, one).address)) for one in found)


def all_unknown(ws: Workspace, now: datetime) -> tuple[Doubt, ...]:
    """Every unknown delivery of the last weeks' mailings."""
    with ws.store.read() as connection:
        return ledger.doubts(connection, ws.settings.community.id, since=now - ledger.OLDEST)


def reconcile_all(ws: Workspace, provider: Provider, doubts: Sequence[Doubt], now: datetime) -> Reconciled:
    """Settle these as the settings have it."""
    return settle(ws, provider, doubts, now, _policy(ws), changing=True)


def settle(
    ws: Workspace, provider: Provider, doubts: Sequence[Doubt], now: datetime, policy: Policy, *, changing: bool
) -> Reconciled:
    """Judge the doubts by those who may know of them, and write what follows."""
    found: list[Standing] = []
    for cluster in clusters([_addressed(ws, one) for one in doubts]):
        standings = [*_judged(ws, provider, cluster, now, policy, changing=changing)]
        if changing:
            _write(ws, cluster, standings, now)
        found += standings
    return Reconciled(tuple(found))


def settle_by_hand(
    ws: Workspace, key: str, delivery_ids: Sequence[str], now: datetime, *, accepted: bool, because: str
) -> int:
    """An operator's word about unknown deliveries, kept in their history; UsageError where one is not unknown."""
    mailing = _mailing(ws, key)
    if mailing is None:
        raise UsageError(f"{key} was not sent: nothing of it is unknown")
    with ws.store.begin("reconcile") as connection:
        states = ledger.states_of(connection, mailing.id, delivery_ids)
        for one in delivery_ids:
            if states.get(one) != "unknown":
                raise UsageError(f"{one} of {key} is {states.get(one, 'no delivery of it')}, and not unknown")
        why = f"an operator's word: {because}"
        community = ws.settings.community.id
        settled = "accepted" if accepted else "not accepted"
        note(connection, ws, "reconciled", key, f"{len(delivery_ids)} {settled}, by word of mouth")
        if accepted:
            return ledger.settle_accepted(connection, community, delivery_ids, now, why)
        return _send_again(connection, community, mailing, delivery_ids, now, why)


def _mailing(ws: Workspace, key: str) -> Mailing | None:
    with ws.store.read() as connection:
        return mailing_of(connection, ws, find_issue(connection, ws, key))


def _policy(ws: Workspace, *, resend: bool = False) -> Policy:
    return "resend" if resend else ws.settings.provider.unknown


def _addressed(ws: Workspace, doubt: Doubt) -> Doubt:
    """A whole list's address stands in the settings and not in the store."""
    if not doubt.subscriber_id.startswith(PREFIX):
        return doubt
    entry = ws.settings.lists.get(doubt.subscriber_id.removeprefix(PREFIX))
    return replace(doubt, address=entry.address if entry else "")


def _judged(
    ws: Workspace, provider: Provider, cluster: Sequence[Doubt], now: datetime, policy: Policy, *, changing: bool
) -> Iterator[Standing]:
    """Ask the provider's log about each, where it has one, and count on its events where it has not."""
    seen = _looked_up(ws, provider, cluster, changing=changing)
    absent = any(one.seen == "absent" for one in seen.values())
    log = _log_coverage(ws, provider, cluster) if absent else Coverage("the provider's log")
    events = _event_coverage(ws, cluster)
    wait = timedelta(hours=ws.settings.provider.unknown_hours)
    for doubt in cluster:
        sighting = seen.get(doubt.delivery_id) or Sighting(doubt.delivery_id, "unsaid")
        # A log that does not answer leaves the events, whose silence tells as much where they are complete.
        coverage, state = (events, _ABSENT) if sighting.seen == "unsaid" else (log, sighting.seen)
        ended = doubt.phase == "done" or is_dead(doubt.worker)
        judgement = judge(doubt, state, coverage, now, wait=wait, policy=policy, ended=ended)
        if sighting.seen == "unsaid" and sighting.detail:
            judgement = replace(judgement, why=f"{sighting.detail}; {judgement.why}")
        yield Standing(doubt.delivery_id, doubt.key, masked(doubt.address), doubt.submitted_at, judgement)


def _looked_up(ws: Workspace, provider: Provider, cluster: Sequence[Doubt], *, changing: bool) -> dict[str, Sighting]:
    """What the log says of each; what it tells of a message is taken as if it had been posted."""
    if not isinstance(provider, Traceable):
        return {}
    asked = [Question(one.delivery_id, one.address, one.submitted_at) for one in cluster]
    seen = {one.delivery_id: one for one in provider.look_up(asked)}
    if changing:
        take_notices(ws, [notice for one in seen.values() for notice in one.notices])
    return seen


def _log_coverage(ws: Workspace, provider: Provider, cluster: Sequence[Doubt]) -> Coverage:
    start, end = near(cluster)
    with ws.store.read() as connection:
        asked = ledger.accepted_between(connection, ws.settings.community.id, start, end, MOST_ASKED)
    seen = [*provider.look_up(asked)] if isinstance(provider, Traceable) else []
    return Coverage("the provider's log", len(asked), sum(one.seen == "there" for one in seen))


def _event_coverage(ws: Workspace, cluster: Sequence[Doubt]) -> Coverage:
    start, end = near(cluster)
    with ws.store.read() as connection:
        return ledger.told_between(connection, ws.settings.community.id, start, end, MOST_COUNTED)


def _write(ws: Workspace, cluster: Sequence[Doubt], standings: Sequence[Standing], now: datetime) -> None:
    community = ws.settings.community.id
    mailing_ids = {one.delivery_id: one.mailing_id for one in cluster}
    keys = {one.mailing_id: one.key for one in cluster}
    for (settling, why, mailing_id), ids in _alike(standings, mailing_ids).items():
        for start in range(0, len(ids), AT_ONCE):
            part = ids[start : start + AT_ONCE]
            with ws.store.begin("reconcile") as connection:
                if settling == "accepted":
                    ledger.settle_accepted(connection, community, part, now, why)
                    note(connection, ws, "reconciled", keys[mailing_id], f"{len(part)} accepted")
                elif settling == "resend":
                    mailing = ledger.mailing_by_id(connection, mailing_id)
                    _send_again(connection, community, mailing, part, now, why)
                    note(connection, ws, "reconciled", keys[mailing_id], f"{len(part)} to be sent again")


def _alike(standings: Sequence[Standing], mailing_ids: dict[str, int]) -> dict[tuple[str, str, int], list[str]]:
    found: dict[tuple[str, str, int], list[str]] = {}
    for one in standings:
        alike = (one.judgement.settling, one.judgement.why, mailing_ids[one.delivery_id])
        found.setdefault(alike, []).append(one.delivery_id)
    return found


def _send_again(
    connection: Connection, community: str, mailing: Mailing, ids: Sequence[str], now: datetime, why: str
) -> int:
    """Back to pending; what counted as sent is being sent again, and what was cancelled stays so."""
    to: DeliveryState = "cancelled" if mailing.state == "cancelled" else "pending"
    count = ledger.settle_not_accepted(connection, community, ids, now, why, to)
    if count and mailing.state == "sent":
        mailings.move(connection, mailing.id, "sending")
        if mailing.kind != "service":
            detail = f"{count} deliveries are known not to have left"
            issues.move(connection, community, mailing.key, "sending", now, detail=detail)
    return count
