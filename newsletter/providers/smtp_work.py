"""The rows of one batch on their way over SMTP: who is next, what became of each, why others are not tried."""

import re
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.model.delivery import Batch, Receipt
from newsletter.model.mail import Row
from newsletter.model.message_form import Filled, MessageForm
from newsletter.model.outcomes import OUTCOMES
from newsletter.providers.mailbox import mailbox
from newsletter.providers.receipts import not_filled
from newsletter.providers.smtp_dialog import Answer, Envelope
from newsletter.providers.smtp_route import Sign

_ADDRESS = re.compile(r"[!-;=?-~\x80-\U0010ffff]+@[!-;=?-~\x80-\U0010ffff]+")
#: Seconds after which nothing more of a batch is begun: with ten minutes for the last reply it ends within its lease.
_BATCH_TIME = 15 * 60


@dataclass(slots=True, eq=False)
class Parcel:
    """One row's message; `again` says that it was lost once with a connection that had carried others."""

    row: Row
    envelope: Envelope
    filled: Filled
    again: bool = False


class Packing:
    """Makes the messages of one batch."""

    def __init__(self, batch: Batch, form: MessageForm, sign: Sign | None) -> None:
        self._form, self._sign = form, sign
        self._sender = mailbox(batch.edition.sender)[1]

    def parcel(self, row: Row) -> Parcel | Answer:
        """The row's message, or why there can be none."""
        envelope = Envelope(row.return_path or self._sender, row.address)
        if not (_ADDRESS.fullmatch(envelope.recipient) and envelope.recipient.isprintable()):
            return Answer(OUTCOMES["unfit"], "the address cannot be used in SMTP (spaces or brackets)", alive=True)
        try:
            filled = self._form.fill(row, utf8=envelope.needs_utf8)
        except (KeyError, ValueError) as error:
            return Answer(OUTCOMES["unfit"], not_filled(row, error).detail, alive=True)
        return Parcel(row, envelope, filled if self._sign is None else _signed(filled, self._sign))


def _signed(filled: Filled, sign: Sign) -> Filled:
    field = sign(filled.octets())
    pieces, stuffed = (field, *filled.pieces), (field, *filled.stuffed)
    return Filled(pieces, stuffed, filled.size + len(field), filled.is_ascii, filled.dots)


class Work:
    """One batch; lanes may take rows of it at once."""

    def __init__(self, batch: Batch, packing: Packing, most_losses: int, clock: Callable[[], float]) -> None:
        self.batch = batch
        self._receipts: dict[str, Receipt] = {}
        self._packing = packing
        self._rows = deque(batch.rows)
        self._lock = threading.Lock()
        self._most_losses, self._losses = most_losses, 0
        self._clock, self._until = clock, clock() + _BATCH_TIME
        self.rest: Answer | None = None

    def next(self) -> Parcel | None:
        """The next message that is to be handed over; the others are answered for here."""
        while (row := self._next()) is not None:
            rest = self.rest or self._late()
            made = rest or self._packing.parcel(row)
            if isinstance(made, Parcel):
                return made
            if rest is None:
                self.settle(row, made)
            else:
                self.leave(row, rest)
        return None

    def leave(self, row: Row, answer: Answer) -> None:
        """The row was not tried, and nothing follows from that."""
        self._receipts[row.delivery_id] = receipt(row, answer)

    def settle(self, row: Row, answer: Answer) -> None:
        """What became of a row, and what follows for those that are left."""
        self.settle_all([(row, answer)])

    def settle_all(self, settled: Sequence[tuple[Row, Answer]]) -> None:
        """The same for several, in their order."""
        receipts = [receipt(row, answer) for row, answer in settled]
        self.batch.witness.ends(receipts)
        with self._lock:
            for one, (_, answer) in zip(receipts, settled, strict=True):
                self._receipts[one.delivery_id] = one
                if answer.outcome == "accepted":
                    self._losses = 0
                else:
                    self._went_wrong(answer)

    def _went_wrong(self, answer: Answer) -> None:
        self._losses = self._losses + 1 if is_gone(answer) else 0
        self.rest = self.rest or _for_the_rest(answer, lost=self._losses >= self._most_losses)

    @property
    def has_more(self) -> bool:
        """Whether there are rows that nobody has taken."""
        return bool(self._rows)

    def receipts(self) -> tuple[Receipt, ...]:
        """One for each row."""
        return tuple(self._receipts[row.delivery_id] for row in self.batch.rows)

    def _next(self) -> Row | None:
        with self._lock:
            return self._rows.popleft() if self._rows else None

    def _late(self) -> Answer | None:
        if self._clock() < self._until:
            return None
        return Answer(OUTCOMES["untried"], "not tried: the batch has taken too long already", alive=False)


def is_gone(answer: Answer) -> bool:
    """Whether the connection is lost and the message was not taken."""
    return not answer.alive and answer.outcome in ("refused_for_now", "not_submitted")


def receipt(row: Row, answer: Answer) -> Receipt:
    """What the ledger is told."""
    return Receipt(row.delivery_id, answer.outcome, answer.detail, answer.provider_id)


def _for_the_rest(answer: Answer, *, lost: bool) -> Answer | None:
    if answer.outcome == "unknown":
        return Answer(
            OUTCOMES["untried"], "not tried: the end of an earlier message of this batch is unknown", alive=False
        )
    if not lost:
        return None
    return Answer(answer.outcome, f"not tried, since the server is gone: {answer.detail}", alive=False)
