"""A provider that does to a batch what its dice say, and remembers which readers it really wrote to."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Literal

from newsletter.model.delivery import Batch, Notice, Outcome, Receipt
from newsletter.model.mail import Row
from newsletter.model.outcomes import OUTCOMES, End
from newsletter.model.reconciling import Question, Sighting

Mood = Literal["well", "mixed", "silent", "throttled", "away", "hangs", "fails", "forgetful"]
#: How likely each mood is where the provider has faults at all.
MOODS: dict[Mood, int] = {
    "well": 20,
    "mixed": 25,
    "silent": 15,
    "throttled": 10,
    "away": 10,
    "hangs": 10,
    "fails": 5,
    "forgetful": 5,
}
#: How one message ends in a mixed batch. Of an end that is unknown, nobody knows whether it was taken.
ENDS: dict[End, int] = {"taken": 50, "refused": 10, "put_off": 15, "incomplete": 10, "silent": 10, "unclear": 5}
#: What may be told of a message later, each with the reports that follow on one another.
FATES: tuple[tuple[str, ...], ...] = (
    ("accepted", "delivered"),
    ("accepted", "delivered"),
    ("accepted",),
    (),
    ("deferred", "delivered"),
    ("accepted", "bounced"),
    ("delivered", "complained"),
    ("dropped",),
)


class ProviderTrouble(RuntimeError):
    """The road itself is broken, in the middle of a batch."""


@dataclass
class FaultyProvider:
    """`taken` counts true copies by delivery, `post` is what it will report; `stop` is called where it may dwell."""

    rng: Random
    faults: float
    now: Callable[[], datetime]
    stop: Callable[[str], None]
    note: Callable[[str, str], None]
    tells_witness: bool
    taken: Counter[str] = field(default_factory=Counter)
    post: list[Notice] = field(default_factory=list)

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        """One message after the other, each beginning and ending for the witness to hear."""
        mood = self._mood()
        self.note(mood, " ".join(row.delivery_id for row in batch.rows))
        if mood == "hangs":
            self.stop("hangs before")
        receipts = [self._one(batch, row, mood) for row in batch.rows]
        if mood == "hangs":
            self.stop("hangs after")
        if mood == "forgetful":
            receipts = receipts[: self.rng.randrange(len(receipts))]
        return receipts

    def close(self) -> None:
        """Nothing is open."""

    def _mood(self) -> Mood:
        if self.rng.random() >= self.faults:
            return "well"
        return self.rng.choices(list(MOODS), list(MOODS.values()))[0]

    def _one(self, batch: Batch, row: Row, mood: Mood) -> Receipt:
        try:
            batch.witness.begins([row.delivery_id])
        except OSError as error:
            return Receipt(row.delivery_id, OUTCOMES["untried"], str(error))
        self.stop("in flight")
        end = self._end(mood)
        if end == "taken" or (OUTCOMES[end] == "unknown" and self.rng.random() < 0.7):
            self._take(batch, row)
        if mood == "fails" and self.rng.random() < 0.5:
            raise ProviderTrouble
        wait = float(self.rng.choice((7, 600, 0))) if end == "put_off" else None
        outcome: Outcome = OUTCOMES[end]
        receipt = Receipt(row.delivery_id, outcome, end, retry_after=wait)
        batch.witness.ends([receipt])
        self.note(f"  {end}", row.delivery_id)
        return receipt

    def _end(self, mood: Mood) -> End:
        if mood == "mixed":
            return self.rng.choices(list(ENDS), list(ENDS.values()))[0]
        ends: dict[Mood, End] = {"silent": "silent", "throttled": "put_off", "away": "unreached"}
        return ends.get(mood, "taken")

    def look_up(self, questions: Sequence[Question]) -> Iterator[Sighting]:
        """The log: it has what was taken, and never errs."""
        for one in questions:
            yield Sighting(one.delivery_id, "there" if self.taken[one.delivery_id] else "absent")

    def _take(self, batch: Batch, row: Row) -> None:
        self.taken[row.delivery_id] += 1
        self.note("  taken", row.delivery_id)
        for kind in self.rng.choice(FATES):
            self.post.append(Notice(row.delivery_id, kind, self.now(), attempt_id=batch.attempt_id))  # type: ignore[arg-type]  # drawn from the words
