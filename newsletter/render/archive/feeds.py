"""Feeds of a digest: Atom (RFC 4287) and JSON Feed 1.1, one entry an issue; the same issues give the same bytes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from markupsafe import escape

from newsletter.render.archive.site import DigestPages, Listed, Site
from newsletter.render.escaping import clean

#: Issues in a feed: half a year of a weekly digest.
NEWEST = 26
#: When a feed without issues was updated: Atom wants a moment, and the same one each time.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_NAMESPACE = UUID("0c1c5f0e-8a0f-4d0e-9d3b-0d6f1f7a5b52")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An issue in a feed, with its content as HTML."""

    listed: Listed
    html: str


def atom(digest: DigestPages, entries: Sequence[FeedEntry], site: Site) -> bytes:
    """The Atom feed; `entries` latest first."""
    head = (
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{_text(site.language.code)}">',
        f"<id>{feed_id(site, digest.name)}</id>",
        f"<title>{_text(digest.title)}</title>",
        *((f"<subtitle>{_text(digest.tagline)}</subtitle>",) if digest.tagline else ()),
        f"<updated>{_time(entries[0].listed.sent if entries else NEVER)}</updated>",
        f"<author><name>{_text(site.community.name)}</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{_text(site.url(f"{digest.name}.atom"))}"/>',
        f'<link rel="alternate" type="text/html" href="{_text(site.url(f"{digest.name}.html"))}"/>',
        "<generator>newsletter</generator>",
    )
    lines = [*head, *(line for one in entries for line in _entry(one, site)), "</feed>", ""]
    return "\n".join(lines).encode()


def json_feed(digest: DigestPages, entries: Sequence[FeedEntry], site: Site) -> bytes:
    """The same as a JSON Feed."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean(digest.title),
        "home_page_url": site.url(f"{digest.name}.html"),
        "feed_url": site.url(f"{digest.name}.json"),
        **({"description": clean(digest.tagline)} if digest.tagline else {}),
        "language": site.language.code,
        "authors": [{"name": clean(site.community.name)}],
        "items": [_item(one, site) for one in entries],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def feed_id(site: Site, name: str) -> str:
    """A name for ever, whatever the address: of a digest's feed by its name, of an issue by its key."""
    return f"urn:uuid:{uuid5(_NAMESPACE, f'{site.community.id}/{name}')}"


def _entry(one: FeedEntry, site: Site) -> tuple[str, ...]:
    listed = one.listed
    return (
        "<entry>",
        f"<id>{feed_id(site, listed.key)}</id>",
        f"<title>{_text(listed.subject)}</title>",
        f"<updated>{_time(listed.sent)}</updated>",
        f"<published>{_time(listed.sent)}</published>",
        f'<link rel="alternate" type="text/html" href="{_text(site.url(listed.link))}"/>',
        f"<summary>{_text(listed.preheader)}</summary>",
        f'<content type="html">{_text(one.html)}</content>',
        "</entry>",
    )


def _item(one: FeedEntry, site: Site) -> dict[str, object]:
    listed = one.listed
    return {
        "id": feed_id(site, listed.key),
        "url": site.url(listed.link),
        "title": clean(listed.subject),
        "summary": clean(listed.preheader),
        "content_html": clean(one.html),
        "date_published": _time(listed.sent),
    }


def _text(text: str) -> str:
    """Text for an element or an attribute; XML 1.0 cannot hold control characters at all."""
    return str(escape(clean(text)))


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
