"""What stands between a due mailing and its claim: each guard is asked, in one order, in the claim's transaction."""

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import Connection

from newsletter.app.sending import canaries, fence, rates
from newsletter.app.sending.holding import BY, alert, hold, lift, note
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.dates.spans import parse_span
from newsletter.delivery import breaker, deadline, pace, poison, reserve, warmup
from newsletter.delivery.batches import Aside
from newsletter.delivery.fence import Mark
from newsletter.log_fields import about
from newsletter.model.guarding import GuardName, Hold, Road
from newsletter.model.ledger import Claim, Due, Mailing, Settlement
from newsletter.store import guards, issues, mailings, recovery

LOG = logging.getLogger(__name__)
#: Holds that are over once a claim finds no reason for them; a road is well again only when it answered.
PASSING: frozenset[GuardName] = frozenset({"reserve", "pace", "warm-up", "restored"})
#: So often is looked for mails to other domains where those at the front of the queue have to wait.
MOST_LOOKS = 20
#: What left is remembered for as long as any guard looks back.
LOOK_BACK = timedelta(days=2)
#: Rates are looked at as often as this, and after every refusal.
LOOK_AGAIN = timedelta(seconds=1)
#: The largest message of a mailing, by store and mailing.
_LARGEST: dict[tuple[str, int], int] = {}


def free_space(folder: Path) -> int:
    """Bytes that are free where the folder lies."""
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many deliveries may be claimed now; `only` narrows it to these."""

    size: int
    only: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What a worker needs to learn once for a mailing: nothing of it changes while it is sent."""

    consents: int
    largest: int
    folder: Path
    end: datetime | None


