"""What a schema cannot say: that zones exist, cadences can be read, and names lead somewhere."""

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from email.utils import parseaddr
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.dates.cadence.parsing import parse_cadence, parse_lead, parse_window
from newsletter.dates.catch_up import parse_catch_up
from newsletter.dates.languages import words_of
from newsletter.dates.spans import parse_span
from newsletter.language.languages import known_codes, words_code
from newsletter.model.workspace import DigestSettings, ListSettings, Settings, SourceSettings
from newsletter.settings.alerts import check_alerts
from newsletter.settings.api import check_api
from newsletter.settings.coverage import Fault, check_waves
from newsletter.settings.events import check_events
from newsletter.settings.guards import check_guards
from newsletter.settings.mailbox import check_bounces, check_dkim, check_mailbox, check_sender
from newsletter.settings.signing_in import check_sign_in

KNOWN_SECTIONS = frozenset(
    {
        "note",
        "changes",
        "glance",
        "events",
        "recurring",
        "deadlines",
        "announcements",
        "thanks",
        "open",
        "ahead",
        "continuing",
    }
)

#: The ledger knows a list by its name, behind a prefix of five characters.
LONGEST_LIST_NAME = 35

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REPOSITORY = re.compile(r"(?:https|http|ssh|file)://[^\s\x00-\x20\x7f]+")
_CREDENTIALS = re.compile(r"https?://[^/?#]*@")
#: The name of the calendar that holds every topic.
EVERYTHING = "everything"
_NAME = re.compile(r"\w[\w.-]*")
_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


def check_meaning(settings: Settings) -> tuple[Fault, ...]:
    """Every fault in settings that are well-formed."""
    return (
        *_community(settings),
        *_sources(settings),
        *_digests(settings),
        *_editors(settings),
        *_lists(settings),
        *check_mailbox(settings),
        *check_events(settings),
        *check_guards(settings),
        *check_alerts(settings),
        *check_bounces(settings),
        *check_dkim(settings),
        *check_sign_in(settings),
        *check_api(settings),
        *_categories(settings),
        *_terms(settings),
    )


def _community(settings: Settings) -> Iterator[Fault]:
    yield from _zone(("community", "timezone"), settings.community.timezone)
    if not words_code(settings.community.language):
        text = f"there are no words for {settings.community.language!r}; there are {', '.join(known_codes())}"
        yield ("community", "language"), "settings.language", f"`community.language`: {text}"
    yield from check_sender(settings)
    if not settings.web.base_url.startswith(("https://", "http://")):
        yield (
            ("web", "base_url"),
            "settings.value",
            f"`web.base_url` must begin with https://: {settings.web.base_url!r}",
        )
    if not settings.web.subscribe_url.startswith(("https://", "http://", "mailto:")) and settings.web.subscribe_url:
        text = f"`web.subscribe_url` must begin with https:// or mailto:, found {settings.web.subscribe_url!r}"
        yield ("web", "subscribe_url"), "settings.value", text
    yield from _topics(settings)


def _topics(settings: Settings) -> Iterator[Fault]:
    """A topic's name is that of its calendar, so it must be one that can stand in an address."""
    for name in settings.topics:
        if not _NAME.fullmatch(name) or name == EVERYTHING:
            text = f"topic {name!r} names a calendar: use letters, digits and hyphens, and not {EVERYTHING!r}"
            yield ("topics", name), "settings.value", text


def _zone(key: tuple[str | int, ...], name: str) -> Iterator[Fault]:
    if not is_zone(name):
        text = f"`{'.'.join(map(str, key))}`: {name!r} is not a time zone; write one like America/Los_Angeles"
        yield key, "settings.timezone", text


def is_zone(name: str) -> bool:
    """Whether the name is one of the IANA time zone database's."""
    try:
        return ZoneInfo(name).key == name
    except (KeyError, ValueError, OSError):
        return False


