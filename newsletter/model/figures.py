"""Numbers of how it goes, as they stand in the store: an operator's page and a monitor read the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

#: How many there are, by the names that the figure says.
Counts = Mapping[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class Figures:
    """One community's numbers at one moment (aware).

    `deliveries` by kind of mailing, digest or list, and state; `members` by list and state; `suppressed` by reason;
    `issues` by digest and state; `holds`, which guards hold now, by guard. `due` are issues and mails whose time has
    come, by key, with that time; `waiting` is since when the oldest delivery that may leave has not left.
    """

    community: str
    at: datetime
    deliveries: Counts
    members: Counts
    suppressed: Counts
    issues: Counts
    holds: Counts
    due: Mapping[str, datetime]
    waiting: datetime | None
