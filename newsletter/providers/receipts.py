"""Answers that all roads give in the same words."""

from newsletter.model.delivery import Receipt
from newsletter.model.mail import Row
from newsletter.model.outcomes import OUTCOMES


def not_filled(row: Row, error: KeyError | ValueError) -> Receipt:
    """A message that could not be made costs itself alone: it is rejected and the rest of the batch goes on."""
    return Receipt(row.delivery_id, OUTCOMES["unfit"], _why(error))


def _why(error: KeyError | ValueError) -> str:
    if isinstance(error, UnicodeEncodeError):
        return "a header of the message is not ASCII (an address, perhaps)"
    if isinstance(error, KeyError):
        return f"the edition asks for a slot {error} that has no value"
    return f"the message could not be filled: {error}"
