"""Which addresses may stand behind a link of a mail."""

import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, urlsplit

from newsletter.model.issue import Entry, Issue, Link, Section

#: Everything else (javascript, data, file) is refused by mail clients at best.
SCHEMES = frozenset({"http", "https", "mailto", "tel", "webcal"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
#: What browsers skip while they read an address.
_SKIPPED = re.compile(r"[\x00-\x20\x7f]+")
#: White space, and what cannot be seen: as letters of a text they would break the address, or turn it around.
_UNSEEN = re.compile(
    r"[\s\x80-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)


@functools.lru_cache(maxsize=4096)
def safe_link(address: str) -> str:
    """The address without white space, or nothing where its scheme has no place in a mail, or nobody could read it.

    It reads the same in the HTML and in the text part: what is not to be seen in it is percent-encoded (RFC 3987).
    """
    plain = _UNSEEN.sub(lambda found: quote(found[0]), _SKIPPED.sub("", address))
    scheme = _SCHEME.match(plain)
    if scheme and scheme[1].lower() not in SCHEMES:
        return ""
    try:
        urlsplit(plain)
    except ValueError:
        return ""
    return plain


def safe_issue(issue: Issue) -> Issue:
    """The issue without links that have no place in a mail; what they stood on stays, as plain words."""
    return replace(issue, sections=tuple(_safe_section(section) for section in issue.sections))


def _safe_section(section: Section) -> Section:
    more = tuple(replace(more, url=safe_link(more.url)) for more in section.more)
    return replace(section, entries=tuple(_safe_entry(entry) for entry in section.entries), more=more)


def _safe_entry(entry: Entry) -> Entry:
    as_it_is = all(link.url for link in entry.calendar) and all(safe_link(url) == url for url in _addresses(entry))
    return entry if as_it_is else _without_unsafe(entry)


def _addresses(entry: Entry) -> Iterator[str]:
    """Every address that stands behind something of the entry."""
    yield from (entry.url, entry.registration_url)
    yield from (link.url for link in (*entry.calendar, *entry.followed_by))
    if entry.follows:
        yield entry.follows.url


def _without_unsafe(entry: Entry) -> Entry:
    return replace(
        entry,
        url=safe_link(entry.url),
        registration_url=safe_link(entry.registration_url),
        calendar=tuple(link for link in map(_safe, entry.calendar) if link.url),
        follows=_safe(entry.follows) if entry.follows else None,
        followed_by=tuple(map(_safe, entry.followed_by)),
    )


def _safe(link: Link) -> Link:
    return replace(link, url=safe_link(link.url))