def _sources(settings: Settings) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, source in enumerate(settings.sources):
        if source.name in seen:
            yield ("sources", index, "name"), "settings.duplicate", f"two sources are named {source.name!r}"
        seen.add(source.name)
        if source.naive:
            yield from _zone(("sources", index, "naive"), source.naive)
        if words_of(source.locale) is None:
            text = f"source {source.name!r} has the `locale` {source.locale!r}; write one such as de, fr or pt-BR"
            yield ("sources", index, "locale"), "settings.locale", text
        yield from _place(source, index)


def _place(source: SourceSettings, index: int) -> Iterator[Fault]:
    """Exactly one place; what is written for `url_env` is not repeated, since it may be the address itself."""
    key = ("sources", index)
    given = [name for name in ("path", "url", "url_env", "git") if getattr(source, name)]
    if not given:
        text = f"source {source.name!r} has no `path`, `url`, `url_env` or `git`; say what to read"
        yield (*key, "path"), "settings.missing-key", text
    elif given == ["git"]:
        text = f"source {source.name!r} has a `git` but no `path`; say which files of the repository to read"
        yield (*key, "git"), "settings.missing-key", text
    elif given not in (["path"], ["url"], ["url_env"], ["path", "git"]):
        text = (
            f"source {source.name!r} has {_and(given)}; keep one of them (`git` goes with a `path` in the repository)"
        )
        yield (*key, given[-1]), "settings.source", text
    if source.ref and not source.git:
        yield (*key, "ref"), "settings.source", f"source {source.name!r} has a `ref`, which needs a `git`"
    yield from _remote(source, key)
    if source.path and (PurePosixPath(source.path).is_absolute() or ".." in PurePosixPath(source.path).parts):
        inside = "repository" if source.git else "workspace"
        yield (*key, "path"), "settings.path", f"`path` must lie inside the {inside}, found {source.path!r}"


