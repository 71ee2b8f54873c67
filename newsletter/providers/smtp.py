"""SMTP: one message per reader over connections that are kept, each message answered for by itself.

At most one message of a connection can end unknown: after it nothing more of the batch is tried.
"""

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from newsletter.model.delivery import Batch, Receipt
from newsletter.model.mail import Row, message_bytes
from newsletter.model.outcomes import OUTCOMES
from newsletter.model.probe import Probe
from newsletter.providers.mailbox import mailbox
from newsletter.providers.receipts import not_filled
from newsletter.providers.smtp_dialog import Answer, Envelope, Session, deliver, with_crlf
from newsletter.providers.smtp_probe import probe_smtp
from newsletter.providers.smtp_route import SmtpRoute
from newsletter.providers.smtp_session import NoSessionError, open_session

__all__ = ["SmtpProvider", "SmtpRoute"]

_ADDRESS = re.compile(r"[!-;=?-~\x80-\U0010ffff]+@[!-;=?-~\x80-\U0010ffff]+")
#: So many connections lost one after the other, and the rest of the batch waits for a better hour.
_LOSSES = 2
#: Seconds after which nothing more of a batch is begun: with ten minutes for the last reply it ends within its lease.
_BATCH_TIME = 15 * 60


class SmtpProvider:
    """Hands messages to one SMTP server, over as many connections at once as the route says; one caller at a time."""

    tells_witness = True

    def __init__(self, route: SmtpRoute, clock: Callable[[], float] = time.monotonic) -> None:
        self._route = route
        self._lanes = tuple(_Lane(route) for _ in range(max(route.connections, 1)))
        self._clock = clock
        self._pool: ThreadPoolExecutor | None = None

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        """Hand over row by row; where the server is gone, the rows left are not tried."""
        work = _Work(batch, _LOSSES * len(self._lanes), self._clock)
        lanes = self._lanes[: len(batch.rows)]
        if len(lanes) == 1:
            lanes[0].carry(work)
        elif lanes:
            self._pool = self._pool or ThreadPoolExecutor(len(self._lanes), thread_name_prefix="smtp")
            carrying = [self._pool.submit(lane.carry, work) for lane in lanes]
            wait(carrying)  # where one fails, the others are not left at it behind our back
            for one in carrying:
                one.result()
        return tuple(_receipt(row, work.answers[row.delivery_id]) for row in batch.rows)

    def probe(self, sender: str) -> Probe:
        """Go in and out again; no envelope is begun."""
        del sender
        return probe_smtp(self._route)

    def close(self) -> None:
        """Say goodbye to the server."""
        for lane in self._lanes:
            lane.close()
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


class _Work:
    """The rows of one batch, which lanes take one at a time, and why those left are not tried any more."""

    def __init__(self, batch: Batch, most_losses: int, clock: Callable[[], float]) -> None:
        self.batch = batch
        self.answers: dict[str, Answer] = {}
        self._rows = iter(batch.rows)
        self._lock = threading.Lock()
        self._most_losses, self._losses = most_losses, 0
        self._clock, self._until = clock, clock() + _BATCH_TIME
        self._rest: Answer | None = None

    def rows(self) -> Iterator[Row]:
        """The rows that are to be handed over; the others are answered for here."""
        while (row := self._next()) is not None:
            if (rest := self._rest or self._late()) is None:
                yield row
            else:
                self.answers[row.delivery_id] = rest

    def settle(self, row: Row, answer: Answer) -> None:
        """What became of a row, and what follows for those that are left."""
        self.batch.witness.ends([_receipt(row, answer)])
        with self._lock:
            self.answers[row.delivery_id] = answer
            self._losses = self._losses + 1 if _is_gone(answer) else 0
            self._rest = self._rest or _for_the_rest(answer, lost=self._losses >= self._most_losses)

    def _next(self) -> Row | None:
        with self._lock:
            return next(self._rows, None)

    def _late(self) -> Answer | None:
        if self._clock() < self._until:
            return None
        return Answer(OUTCOMES["untried"], "not tried: the batch has taken too long already", alive=False)


class _Lane:
    """One connection, opened at need and kept from batch to batch."""

    def __init__(self, route: SmtpRoute) -> None:
        self._route = route
        self._session: Session | None = None

    def carry(self, work: _Work) -> None:
        """Take rows and hand them over until there are none."""
        self._wake()
        for row in work.rows():
            work.settle(row, self._hand_over(work.batch, row))

    def close(self) -> None:
        """Say goodbye, if anybody is there."""
        if self._session is not None:
            with contextlib.suppress(OSError):
                self._session.command("QUIT")
            self._drop()

    def _hand_over(self, batch: Batch, row: Row) -> Answer:
        envelope = Envelope(row.return_path or mailbox(batch.edition.sender)[1], row.address)
        if not (_ADDRESS.fullmatch(envelope.recipient) and envelope.recipient.isprintable()):
            return Answer(OUTCOMES["unfit"], "the address cannot be used in SMTP (spaces or brackets)", alive=True)
        try:
            data = with_crlf(message_bytes(batch.edition, row, batch.at, utf8=envelope.needs_utf8))
        except (KeyError, ValueError) as error:
            return Answer(OUTCOMES["unfit"], not_filled(row, error).detail, alive=True)
        signed = self._route.sign(data) + data if self._route.sign else data
        return self._deliver(envelope, signed, lambda: batch.witness.begins([row.delivery_id]))

    def _deliver(self, envelope: Envelope, data: bytes, leaving: Callable[[], None]) -> Answer:
        used = self._session is not None and self._session.handled > 0
        answer = self._try(envelope, data, leaving)
        if used and _is_gone(answer):
            # Servers close connections that were idle or carried much; what was not taken may go over a fresh one.
            answer = self._try(envelope, data, leaving)
        return answer

    def _try(self, envelope: Envelope, data: bytes, leaving: Callable[[], None]) -> Answer:
        try:
            session = self._open()
        except NoSessionError as error:
            return error.answer
        answer = deliver(session, envelope, data, self._route.dot_timeout, leaving)
        if not answer.alive or not _ready_again(session, answer):
            self._drop()
        return answer

    def _open(self) -> Session:
        if self._session is not None and self._session.handled >= self._route.messages_per_connection:
            self.close()
        self._session = self._session or open_session(self._route)
        return self._session

    def _wake(self) -> None:
        if self._session is not None and not _agrees(self._session, "NOOP"):
            self._drop()

    def _drop(self) -> None:
        if self._session is not None:
            self._session.wire.close()
        self._session = None


def _ready_again(session: Session, answer: Answer) -> bool:
    return answer.outcome == "accepted" or _agrees(session, "RSET")


def _agrees(session: Session, command: str) -> bool:
    try:
        return session.command(command).code == 250
    except OSError:
        return False


def _is_gone(answer: Answer) -> bool:
    return not answer.alive and answer.outcome in ("refused_for_now", "not_submitted")


def _for_the_rest(answer: Answer, *, lost: bool) -> Answer | None:
    if answer.outcome == "unknown":
        return Answer(
            OUTCOMES["untried"], "not tried: the end of an earlier message of this batch is unknown", alive=False
        )
    if not lost:
        return None
    return Answer(answer.outcome, f"not tried, since the server is gone: {answer.detail}", alive=False)


def _receipt(row: Row, answer: Answer) -> Receipt:
    return Receipt(row.delivery_id, answer.outcome, answer.detail, answer.provider_id)
