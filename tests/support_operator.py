"""A store with readers, issues that went out and one that is being sent, written row by row as the program would."""

import hashlib
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.app.workspace import Workspace
from newsletter.model.numbers import Number
from newsletter.store import numbers
from newsletter.store.tables import (
    attempt,
    attempt_item,
    consent,
    delivery,
    delivery_event,
    issue,
    issue_event,
    mailing,
    subscriber,
    subscription,
)

BATCH = 20
WEEK = timedelta(days=7)
#: From one batch to the next.
PAUSE = timedelta(seconds=22)
#: What becomes of deliveries, of a thousand.
ENDS = {"delivered": 946, "accepted": 26, "bounced": 14, "deferred": 6, "unknown": 0, "complained": 1, "failed": 3}
REASONS = {
    "bounced": "550 5.1.1 <{address}>: no such user here",
    "deferred": "451 4.7.1 try again later",
    "failed": "553 5.1.3 the address of {address} is not right",
    "unknown": "the worker ended while it was handed over",
}


def named(text: str, length: int = 40) -> str:
    """An id that is the same in every run."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def put_numbers(ws: Workspace, now: datetime, keys: Sequence[str]) -> None:
    """Seven weeks of requests, and what these issues led to: a week apart, the last of them a week old."""
    lot, found, today = random.Random(9), [], now.date()
    for back in range(50):
        day, fresh = today - timedelta(days=back), 1 + 5 * (back % 7 == 0)
        latest = keys[max(0, len(keys) - 1 - back // 7)]
        for kind, about, most in (
            ("web copy", latest, 14 * fresh), ("feed", "weekly", 6), ("event calendar", "datathon", 3),
            ("topic calendar", "deep-dives", 9), ("topic calendar", "datathons", 5), ("personal calendar", "", 11),
        ):  # fmt: skip
            found.append(Number(day, kind, about, lot.randint(1, most)))
    for back, key in enumerate(reversed(keys), 1):
        day = today - timedelta(days=7 * back)
        found += [Number(day, "left issue", key, lot.randint(0, 3)), Number(day, "reply", key, lot.randint(1, 9))]
        found.append(Number(day, "left topic", "datathons", 1))
    with ws.store.begin() as connection:
        numbers.add(connection, ws.settings.community.id, found)
        # What has no draft was written by nobody, and is not told of.
        connection.execute(sa.update(issue).where(issue.c.key.in_(keys)).values(draft="-"))


class Filler:
    """Writes into the store of a workspace, as of `now`; the same numbers make the same store."""

    def __init__(self, ws: Workspace, now: datetime, people: int) -> None:
        self.ws, self.now, self.people = ws, now, people
        self.community = ws.settings.community.id
        self.lot = random.Random(9)

    def fill(self, issues: int, *, left: int | None = None) -> str:
        """So many issues that went out, the last of them being sent where `left` says how far it is; its key."""
        with self.ws.store.begin() as connection:
            self._readers(connection)
            for back in range(issues, 0 if left is None else -1, -1):
                going = back == 0 and left is not None
                key = self._issue(connection, self.now - back * WEEK, self.people if not going else left or 0, going)
        return key

    def _readers(self, connection: Connection) -> None:
        topics = [None, ["deep-dives"], ["deep-dives", "datathons"], ["community"], ["datathons"]]
        states = [*(["active"] * 90), *(["left"] * 6), "bounced", "bounced", "complained", "pending"]
        rows, members, lines = [], [], []
        for number in range(self.people):
            address = f"reader{number:06d}@example.org"
            who, joined = named(f"who {number}", 64), self.now - self.lot.random() ** 0.7 * 25 * WEEK
            state = self.lot.choice(states)
            base = {"community": self.community}
            rows.append(
                base
                | {"id": named(f"person {number}"), "address": address, "address_key": address, "who": who}
                | {"created_at": joined}
            )
            members.append(
                base
                | {"subscriber_id": named(f"person {number}"), "list": "community", "digests": ["weekly"]}
                | {"topics": self.lot.choice(topics), "state": state, "since": joined}
            )
            line = base | {"who": who, "list": "community", "how": "form", "text": "Send me Common Hours."}
            if state != "pending":
                lines.append(line | {"action": "confirmed", "at": joined})
            if state in ("left", "bounced", "complained"):
                gone = joined + self.lot.random() * (self.now - joined)
                lines.append(line | {"action": state, "at": gone})
        connection.execute(sa.insert(subscriber), rows)
        connection.execute(sa.insert(subscription), members)
        connection.execute(sa.insert(consent), sorted(lines, key=lambda one: one["at"]))

    def _issue(self, connection: Connection, send_at: datetime, left: int, going: bool) -> str:
        key = f"weekly-{send_at.date()}"
        state = "sending" if going else "sent"
        base = {"community": self.community, "key": key}
        connection.execute(
            sa.insert(issue).values(
                **base, digest="weekly", state=state, draft_at=send_at - timedelta(days=3), send_at=send_at
            )
        )
        mine = sa.insert(mailing).values(
            **base, kind="issue", list="community", digest="weekly", state=state, planned_at=send_at
        )
        mailing_id = connection.execute(mine.returning(mailing.c.id)).scalar_one()
        self._history(connection, base, send_at, going=going)
        start = self.now - PAUSE * (left / BATCH) if going else send_at
        for first in range(0, self.people, BATCH):
            at = start + PAUSE * (first / BATCH) * self.lot.uniform(0.93, 1.0)
            numbers = range(first, min(first + BATCH, self.people))
            self._batch(connection, mailing_id, key, at, numbers, gone=first < left, fresh=going)
        return key

    def _history(self, connection: Connection, base: dict[str, Any], send_at: datetime, *, going: bool) -> None:
        steps = [("drafted", -72.0, ""), ("approved", -20.5, "sunita@example.org"), ("sending", 0.0, "schedule")]
        for state, hours, by in (*steps, *([] if going else [("sent", 0.2, "")])):
            at = send_at + timedelta(hours=hours)
            connection.execute(sa.insert(issue_event).values(**base, at=at, state=state, by=by))

    def _batch(
        self,
        connection: Connection,
        mailing_id: int,
        key: str,
        at: datetime,
        numbers: range,
        *,
        gone: bool,
        fresh: bool,
    ) -> None:
        attempt_id = named(f"{key} {numbers[0]}")
        base = {"community": self.community}
        rows, items, events = [], [], []
        for number in numbers:
            one, state = named(f"{key} to {number}", 64), self._end(fresh=fresh) if gone else "pending"
            why = REASONS.get(state, "").format(address=f"reader{number:06d}@example.org")
            rows.append(
                base
                | {"id": one, "mailing_id": mailing_id, "subscriber_id": named(f"person {number}")}
                | {"list": "community", "edition_key": "e1", "state": state, "reason": why, "not_before": at}
                | {"attempt_id": attempt_id if gone else None, "updated_at": at, "tries": int(gone)}
            )
            if gone:
                outcome = {"failed": "rejected", "unknown": "unknown"}.get(state, "accepted")
                items.append(base | {"attempt_id": attempt_id, "delivery_id": one, "outcome": outcome})
                events.append(base | _event(one, at, outcome, "accepted" if outcome == "accepted" else state, ""))
                if state not in ("accepted", "failed", "unknown"):
                    events.append(base | _event(one, at + timedelta(minutes=1), state, state, why, notice=True))
        connection.execute(sa.insert(delivery), rows)
        if gone:
            held = {"mailing_id": mailing_id, "edition_key": "e1", "worker": "host:1", "phase": "done"}
            times = dict.fromkeys(("lease_until", "claimed_at", "submitted_at", "finished_at"), at)
            connection.execute(sa.insert(attempt).values(**base, **held, **times, id=attempt_id, turn=0))
            connection.execute(sa.insert(attempt_item), items)
            connection.execute(sa.insert(delivery_event), events)

    def _end(self, *, fresh: bool) -> str:
        state = self.lot.choices([*ENDS], [*ENDS.values()])[0]
        return "accepted" if fresh and state == "delivered" and self.lot.random() < 0.4 else state


def _event(
    delivery_id: str, at: datetime, kind: str, state: str, detail: str, *, notice: bool = False
) -> dict[str, Any]:
    key = f"{kind} {at.isoformat()}" if notice else None
    return {"delivery_id": delivery_id, "at": at, "kind": kind, "state": state, "detail": detail, "notice_key": key}
