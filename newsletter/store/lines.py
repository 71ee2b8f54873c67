"""The history of deliveries, in order: lines that were written, and the acceptances that need none.

A mail that a reply accepted has that in the item of its attempt, with the reply's words and the moment of the
attempt. A line beside it would say the same once more, and would be the dearest of all that a batch writes.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store.tables import LIVE, attempt, attempt_item, delivery_event

_WRITTEN = tuple(delivery_event.c[name] for name in ("delivery_id", "at", "kind", "state", "detail", "notice_key"))


def lines_of(connection: Connection, which: sa.Select[tuple[str]]) -> dict[str, list[dict[str, Any]]]:
    """By delivery: at, kind, state and detail of everything that became of it; `which` finds the deliveries' ids."""
    written = sa.select(*_WRITTEN).where(delivery_event.c.delivery_id.in_(which)).order_by(delivery_event.c.id)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(written).mappings():
        found.setdefault(row["delivery_id"], []).append(dict(row))
    for row in sorted(connection.execute(_accepted(which)).mappings(), key=lambda row: row["at"]):
        lines = found.setdefault(row["delivery_id"], [])
        lines.insert(_place(lines, row["at"]), dict(row))
    return {one: [_shown(line) for line in lines] for one, lines in found.items()}


def _accepted(which: sa.Select[tuple[str]]) -> sa.Select[Any]:
    """What a reply accepted without a line of its own; one that was found out about later has one."""
    own = sa.exists().where(
        delivery_event.c.delivery_id == attempt_item.c.delivery_id,
        delivery_event.c.attempt_id == attempt_item.c.attempt_id,
        delivery_event.c.notice_key.is_(None),
    )
    state = sa.literal("accepted")
    return (
        sa.select(
            attempt_item.c.delivery_id,
            attempt.c.finished_at.label("at"),
            state.label("kind"),
            state.label("state"),
            attempt_item.c.detail,
        )
        .join(attempt, attempt.c.id == attempt_item.c.attempt_id)
        .where(attempt_item.c.delivery_id.in_(which), LIVE)
        .where(attempt_item.c.outcome == "accepted", attempt.c.phase == "done", ~own)
    )


def _place(lines: Iterable[Mapping[str, Any]], at: datetime) -> int:
    """Behind the last line of ours until then: reports come after what they tell of, and go by another clock."""
    ours = [n for n, line in enumerate(lines, 1) if not line.get("notice_key") and line["at"] <= at]
    return max(ours, default=0)


def _shown(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("at", "kind", "state", "detail")}
