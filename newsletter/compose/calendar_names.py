"""What a hosted calendar file is called, and which items have one: the mail and the files must agree on it."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from uuid import UUID, uuid5

from newsletter.compose.programme import may_be_told
from newsletter.model.issue import Draft
from newsletter.model.item import Item
from newsletter.model.when import Recurrence, Vague, WeeklyRange

_NAMESPACE = UUID("5a7ad0a2-5b0c-4c39-9c8e-6d2f7f0b7f11")
_WORD = re.compile(r"[^a-z0-9]+")
#: Characters of the readable part, and of the digest that makes a name one item's alone.
WORDS, DIGEST = 40, 10


def is_hosted(item: Item) -> bool:
    """Whether the item has a calendar file: a public event that may be told and names days a program may act on."""
    if item.kind != "event" or item.visibility != "public" or not may_be_told(item):
        return False
    if isinstance(item.when, WeeklyRange | Recurrence):
        return not item.when.approximate
    return item.when is not None and not isinstance(item.when, Vague)


def hosted(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items that have calendar files, in order."""
    return tuple(item for item in items if is_hosted(item))


def event_slug(community: str, item_id: str) -> str:
    """The name in an event's address: words of its id to be recognised by, and a digest that no other id has."""
    digest = hashlib.sha256(f"{community}\0{item_id}".encode()).hexdigest()[:DIGEST]
    words = _readable(item_id)
    return f"{words}-{digest}" if words else digest


def event_uid(community: str, item_id: str, part: str = "") -> str:
    """The UID of an event in calendar programs (RFC 7986, 5.3): the same whatever the event's title or address."""
    return str(uuid5(_NAMESPACE, f"{community}\0{item_id}\0{part}"))


def event_path(slug: str) -> str:
    """Where an event's file lies below the public address."""
    return f"calendar/event/{slug}.ics"


def hosted_url(draft: Draft, item: Item) -> str:
    """The address of the item's file as the draft's mails name it; empty where it has none."""
    if not draft.calendars_url or not is_hosted(item):
        return ""
    return f"{draft.calendars_url}/{event_path(event_slug(draft.community.id, item.id))}"


def _readable(item_id: str) -> str:
    """ "content/deep-dives/2026-12-08-missing-data.md" is "2026-12-08-missing-data"."""
    name = re.split(r"[/#]", re.sub(r"\.\w{2,4}$", "", item_id.split("@")[0]))[-1]
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _WORD.sub("-", plain).strip("-")[:WORDS].rstrip("-")
