"""One worker's way through a mailing, step by step: claim, mark, hand over, settle.

Each step that writes is one durable transaction. The steps are public because crash tests and simulators walk them.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from newsletter.app.list_addresses import with_addresses
from newsletter.app.sending.addressing import Addressing, addressing_for
from newsletter.app.sending.guarding import Allowance, Guards
from newsletter.app.sending.journal import witnessed
from newsletter.app.sending.lasting import lasting
from newsletter.app.service_addresses import with_service_mails
from newsletter.app.workspace import Workspace
from newsletter.crash_points import crash_point
from newsletter.delivery.batches import sort_out
from newsletter.delivery.breaker import spare
from newsletter.delivery.leases import CLAIM_LEASE, SUBMIT_LEASE
from newsletter.delivery.retry import complete, settlement
from newsletter.model.delivery import NOBODY, Batch, Outcome, Provider, Receipt, Witness, receipts_for_all
from newsletter.model.guarding import Hold
from newsletter.model.ledger import Claim, Due, Mailing, Settlement
from newsletter.model.mail import Edition
from newsletter.store import claims, editions, mailings, recovery

#: Between two looks at a mailing whose pending deliveries other workers are just taking.
SHORT_WAIT = timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found lying: deliveries given back to pending, and deliveries that are unknown now.

    `told` are those of which a journal knew what became of them.
    """

    released: int = 0
    unknown: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """What one call of `pump` did. `finished` says that the issue is sent; `next_due` when more may be tried.

    `outcomes` counts receipts; `set_aside` readers who left since planning; `fenced` batches whose answer came after
    the lease had been taken away, and was not written. `held` is what a guard keeps from leaving.
    """

    batches: int = 0
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    set_aside: int = 0
    fenced: int = 0
    recovered: Recovered = Recovered()
    next_due: datetime | None = None
    finished: bool = False
    held: Hold | None = None


