"""Sessions of those who signed in, the links that open one, and the log. Cookies and links come here as hashes."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.signing_in import Session, SignInEvent
from newsletter.store.session_tables import session, sign_in_event, sign_in_link

_SESSION = tuple(session.c[name] for name in ("id", "who", "made_at", "seen_at", "ends_at"))


def put_link(connection: Connection, community: str, link: str, who: str, ends_at: datetime) -> None:
    """Keep that this link (its hash) signs somebody in until then."""
    connection.execute(sa.insert(sign_in_link).values(link=link, community=community, who=who, ends_at=ends_at))


def owner_of_link(connection: Connection, community: str, link: str) -> str | None:
    """Whom the link would sign in, whether it holds or not; None where it is not ours."""
    mine = (sign_in_link.c.community == community, sign_in_link.c.link == link)
    return connection.execute(sa.select(sign_in_link.c.who).where(*mine)).scalar()


def link_holds(connection: Connection, community: str, link: str, now: datetime) -> bool:
    """Whether the link would sign somebody in now; nothing changes."""
    return connection.execute(sa.select(sign_in_link.c.who).where(*_open(community, link, now))).first() is not None


def use_link(connection: Connection, community: str, link: str, now: datetime) -> bool:
    """Use the link up; False, and nothing written, where it was used before or its time is over."""
    used = sa.update(sign_in_link).where(*_open(community, link, now)).values(used_at=now)
    return connection.execute(used).rowcount == 1


def _open(community: str, link: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    mine = (sign_in_link.c.community == community, sign_in_link.c.link == link)
    return (*mine, sign_in_link.c.used_at.is_(None), sign_in_link.c.ends_at > now)


def put(connection: Connection, community: str, one: Session) -> None:
    """Begin a session."""
    row = {column.name: getattr(one, column.name) for column in _SESSION}
    connection.execute(sa.insert(session).values(community=community, **row))


def find(connection: Connection, community: str, session_id: str) -> Session | None:
    """The session, whether it is over or not."""
    found = sa.select(*_SESSION).where(session.c.community == community, session.c.id == session_id)
    row = connection.execute(found).mappings().first()
    return Session(**row) if row else None


def touch(connection: Connection, session_id: str, now: datetime) -> None:
    """Keep that the session was used."""
    connection.execute(sa.update(session).where(session.c.id == session_id).values(seen_at=now))


def of_person(connection: Connection, community: str, who: str) -> tuple[Session, ...]:
    """The sessions of somebody, the one used last first."""
    mine = sa.select(*_SESSION).where(session.c.community == community, session.c.who == who)
    rows = connection.execute(mine.order_by(session.c.seen_at.desc(), session.c.id)).mappings()
    return tuple(Session(**row) for row in rows)


def end(connection: Connection, community: str, session_id: str) -> bool:
    """End one session; False where there was none."""
    one = sa.delete(session).where(session.c.community == community, session.c.id == session_id)
    return connection.execute(one).rowcount == 1


def end_all(connection: Connection, community: str, who: str) -> int:
    """End all sessions of somebody, and the links that wait for them; how many sessions that were."""
    links = sa.delete(sign_in_link).where(sign_in_link.c.community == community, sign_in_link.c.who == who)
    connection.execute(links)
    return connection.execute(
        sa.delete(session).where(session.c.community == community, session.c.who == who)
    ).rowcount


def forget_over(connection: Connection, community: str, now: datetime, idle: timedelta) -> int:
    """Delete sessions and links whose time is over; how many."""
    over = sa.or_(session.c.ends_at <= now, session.c.seen_at <= now - idle)
    sessions = connection.execute(sa.delete(session).where(session.c.community == community, over)).rowcount
    late = sa.delete(sign_in_link).where(sign_in_link.c.community == community, sign_in_link.c.ends_at <= now)
    return sessions + connection.execute(late).rowcount


def log(connection: Connection, community: str, event: SignInEvent) -> None:
    """Add a line to the log."""
    row = {"kind": event.kind, "who": event.who, "at": event.at, "network": event.network}
    connection.execute(sa.insert(sign_in_event).values(community=community, **row))


def logged_since(connection: Connection, community: str, moment: datetime | None) -> tuple[SignInEvent, ...]:
    """The lines from that moment on, or all, newest first."""
    columns = (sign_in_event.c[name] for name in ("kind", "who", "at", "network"))
    found = sa.select(*columns).where(sign_in_event.c.community == community)
    if moment is not None:
        found = found.where(sign_in_event.c.at >= moment)
    rows = connection.execute(found.order_by(sign_in_event.c.id.desc())).mappings()
    return tuple(SignInEvent(**row) for row in rows)
