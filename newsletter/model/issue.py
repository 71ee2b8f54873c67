"""The issue: the digest of one slot, as it stands for one group of readers."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from newsletter.model.delivery import MailingKind
from newsletter.model.item import Item
from newsletter.model.memory import NOTHING, Memory
from newsletter.model.picture import Picture
from newsletter.model.problem import Origin, Problem
from newsletter.model.workspace import (
    CategorySettings,
    Community,
    DigestSettings,
    ListSettings,
    LookSettings,
    SectionSettings,
    TermSettings,
    TopicSettings,
)

Change = Literal[
    "",
    "new",
    "moved",
    "place changed",
    "registration opened",
    "cancelled",
    "postponed",
    "deadline extended",
    "deadline moved",
    "last chance",
    "reminder",
]
IssueState = Literal["due", "drafted", "approved", "sending", "sent", "paused", "skipped", "cancelled"]

#: From each state, the states an issue may enter; code, tests and docs read this table. What was sent is sending
#: again while it goes to those who joined since; stopping that leaves it sent.
ISSUE_TRANSITIONS: dict[IssueState, frozenset[IssueState]] = {
    "due": frozenset({"drafted", "skipped", "cancelled"}),
    "drafted": frozenset({"drafted", "approved", "sending", "skipped", "cancelled"}),
    "approved": frozenset({"drafted", "sending", "skipped", "cancelled"}),
    "sending": frozenset({"sent", "paused", "cancelled"}),
    "paused": frozenset({"sending", "sent", "cancelled"}),
    "sent": frozenset({"sending"}),
    "skipped": frozenset(),
    "cancelled": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open [start, end): aware datetimes in the community's zone, at local midnight."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """One due moment of a digest; its local date makes the key, so the autumn hour counts once.

    `until` is where the next slot's window begins, if that lies behind the end of this one: the days between are told
    ahead, since no other issue would tell them. `next_at` is when the next issue is sent, where that is planned.
    """

    digest: str
    key: str
    send_at: datetime
    draft_at: datetime
    window: Window
    until: datetime | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """The editor's words: subject and preheader (empty: the program's own), paragraphs as Markdown, signature."""

    subject: str = ""
    preheader: str = ""
    body: str = ""
    by: str = ""
    role: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entry that the editor's file names: its id, its title, and where it is named."""

    id: str
    title: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Editing:
    """What the editor decided about this issue alone: what stands first, what is left out, and the order of things.

    `sections` are names in the order in which they stand together; `entries` are ordered so within their sections.
    """

    pins: tuple[Chosen, ...] = ()
    hides: tuple[Chosen, ...] = ()
    sections: tuple[str, ...] = ()
    entries: tuple[Chosen, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """The frozen input of an issue: composing and rendering it again gives the same bytes.

    `items` is what was read (held-back ones included, so they can be listed); `theme` maps template path to text.
    The content hash of all of this is what an editor approves; the audience is not in it.
    `calendars_url` is below which address public events have calendar files; empty where they have none.
    `pictures` are those that are published, by the address that texts have for them.
    `lists` are those it may go to besides `list`; a correction is `about` the items of these ids. `service` names
    the mail that answers one reader, such as "confirm". `subscribe_url`
    is where somebody joins to whom the mail was passed on; empty where nobody can.
    A one-off with a `segment` goes to those of the list alone whom that describes.
    """

    key: str
    digest: str
    slot: Slot
    as_of: datetime
    number: int
    community: Community
    settings: DigestSettings
    list: ListSettings
    topics: tuple[tuple[str, TopicSettings], ...]
    sections: tuple[tuple[str, SectionSettings], ...]
    terms: tuple[tuple[str, TermSettings], ...]
    items: tuple[Item, ...]
    problems: tuple[Problem, ...]
    note: Note
    section_texts: tuple[tuple[str, str], ...]
    theme: tuple[tuple[str, str], ...]
    sender: str
    reply_to: str
    base_url: str
    categories: tuple[tuple[str, CategorySettings], ...] = ()
    look: LookSettings = field(default_factory=LookSettings)
    calendars_url: str = ""
    kind: MailingKind = "issue"
    lists: tuple[tuple[str, ListSettings], ...] = ()
    about: tuple[str, ...] = ()
    editing: Editing = Editing()
    pictures: tuple[tuple[str, Picture], ...] = ()
    service: str = ""
    subscribe_url: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What makes readers' mails differ: topics (None: all), zone, clock, language, density, text only.

    `list` is the list by which they get it, where that is not the digest's own; `shared` says that one mail is for a
    whole mailing-list address, so that nothing in it may be anybody's own. `stopped` are ids of series they hear no
    more of; with `online_only` they hear of no event that takes place in a room alone.
    """

    timezone: str
    topics: tuple[str, ...] | None = None
    clock: Literal[12, 24] = 12
    language: str = "en"
    density: Literal["full", "compact"] = "full"
    text_only: bool = False
    list: str = ""
    shared: bool = False
    stopped: tuple[str, ...] = ()
    online_only: bool = False


@dataclass(frozen=True, slots=True)
class TimeText:
    """One time, formatted from one instant in the reader's zone and clock; every field is ready to print."""

    weekday: str = ""
    weekday_long: str = ""
    day: str = ""
    month: str = ""
    month_long: str = ""
    year: str = ""
    clock: str = ""
    zone: str = ""
    elsewhere: str = ""
    date_text: str = ""
    full: str = ""
    iso_start: str = ""
    iso_end: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A direct link with the words that stand on it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as it stands for this reader in this issue; texts are plain, links absolute.

    `id` is the item's; `at` sorts (aware, UTC) and is None for what has no instant. `pinned` says that the editor put
    it first. `was` tells what a change replaced. `exceptions` names a series' cancelled and moved instances and its
    last date. `stop` is what a link by which a reader hears no more of a series calls it.
    """

    id: str
    kind: str
    title: str
    change: Change = ""
    when_text: str = ""
    at: datetime | None = None
    day: date | None = None
    time: TimeText = TimeText()
    cancelled: bool = False
    flag: str = ""
    now: str = ""
    was: str = ""
    place: str = ""
    mode: str = ""
    hosts: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    url: str = ""
    registration_url: str = ""
    calendar: tuple[Link, ...] = ()
    topic: str = ""
    topic_title: str = ""
    tags: tuple[str, ...] = ()
    cost: str = ""
    audience: str = ""
    exceptions: tuple[str, ...] = ()
    follows: Link | None = None
    followed_by: tuple[Link, ...] = ()
    soon: bool = False
    continuing: bool = False
    pinned: bool = False
    stop: str = ""
    origin: Origin | None = None
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class More:
    """Entries that are only counted, in words with a link to where they can be found; `ids` are their items."""

    text: str
    url: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A block of the issue; `kind` picks its template. Empty sections are left out by compose.

    `more` counts what there was no room for.
    """

    kind: str
    title: str
    entries: tuple[Entry, ...] = ()
    hint: str = ""
    more: tuple[More, ...] = ()


@dataclass(frozen=True, slots=True)
class DayTile:
    """One tile of the masthead strip: a day (week strip) or a week (term strip) and one topic per event."""

    label: str
    number: str
    topics: tuple[str, ...] = ()
    first: date | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """The digest of one slot composed for one set of choices and one baseline.

    `memory` is what its reader knows after reading it; `read_at` is when it reaches them at the earliest.
    """

    key: str
    digest: str
    number: int
    title: str
    tagline: str
    subject: str
    preheader: str
    as_of: datetime
    window: Window
    dateline: str
    term_line: str
    zone_name: str
    choices: Choices
    sections: tuple[Section, ...]
    note: Note
    strip: tuple[DayTile, ...] = ()
    topics: tuple[tuple[str, TopicSettings], ...] = ()
    followed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    empty: bool = False
    next_content: str = ""
    baseline: str | None = None
    memory: Memory = NOTHING
    read_at: datetime | None = None
    extra: tuple[tuple[str, str], ...] = field(default=())