class Guards:
    """The guards of one worker's line; whatever other workers must know of stands in the store."""

    def __init__(self, ws: Workspace, job: Mailing, size: int) -> None:
        self.ws = ws
        self.job = job
        self.size = size
        self.held: Hold | None = None
        self._left: dict[str, guards.Departures] = {}
        self._road, self._trial = Road(), False
        self._bad: tuple[int, int] | None = None
        self._rates_at: datetime | None = None
        self._known: _Known | None = None
        self._water = 0

    @property
    def _answers_one(self) -> bool:
        """Whether the mailing answers people who asked: nobody looks at it first, and it is of no issue."""
        return self.job.kind == "service"

    def may_claim(self, connection: Connection, now: datetime) -> Allowance | Hold:
        """How much may be claimed, or what holds the mailing; either is written down where it is news."""
        standing = guards.active(connection, self.job.community, ("", self.job.key))
        found = self._decide(connection, now)
        self.held = found if isinstance(found, Hold) else None
        for one in standing:
            if one.hold.guard in PASSING and not (self.held and self.held.guard == one.hold.guard):
                lift(connection, self.ws, one, now)
        if self.held and self.held.guard in (*PASSING, "breaker"):
            hold(connection, self.ws, self.held, now)
        return found

    def _folder(self) -> Path:
        """Where the store lies, if it is a file."""
        file = Path(self.ws.store.engine.url.database or "")
        is_file = self.ws.store.engine.dialect.name == "sqlite" and file.is_file()
        return file.parent if is_file else self.ws.root

    def _end(self, connection: Connection) -> datetime | None:
        """The mailing's deadline."""
        digest = self.ws.settings.digests.get(self.job.digest)
        text = (digest.deadline if digest else "") or self.ws.settings.guards.deadline
        due = None if self._answers_one else guards.send_at(connection, self.job.community, self.job.key)
        return deadline.deadline_of(due, self.job.planned_at, parse_span(text)) if due and text else None

    def _decide(self, connection: Connection, now: datetime) -> Allowance | Hold:
        if self._known is None and (old := fence.old_copy(connection, self.ws)):
            return old
        known = self._known = self._known or self._learn(connection)
        self._end_what_is_late(connection, known.end, now)
        if stopped := self._no_room(known) or self._rates(connection, now):
            return stopped
        first = canaries.first_ones(connection, self.ws, self.job, now)
        if isinstance(first, Hold):
            return first
        size = self._in_pace(connection, now)
        if isinstance(size, Hold):
            return replace(size, about=self.job.key)
        return self._on_the_road(connection, Allowance(size, first), now)

    def _learn(self, connection: Connection) -> _Known:
        mailing = (str(self.ws.store.engine.url), self.job.id)
        if mailing not in _LARGEST:  # weighed once in a process: a worker comes back to a mailing every few batches
            _LARGEST[mailing] = guards.largest_message(connection, self.job.id)
        consents = fence.store_mark(connection, self.ws).consents
        return _Known(consents, _LARGEST[mailing], self._folder(), self._end(connection))

    def _end_what_is_late(self, connection: Connection, end: datetime | None, now: datetime) -> None:
        """What was not begun before the deadline is skipped, and told."""
        if end is None or now < end:
            return
        why = deadline.reason(end.astimezone(home_zone(self.ws)))
        if count := guards.let_go(connection, self.job.id, now, why):
            note(connection, self.ws, self.job.key, f"deadline: {count} deliveries are {why}", now)
            text = f"{self.job.key}: {count} deliveries are {why}, and are not sent any more"
            alert(connection, self.ws, "deadline", f"{now.isoformat()} {self.job.key}", text, now)

    def _no_room(self, known: _Known) -> Hold | None:
        settings = self.ws.settings.guards
        if not settings.reserve_mb:
            return None
        wanted = reserve.needed(known.largest, self.size, settings.reserve_mb)
        try:
            return reserve.hold(free_space(known.folder), wanted, str(known.folder))
        except OSError:
            return None  # the next write tells more of what is wrong with that disk

    def _rates(self, connection: Connection, now: datetime) -> Hold | None:
        """A rate that is too high pauses the mailing; looked at again only when there is more of what is bad."""
        if self._answers_one or (self._rates_at and timedelta(0) <= now - self._rates_at < LOOK_AGAIN):
            return None
        found = None if self._rates_at else rates.last_was_bad(connection, self.ws, self.job, now)
        self._rates_at = now
        bad = rates.bad_of(connection, self.job.id)
        if found is None and bad != self._bad:
            found = rates.too_many(connection, self.ws, self.job, now)
        self._bad = bad
        if found:
            issues.move(connection, self.job.community, self.job.key, "paused", now, BY, found.why)
            mailings.move(connection, self.job.id, "paused")
        return found

    def _in_pace(self, connection: Connection, now: datetime) -> int | Hold:
        if not self._counts():
            return self.size
        guards.road_of(connection, self.job.community)  # from here on claims go one by one, on any database
        settings = self.ws.settings
        since = now - pace.longest(settings.pace)
        guards.alone_with(connection, account := settings.pace.account)
        self._left = guards.departures(connection, self.job.community, since, now + pace.AHEAD, account)
        found = pace.allowed(settings.pace, self._left.get("", ()), now, self.size)
        if isinstance(found, Hold) or self._answers_one:
            return found
        home = now.astimezone(home_zone(self.ws))
        if warmup.ceiling(settings.guards, home.date()) is None:
            return found
        today = guards.departed(connection, self.job.community, warmup.midnight(home), now + pace.AHEAD, account)
        return warmup.allowed(settings.guards, today, home, found)

    def _counts(self) -> bool:
        """Whether anybody wants to know what left when."""
        settings = self.ws.settings
        return bool(pace.rates(settings.pace) or pace.by_domain(settings.pace) or settings.guards.warm_up_from)

    def _on_the_road(self, connection: Connection, allowed: Allowance, now: datetime) -> Allowance | Hold:
        """A road that is left alone is tried by one mail when its time has come."""
        self._trial = False
        if not self.ws.settings.guards.breaker:
            return allowed
        road = self._road = guards.road_of(connection, self.job.community)
        if road.is_open:
            return allowed
        trying = breaker.on_trial(road, now)
        if trying is None:
            return breaker.hold(road)
        if guards.first_due(connection, self.job.id, now, 1):
            guards.set_road(connection, self.job.community, trying)
            self._trial = True
        return replace(allowed, size=1)

    def in_pace(
        self, connection: Connection, allowed: Allowance, now: datetime, fetch: Callable[[Allowance], Sequence[Due]]
    ) -> Sequence[Due]:
        """What is due and goes where the pace lets it; what does not is put off, and uses up no attempt."""
        for _ in range(MOST_LOOKS):
            found = fetch(allowed)
            if not pace.by_domain(self.ws.settings.pace):
                return found
            sifted = pace.sift(self.ws.settings.pace, self._left, found, now)
            for until in set(sifted.waits.values()):
                waiting = [one for one, moment in sifted.waits.items() if moment == until]
                guards.put_off(connection, waiting, until, now)
            if sifted.due or not found:
                return sifted.due
        return ()

    def claimed(self, connection: Connection, held: Claim | None, aside: Sequence[Aside], now: datetime) -> None:
        """Count what is about to leave, and tell of whom was given up."""
        for delivery_id, _, why in aside:
            if why == poison.REASON:
                text = f"{self.job.key}: delivery {delivery_id} is {why}; the others are sent"
                ids = {"issue": self.job.key, "mailing": self.job.id, "delivery": delivery_id}
                alert(connection, self.ws, "poison", delivery_id, text, now, **ids)
        if held and self._counts():
            domains = Counter(pace.domain_of(due.address) for due in held.rows)
            by_domain = domains if pace.by_domain(self.ws.settings.pace) else {}
            counts = {"": len(held.rows), **by_domain}
            account = self.ws.settings.pace.account
            guards.depart(connection, self.job.community, counts, now, now - LOOK_BACK, account)

    def broke(self, held: Claim, error: Exception, now: datetime) -> None:
        """Making the batch failed: it goes back, and its deliveries are tried one by one."""
        LOG.error(
            "%s: a batch of %d broke off",
            self.job.key,
            len(held.rows),
            exc_info=error,
            extra=about(
                "batch.broken",
                self.ws.settings.community.id,
                issue=self.job.key,
                mailing=held.mailing_id,
                attempt=held.attempt_id,
                worker=held.worker,
                count=len(held.rows),
            ),
        )
        with self.ws.store.begin("break") as connection:
            why = f"making its mail broke off: {type(error).__name__}"
            recovery.release(connection, [held.attempt_id], now, why=why, broke=poison.WAIT)

    def marked(self, connection: Connection) -> None:
        """One more batch is about to leave."""
        self._water = guards.raise_water(connection, self.job.community)

    def keep_mark(self) -> None:
        """Say so beside the store, too, before the batch leaves."""
        fence.keep_mark(self.ws, Mark(self._water, self._known.consents if self._known else 0))

    def settled(self, connection: Connection, settled: Sequence[Settlement], now: datetime) -> None:
        """What the answers say of the road."""
        most, outcomes = self.ws.settings.guards.breaker, [one.outcome for one in settled]
        if "rejected" in outcomes:
            self._rates_at = self._rates_at and self._rates_at - LOOK_AGAIN
        if not most or (self._road == Road() and not breaker.failed(outcomes)):
            return
        road = guards.road_of(connection, self.job.community)
        new = breaker.after(road, outcomes, now, most, trial=self._trial)
        if new == road:
            return
        guards.set_road(connection, self.job.community, new)
        if not new.is_open:
            hold(connection, self.ws, breaker.hold(new), now)
        elif not road.is_open and (standing := guards.standing(connection, self.job.community, "breaker")):
            lift(connection, self.ws, standing, now)
