"""The HTTP API: what a token may do, and what is kept of tokens and answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from newsletter.model.strict import Strict

#: One word for each thing a token may be good for; none is part of another.
Scope = Literal[
    "published:read",
    "issues:read",
    "status:read",
    "numbers:read",
    "subscribers:read",
    "subscribers:write",
    "subscribers:confirm",
    "subscribers:export",
    "subscribers:erase",
    "suppressions:read",
]
#: Every scope, with what it opens.
SCOPES: Mapping[Scope, str] = {
    "published:read": "topics, lists that can be joined, and issues that went out, as anybody may see them",
    "issues:read": "digests, their slots, and every issue with its counts",
    "status:read": "how it goes: issues, members and suppressions as counts, what is overdue, what guards hold",
    "numbers:read": "requests for web copies and calendars, leavings and replies, by day",
    "subscribers:read": "who has an address, and what they chose",
    "subscribers:write": "ask people to join (they confirm by mail), change choices, let people leave",
    "subscribers:confirm": "add people who agreed elsewhere, with the proof of it",
    "subscribers:export": "all that is kept about one person",
    "subscribers:erase": "erase a person",
    "suppressions:read": "which addresses are never written to, as keyed hashes, and whether one address is",
}


class ApiSettings(Strict):
    """How much a token may ask for, in a minute, and whose pages may read what is published from a browser.

    `origins` are those of other sites ("https://data.example.org"); none unless named.
    """

    per_minute: int = Field(default=120, ge=1, le=100_000)
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it is kept: its secret part is a hash, and `used_on` says on which day (UTC) it was used last."""

    id: str
    name: str
    hash: str
    scopes: tuple[Scope, ...]
    made_at: datetime
    ends_at: datetime | None = None
    revoked_at: datetime | None = None
    used_on: date | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything at that moment."""
        return self.revoked_at is None and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a request with an Idempotency-Key was answered with; `request` is a keyed hash of what it asked for."""

    request: str
    status: int
    body: str
