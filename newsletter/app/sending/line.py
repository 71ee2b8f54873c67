"""One worker's way through a mailing, step by step: claim, mark, hand over, settle.

Each step that writes is one durable transaction. The steps are public because crash tests and simulators walk them.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.engine import Connection

from newsletter.app.list_addresses import with_addresses
from newsletter.app.sending.addressing import Addressing, addressing_for
from newsletter.app.service_addresses import with_service_mails
from newsletter.app.workspace import Workspace
from newsletter.delivery.batches import sort_out
from newsletter.delivery.leases import CLAIM_LEASE, SUBMIT_LEASE
from newsletter.delivery.retry import complete, settlement
from newsletter.model.delivery import Batch, Outcome, Provider, Receipt, receipts_for_all
from newsletter.model.ledger import Claim, Due, Mailing
from newsletter.model.mail import Edition
from newsletter.store import claims, editions, mailings, recovery

#: Between two looks at a mailing whose pending deliveries other workers are just taking.
SHORT_WAIT = timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found lying: deliveries given back to pending, and deliveries that are unknown now."""

    released: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """What one call of `pump` did. `finished` says that the issue is sent; `next_due` when more may be tried.

    `outcomes` counts receipts; `set_aside` readers who left since planning; `fenced` batches whose answer came after
    the lease had been taken away, and was not written.
    """

    batches: int = 0
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    set_aside: int = 0
    fenced: int = 0
    recovered: Recovered = Recovered()
    next_due: datetime | None = None
    finished: bool = False


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
        self.addressing: Addressing = addressing_for(ws, job)
        self.editions: dict[str, Edition] = {}
        self.recovered = Recovered()
        self.batches = self.set_aside = self.fenced = 0
        self.outcomes: Counter[Outcome] = Counter()

    def step(self) -> bool:
        """One batch, or readers set aside; False where nothing is due, or the mailing is paused or over."""
        held, aside = self.claim()
        self.set_aside += aside
        if held is None:
            return aside > 0
        batch = self.fill(held)
        if not self.mark(held):
            return True
        self.batches += 1
        self.settle(held, self.hand_over(held, batch))
        return True

    def claim(self) -> tuple[Claim | None, int]:
        """Take the next batch, if anything is due, and set aside who may not be written to any more."""
        now = self.now()
        with self.ws.store.begin("claim") as connection:
            job = mailings.find(connection, self.job.community, self.job.kind, self.job.key)
            if job is None or job.state != "sending":
                return None, 0
            found = sort_out(self._due(connection, job, now), job.digest, self.size)
            claims.set_aside(connection, job.community, found.aside, now)
            if not found.batch:
                return None, len(found.aside)
            edition = found.batch[0].edition_key
            held = Claim(uuid4().hex, self.worker, job.id, edition, now + CLAIM_LEASE, found.batch)
            claims.claim(connection, job, held, now)
            return held, len(found.aside)

    def _due(self, connection: Connection, job: Mailing, now: datetime) -> Sequence[Due]:
        """What is due, with what the ledger itself does not know of its readers."""
        due = claims.due(connection, job, now, self.size)
        if job.kind == "service":
            return with_service_mails(connection, self.ws, due)
        return with_addresses(connection, self.ws, due, job.digest)

    def fill(self, held: Claim) -> Batch:
        """The claimed rows as the provider takes them."""
        if held.edition_key not in self.editions:
            with self.ws.store.read() as connection:
                self.editions[held.edition_key] = editions.get(connection, held.mailing_id, held.edition_key)
        return Batch(
            attempt_id=held.attempt_id,
            mailing=self.job.key,
            kind=self.job.kind,
            edition=self.editions[held.edition_key],
            rows=tuple(self.addressing.row(due) for due in held.rows),
            at=self.now(),
        )

    def mark(self, held: Claim) -> bool:
        """Write down that the batch is about to leave; False where it must not, and was given back."""
        now = self.now()
        with self.ws.store.begin("mark") as connection:
            if claims.mark_submitting(connection, held, now, now + SUBMIT_LEASE):
                return True
            recovery.release(connection, [held.attempt_id], now, why="stopped before it was handed over")
            return False

    def hand_over(self, held: Claim, batch: Batch) -> tuple[Receipt, ...]:
        """Give the batch to the provider; one receipt for every row comes back, whatever it answers."""
        try:
            receipts = {receipt.delivery_id: receipt for receipt in self.provider.submit(batch)}
        except Exception as error:
            self.settle(held, receipts_for_all(batch, "unknown", f"the provider failed: {type(error).__name__}"))
            raise
        return complete(receipts, tuple(due.delivery_id for due in held.rows))

    def settle(self, held: Claim, receipts: tuple[Receipt, ...]) -> bool:
        now = self.now()
        tries = {due.delivery_id: due.tries + 1 for due in held.rows}
        jitter = self.jitter()  # one for the batch: what is put off together is tried again together
        settled = [settlement(one, tries[one.delivery_id], now, jitter) for one in receipts]
        with self.ws.store.begin("settle") as connection:
            written = claims.settle(connection, self.job.community, held, settled, now)
        if written:
            self.outcomes.update(receipt.outcome for receipt in receipts)
        else:
            self.fenced += 1
        return written

    def wait(self) -> timedelta | None:
        """How long until something is due again; None where nothing will be."""
        due = self._next_due()
        return None if due is None else max(due - self.now(), SHORT_WAIT)

    def _next_due(self) -> datetime | None:
        with self.ws.store.read() as connection:
            job = mailings.find(connection, self.job.community, self.job.kind, self.job.key)
            going = job is not None and job.state == "sending"
            return mailings.next_due(connection, self.job.id) if going else None

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
        )
