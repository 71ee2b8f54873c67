"""What a new reading makes of the calendars: which events are new, changed or withdrawn, under which SEQUENCE.

A reading older than the one an event was told from changes nothing of it, so that a frozen draft does not take a
correction back; an event whose source could not be read is left as it was.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from newsletter.compose.calendar_names import event_slug, event_uid, is_hosted
from newsletter.compose.topics import Topics, topics_of
from newsletter.model.item import Item
from newsletter.model.problem import Problem
from newsletter.model.publishing import Revision
from newsletter.render.calendar.events import (
    Publisher,
    Stamp,
    event_facts,
    event_text,
    event_timings,
    event_zones,
    last_day,
)

#: Problems that say that a source, and not an item, is missing.
UNREAD = frozenset({"source.unreachable", "source.unreadable", "source.too-large", "source.outside", "source.empty"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reread:
    """A reading to be published: its items, what was wrong with it, and the moment (aware) it is of."""

    items: Sequence[Item]
    problems: Sequence[Problem]
    at: datetime


def revise(
    known: Mapping[str, Revision], reading: Reread, topics: Topics, by: Publisher, now: datetime
) -> tuple[Revision, ...]:
    """The revisions that are new or other than before, by item id; `known` holds all there are."""
    shown = {item.id: item for item in reading.items if is_hosted(item) and event_timings(item)}
    found = [_revised(known.get(item.id), item, reading.at, topics, by, now) for _, item in sorted(shown.items())]
    gone = _withdrawn(known, shown, reading, now)
    return tuple(one for one in (*found, *gone) if one is not None and known.get(one.item_id) != one)


def _revised(
    before: Revision | None, item: Item, read_at: datetime, topics: Topics, by: Publisher, now: datetime
) -> Revision | None:
    if before is not None and before.read_at > read_at:
        return None
    facts = event_facts(item)
    content = hashlib.sha256(event_text(item, by, Stamp(0, _EPOCH, _EPOCH)).encode()).hexdigest()[:32]
    stamp = _stamp(before, facts, content, now)
    same = before is not None and before.content == content and stamp == _stamp_of(before)
    timings = event_timings(item)
    return Revision(
        item_id=item.id,
        uid=event_uid(by.community, item.id),
        slug=event_slug(by.community, item.id),
        sequence=stamp.sequence,
        fingerprint=facts,
        content=content,
        created_at=stamp.created,
        changed_at=stamp.changed,
        read_at=read_at,
        title=item.title,
        source=item.origin.source,
        topics=topics_of(item, topics),
        zones=event_zones(timings),
        last=last_day(timings),
        text=before.text if before is not None and same else event_text(item, by, stamp),
    )


def _stamp_of(told: Revision) -> Stamp:
    return Stamp(told.sequence, told.created_at, told.changed_at)


def _stamp(before: Revision | None, facts: str, content: str, now: datetime) -> Stamp:
    now = now.astimezone(UTC).replace(microsecond=0)
    if before is None:
        return Stamp(0, now, now)
    if before.fingerprint != facts or before.withdrawn:
        return Stamp(before.sequence + 1, before.created_at, now)
    return Stamp(before.sequence, before.created_at, before.changed_at if before.content == content else now)


def _withdrawn(
    known: Mapping[str, Revision], shown: Mapping[str, Item], reading: Reread, now: datetime
) -> Iterator[Revision]:
    """What is not to be shown any more; an item that is there but held back or for members, at once."""
    present = {item.id for item in reading.items}
    unread = {problem.origin.source for problem in reading.problems if problem.code in UNREAD}
    for item_id, before in sorted(known.items()):
        missing = item_id not in present and before.source in unread
        if item_id not in shown and not (missing or before.withdrawn or before.read_at > reading.at):
            yield replace(before, withdrawn=True, read_at=reading.at, changed_at=now)


def of_topics(revisions: Iterable[Revision], topics: Sequence[str] | None) -> tuple[Revision, ...]:
    """The events of these topics and those that have none, as mails are chosen; None: all."""
    return tuple(
        one for one in revisions if topics is None or not one.topics or not set(topics).isdisjoint(one.topics)
    )