class Line:
    """One worker at one mailing: what it needs for a step, and its tally."""

    def __init__(
        self,
        ws: Workspace,
        provider: Provider,
        job: Mailing,
        now: Callable[[], datetime],
        size: int,
        worker: str,
        jitter: Callable[[], float],
    ) -> None:
        self.ws = ws
        self.provider = provider
        self.job = job
        self.now = now
        self.size = size
        self.worker = worker
        self.jitter = jitter
        self.guards = Guards(ws, job, size)
        self.addressing: Addressing = addressing_for(ws, job)
        self.editions: dict[str, Edition] = {}
        self.recovered = Recovered()
        self.lease_until = datetime.max.replace(tzinfo=UTC)
        self.batches = self.set_aside = self.fenced = 0
        self.outcomes: Counter[Outcome] = Counter()

    def step(self) -> bool:
        """One batch, or readers set aside; False where nothing is due, or the mailing is paused or over."""
        held, aside = self.claim()
        self.set_aside += aside
        if held is None:
            return aside > 0
        with self.ws.hands.taking() as may:
            if may:
                self._send(held)
            else:
                self._give_back(held)
        return True

    def _give_back(self, held: Claim) -> None:
        """A process that is ending marks nothing more; nobody is to think that it broke off over these."""
        with self.ws.store.begin("release") as connection:
            recovery.release(connection, [held.attempt_id], self.now(), why="the program was told to stop")

    def _send(self, held: Claim) -> None:
        with self.witnessed(held) as witness:
            batch = self._filled(held, witness)
            if batch and self.mark(held):
                self.batches += 1
                self.settle(held, self.hand_over(held, batch))

    def claim(self) -> tuple[Claim | None, int]:
        """Take the next batch, if anything is due, and set aside who may not be written to any more."""
        tried: list[str] = []
        return lasting(lambda _: self._take(tried))

    def _take(self, tried: list[str]) -> tuple[Claim | None, int]:
        """One try; what an earlier one may have taken before the database went away is given back."""
        now = self.now()
        with self.ws.store.begin("claim", shared=True) as connection:
            claims.one_by_one(connection, self.job)
            if tried:
                recovery.release(connection, tried, now, why="the database went away while it was claimed")
            tried.append(uuid4().hex)
            job = mailings.find(connection, self.job.community, self.job.kind, self.job.key)
            if job is None or job.state != "sending":
                return None, 0
            allowed = self.guards.may_claim(connection, now)
            if not isinstance(allowed, Allowance):
                return None, 0
            due = self.guards.in_pace(connection, allowed, now, partial(self._due, connection, job, now))
            found = sort_out(due, job.digest, allowed.size)
            claims.set_aside(connection, job.community, found.aside, now)
            held = self._claim(connection, job, found.batch, now, tried[-1])
            self.guards.claimed(connection, held, found.aside, now)
            return held, len(found.aside)

    def _claim(
        self, connection: Connection, job: Mailing, batch: tuple[Due, ...], now: datetime, attempt_id: str
    ) -> Claim | None:
        if not batch:
            return None
        edition = batch[0].edition_key
        held = Claim(attempt_id, self.worker, job.id, edition, now + CLAIM_LEASE, batch)
        claims.claim(connection, job, held, now)
        return held

    def _due(self, connection: Connection, job: Mailing, now: datetime, allowed: Allowance) -> Sequence[Due]:
        """What is due, with what the ledger itself does not know of its readers."""
        due = claims.due(connection, job, now, allowed.size, allowed.only)
        if job.kind == "service":
            return with_service_mails(connection, self.ws, due)
        return with_addresses(connection, self.ws, due, job.digest)

    def witnessed(self, held: Claim) -> AbstractContextManager[Witness]:
        """Somebody who hears of each message, and keeps it where the provider tells.

        Asked for before the mark, so that a journal that is missing is never taken for one in which nothing stands.
        """
        keep = getattr(self.provider, "tells_witness", False)
        return witnessed(self.ws.root, held.attempt_id, keep=keep, lease=lambda: self.now() < self.lease_until)

    def _filled(self, held: Claim, witness: Witness) -> Batch | None:
        """The batch; None where it cannot be made, so that one delivery at fault does not stop the others."""
        try:
            return self.fill(held, witness)
        except (SQLAlchemyError, OSError):
            raise  # the machine's fault, and no delivery's
        except Exception as error:
            self.guards.broke(held, error, self.now())
            return None

    def fill(self, held: Claim, witness: Witness = NOBODY) -> Batch:
        """The claimed rows as the provider takes them."""
        if held.edition_key not in self.editions:
            self.editions[held.edition_key] = lasting(lambda _: self._edition(held))
        return Batch(
            attempt_id=held.attempt_id,
            mailing=self.job.key,
            kind=self.job.kind,
            edition=self.editions[held.edition_key],
            rows=tuple(self.addressing.row(due) for due in held.rows),
            at=self.now(),
            witness=witness,
        )

    def _edition(self, held: Claim) -> Edition:
        with self.ws.store.read() as connection:
            return editions.get(connection, held.mailing_id, held.edition_key)

    def mark(self, held: Claim) -> bool:
        """Write down that the batch is about to leave; False where it must not, and was given back."""
        return lasting(lambda again: self._mark(held, again))

    def _mark(self, held: Claim, again: bool) -> bool:
        now = self.now()
        with self.ws.store.begin("mark", shared=True) as connection:
            if claims.mark_submitting(connection, held, now, now + SUBMIT_LEASE):
                self.guards.marked(connection)
                self.lease_until = now + SUBMIT_LEASE
                return True
            # Asked after the try, which waits for an earlier one whose commit is not through yet.
            if again and (until := claims.marked_until(connection, held)):
                self.lease_until = until  # the answer was lost, and nothing else
                return True
            recovery.release(connection, [held.attempt_id], now, why="stopped before it was handed over")
            return False

    def hand_over(self, held: Claim, batch: Batch) -> tuple[Receipt, ...]:
        """Give the batch to the provider; one receipt for every row comes back, whatever it answers."""
        if self.now() >= self.lease_until:  # it slept: by now another worker may call the batch lost
            return receipts_for_all(batch, "not_submitted", "the lease was over before it was handed over")
        self.guards.keep_mark()
        try:
            crash_point("before hand over")
            receipts = {receipt.delivery_id: receipt for receipt in self.provider.submit(batch)}
            crash_point("after hand over")
        except Exception as error:
            self.settle(held, receipts_for_all(batch, "unknown", f"the provider failed: {type(error).__name__}"))
            raise
        return complete(receipts, tuple(due.delivery_id for due in held.rows))

    def settle(self, held: Claim, receipts: tuple[Receipt, ...]) -> bool:
        now = self.now()
        tries = {due.delivery_id: due.tries + 1 for due in held.rows}
        jitter = self.jitter()  # one for the batch: what is put off together is tried again together
        settled = spare([settlement(one, tries[one.delivery_id], now, jitter) for one in receipts])
        written = lasting(lambda again: self._settle(held, settled, now, again))
        if written:
            self.outcomes.update(receipt.outcome for receipt in receipts)
        else:
            self.fenced += 1
        return written

    def _settle(self, held: Claim, settled: Sequence[Settlement], now: datetime, again: bool) -> bool:
        with self.ws.store.begin("settle", shared=True) as connection:
            written = claims.settle(connection, self.job.community, held, settled, now)
            if again and not written and claims.is_settled(connection, held):
                return True  # as above
            self.guards.settled(connection, settled, now)
            return written

    @property
    def held_by_pace(self) -> bool:
        """Whether there is nothing to do but to wait for the pace."""
        return self.guards.held is not None and self.guards.held.guard == "pace"

    def wait(self) -> timedelta | None:
        """How long until something is due again; None where nothing will be."""
        due = self._next_due()
        return None if due is None else max(due - self.now(), SHORT_WAIT)

    def _next_due(self) -> datetime | None:
        with self.ws.store.read() as connection:
            job = mailings.find(connection, self.job.community, self.job.kind, self.job.key)
            going = job is not None and job.state == "sending"
            due = mailings.next_due(connection, self.job.id, self.now()) if going else None
        held = self.guards.held
        if due is None or held is None:
            return due
        return max(due, held.until) if held.until else None

    def summary(self, *, finished: bool = False) -> Summary:
        """The tally so far."""
        return Summary(
            batches=self.batches,
            outcomes=dict(self.outcomes),
            set_aside=self.set_aside,
            fenced=self.fenced,
            recovered=self.recovered,
            next_due=None if finished else self._next_due(),
            finished=finished,
            held=None if finished else self.guards.held,
        )
