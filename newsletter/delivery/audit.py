"""What the ledger must prove by itself, whoever wrote it: five invariants, asked of each delivery.

Nothing of the code that sends is used here, but for the table of states.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from newsletter.model.audit import History, Try, Violation
from newsletter.model.delivery import DeliveryState, Outcome

#: What each invariant promises, in a sentence; the order in which a report lists them.
INVARIANTS: Mapping[str, str] = {
    "I1": "nobody is lost: every reader has one end, with a line that says so, or is named as unknown",
    "I2": "nobody is mailed twice: no second attempt left unless the first is proven not to have",
    "I3": "accepted means accepted: a reply or a report stands behind it",
    "I4": "what is uncertain is bounded: no worker has two batches under way",
    "I5": "nobody is mailed against their will: not after their address was suppressed, nor after they left",
}
UNDER_WAY: frozenset[DeliveryState] = frozenset({"pending", "claimed", "submitting"})
#: States that say that a provider took the mail.
TAKEN: frozenset[DeliveryState] = frozenset({"accepted", "deferred", "delivered", "bounced", "dropped", "complained"})
#: States in which nothing was ever rendered for a reader, or need be.
WITHOUT_MAIL: frozenset[DeliveryState] = frozenset({"skipped", "suppressed", "cancelled"})
#: Outcomes that prove that nothing left; the last is a reconciler's word.
PROVEN_UNSENT: frozenset[Outcome | str] = frozenset({"rejected", "refused_for_now", "not_submitted", "not_accepted"})


def audit(histories: Iterable[History], *, over: bool) -> Iterator[Violation]:
    """Everything that does not hold; `over` says that the mailing counts as sent or was stopped."""
    batches: Counter[tuple[str, str]] = Counter()
    for history in histories:
        for rule in RULES:
            yield from rule(history)
        if over and history.state in UNDER_WAY:
            yield Violation("I1", history.delivery_id, f"the mailing is over, and this is {history.state}")
        batches.update({(one.worker, one.attempt_id): 1 for one in history.tries if _is_open(one)})
    workers = Counter(worker for worker, _ in batches)
    for worker, count in workers.items():
        if count > 1:
            yield Violation("I4", worker, f"has {count} batches under way at once")


def _is_open(one: Try) -> bool:
    return one.phase in ("claimed", "submitting")


def _ends(history: History) -> Iterator[Violation]:
    state = history.state
    if state in ("claimed", "submitting"):
        if not any(one.phase == state for one in history.tries):
            yield Violation("I1", history.delivery_id, f"it is {state}, and no attempt holds it")
    elif state != "pending" and state not in history.reported:
        yield Violation("I1", history.delivery_id, f"it is {state}, and no line of its history says so")
    if not history.has_edition and state not in WITHOUT_MAIL:
        yield Violation("I1", history.delivery_id, "the mail that it sends is not kept")


def _once(history: History) -> Iterator[Violation]:
    left = [one for one in history.tries if one.submitted_at is not None]
    for one in left[:-1]:
        if one.live or one.outcome not in PROVEN_UNSENT:
            said = one.outcome or "nothing"
            yield Violation(
                "I2", history.delivery_id, f"attempt {one.attempt_id} left ({said}), and another left after it"
            )
    if history.state == "pending" and any(one.live for one in left):
        yield Violation("I2", history.delivery_id, "it waits to be sent, and an attempt of it may have left")
    if any(one.edition_key != history.edition_key for one in left):
        yield Violation("I2", history.delivery_id, "an attempt sent another edition than the one planned")


def _taken(history: History) -> Iterator[Violation]:
    replied = any(one.outcome == "accepted" for one in history.tries)
    if history.state in TAKEN and not replied and not TAKEN & set(history.reported):
        yield Violation("I3", history.delivery_id, f"it is {history.state} without a reply or a report")
    if replied and history.state not in TAKEN:
        yield Violation("I3", history.delivery_id, f"a provider accepted it, and it is {history.state}")


def _wanted(history: History) -> Iterator[Violation]:
    ends = (("the address was suppressed", history.suppressed_after), ("the reader had left", history.gone_after))
    for one in history.tries:
        for what, after in ends:
            if one.submitted_at is not None and after is not None and after < one.turn:
                yield Violation("I5", history.delivery_id, f"attempt {one.attempt_id} claimed it after {what}")


RULES: tuple[Callable[[History], Iterator[Violation]], ...] = (_ends, _once, _taken, _wanted)
