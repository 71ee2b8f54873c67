"""What a rule looks at: the issue, its edition and draft, and the mail filled with recognisable values."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from newsletter.checks.page import Element, Page, read_page
from newsletter.model.issue import Draft, Entry, Issue
from newsletter.model.mail import SLOT_NAMES, Edition, Row, fill_text, message_bytes
from newsletter.model.problem import Level, Origin, Problem
from newsletter.model.workspace import CheckSettings

#: What stands for a person's link while a mail is checked; "invalid" never resolves (RFC 6761).
SLOT_URL = "https://slot.invalid/"
_SAMPLE_TIME = datetime(2000, 1, 1, tzinfo=UTC)


#: What is at fault where no element is named.
HTML = Origin("mail", "html part")


@dataclass(frozen=True, slots=True)
class Around:
    """What is known besides the mail itself: the workspace's wishes, and the subject that the last issue had."""

    settings: CheckSettings = field(default_factory=CheckSettings)
    last_subject: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """One edition under inspection; `html` is empty for a text-only one."""

    issue: Issue
    edition: Edition
    draft: Draft
    html: str
    text: str
    raw: bytes
    page: Page
    around: Around = Around()

    def entries(self) -> Iterator[Entry]:
        """Every entry of the issue, with its section."""
        return (entry for section in self.issue.sections for entry in section.entries)

    def section_entries(self, *kinds: str) -> Iterator[Entry]:
        """The entries of sections of these kinds."""
        return (entry for section in self.issue.sections if section.kind in kinds for entry in section.entries)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: the sentence, where (a mail part by name where content is not at fault), how grave.

    `element` is the opening tag at fault.
    """

    text: str
    origin: Origin
    level: Level | None = None
    element: str = ""


Check = Callable[[Subject], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `id` is stable and becomes the problem's code; `severity` holds unless a finding says otherwise.

    `text` is what it asks, and `fix` what to do where that is not so.
    """

    id: str
    severity: Level
    text: str
    fix: str


@dataclass(frozen=True, slots=True)
class MailRule(Rule):
    """A rule on an edition, which needs nothing but the edition."""

    check: Check

    def problems(self, subject: Subject) -> Iterator[Problem]:
        """The rule's findings as problems, the same one once."""
        for found in dict.fromkeys(self.check(subject)):
            yield Problem(found.level or self.severity, self.id, found.text, found.origin, found.element)


def subject_of(issue: Issue, edition: Edition, draft: Draft, around: Around = Around()) -> Subject:
    """The mail as its checks see it."""
    values = {name: slot_url(name) for name in SLOT_NAMES}
    row = Row("check", "reader@slot.invalid", "<check@slot.invalid>", slot_url("unsubscribe_url"), values)
    html = fill_text(edition.html, values)
    raw = message_bytes(edition, row, _SAMPLE_TIME)
    return Subject(issue, edition, draft, html, fill_text(edition.text, values), raw, read_page(html), around)


def tag_of(element: Element) -> str:
    """An element as a finding names it: its opening tag, with what tells it from others of its kind."""
    told = ("id", "href", "src", "class", "role", "name")
    shown = next((f' {name}="{element.get(name)[:60]}"' for name in told if element.get(name)), "")
    return f"<{element.tag}{shown}>"


def in_html(text: str, element: Element, level: Level | None = None) -> Finding:
    """A finding at an element of the mail."""
    return Finding(text, HTML, level, tag_of(element))


def slot_url(name: str) -> str:
    """The stand-in for a slot."""
    return SLOT_URL + name


def mail_part(name: str) -> Origin:
    """Where a fault of the mail itself lies: "html part", "text part", "headers", "subject"."""
    return Origin("mail", name)


def entry_origin(entry: Entry) -> Origin:
    """Where an entry was written."""
    return entry.origin or mail_part(f"entry {entry.id}")


def link_origin(subject: Subject, address: str) -> Origin:
    """Where a link was written: the entry that carries it, the note, or else the mail."""
    return written_at(subject.issue, address)


def written_at(issue: Issue, address: str) -> Origin:
    """The same for an issue of which no mail was made."""
    for entry in (entry for section in issue.sections for entry in section.entries):
        if address in entry_links(entry) or address in f"{entry.body}":
            return entry_origin(entry)
    note = issue.note
    return note.origin if note.origin and address in note.body else mail_part("html part")


def entry_links(entry: Entry) -> tuple[str, ...]:
    """Every address that an entry shows."""
    more = (*entry.calendar, *((entry.follows,) if entry.follows else ()), *entry.followed_by)
    return tuple(link for link in (entry.url, entry.registration_url, *(one.url for one in more)) if link)


def host_of(address: str) -> str:
    """The host of an address, in lower case; empty where it has none or is none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def site_of(host: str) -> str:
    """The last two labels of a host: example.org of news.example.org."""
    return ".".join(host.lower().split(".")[-2:])


def squeeze(text: str) -> str:
    """Text with every run of white space as one space."""
    return re.sub(r"\s+", " ", text).strip()
