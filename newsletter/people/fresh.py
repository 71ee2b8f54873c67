"""Links that were mailed just now: what one is for and when it was made stand in it, so that it ends by itself.

A link from a digest, which people forward, never opens what these do.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from newsletter.people.tokens import Claim

#: What the link to a reader's own data is for: taking it along, erasing it, changing the address.
MINE = "mine"
#: What the link to a new address is for: its owner says that it is theirs.
ADDRESS = "address"
#: How long each holds. The first is asked for and used; the second waits for somebody to look into another mailbox.
LASTS = {MINE: timedelta(hours=24), ADDRESS: timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Fresh:
    """Whom a freshly mailed link is about, the list it was asked on, and `about`, to what it is bound besides."""

    subject: str
    list: str
    about: str
    made: datetime


def fresh_scope(list_name: str, now: datetime, about: str = "") -> str:
    """What a token for such a link holds: list, moment (seconds since 1970, UTC) and what it is bound to."""
    return f"{int(now.timestamp())} {about or '-'} {list_name}"


def read_fresh(claim: Claim | None, now: datetime) -> Fresh | None:
    """The link, if it still holds; one from the future is not ours."""
    parts = claim.scope.split(" ", 2) if claim else []
    if claim is None or len(parts) != 3 or not parts[0].isdecimal() or claim.purpose not in LASTS:
        return None
    made = datetime.fromtimestamp(int(parts[0]), UTC)
    if not made - timedelta(minutes=5) <= now < made + LASTS[claim.purpose]:
        return None
    return Fresh(claim.subject, parts[2], parts[1].replace("-", ""), made)


def link_id(token: str) -> str:
    """What is kept of a link that was used, so that it is used once: a hash, which opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
