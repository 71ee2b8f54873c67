"""Remembering how each source was read: when it was read well, when it changed, and what was wrong with it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from newsletter.app.workspace import Workspace
from newsletter.model.alerting import SourceReading
from newsletter.model.item import Item, Reading
from newsletter.model.problem import Problem
from newsletter.store import source_readings

#: Codes by which a reading says that a source could not be read as it is now.
UNREAD = frozenset({"source.cached", "source.unreachable", "source.secret", "source.settings", "source.unreadable"})
#: Codes by which it says that a source holds less than the settings expect of it.
UNMET = frozenset({"source.few", "source.stale"})


def note_sources(ws: Workspace, reading: Reading, now: datetime) -> None:
    """Write down how every source was read just now."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        known = source_readings.all_of(connection, community)
    found = [
        _noted(one.name, known.get(one.name), _items(reading, one.name), _problems(reading, one.name), now)
        for one in ws.settings.sources
    ]
    with ws.store.begin("sources") as connection:
        source_readings.keep(connection, community, found)


def _items(reading: Reading, name: str) -> list[Item]:
    return [item for item in reading.items if any(origin.source == name for origin in item.origins)]


def _problems(reading: Reading, name: str) -> list[Problem]:
    return [one for one in reading.problems if one.origin and one.origin.source == name]


def _noted(
    name: str, before: SourceReading | None, items: Sequence[Item], problems: Sequence[Problem], now: datetime
) -> SourceReading:
    """A source that was never read well counts as read when it was first tried, so that it too grows old."""
    fault = next((one.text for one in problems if one.code in UNREAD), "")
    unmet = "; ".join(one.text for one in problems if one.code in UNMET)
    if fault:
        tried = before or SourceReading(name, now, now, now, None, 0)
        return replace(tried, tried_at=now, fault=fault, unmet="")
    fingerprint = _fingerprint(items)
    changed = now if before is None or before.fingerprint != fingerprint else before.changed_at
    filled = now if items else before.filled_at if before else None
    return SourceReading(name, now, now, changed, filled, len(items), fingerprint, "", unmet)


def _fingerprint(items: Sequence[Item]) -> str:
    return hashlib.sha256("\n".join(sorted(map(repr, items))).encode()).hexdigest()
