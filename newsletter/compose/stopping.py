"""How a series is named in a link of a mail, by which a reader hears no more of it."""

import hashlib

from newsletter.model.item import Item


def series_code(item_id: str) -> str:
    """12 hexadecimal digits, whatever the id holds; the same in every mail."""
    return hashlib.sha256(item_id.encode()).hexdigest()[:12]


def stop_code(item: Item) -> str:
    """The code of a series that may be stopped; empty for what is cancelled as a whole, which ends by itself."""
    return "" if item.status in ("cancelled", "postponed") else series_code(item.id)
