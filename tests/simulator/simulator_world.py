"""One run of the simulator: workers, readers, an operator, a provider and a clock, each doing what the dice say.

All that decides is the program's own: pump, line, ledger, recovery, notices, consent, audit, over a real SQLite. Only
time, the provider and the death of processes are made up, and all of it follows from the seed.
"""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from unittest import mock
from uuid import UUID

from simulator_provider import FaultyProvider, ProviderTrouble
from simulator_reckoning import reckoned
from simulator_stage import Actor
from support_workspace import KEY, NOW

from newsletter import crash_points
from newsletter.app.sending import line, reconciling, recovering
from newsletter.app.sending.addressing import LEAVE
from newsletter.app.sending.pump import apply_notices, cancel, pause, pump, resume
from newsletter.app.subscribing import leave, suppress
from newsletter.app.workspace import Workspace
from newsletter.delivery.leases import SUBMIT_LEASE
from newsletter.people.tokens import make_token

TURNS = 110
#: Minutes by which the clock leaps: past leases and waits mostly, at times back, and in some worlds by a year.
TAME = (1, 1, 3, 10, 31, 31, 65, 24 * 60, -10, -60)
WILD = (*TAME, 366 * 24 * 60, -366 * 24 * 60)
#: A workspace by this clock, with or without the guards that stop a sending by themselves.
Opened = Callable[[Callable[[], datetime], bool], Workspace]


