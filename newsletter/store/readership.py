"""Who may be written to now: how many, and with what wishes."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.people import Wishes
from newsletter.model.segment import EVERYBODY, NOWHERE, Homes, Segment
from newsletter.store.segments import condition
from newsletter.store.tables import subscriber as people
from newsletter.store.tables import subscription as memberships
from newsletter.store.tables import suppression

_CHOSEN = (
    people.c.timezone,
    people.c.clock,
    people.c.language,
    people.c.density,
    people.c.text_only,
    memberships.c.online_only,
    *(sa.cast(column, sa.Text) for column in (memberships.c.digests, memberships.c.topics, memberships.c.stopped)),
)
_MEMBERS = people.join(memberships, people.c.id == memberships.c.subscriber_id)
_BARRED = sa.exists().where(suppression.c.community == people.c.community, suppression.c.who == people.c.who)


def sendable(
    connection: Connection,
    community: str,
    list_name: str,
    now: datetime,
    segment: Segment = EVERYBODY,
    homes: Homes = NOWHERE,
) -> Iterator[tuple[str, Wishes]]:
    """The active members of a list who may be written to now, by id: neither suppressed nor in a pause.

    Of a `segment` those alone; `homes` is what is meant where a subscriber names no zone or language. Wishes that are
    equal are one value: there are few of them, however many readers there are.
    """
    found = sa.select(people.c.id, *_CHOSEN).select_from(_MEMBERS).where(*_active(community, list_name, now))
    known: dict[tuple[Any, ...], Wishes] = {}
    for reader, *chosen in connection.execute(found.where(condition(segment, homes)).order_by(people.c.id)):
        same = tuple(chosen)
        if same not in known:
            known[same] = _wishes(*same)
        yield reader, known[same]


def readers(connection: Connection, community: str, list_name: str, digest: str, now: datetime) -> int:
    """The active members of the list who take the digest, and may be written to now."""
    digests = sa.cast(memberships.c.digests, sa.Text)
    counted = sa.select(digests, sa.func.count()).select_from(_MEMBERS)
    found = counted.where(*_active(community, list_name, now)).group_by(digests)
    return sum(count for chosen, count in connection.execute(found) if digest in json.loads(chosen))


def known(connection: Connection, community: str) -> int:
    """Everybody whom the store holds, members of a list or not."""
    found = sa.select(sa.func.count()).where(people.c.community == community)
    return int(connection.execute(found).scalar_one())


def _active(community: str, list_name: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    here = (people.c.community == community, memberships.c.list == list_name, memberships.c.state == "active")
    return *here, ~_BARRED, sa.or_(memberships.c.paused_until.is_(None), memberships.c.paused_until <= now)


def _wishes(
    timezone: str,
    clock: Literal[12, 24],
    language: str,
    density: Literal["full", "compact"],
    text_only: bool,
    online_only: bool,
    digests: str,
    topics: str | None,
    stopped: str,
) -> Wishes:
    picked = json.loads(topics) if topics is not None else None
    return Wishes(
        digests=tuple(json.loads(digests)),
        topics=None if picked is None else tuple(picked),
        timezone=timezone,
        clock=clock,
        language=language,
        density=density,
        text_only=text_only,
        stopped=tuple(one for one, _ in json.loads(stopped)),
        online_only=online_only,
    )
