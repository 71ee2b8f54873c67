"""What an answer makes of a delivery, and how long to wait before trying it again."""

from datetime import datetime, timedelta

from newsletter.model.delivery import OUTCOME_STATE, Receipt
from newsletter.model.ledger import Settlement

#: After so many answers that put it off, a delivery is failed; with the waits below that is about ten hours.
MAX_TRIES = 16
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
#: A provider that asks for more is asked again after a day.
LONGEST_WISH = timedelta(days=1)


def backoff(tries: int, jitter: float) -> timedelta:
    """The wait after `tries` attempts: doubling up to an hour, spread over its upper half by `jitter` in [0, 1)."""
    doubled = FIRST_WAIT * 2.0 ** min(tries - 1, 20)
    return min(doubled, LONGEST_WAIT) * (0.5 + jitter / 2)


def settlement(receipt: Receipt, tries: int, now: datetime, jitter: float) -> Settlement:
    """The receipt's meaning after `tries` attempts, this one included; a provider's own wish to wait is honoured."""
    state = OUTCOME_STATE[receipt.outcome]
    detail, theirs = _storable(receipt.detail), _storable(receipt.provider_id)
    if state != "pending":
        return Settlement(receipt.delivery_id, receipt.outcome, state, detail, theirs)
    # A road that is closed says nothing about the reader: nobody is given up for it.
    if tries >= MAX_TRIES and receipt.outcome != "not_submitted":
        detail = f"given up after {tries} tries: {detail}"
        return Settlement(receipt.delivery_id, receipt.outcome, "failed", detail, theirs)
    wait = backoff(tries, jitter)
    if receipt.retry_after is not None and receipt.retry_after > 0:
        wait = min(timedelta(seconds=min(receipt.retry_after, 1e6)), LONGEST_WISH)
    return Settlement(receipt.delivery_id, receipt.outcome, "pending", detail, theirs, now + wait)


def _storable(words: str) -> str:
    """A server's words as every store takes them: a NUL or half a character in them cost a batch its answers."""
    if words.isascii() and "\0" not in words:
        return words
    return words.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def complete(receipts: dict[str, Receipt], delivery_ids: tuple[str, ...]) -> tuple[Receipt, ...]:
    """One receipt for each delivery; what the provider did not answer for is unknown."""
    silent = "the provider gave no answer for it"
    return tuple(receipts.get(one) or Receipt(one, "unknown", silent) for one in delivery_ids)
