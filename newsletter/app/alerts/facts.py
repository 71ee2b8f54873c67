"""Gathering what is judged: the store, the last wake-up's words, and the disk. Nothing is changed."""

import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from newsletter.app.sending import rates
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.dates.spans import parse_span
from newsletter.delivery.thresholds import Finding
from newsletter.model.alerting import AlertFacts, DiskFact, EventsFact, HoldFact, IssueFact, RateFact, UnknownFact
from newsletter.model.guarding import Standing
from newsletter.store import alert_facts, alerts, guards, source_readings

#: What was skipped, or was written down as it happened, is told for so long after.
LOOK_BACK = timedelta(days=2)
#: Mails of the last weeks whose reports are looked for, and how many of them.
REPORTS_FROM, REPORTS = timedelta(days=14), 200


def gather(ws: Workspace, now: datetime, waits: Mapping[str, str]) -> AlertFacts:
    """Everything there is to judge at `now`; `waits` is what the last wake-up could not go on with, and why."""
    with ws.store.read() as connection:
        return _facts(connection, ws, now.astimezone(home_zone(ws)), waits)


def _facts(connection: Connection, ws: Workspace, now: datetime, waits: Mapping[str, str]) -> AlertFacts:
    community, settings, home = ws.settings.community.id, ws.settings, home_zone(ws)
    known = source_readings.all_of(connection, community)
    issues = alert_facts.issues_due(connection, community, now, now - LOOK_BACK)
    return AlertFacts(
        now,
        issues=tuple(_local_issue(one, home) for one in issues),
        digests=frozenset(settings.digests),
        waits=dict(waits),
        holds=tuple(_hold(one, home) for one in guards.active(connection, community)),
        queues=alert_facts.queues(connection, community, now) if settings.alerts.queue else (),
        unknown=tuple(_local_unknown(one, home) for one in alert_facts.unknown(connection, community)),
        rates=tuple(_rate(key, one) for key, one in rates.found(connection, ws)),
        events=_reports(connection, ws, now),
        sources=tuple(known[one.name] for one in settings.sources if one.name in known),
        disk=_disk(ws),
        happened=tuple(reversed(alerts.since(connection, community, now - LOOK_BACK))),
    )


def _hold(one: Standing, home: ZoneInfo) -> HoldFact:
    return HoldFact(one.hold.guard, one.hold.about, one.hold.why, one.since.astimezone(home))


def _rate(key: str, one: Finding) -> RateFact:
    return RateFact(key, one.guard, one.text, one.level == "pause")


def _local_issue(one: IssueFact, home: ZoneInfo) -> IssueFact:
    return IssueFact(one.key, one.state, one.send_at.astimezone(home), one.why, one.left, one.planned)


def _local_unknown(one: UnknownFact, home: ZoneInfo) -> UnknownFact:
    return UnknownFact(one.key, one.count, one.planned, one.since.astimezone(home))


def _reports(connection: Connection, ws: Workspace, now: datetime) -> EventsFact | None:
    """Only where reports are posted to us; without a key nothing that is posted is taken."""
    span = ws.settings.alerts.events
    if not span or not ws.settings.provider.webhook_key:
        return None
    until = now - parse_span(span)
    return alert_facts.reported(connection, ws.settings.community.id, now - REPORTS_FROM, until, REPORTS)


def _disk(ws: Workspace) -> DiskFact | None:
    if not ws.settings.alerts.disk_mb:
        return None
    folder = store_folder(ws)
    try:
        return DiskFact(shutil.disk_usage(folder).free, str(folder))
    except OSError:
        return None


def store_folder(ws: Workspace) -> Path:
    """Where the store lies, if it is a file; else the workspace."""
    url = ws.store.engine.url
    file = Path(url.database or "")
    return file.parent if url.get_backend_name() == "sqlite" and file.is_file() else ws.root
