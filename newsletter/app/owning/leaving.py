"""Leaving a list by the link in a mail: what comes at the same time is written in one transaction, and then answered.

One commit to disk serves all who wait for it, so that a mail to many does not end in a queue of those who leave.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from newsletter.app.membership import Event, line_of
from newsletter.app.sending.addressing import LEAVE
from newsletter.app.service_mails import ask_for_mail
from newsletter.app.workspace import Workspace
from newsletter.log_fields import about
from newsletter.model.people import SubscriptionState
from newsletter.model.service import ServiceMail
from newsletter.people.consent import decide
from newsletter.people.tokens import Claim, read_token
from newsletter.store import consents, leaving, subscribers
from newsletter.store.leaving import Place

LOG = logging.getLogger(__name__)
#: The most leavings that one transaction holds.
AT_ONCE = 256
#: Seconds in which others come where several came last time: a transaction costs as much as ten who leave in it.
MOMENT = 0.005
#: Told whether the link was ours; None where the store could not be written.
Answer = Callable[[bool | None], None]


@dataclass(frozen=True, slots=True)
class Leaving:
    """What the page behind a leave link shows: the list, and whether its reader is still on it."""

    list: str
    title: str
    state: SubscriptionState | None


def look_up_leave(ws: Workspace, token: str) -> Leaving | None:
    """What a leave link is for; None where we did not make it. Changes nothing."""
    claim = read_token(ws.keys, token, LEAVE)
    if claim is None:
        return None
    with ws.store.read() as connection:
        mine = subscribers.subscriptions_of(connection, ws.settings.community.id, claim.subject)
    state = next((one.state for one in mine if one.list == claim.scope), None)
    settings = ws.settings.lists.get(claim.scope)
    return Leaving(claim.scope, settings.title if settings else claim.scope, state)


def leave(ws: Workspace, token: str, how: str) -> bool:
    """Leave the list of a leave link; False where we did not make it. Leaving again changes nothing, and is True."""
    return leave_all(ws, [(token, how)])[0]


def leave_all(ws: Workspace, asked: Sequence[tuple[str, str]]) -> tuple[bool, ...]:
    """Leave by each of these links, all in one durable transaction; for each whether we made the link."""
    claims = [(read_token(ws.keys, token, LEAVE), how) for token, how in asked]
    ours = [(claim, how) for claim, how in claims if claim is not None]
    if ours:
        with ws.store.begin() as connection:
            write_leavings(connection, ws, ours)
    return tuple(claim is not None for claim, _ in claims)


def write_leavings(connection: Connection, ws: Workspace, ours: Sequence[tuple[Claim, str]]) -> None:
    """Leave as each of these claims says, by the road named with it, inside the caller's transaction."""
    community, now = ws.settings.community.id, ws.clock()
    known = leaving.standing(connection, community, {claim.subject for claim, _ in ours})
    ended: dict[Place, SubscriptionState] = {}
    lines = []
    for claim, how in ours:
        place = (claim.subject, claim.scope)
        if place not in known or place in ended:
            continue
        state, who = known[place]
        decision = decide(state, "left")
        if decision.changed and decision.state is not None:
            ended[place] = decision.state
            lines.append(line_of(who, claim.scope, Event("left", now, how)))
    leaving.end(connection, community, tuple(ended.items()), now)
    consents.append(connection, community, lines)
    for person, name in ended:
        settings = ws.settings.lists.get(name)
        if settings is not None and settings.goodbye:
            ask_for_mail(connection, ws, ServiceMail("goodbye", person, name), now)


class Leaver:
    """A thread that writes what comes at the same time together. `ask` may be called from any thread."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self._asked: queue.SimpleQueue[tuple[str, str, Answer] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self, token: str, how: str, answer: Answer) -> None:
        """Leave by this link; `answer` is called from the thread, once it is on disk."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="leaving", daemon=True)
                self._thread.start()
            self._asked.put((token, how, answer))

    def close(self) -> None:
        """Write what was asked for, then end."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._asked.put(None)
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        crowded = False
        while (batch := self._batch(crowded)) is not None:
            self._write(batch)
            crowded = len(batch) > 1

    def _batch(self, crowded: bool) -> list[tuple[str, str, Answer]] | None:
        """Whoever waits now, after the first has come, and in a crowd for a moment more; None where it is over."""
        first = self._asked.get()
        if first is None:
            return None
        if crowded:
            time.sleep(MOMENT)
        batch = [first]
        while len(batch) < AT_ONCE and not self._asked.empty():
            more = self._asked.get()
            if more is None:
                self._asked.put(None)
                break
            batch.append(more)
        return batch

    def _write(self, batch: Sequence[tuple[str, str, Answer]]) -> None:
        found: Sequence[bool | None]
        try:
            found = leave_all(self.ws, [(token, how) for token, how, _ in batch])
        except Exception:
            LOG.exception(
                "%d leavings could not be written; who asked is told to try again",
                len(batch),
                extra=about("leaving.failed", self.ws.settings.community.id, count=len(batch)),
            )
            found = [None] * len(batch)
        for (_, _, answer), ours in zip(batch, found, strict=True):
            answer(ours)
