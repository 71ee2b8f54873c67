"""Episodes of trouble: begun once whoever sees it, gone on with, ended once; each turn is put down to be told.

Everything here runs inside the caller's transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.alerting import Channel, Episode, Telling, Tried, Trouble, Turn
from newsletter.store.alert_tables import alert_episode, alert_telling
from newsletter.store.engine import insert_new

#: Who is told, by which road; the address is empty where the road needs none.
Addressee = tuple[Channel, str]
_TROUBLE = ("kind", "subject", "severity", "text", "advice", "final")


def open_ones(connection: Connection, community: str) -> tuple[Episode, ...]:
    """Every episode that has not ended, oldest first."""
    mine = sa.and_(alert_episode.c.community == community, alert_episode.c.ended_at.is_(None))
    return _found(connection, sa.select(alert_episode).where(mine).order_by(alert_episode.c.id))


def past(connection: Connection, community: str, since: datetime) -> tuple[Episode, ...]:
    """Every episode that ended from that moment on, newest first."""
    mine = sa.and_(alert_episode.c.community == community, alert_episode.c.ended_at >= since)
    return _found(connection, sa.select(alert_episode).where(mine).order_by(alert_episode.c.id.desc()))


def ended_lately(connection: Connection, community: str, since: datetime) -> dict[tuple[str, str], int]:
    """How many episodes of each kind and subject ended; those of what is final whenever, others since then."""
    here = alert_episode.c
    found = (
        sa.select(here.kind, here.subject, sa.func.count())
        .where(here.community == community, here.ended_at.is_not(None))
        .where(sa.or_(here.first_seen >= since, here.final, here.kind == "issue-late"))
        .group_by(here.kind, here.subject)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(found)}


def begin(connection: Connection, community: str, one: Trouble, now: datetime, tell: Collection[Addressee]) -> bool:
    """Begin an episode, and put down who is told; False where another was quicker. What is final ends with it."""
    here = alert_episode.c
    same = sa.and_(here.community == community, here.kind == one.kind, here.subject == one.subject)
    last = connection.execute(sa.select(sa.func.max(here.number)).where(same)).scalar() or 0
    row = {name: getattr(one, name) for name in _TROUBLE} | {"community": community, "number": last + 1}
    row |= {"first_seen": now, "last_seen": now, "ended_at": now if one.final else None}
    written = insert_new(connection, alert_episode).values(row).returning(here.id)
    episode_id = connection.execute(written).scalar()
    if episode_id is None:
        return False
    _put(connection, community, episode_id, "began", now, tell)
    return True


def go_on(connection: Connection, episode: Episode, one: Trouble, now: datetime) -> None:
    """Write down that it is still there, or there again, in its words of now."""
    words = {"text": one.text, "advice": one.advice, "severity": one.severity}
    _update(connection, episode, last_seen=now, clear_since=None, **words)


def clear(connection: Connection, episode: Episode, now: datetime) -> None:
    """Write down that it was found gone."""
    _update(connection, episode, clear_since=now)


def end(
    connection: Connection,
    community: str,
    episode: Episode,
    since: datetime,
    ending: str,
    tell: Collection[Addressee],
    now: datetime,
) -> bool:
    """End it as of `since`, and put down who is told; False where another was quicker."""
    if not _update(connection, episode, ended_at=since, ending=ending):
        return False
    _put(connection, community, episode.id, "over", now, tell)
    return True


def due(connection: Connection, community: str, channel: Channel, now: datetime) -> tuple[Telling, ...]:
    """What may be told now by this road, in order. What was being told when its teller died waits for its time."""
    here = alert_telling.c
    states = ("pending", "telling") if channel != "mail" else ("pending",)
    found = (
        sa.select(here.id.label("telling_id"), here.turn, here.channel, here.address, here.tries, alert_episode)
        .join(alert_episode, alert_episode.c.id == here.episode_id)
        .where(here.community == community, here.channel == channel)
        .where(here.state.in_(states), here.not_before <= now)
        .order_by(here.id)
    )
    return tuple(
        Telling(row["telling_id"], _episode(row), row["turn"], row["channel"], row["address"], row["tries"])
        for row in connection.execute(found).mappings()
    )


def take(connection: Connection, one: Telling, until: datetime) -> bool:
    """Take the telling, durably, before a byte of it leaves; False where another was quicker.

    A mail that was taken is nobody else's, ever; anything else may be told again after `until`.
    """
    here = alert_telling.c
    mine = sa.update(alert_telling).where(here.id == one.id, here.tries == one.tries)
    mine = mine.where(here.state.in_(("pending", "telling")))
    values = {"state": "telling", "tries": one.tries + 1, "not_before": until}
    return connection.execute(mine.values(**values)).rowcount == 1


def settle(connection: Connection, one: Telling, tried: Tried, now: datetime) -> None:
    """What became of a telling that was taken."""
    values: dict[str, object] = {"state": tried.state, "detail": tried.detail}
    if tried.not_before:
        values["not_before"] = tried.not_before
    if tried.state == "told":
        values["told_at"] = now
    mine = sa.update(alert_telling).where(alert_telling.c.id == one.id, alert_telling.c.tries == one.tries + 1)
    connection.execute(mine.values(**values))


def tellings_of(connection: Connection, episode_ids: Sequence[int]) -> tuple[tuple[int, dict[str, object]], ...]:
    """By which road these episodes were told, and what became of it; whose address it was is not said."""
    here = alert_telling.c
    found = sa.select(here.episode_id, here.turn, here.channel, here.state, here.tries, here.detail)
    rows = connection.execute(found.where(here.episode_id.in_(episode_ids)).order_by(here.id)).mappings()
    return tuple((row["episode_id"], {name: row[name] for name in row if name != "episode_id"}) for row in rows)


def _put(
    connection: Connection, community: str, episode_id: int, turn: Turn, now: datetime, tell: Iterable[Addressee]
) -> None:
    rows = [
        {
            "community": community,
            "episode_id": episode_id,
            "turn": turn,
            "channel": channel,
            "address": address,
            "not_before": now,
        }
        for channel, address in tell
    ]
    if rows:
        connection.execute(insert_new(connection, alert_telling), rows)


def _update(connection: Connection, episode: Episode, **values: object) -> bool:
    mine = sa.update(alert_episode).where(alert_episode.c.id == episode.id, alert_episode.c.ended_at.is_(None))
    return connection.execute(mine.values(**values)).rowcount == 1


def _found(connection: Connection, found: sa.Select[tuple[object, ...]]) -> tuple[Episode, ...]:
    return tuple(_episode(row) for row in connection.execute(found).mappings())


def _episode(row: sa.RowMapping) -> Episode:
    return Episode(
        row["id"],
        Trouble(**{name: row[name] for name in _TROUBLE}),
        row["first_seen"],
        row["last_seen"],
        row["clear_since"],
        row["ended_at"],
        row["ending"],
    )
