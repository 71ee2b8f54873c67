"""Applying what was posted: each event once, about what we sent alone; what changes nothing is kept apart.

A file of the spool goes only after everything in it is in the store. Whoever ends in between leaves it for the next,
and applying it again changes nothing.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from newsletter.app.alerting import sound_alert
from newsletter.app.reporting.receiving import spool_of
from newsletter.app.sending.reports import AT_ONCE, take
from newsletter.app.workspace import Workspace
from newsletter.delivery.evidence import LATE_BOUNCE
from newsletter.log_fields import about
from newsletter.model.delivery import Notice
from newsletter.model.events import Keepsake, Posted, ProviderEvent, Standing, Webhook
from newsletter.model.joining import Alert
from newsletter.people.address import address_hash, parse_address
from newsletter.providers.webhooks import open_webhook
from newsletter.store import events as kept
from newsletter.store import notices
from newsletter.store.spool import Spool, SpoolError

LOG = logging.getLogger(__name__)
#: Events that changed nothing are forgotten after this long.
KEPT = timedelta(days=90)
#: Reports that are of an address, so that one without our ids is of the last mail that left for it.
BY_ADDRESS = ("bounced", "complained")


@dataclass(frozen=True, slots=True)
class Applied:
    """What one look at the spool did with the events in it: how many there were of each fate."""

    files: int = 0
    fates: Mapping[str, int] | None = None

    def __str__(self) -> str:
        told = ", ".join(f"{count} {fate}" for fate, count in sorted((self.fates or {}).items()))
        return told or "no events"


@dataclass(frozen=True, slots=True)
class _Arrived:
    """One event and when it came."""

    event: ProviderEvent
    at: datetime


def apply_spool(ws: Workspace, stopping: Callable[[], bool] = lambda: False) -> Applied:
    """Apply everything that was posted, oldest first; nothing where another process is at it."""
    spool, webhook = spool_of(ws), open_webhook(ws.settings.provider)
    files, tally = 0, Counter[str]()
    with spool.taking() as mine:
        if not mine or webhook is None:
            return Applied()
        waiting = iter(spool.waiting())
        while not stopping() and (part := _part(ws, spool, webhook, waiting)):
            paths, arrived = part
            tally += _apply_files(ws, spool, webhook, paths, arrived)
            files += len(paths)
    return Applied(files, dict(tally))


def forget_old_events(ws: Workspace, now: datetime) -> int:
    """Delete what changed nothing and is old; how many events that were."""
    spool_of(ws).tidy()
    with ws.store.begin("events") as connection:
        return kept.forget_before(connection, ws.settings.community.id, now - KEPT)


def _part(
    ws: Workspace, spool: Spool, webhook: Webhook, waiting: Iterator[Path]
) -> tuple[list[Path], list[_Arrived]] | None:
    """As many files as hold the events of one transaction, or the rest; None where there are none left."""
    paths: list[Path] = []
    arrived: list[_Arrived] = []
    for path in waiting:
        try:
            arrived += _events(webhook, spool.read(path))
            paths.append(path)
        except (SpoolError, ValueError) as error:
            _give_up(ws, spool, path, error)
        if len(arrived) >= AT_ONCE:
            break
    return (paths, arrived) if paths else None


def _events(webhook: Webhook, posts: Sequence[Posted]) -> list[_Arrived]:
    return [_Arrived(event, post.at) for post in posts for event in webhook.events(post.body)]


def _apply_files(
    ws: Workspace, spool: Spool, webhook: Webhook, paths: Sequence[Path], arrived: Sequence[_Arrived]
) -> Counter[str]:
    tally = Counter[str]()
    rest = iter(arrived)
    try:
        while part := list(islice(rest, AT_ONCE)):
            tally.update(one.event.use for one in part if one.event.use == "forgotten")
            heeded = [one for one in part if one.event.use != "forgotten"]
            if heeded:
                with ws.store.begin("events") as connection:
                    tally += _apply(connection, ws, webhook, heeded)
    except OperationalError:
        raise  # the store is busy or its disk is full: all of it waits
    except Exception as error:
        if len(paths) > 1:
            return _one_by_one(ws, spool, webhook, paths)
        LOG.exception("%s cannot be applied", paths[0], extra=about("events.unreadable", ws.settings.community.id))
        _give_up(ws, spool, paths[0], error)
        return tally
    for path in paths:
        spool.done(path)
    return tally


def _one_by_one(ws: Workspace, spool: Spool, webhook: Webhook, paths: Sequence[Path]) -> Counter[str]:
    """So that a file that cannot be applied holds up no other."""
    tally = Counter[str]()
    for path in paths:
        tally += _apply_files(ws, spool, webhook, [path], _events(webhook, spool.read(path)))
    return tally


def _give_up(ws: Workspace, spool: Spool, path: Path, error: Exception) -> None:
    place = spool.set_aside(path)
    text = f"events that a provider posted cannot be applied and lie in {place.name}: {type(error).__name__}"
    with ws.store.begin("alert") as connection:
        sound_alert(connection, ws, Alert("events", place.name[:80], ws.clock(), text))


def _apply(connection: Connection, ws: Workspace, webhook: Webhook, arrived: Sequence[_Arrived]) -> Counter[str]:
    """One transaction: notices settle deliveries, the others are kept apart, counted, or told to an operator."""
    told = [one for one in arrived if one.event.notice is not None]
    found = take(connection, ws, [_notice(connection, ws, one.event) for one in told])
    fates = {id(one): fate for one, fate in zip(told, found, strict=True)}
    keepsakes = [_keepsake(ws, webhook, one, standing) for one in arrived if (standing := _standing(one, fates))]
    kept.keep(connection, ws.settings.community.id, keepsakes)
    for one in arrived:
        if one.event.use == "account":
            _tell_operator(connection, ws, one)
    return Counter(fates.get(id(one), one.event.use) for one in arrived)


def _notice(connection: Connection, ws: Workspace, event: ProviderEvent) -> Notice:
    """The event's notice; one that carries no id of ours, as late bounces do, by its address."""
    notice = event.notice
    assert notice is not None
    if notice.delivery_id or notice.kind not in BY_ADDRESS or not notice.address:
        return notice
    who, community = _who(ws, notice.address), ws.settings.community.id
    one = notices.last_to(connection, community, who, notice.at - LATE_BOUNCE, notice.at) if who else ""
    return replace(notice, delivery_id=one)