class World:
    """Everything of one seed. `trace` tells what happened, `violations` what must not have."""

    def __init__(self, opened: Opened, raw: sqlite3.Connection, seed: int) -> None:
        self.rng = Random(seed)
        self.ws, self.raw, self.seed = opened(self.clock, self.rng.random() < 0.3), raw, seed
        self.now: datetime = NOW
        self.true: datetime = NOW  # what a clock that is right would show
        self.trace: list[str] = [f"seed {seed}"]
        self.violations: list[str] = []
        self.turn = 0
        self.actors: list[Actor] = []
        self.moving: Actor | None = None
        self.dead: set[str] = set()
        self.born = 0
        self.stirred = True
        self.batch = self.rng.choice((1, 2, 3, 3))
        self.workers = self.rng.randint(1, 3)
        self.leaps = WILD if self.rng.random() < 0.1 else TAME
        self.gone: dict[str, int] = {}
        self.claimed_at: dict[str, int] = {}
        self.provider = FaultyProvider(
            self.rng,
            faults=self.rng.choice((0.0, 0.3, 0.6, 0.9)),
            now=self.clock,
            stop=self.passed,
            note=self.note,
            tells_witness=self.rng.random() < 0.3,
        )
        rows = raw.execute(
            "SELECT d.id, d.subscriber_id, s.address FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id"
        ).fetchall()
        self.names = {one: address.partition("@")[0] for one, _, address in rows}
        self.subscribers = {one: person for one, person, _ in rows}
        self.people = sorted(self.names, key=lambda one: self.names[one])

    def clock(self) -> datetime:
        return self.now

    def note(self, what: str, ids: str = "") -> None:
        """A line of the trace; deliveries are called by their readers, whose names every run shares."""
        who = self.moving.name if self.moving else "-"
        names = " ".join(sorted(self.names[one] for one in ids.split()))
        if what == "  taken" and self.gone.get(ids, TURNS) < self.claimed_at.get(who, 0):
            self.violations.append(f"mailed after they had left: {names}")
        self.trace.append(f"{self.turn:03d} {who} {what} {names}".rstrip())

    def passed(self, label: str) -> None:
        """The watcher of crash points: whoever moves may stop here, unless it is in a transaction."""
        actor = self.moving
        if actor is None:
            return
        if label == "after claim":
            self.claimed_at[actor.name] = self.turn
        if label.startswith("hangs"):
            actor.sleeps_until = self.turn + self.rng.randint(5, 40)
        actor.passes(label, may_stop=not self.raw.in_transaction)

    def run(self) -> None:
        """Turn by turn, then to the end in peace, then the reckoning."""
        with self._made_up():
            for self.turn in range(1, TURNS + 1):
                self._act()
                if self.violations or not (self.actors or self._state() in ("sending", "paused")):
                    break
            self._end_of_actors()
            if not self.violations:
                self._peace()
        states = self.states()
        self.trace += [f"{self.names[one]} {states[one]} copies={self.provider.taken[one]}" for one in self.people]
        self.violations += reckoned(self.ws, states, self.provider.taken, self.names)
        self.trace += [f"violation: {one}" for one in self.violations]

    @contextlib.contextmanager
    def _made_up(self) -> Iterator[None]:
        dead, ids = self.dead.__contains__, Random(f"{self.seed} ids")
        with (
            mock.patch.object(recovering, "is_dead", dead),
            mock.patch.object(reconciling, "is_dead", dead),
            mock.patch.object(line, "uuid4", side_effect=lambda: UUID(int=ids.getrandbits(128))),
        ):
            crash_points.watch(self.passed)
            logging.disable()
            try:
                yield
            finally:
                logging.disable(logging.NOTSET)
                crash_points.watch(None)

    def _act(self) -> None:
        ready = [one for one in self.actors if one.sleeps_until <= self.turn]
        deeds: list[tuple[int, Callable[[], None]]] = [
            (60 * bool(ready), lambda: self._move(self.rng.choice(ready))),
            (12 if self._wanted() else 0, self._start),
            (4 if self.actors else 0, self._kill),
            (1 if self.actors else 0, self._suspend),
            (6, self._leap),
            (8 if self.provider.post else 0, self._notify),
            (2, self._leave),
            (2, self._steer),
        ]
        self.rng.choices([deed for _, deed in deeds], [weight for weight, _ in deeds])[0]()

    def _wanted(self) -> bool:
        """Whether one more worker might find something to do, since something has changed after the last one."""
        return self.stirred and len(self.actors) < self.workers and self._state() == "sending"

    def _start(self) -> None:
        self.born += 1
        name = f"worker-{self.born}"
        actor = Actor(name, lambda: self._pump(name))
        self.actors.append(actor)
        self.note(f"{name} starts")

    def _pump(self, name: str) -> None:
        with contextlib.suppress(ProviderTrouble):
            pump(self.ws, self.provider, KEY, self.clock, batch=self.batch, worker_id=name, jitter=self.rng.random)

    def _move(self, actor: Actor) -> None:
        """Several moments at once, mostly: what is interesting is where one stops."""
        self.moving = actor
        for _ in range(self.rng.choice((1, 1, 2, 4, 8))):
            if actor.over or actor.sleeps_until > self.turn:
                break
            actor.move()
        if actor.over:
            self._bury(actor)
        else:
            self.note(f"stands {actor.label}")
        self.moving = None

    def _bury(self, actor: Actor) -> None:
        self.actors.remove(actor)
        self.dead.add(actor.name)
        self.stirred = actor.dies_in is not None
        self.note("is killed" if actor.dies_in is not None else "ends")
        if actor.error is not None:
            found = f"{type(actor.error).__name__}: {actor.error}"[:300]
            self.violations.append(f"{actor.name} at {actor.label}: {found}")

    def _kill(self) -> None:
        actor = self.rng.choice(self.actors)
        actor.dies_in = self.rng.choice((0, 0, 1, 2, 3))
        actor.sleeps_until = 0
        self.moving = actor
        while not actor.over:
            actor.move()
        self._bury(actor)
        self.moving = None
        if self.rng.random() < 0.5:
            self.dead.discard(actor.name)  # on another machine: only its lease tells

    def _suspend(self) -> None:
        actor = self.rng.choice(self.actors)
        actor.sleeps_until = self.turn + self.rng.randint(10, 60)
        self.note(f"{actor.name} sleeps")

    def _leap(self) -> None:
        leap = self.rng.choice(self.leaps)
        self.now += timedelta(minutes=leap)
        self.true += timedelta(minutes=max(leap, 0) if leap in TAME else 1)
        self.stirred = True
        self.note(f"clock {leap:+d} min")

    def _notify(self) -> None:
        """Some of the reports, in any order, some twice, some from elsewhere; those that are lost come never."""
        post = self.provider.post
        self.rng.shuffle(post)
        some = [post.pop() for _ in range(self.rng.randint(1, len(post)))]
        some = [one for one in some if self.rng.random() < 0.9]
        some += [one for one in some if self.rng.random() < 0.3]
        post += [one for one in some if self.rng.random() < 0.1]
        apply_notices(self.ws, some)
        for one in some:
            self.note(f"notice {one.kind}", one.delivery_id)

    def _leave(self) -> None:
        one = self.rng.choice(self.people)
        if self.rng.random() < 0.5:
            suppress(self.ws, f"{self.names[one]}@example.org")
        else:
            leave(self.ws, make_token(self.ws.secret, LEAVE, self.subscribers[one], "community"), "page")
        self.gone.setdefault(one, self.turn)
        self.note("leaves", one)

    def _steer(self) -> None:
        state = self._state()
        self.stirred = True
        if state == "paused":
            resume(self.ws, KEY, self.now)
        elif state == "sending" and self.rng.random() < 0.1:
            cancel(self.ws, KEY, self.now)
        elif state == "sending":
            pause(self.ws, KEY, self.now)
        self.note(f"operator: {state} -> {self._state()}")

    def _end_of_actors(self) -> None:
        """Nobody who sleeps sleeps for ever: each ends by itself, or is killed where it stands."""
        for actor in list(self.actors):
            if self.rng.random() < 0.5:
                actor.dies_in = 0
            self.moving = actor
            while not actor.over:
                actor.move()
            self._bury(actor)
            self.moving = None

    def _peace(self) -> None:
        """The provider is well, the clock is right again, and one worker takes up what lies."""
        self.provider.faults = 0.0
        self.now = self.true + SUBMIT_LEASE * 3
        recovering.recover(self.ws, self.now)
        if self._state() == "paused":
            resume(self.ws, KEY, self.now)
        self._drain()
        if self.rng.random() < 0.5:
            apply_notices(self.ws, self.provider.post)
        self._settle_doubts()

    def _drain(self) -> None:
        for round_number in range(40 if self._state() == "sending" else 0):
            done = pump(
                self.ws, self.provider, KEY, self.clock, batch=self.batch, worker_id="last", jitter=lambda: 0.0
            )
            self.trace.append(f"peace {round_number}: {sorted(done.outcomes.items())} finished={done.finished}")
            if done.finished:
                break
            self.now += SUBMIT_LEASE * 3

    def _settle_doubts(self) -> None:
        """In every other world the provider's log is asked, and what it is proven not to have may be sent again."""
        later = Random(f"{self.seed} later")
        if later.random() < 0.5:
            return
        self.now += timedelta(hours=30)
        found = reconciling.reconcile(self.ws, self.provider, KEY, self.now, resend=later.random() < 0.7)
        self.trace.append(f"log: {found.counts()}")
        self._drain()
        known = {one.delivery_id for one in found.standings if one.judgement.proven}
        held = {one for one, state in self.states().items() if state == "unknown" and one not in known}
        if any(self.provider.taken[one] for one in held):
            self.violations.append("the log has it, and it is still unknown")

    def states(self) -> dict[str, str]:
        return dict(self.raw.execute("SELECT id, state FROM delivery"))

    def _state(self) -> str:
        """The issue's."""
        [found] = self.raw.execute("SELECT state FROM issue WHERE key = ?", (KEY,)).fetchone()
        return str(found)
