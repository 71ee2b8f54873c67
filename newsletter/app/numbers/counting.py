"""Counts in memory what public pages are asked for, and leavings out of the consent log; written by the loop alone.

A request that is counted writes nothing: a scanner that follows every link changes no row. What a process that is
killed had not written yet, a minute at most, is lost; nothing else hangs on it.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from threading import Lock

from sqlalchemy.engine import Connection

from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.log_fields import about
from newsletter.model.numbers import Number, NumberKind
from newsletter.store import numbers
from newsletter.store.numbers import Left

LOG = logging.getLogger(__name__)
#: How often the loop writes what was counted.
EVERY = timedelta(minutes=1)
#: Distinct things that are counted between two writings; there are not so many public names.
MOST = 20_000
#: Characters of a name that the table holds.
LONGEST = 200
#: Lines of the consent log that are counted in one transaction.
AT_ONCE = 2_000


class NumberDesk:
    """What was asked for since it was written last. Any thread may call it."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self._counts: Counter[tuple[date, NumberKind, str]] = Counter()
        self._lock = Lock()

    def count(self, kind: NumberKind, about: str = "") -> None:
        """One more of this kind, today."""
        if not self.ws.settings.numbers.count or len(about) > LONGEST:
            return
        key = (today(self.ws), kind, about)
        with self._lock:
            if key in self._counts or len(self._counts) < MOST:
                self._counts[key] += 1

    def beat(self) -> None:
        """Write what was counted, and count who left since; what cannot be written is kept for the next time."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        try:
            write(self.ws, (Number(*key, count) for key, count in taken.items()))
        except Exception:
            LOG.exception(
                "numbers could not be written; they wait for the next time",
                extra=about("numbers.failed", self.ws.settings.community.id),
            )
            with self._lock:
                self._counts.update(taken)
            return
        try:
            count_leavings(self.ws)
        except Exception:
            LOG.exception(
                "leavings could not be counted; they wait for the next time",
                extra=about("numbers.failed", self.ws.settings.community.id),
            )

    def close(self) -> None:
        """Write what is left."""
        self.beat()


def today(ws: Workspace) -> date:
    """The community's date."""
    return day_of(ws, ws.clock())


def day_of(ws: Workspace, at: datetime) -> date:
    """The community's date at that moment."""
    return at.astimezone(home_zone(ws)).date()


def write(ws: Workspace, found: Iterable[Number]) -> None:
    """Add these to what stands in the store; nothing is opened where there is nothing to add."""
    if rows := tuple(found):
        with ws.store.begin("numbers") as connection:
            numbers.add(connection, ws.settings.community.id, rows)


def count_leavings(ws: Workspace) -> int:
    """Count who left by their own act since the last time; how many. Off the road on which people leave.

    Where nothing is to be counted, what came meanwhile is passed over for good.
    """
    community, total = ws.settings.community.id, 0
    while True:
        with ws.store.read() as connection:
            done, last = numbers.marked(connection, community) or 0, numbers.last_line(connection, community)
        if last <= done:
            return total
        with ws.store.begin("leavings") as connection:
            total += _count_some(connection, ws, last)


def _count_some(connection: Connection, ws: Workspace, last: int) -> int:
    """The mark is read again under the lock: two programs on one store count nobody twice."""
    community = ws.settings.community.id
    done = numbers.marked(connection, community) or 0
    upto = min(last, done + AT_ONCE) if ws.settings.numbers.count else last
    found = numbers.leavings(connection, community, done, upto) if ws.settings.numbers.count else ()
    numbers.add(connection, community, _as_numbers(ws, found))
    numbers.mark(connection, community, max(done, upto))
    return len(found)


def _as_numbers(ws: Workspace, found: Iterable[Left]) -> tuple[Number, ...]:
    counts: Counter[tuple[date, NumberKind, str]] = Counter()
    for one in found:
        day = day_of(ws, one.at)
        counts[day, "left list", one.list] += 1
        if one.issue:
            counts[day, "left issue", one.issue] += 1
        counts.update((day, "left topic", topic) for topic in one.topics)
    return tuple(Number(*key, count) for key, count in counts.items())


def note_topics_dropped(connection: Connection, ws: Workspace, topics: Iterable[str]) -> None:
    """Count topics that a reader gave up, in the transaction in which they did."""
    if ws.settings.numbers.count:
        numbers.add(connection, ws.settings.community.id, [Number(today(ws), "left topic", one, 1) for one in topics])