def _standing(one: _Arrived, fates: Mapping[int, str]) -> Standing | None:
    """How an event is kept apart; None where it is in the ledger, or nowhere."""
    if one.event.notice is not None:
        return "quarantine" if fates[id(one)] == "foreign" else None
    return "unreadable" if one.event.kind == "?" or one.event.at is None else "noted"


def _keepsake(ws: Workspace, webhook: Webhook, one: _Arrived, standing: Standing) -> Keepsake:
    event = one.event
    fingerprint, payload = webhook.keepsake(event)
    return Keepsake(
        provider=ws.settings.provider.kind,
        fingerprint=fingerprint,
        standing=standing,
        kind=event.kind,
        received_at=one.at,
        why=event.why or ("it is about nothing that was sent from here" if standing == "quarantine" else ""),
        at=event.at,
        event_id=event.event_id,
        delivery_id=event.delivery_id,
        who=_who(ws, event.address),
        payload=payload,
    )


def _who(ws: Workspace, address: str) -> str:
    key = parse_address(address).key if address else ""
    return address_hash(ws.hash_key, key) if key else ""


def _tell_operator(connection: Connection, ws: Workspace, one: _Arrived) -> None:
    what = str(one.event.raw.get("type") or one.event.kind)[:60]
    text = f"{ws.settings.provider.kind} says of the account: {what}; look at its dashboard"
    sound_alert(connection, ws, Alert("account", f"{what} {one.event.at or one.at:%Y-%m-%d}"[:80], one.at, text))
