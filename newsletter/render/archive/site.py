"""The published site as the archive's templates see it: its addresses, its digests and what stands in its lists."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from newsletter.compose.issue import compose
from newsletter.language.languages import Language, language_of, words_code
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.workspace import Community

ARCHIVE = "archive"
CALENDARS = "calendar"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar to subscribe to: its title and its file's name."""

    title: str
    name: str


@dataclass(frozen=True, slots=True)
class DigestPages:
    """One digest of the archive: the name that makes its addresses, and its words."""

    name: str
    title: str
    tagline: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """Everything the pages share. `base_url` has no slash at its end; `subscribe_url` may be empty."""

    community: Community
    base_url: str
    subscribe_url: str
    digests: tuple[DigestPages, ...]
    calendars: tuple[Calendar, ...] = ()

    @property
    def language(self) -> Language:
        """The language of the pages' own words."""
        return language_of(self.community.language)

    def url(self, name: str, folder: str = ARCHIVE) -> str:
        """The public address of a file."""
        return f"{self.base_url}/{folder}/{quote(name)}"

    def webcal(self, name: str) -> str:
        """A calendar's address in the scheme that opens a calendar program."""
        return "webcal://" + self.url(name, CALENDARS).partition("://")[2]


@dataclass(frozen=True, slots=True)
class Listed:
    """An issue as a list or a feed names it; `link` is relative, or leads elsewhere for one from before our time."""

    key: str
    digest: str
    title: str
    subject: str
    preheader: str
    sent: datetime
    link: str
    number: int | None = None
    elsewhere: bool = False


def page_name(key: str) -> str:
    """The file of an issue's page."""
    return f"{key}.html"


def public_issue(draft: Draft) -> tuple[Draft, Issue]:
    """The draft without what is for members, and its issue as nobody in particular reads it: every topic, at home."""
    public = replace(draft, items=tuple(item for item in draft.items if item.visibility == "public"), problems=())
    return public, compose(public, public_choices(draft.community))


def public_choices(community: Community) -> Choices:
    """How the public pages tell times: the community's zone and language, and the clock of that language."""
    english = words_code(community.language) in ("", "en")
    return Choices(community.timezone, clock=12 if english else 24, language=community.language)


def listed(draft: Draft, issue: Issue) -> Listed:
    """How lists name this issue."""
    return Listed(
        key=draft.key,
        digest=draft.digest,
        title=draft.settings.title,
        subject=issue.subject,
        preheader=issue.preheader,
        sent=draft.slot.send_at,
        link=page_name(draft.key),
        number=draft.number,
    )


def newest_first(issues: Sequence[Listed]) -> tuple[Listed, ...]:
    """The issues by the time they went out, the latest first."""
    return tuple(sorted(issues, key=lambda one: (one.sent, one.key), reverse=True))