def _and(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _remote(source: SourceSettings, key: tuple[str | int, ...]) -> Iterator[Fault]:
    if source.url and not source.url.startswith(("https://", "http://")):
        yield (*key, "url"), "settings.value", f"`url` must begin with https:// or http://, found {source.url!r}"
    for name in ("url", "git"):
        if _CREDENTIALS.match(getattr(source, name)):
            text = f"`{name}` holds a user name or password, which do not belong in this file; see `url_env`"
            yield (*key, name), "settings.value", text
    if source.url_env and not _VARIABLE.fullmatch(source.url_env):
        text = (
            "`url_env` must be the name of an environment variable, such as LAB_CALENDAR_URL, not the address itself"
        )
        yield (*key, "url_env"), "settings.value", text
    if source.git and not _REPOSITORY.fullmatch(source.git):
        text = f"`git` must be an address such as https://example.org/site.git, found {source.git!r}"
        yield (*key, "git"), "settings.value", text
    if source.ref and (not _REF.fullmatch(source.ref) or ".." in source.ref):
        text = f"`ref` must be the name of a branch or tag, or a commit, found {source.ref!r}"
        yield (*key, "ref"), "settings.value", text


def _digests(settings: Settings) -> Iterator[Fault]:
    for name, digest in settings.digests.items():
        key = ("digests", name)
        yield from _readable((*key, "cadence"), digest.cadence, parse_cadence)
        yield from _readable((*key, "draft"), digest.draft, parse_lead)
        yield from _readable((*key, "window"), digest.window, parse_window)
        yield from _readable((*key, "catch_up"), digest.catch_up, parse_catch_up)
        yield from _readable((*key, "send_by"), digest.send_by, parse_span)
        yield from check_waves(name, digest, settings.community.timezone)
        yield from _digest_names(settings, name, digest)
        yield from _review(name, digest)


def _review(name: str, digest: DigestSettings) -> Iterator[Fault]:
    """Who needs no approval waits for nobody's: the other two settings would never do anything."""
    if digest.review == "automatic" and digest.drift == "hold":
        text = f'digest {name!r} has `drift = "hold"`, which waits for an approval, and `review = "automatic"`'
        yield ("digests", name, "drift"), "settings.value", f"{text}; drop one of them"
    if digest.review == "automatic" and digest.approvals > 1:
        text = f"digest {name!r} asks for {digest.approvals} `approvals`, and `review` is automatic; drop one of them"
        yield ("digests", name, "approvals"), "settings.value", text


def _editors(settings: Settings) -> Iterator[Fault]:
    for address in settings.editors.notify:
        if "@" not in parseaddr(address)[1]:
            yield ("editors", "notify"), "settings.address", f"`editors.notify`: {address!r} is not an e-mail address"
    if settings.editors.remind:
        yield from _readable(("editors", "remind"), settings.editors.remind, parse_lead)
    if settings.editors.editor:
        yield from _readable(("editors", "editor"), settings.editors.editor, _command)


def _command(text: str) -> None:
    try:
        shlex.split(text)
    except ValueError as error:
        raise ValueError(f"{text!r} cannot be read as a command ({error}); write as in a shell") from None


def _readable(key: tuple[str | int, ...], text: str, parse: Callable[[str], Any]) -> Iterator[Fault]:
    try:
        parse(text)
    except ValueError as error:
        yield key, f"settings.{key[-1]}", f"`{'.'.join(map(str, key))}`: {error}"


def _digest_names(settings: Settings, name: str, digest: DigestSettings) -> Iterator[Fault]:
    if digest.list not in settings.lists:
        text = f"digest {name!r} goes to list {digest.list!r}, which subscribers/lists.toml does not define"
        yield ("digests", name, "list"), "settings.unknown-name", text
    for section in digest.sections:
        if section not in KNOWN_SECTIONS and section not in settings.sections:
            text = f"digest {name!r} asks for section {section!r}; define [sections.{section}] or take it out"
            yield ("digests", name, "sections"), "settings.unknown-name", text


def _lists(settings: Settings) -> Iterator[Fault]:
    for name, entry in settings.lists.items():
        for digest in entry.digests:
            if digest not in settings.digests:
                text = f"list {name!r} offers digest {digest!r}, which config.toml does not define"
                yield ("lists", name, "digests"), "settings.unknown-name", text
        for topic in entry.topics:
            if topic not in settings.topics:
                text = f"list {name!r} offers topic {topic!r}; define [topics.{topic}]"
                yield ("lists", name, "topics"), "settings.unknown-name", text
        yield from _list_elsewhere(name, entry)


def _list_elsewhere(name: str, entry: ListSettings) -> Iterator[Fault]:
    """A list that is one address, kept by other software."""
    key = ("lists", name)
    if entry.leave_url and not re.fullmatch(r"(https://|mailto:)[!-~]+", entry.leave_url):
        text = f"`leave_url` of list {name!r} must begin with https:// or mailto:, found {entry.leave_url!r}"
        yield (*key, "leave_url"), "settings.value", text
    if not entry.address:
        return
    if not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+\.[^@\s<>,]+", entry.address):
        text = f"`address` of list {name!r} must be one e-mail address without a name, found {entry.address!r}"
        yield (*key, "address"), "settings.address", text
    if not entry.leave_url:
        text = f"list {name!r} has an `address` but no `leave_url`; say where its members leave it"
        yield (*key, "address"), "settings.missing-key", text
    if len(name) > LONGEST_LIST_NAME:
        text = f"the name of list {name!r}, which has an `address`, may have {LONGEST_LIST_NAME} characters at most"
        yield key, "settings.value", text


def _categories(settings: Settings) -> Iterator[Fault]:
    for name, category in settings.categories.items():
        try:
            parse_span(category.lead)
        except ValueError as error:
            yield ("categories", name, "lead"), "settings.value", f"`categories.{name}.lead`: {error}"


def _terms(settings: Settings) -> Iterator[Fault]:
    for name, term in settings.terms.items():
        if term.last < term.first:
            text = f"term {name!r} ends ({term.last}) before it begins ({term.first})"
            yield ("terms", name), "settings.term", text
