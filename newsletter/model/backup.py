"""What a backup says of itself."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Manifest:
    """When (UTC) and of what a backup was made; `counts` of people, deliveries and lines of consent.

    `digest` is the SHA-256 of the database in it, `key` the id of the key that signs links and hides addresses:
    without that key a store forgets who asked to be left alone. `holds_key` says that it lies in the backup.
    """

    made_at: datetime
    community: str
    schema: str
    counts: dict[str, int]
    digest: str
    key: str
    holds_key: bool
