"""What is published besides the mails: an event as calendars were told it last, and issues from before our time."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ZoneSpan:
    """A zone (IANA) that an event's times name, and its first and last year in it; `last` None: without an end."""

    zone: str
    first: int
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One event as its calendar file tells it; `text` is its components as lines of RFC 5545.

    `uid` and `slug` never change. `sequence` rises with each change of `fingerprint`, the facts that matter;
    `changed_at` (aware) is when anything of `text` changed last, and `read_at` when it was last read. `topics` are
    ids in the order of the settings, `last` its last day (None: without an end), `source` where it was read. What is
    `withdrawn` is in no calendar and has no file any more, but would come back under its own `uid`.
    """

    item_id: str
    uid: str
    slug: str
    sequence: int
    fingerprint: str
    content: str
    created_at: datetime
    changed_at: datetime
    read_at: datetime
    title: str
    source: str
    topics: tuple[str, ...]
    zones: tuple[ZoneSpan, ...]
    last: date | None
    text: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class PastIssue:
    """An issue that was sent before this program sent any: a title and an address to link to."""

    digest: str
    title: str
    date: date
    url: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class SentIssue:
    """An issue that went out, without its draft."""

    key: str
    digest: str
    send_at: datetime
    draft_hash: str


@dataclass(frozen=True, slots=True)
class PublicFile:
    """A file as it is served or written: `path` below the public address, its bytes and media type."""

    path: str
    body: bytes
    media_type: str
