"""What an operator may want to see of posted events: those that changed nothing, counted and listed."""

from dataclasses import dataclass
from typing import Any

from newsletter.app.reporting.receiving import spool_of
from newsletter.app.workspace import Workspace
from newsletter.model.events import Keepsake
from newsletter.store import events

#: So many of them are listed.
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class KeptApart:
    """Events that changed nothing: how many by standing and type, the newest ones, and the posts that wait."""

    counts: dict[tuple[str, str], int]
    newest: tuple[Keepsake, ...]
    waiting: int


def look_at_events(ws: Workspace) -> KeptApart:
    """What was kept apart so far."""
    with ws.store.read() as connection:
        community = ws.settings.community.id
        counts = events.counts(connection, community)
        newest = events.newest(connection, community, MOST_LISTED)
    return KeptApart(counts, newest, len(spool_of(ws).waiting()))


def events_json(applied: dict[str, int], found: KeptApart) -> dict[str, Any]:
    """`events --json`."""
    return {
        "applied": applied,
        "waiting": found.waiting,
        "kept_apart": [
            {"standing": standing, "kind": kind, "count": count} for (standing, kind), count in found.counts.items()
        ],
        "newest": [_line(one) for one in found.newest],
    }


def _line(one: Keepsake) -> dict[str, Any]:
    return {
        "standing": one.standing,
        "kind": one.kind,
        "at": one.at.isoformat() if one.at else None,
        "received_at": one.received_at.isoformat(),
        "why": one.why,
        "delivery": one.delivery_id,
        "payload": dict(one.payload),
    }
