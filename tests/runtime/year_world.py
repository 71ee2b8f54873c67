"""A program that runs for a year in minutes: its own code and store, a clock that is moved, and a world that fails.

It wakes as `newsletter run` wakes it, is killed while it writes, started anew, or doubled. What was done is kept for
the oracle, which is told nothing else.
"""

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from support_http import CannedHttp, response
from year_oracle import Wake

from newsletter import crash_points
from newsletter.app.alerts.telling import tellers
from newsletter.app.alerts.watch import AlertWatch
from newsletter.app.archiving.publishing import Keeper
from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.operating import tick
from newsletter.app.reviewing.approving import approve
from newsletter.app.sample import sample_root
from newsletter.app.sending.reconciling import settle_by_hand
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.providers.outbox_log import LOG_NAME

READERS = ("ada@example.org", "grace@example.org", "linus@example.org")
DIGESTS = """
[digests.weekly]
title = "Week"
list = "community"
cadence = "weekly on Sunday at 02:30"
window = "7 days"
draft = "1 day before"
review = "automatic"

[digests.monthly]
title = "Month"
list = "community"
cadence = "monthly on 1 at 01:30"
window = "month"
draft = "2 days before"
review = "required"

[digests.quarterly]
title = "Quarter"
list = "community"
cadence = "quarterly 7 days before term at 09:00"
window = "term"
draft = "5 days before"
review = "automatic"
catch_up = "merge"
"""
CONFIG = """
[community]
id = "year"
name = "A year"
timezone = "America/Los_Angeles"
postal_address = "1 Shore Avenue, Seattle"

[sender]
address = "A year <hours@news.example.org>"

[[sources]]
name = "calendar"
format = "ics"
url = "{url}/calendar.ics"

[terms]
"Autumn 2026" = {{ first = 2026-09-28, last = 2026-12-11 }}
"Winter 2027" = {{ first = 2027-01-04, last = 2027-03-19 }}
"Spring 2027" = {{ first = 2027-03-29, last = 2027-06-11 }}
"Summer 2027" = {{ first = 2027-06-21, last = 2027-08-20 }}
"Autumn 2027" = {{ first = 2027-09-27, last = 2027-12-10 }}
"Winter 2028" = {{ first = 2028-01-03, last = 2028-03-17 }}
{digests}
[provider]
kind = "outbox"
batch = 1

[alerts]
mail = ["ops@example.org"]
webhook = "{url}/alerts"
disk_mb = 0
source_unchanged = ""
"""
LISTS = """
[lists.community]
title = "Year"
digests = ["weekly", "monthly", "quarterly"]
"""
CALENDAR = "\r\n".join(
    (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//example//year//EN",
        "BEGIN:VEVENT",
        "UID:tea@example.org",
        "DTSTAMP:20260801T000000Z",
        "DTSTART;TZID=America/Los_Angeles:20260803T150000",
        "DTEND;TZID=America/Los_Angeles:20260803T160000",
        "RRULE:FREQ=WEEKLY",
        "SUMMARY:Tea",
        "LOCATION:Kitchen",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
)


class Killed(BaseException):
    """The process is gone: nothing catches this, as nothing catches SIGKILL."""


class Clock:
    """What the machine's clock says: the true time, and by how much it is wrong."""

    def __init__(self, now: datetime) -> None:
        self.now, self.wrong = now, timedelta()

    def __call__(self) -> datetime:
        return self.now + self.wrong


class Outside:
    """The server of the calendar, which may fail, and of the operator, who is posted alerts."""

    def __init__(self) -> None:
        self.fails = False
        self.posted: Counter[str] = Counter()
        self.server = CannedHttp(self._answer)

    def _answer(self, request: bytes) -> bytes:
        if request.startswith(b"POST "):
            self.posted[json.loads(request.partition(b"\r\n\r\n")[2])["id"]] += 1
            return response(204)
        return response(500) if self.fails else response(200, CALENDAR.encode())


class Process:
    """One `newsletter run` without its pages, opened anew from the folder: it knows what the store remembers."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self.ws = open_at(root, clock)
        self._calendars, self._alerts = Keeper(self.ws), AlertWatch(self.ws)
        self._tellers = tellers(self.ws)

    def wake(self) -> None:
        """What its waker does at a wake-up (newsletter/cli/at_work.py), and what its tellers do after it."""
        told = tick(self.ws, self.ws.clock())
        self._calendars.look(self.ws.clock())
        self._alerts.look(self.ws.clock(), told.waits())
        for one in self._tellers:
            one.beat()

    def end(self) -> None:
        self.ws.store.close()


def open_at(root: Path, clock: Clock) -> Workspace:
    return open_workspace(root, environ={"NEWSLETTER_FETCH_ALLOW": "127.0.0.1"}, clock=clock)


@dataclass
class World:
    """What there is, and what was done with it so far."""

    root: Path
    clock: Clock
    outside: Outside
    draw: random.Random
    processes: list[Process] = field(default_factory=list)
    wakes: list[Wake] = field(default_factory=list)
    approved: dict[str, int] = field(default_factory=dict)
    killed_at: list[str] = field(default_factory=list)
    settled: Counter[str] = field(default_factory=Counter)

    def start(self, count: int = 1) -> None:
        """So many processes run from now on, and none that ran before."""
        for one in self.processes:
            one.end()
        self.processes = [Process(self.root, self.clock) for _ in range(count)]

    def wake(self) -> None:
        """Every process wakes, in a drawn order."""
        for one in self.draw.sample(self.processes, len(self.processes)):
            one.wake()
            self.wakes.append(Wake(self.clock(), whole=True))

    def kill(self, point: int) -> None:
        """A process wakes, and is gone at the so-many-th moment at which it writes; a new one is started."""
        with at_point(point, self._die):
            try:
                self.processes[0].wake()
                self.wakes.append(Wake(self.clock(), whole=True))
            except Killed:
                self.wakes.append(Wake(self.clock(), whole=False))
                self.start(len(self.processes))

    def _die(self, label: str) -> None:
        self.killed_at.append(label)
        raise Killed(label)

    def overtake(self, point: int) -> None:
        """A second process wakes in the middle of the first one's wake-up, between two of its transactions."""
        second = Process(self.root, self.clock)
        with at_point(point, lambda _: second.wake(), between=True):
            self.processes[0].wake()
        self.wakes += [Wake(self.clock(), whole=True)] * 2
        second.end()

    def approve(self, key: str) -> None:
        """The editor approves the issue, where it is there to be approved."""
        ws = self.processes[0].ws
        with ws.store.read() as connection:
            found = connection.execute(sa.text("SELECT state FROM issue WHERE key = :key"), {"key": key}).scalar()
        if found == "drafted":
            approve(ws, key, "priya", self.clock())
            self.approved[key] = len(self.wakes)

    def settle(self) -> None:
        """The operator looks into the outbox for each mail of which nobody knows, and says what became of it."""
        ws = self.processes[0].ws
        with ws.store.read() as connection:
            found = connection.exec_driver_sql(
                "SELECT m.key, d.id FROM delivery d JOIN mailing m ON m.id = d.mailing_id WHERE d.state = 'unknown'"
            ).all()
        for key, delivery in found:
            log = "".join(one.read_text() for one in (self.root / "outbox" / key).glob(f"*{LOG_NAME}*"))
            settle_by_hand(ws, key, [delivery], self.clock(), accepted=delivery in log, because="the outbox says so")
            self.settled[key] += 1

    def close_road(self) -> None:
        """The road out is closed: where the outbox was, there is a file."""
        outbox = self.root / "outbox"
        outbox.mkdir(exist_ok=True)
        outbox.rename(self.root / "outbox-away")
        outbox.write_text("closed")

    def open_road(self) -> None:
        (self.root / "outbox").unlink()
        (self.root / "outbox-away").rename(self.root / "outbox")

    def end(self) -> None:
        for one in self.processes:
            one.end()
        self.outside.server.close()


@contextmanager
def at_point(point: int, act: Callable[[str], None], *, between: bool = False) -> Iterator[None]:
    """Something is done at the so-many-th moment at which the program writes, or only `between` transactions."""
    left = point

    def passed(label: str) -> None:
        nonlocal left
        if between and (":" in label or not label.startswith("after ")):
            return
        left -= 1
        if left == 0:
            act(label)

    crash_points.watch(passed)
    try:
        yield
    finally:
        crash_points.watch(_nothing)


def _nothing(_: str) -> None:
    """A moment passed."""


@contextmanager
def new_world(root: Path, seed: int, start: datetime) -> Iterator[World]:
    """A workspace with three readers of everything, and nothing running yet."""
    outside = Outside()
    shutil.copytree(sample_root() / "templates", root / "templates")
    (root / "subscribers").mkdir()
    (root / "config.toml").write_text(CONFIG.format(url=outside.server.url, digests=DIGESTS))
    (root / "subscribers/lists.toml").write_text(LISTS)
    clock = Clock(start)
    crash_points.watch(_nothing)
    ws = open_at(root, clock)
    rows = "".join(f"{one},weekly;monthly;quarterly\n" for one in READERS)
    import_bytes(ws, f"email,digests\n{rows}".encode(), "readers.csv", "community")
    ws.store.close()
    world = World(root, clock, outside, random.Random(seed))
    try:
        yield world
    finally:
        world.end()
        crash_points.watch(None)
