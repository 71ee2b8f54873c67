"""What the API answers: documents as models, which the OpenAPI document shows and every answer is made of."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from newsletter.model.delivery import MailingKind
from newsletter.model.issue import IssueState
from newsletter.model.numbers import NumberKind


class Document(BaseModel):
    """An answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tally(Document):
    """How many there are of one kind."""

    name: str
    state: str
    count: int


class Overdue(Document):
    """An issue or mail whose time has come and which has not left."""

    key: str
    send_at: datetime


class Status(Document):
    """How it goes."""

    community: str
    name: str
    version: str
    issues: list[Tally] = Field(description="By digest and state.")
    members: list[Tally] = Field(description="By list and state.")
    suppressed: list[Tally] = Field(description="By reason, which stands as state.")
    holds: list[Tally] = Field(description="What guards hold now.")
    overdue: list[Overdue]
    waiting_since: datetime | None = Field(description="Since when the oldest mail that may leave has not left.")


class Slot(Document):
    """One due moment of a digest; its issue tells of what happens from `window_start` to before `window_end`."""

    key: str
    draft_at: datetime
    send_at: datetime
    window_start: datetime
    window_end: datetime


class Digest(Document):
    """A digest as config.toml defines it."""

    name: str
    title: str
    list: str
    cadence: str
    review: Literal["required", "automatic"]
    is_published: bool
    next: Slot | None


class Digests(Document):
    """All digests, in the order of config.toml."""

    digests: list[Digest]


class Slots(Document):
    """The next slots of a digest; none where it has no cadence."""

    slots: list[Slot]


class IssueStatus(Document):
    """One issue, correction or one-off: `states` are its deliveries by state, which add up to `planned`."""

    key: str
    kind: MailingKind
    digest: str
    state: IssueState
    draft_at: datetime
    send_at: datetime
    held: str = Field(description="Why it waits, if it is held.")
    planned: int
    states: dict[str, int]
    web_url: str | None = Field(description="Its page in the archive, once it is public.")


class IssuePage(Document):
    """Issues, the latest first; `next` leads to those before them."""

    issues: list[IssueStatus]
    next: str | None


class PublishedLine(Document):
    """A published issue as lists name it."""

    key: str
    digest: str
    title: str
    number: int | None
    subject: str
    preheader: str
    sent_at: datetime
    web_url: str


class PublishedPage(Document):
    """Published issues, the latest first; `next` leads to those before them."""

    issues: list[PublishedLine]
    next: str | None


class PublishedEntry(Document):
    """One entry of a published issue; `at` is when it begins, where one moment says it."""

    id: str
    title: str
    change: str | None
    when_text: str
    at: datetime | date | None
    place: str
    cancelled: bool
    exceptions: list[str]
    topic: str | None
    url: str
    registration_url: str


class PublishedSection(Document):
    """One section of a published issue."""

    kind: str
    title: str
    entries: list[PublishedEntry]


class PublishedIssue(PublishedLine):
    """A published issue as nobody in particular reads it: every public event, in the community's zone."""

    timezone: str
    window_start: datetime
    window_end: datetime
    sections: list[PublishedSection]


class Topic(Document):
    """What a reader may choose."""

    name: str
    title: str
    calendar_url: str | None


class Topics(Document):
    """All topics, in the order of lists.toml."""

    topics: list[Topic]


class Offered(Document):
    """A digest or topic by name."""

    name: str
    title: str


class JoinableList(Document):
    """A list that people can join, with what it offers and the words they agree to."""

    name: str
    title: str
    digests: list[Offered]
    topics: list[Offered]
    double_opt_in: bool
    consent_text: str


class Lists(Document):
    """The lists that people can join."""

    lists: list[JoinableList]


class DayNumber(Document):
    """How many of one kind there were on one day."""

    day: date
    kind: NumberKind
    about: str
    count: int


class Numbers(Document):
    """What was counted on these days: requests, not people, and those of programs among them."""

    first: date
    last: date
    numbers: list[DayNumber]
