"""What the API answers about people: counts, one person's record, what became of a request, and suppressions."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from newsletter.app.api.answers import Document, Tally
from newsletter.model.people import SubscriptionState, SuppressionReason


class Counts(Document):
    """How many there are."""

    subscribers: int
    members: list[Tally] = Field(description="By list and state.")
    suppressed: list[Tally] = Field(description="By reason, which stands as state.")


class Membership(Document):
    """A membership of one list; `topics` null is all of them."""

    list: str
    state: SubscriptionState
    since: datetime | None
    digests: tuple[str, ...]
    topics: tuple[str, ...] | None
    online_only: bool
    paused_until: datetime | None
    stopped: tuple[str, ...] = Field(description="Series they asked to hear no more of, by id.")


class SubscriberRecord(Document):
    """A subscriber; an empty zone or language is the community's, `suppressed` why they are never written to."""

    id: str
    address: str
    name: str
    timezone: str
    clock: Literal[12, 24]
    language: str
    density: Literal["full", "compact"]
    text_only: bool
    created_at: datetime | None
    suppressed: SuppressionReason | None
    memberships: list[Membership]


class AskedToJoin(Document):
    """It is taken down. The answer is the same whoever has the address; `confirms`: they are mailed a link."""

    accepted: Literal[True] = True
    confirms: bool


class Added(Document):
    """Who is a member now; `is_new` where they were none before. It tells no address, so that it can be kept."""

    id: str
    list: str
    state: SubscriptionState
    is_new: bool


class Left(Document):
    """Who is no member any more; `is_new` where they were one until now."""

    id: str
    list: str
    state: SubscriptionState
    is_new: bool


class OwnData(Document):
    """All that is kept about one person (GDPR, articles 15 and 20)."""

    format: str
    made_at: datetime
    community: dict[str, Any]
    subscriber: dict[str, Any]
    subscriptions: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    suppressed: str
    address_to_confirm: dict[str, Any] | None
    deliveries: list[dict[str, Any]]
    service_mails: list[dict[str, Any]]
    signups: list[dict[str, Any]]


class Suppression(Document):
    """An address that is never written to; `who` is its keyed hash."""

    who: str
    reason: SuppressionReason
    at: datetime


class SuppressionPage(Document):
    """Suppressions by hash; `next` leads to those after them."""

    suppressions: list[Suppression]
    next: str | None


class Suppressed(Document):
    """Whether one address is never written to."""

    suppressed: bool
    reason: SuppressionReason | None
    at: datetime | None
