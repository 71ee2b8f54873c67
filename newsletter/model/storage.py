"""What a look at a store finds, without touching it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoreState:
    """`schema` is empty where there is no store yet; `newest` is its latest row's moment, in UTC.

    `fault` says what keeps it from being read, or what is broken in it; `open_to` whose eyes its file is open to.
    `foreign` says that this program knows no such schema: a newer one wrote it. `has_sent` says that mails have left
    by it, so that readers hold their links.
    """

    fault: str = ""
    schema: str = ""
    head: str = ""
    foreign: bool = False
    newest: datetime | None = None
    open_to: str = ""
    has_sent: bool = False
