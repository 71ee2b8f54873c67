"""What sources yield: events, announcements and pages, each with its origins."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from newsletter.model.picture import Mention
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import When

Kind = Literal["event", "announcement", "page"]
Status = Literal["confirmed", "tentative", "cancelled", "postponed", "draft"]
Mode = Literal["in_person", "online", "hybrid", "tba"]
Visibility = Literal["public", "members"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where: a mode, a name for people, and the address or joining link where given."""

    mode: Mode = "tba"
    name: str = ""
    address: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A dated fact of its own; `at` is a date (to the end of that day) or a naive wall clock in `timezone`."""

    label: str
    at: datetime | date
    timezone: str
    url: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An event, announcement or page as its source states it.

    `id` is stable over edits: (source, explicit id, calendar UID, or path). `when` is None for what has no date.
    `body` is cleaned Markdown with absolute links; `summary` is plain text. `publish` and `expires` bound when
    an announcement may be told, both inclusive, and `expires` also ends a series. `follows` and `series` name
    other items' ids or titles as written. `held_back` marks an item with an error-level problem.
    `body_at` is where `body` begins, with a line only where the body's lines are those of the file. `image` is the
    address of `picture`, which stands for the item; `body_pictures` are those that stand in the body.
    """

    id: str
    kind: Kind
    title: str
    origins: tuple[Origin, ...]
    when: When | None = None
    status: Status = "confirmed"
    timezone: str = ""
    place: Place = Place()
    url: str = ""
    registration_url: str = ""
    hosts: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""
    audience: str = ""
    prerequisites: str = ""
    cost: str = ""
    image: str = ""
    series: str = ""
    follows: str = ""
    deadlines: tuple[Deadline, ...] = ()
    publish: date | None = None
    expires: date | None = None
    visibility: Visibility = "public"
    custom: tuple[tuple[str, str], ...] = ()
    held_back: bool = False
    body_at: Origin | None = None
    picture: Mention | None = None
    body_pictures: tuple[Mention, ...] = ()

    @property
    def origin(self) -> Origin:
        """The first place it was read."""
        return self.origins[0]


@dataclass(frozen=True, slots=True)
class SourceReport:
    """How one source fared: files seen, items yielded per kind, items held back, files that gave nothing."""

    name: str
    format: str
    path: str
    files: int = 0
    events: int = 0
    announcements: int = 0
    pages: int = 0
    held_back: int = 0
    newest: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was read, in a stable order (kind, first origin); problems carry file and line."""

    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    sources: tuple[SourceReport, ...] = field(default=())
