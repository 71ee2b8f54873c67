"""Sessions: begun by a link that is used once, ended by idleness, by age, by their owner, or by the settings."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from newsletter.app.accounting.deeds import note
from newsletter.app.signing_in.people import Person, Visitor, person_known_as
from newsletter.app.workspace import Workspace
from newsletter.dates.spans import parse_span
from newsletter.model.signing_in import Session, SignInEvent, SignInEventKind
from newsletter.people.address import address_hash, parse_address
from newsletter.people.joining import network_hash
from newsletter.store import sessions

#: How long a mailed link waits to be used.
LINK_LASTS = timedelta(minutes=15)
#: Bytes of a link and of a cookie: nobody guesses 256 bits.
RANDOM = 32
#: That a session was used is written down no more often than this.
TOUCH = timedelta(minutes=1)


def new_link(ws: Workspace, person: Person, now: datetime) -> str:
    """A link's secret part for this person; of it only a hash is kept."""
    token = secrets.token_urlsafe(RANDOM)
    with ws.store.begin() as connection:
        sessions.put_link(connection, _community(ws), _hash(token), person.who, now + LINK_LASTS)
        _log(connection, ws, "linked", person.who, now)
    return token


def person_of_link(ws: Workspace, token: str) -> Person | None:
    """Whom the link would sign in now; None where it does not hold. Changes nothing."""
    with ws.store.read() as connection:
        who = sessions.owner_of_link(connection, _community(ws), _hash(token))
        holds = sessions.link_holds(connection, _community(ws), _hash(token), ws.clock())
    return person_known_as(ws, who) if who and holds else None


def sign_in(ws: Workspace, token: str, host: str = "", before: str = "") -> str | None:
    """Use the link up for a new session, and give what its cookie holds; None where the link does not hold.

    The cookie is always a fresh one, and the session that the browser had `before` is over.
    """
    now = ws.clock()
    with ws.store.begin() as connection:
        who = sessions.owner_of_link(connection, _community(ws), _hash(token))
        if who is None:
            return None
        if person_known_as(ws, who) is None or not sessions.use_link(connection, _community(ws), _hash(token), now):
            _log(connection, ws, "link refused", who, now, host)
            return None
        sessions.end(connection, _community(ws), _hash(before))
        cookie = secrets.token_urlsafe(RANDOM)
        begun = Session(_hash(cookie), who, now, now, now + parse_span(ws.settings.sign_in.lasts))
        sessions.put(connection, _community(ws), begun)
        _log(connection, ws, "signed in", who, now, host)
    return cookie


def visitor_with(ws: Workspace, cookie: str) -> Visitor | None:
    """Who is signed in with this cookie; None where that is over, or never was."""
    if not cookie:
        return None
    now, name = ws.clock(), _hash(cookie)
    with ws.store.read() as connection:
        found = sessions.find(connection, _community(ws), name)
    person = person_known_as(ws, found.who) if found and is_open(ws, found, now) else None
    if found is None or person is None:
        return None
    if now - found.seen_at >= TOUCH:
        with ws.store.begin() as connection:
            sessions.touch(connection, name, now)
    return Visitor(person, name, name)


def is_still_open(ws: Workspace, visitor: Visitor) -> bool:
    """Whether the visitor's session is open yet, and their roles are as they were; to be asked so is no use of it."""
    with ws.store.read() as connection:
        found = sessions.find(connection, _community(ws), visitor.session)
    return found is not None and is_open(ws, found, ws.clock()) and person_known_as(ws, found.who) == visitor.person


def is_open(ws: Workspace, one: Session, now: datetime) -> bool:
    """Whether the session is neither too old nor was left alone for too long."""
    return now < one.ends_at and now < one.seen_at + parse_span(ws.settings.sign_in.idle)


def sessions_of(ws: Workspace, visitor: Visitor) -> tuple[Session, ...]:
    """The visitor's open sessions, in whatever browser."""
    with ws.store.read() as connection:
        found = sessions.of_person(connection, _community(ws), visitor.person.who)
    return tuple(one for one in found if is_open(ws, one, ws.clock()))


def sign_out(ws: Workspace, visitor: Visitor, host: str = "", *, everywhere: bool = False) -> None:
    """End the visitor's session, or all they have, with the links that wait for them."""
    who = visitor.person.who
    with ws.store.begin() as connection:
        if everywhere:
            sessions.end_all(connection, _community(ws), who)
        else:
            sessions.end(connection, _community(ws), visitor.session)
        _log(connection, ws, "everywhere" if everywhere else "signed out", who, ws.clock(), host)


def end_sessions_of(ws: Workspace, address: str) -> int:
    """End all sessions of an address, whoever it is, and the links that wait for it; how many sessions that were."""
    who = address_hash(ws.hash_key, parse_address(address).key)
    with ws.store.begin() as connection:
        count = sessions.end_all(connection, _community(ws), who)
        if count:
            _log(connection, ws, "everywhere", who, ws.clock())
            note(connection, ws, "sessions ended", who, f"{count} of them")
    return count


def note_proxied(ws: Workspace, person: Person, host: str) -> None:
    """Write into the log that a proxy signed somebody in."""
    with ws.store.begin() as connection:
        _log(connection, ws, "signed in", person.who, ws.clock(), host)


def forget_over(ws: Workspace) -> int:
    """Delete sessions and links whose time is over; how many."""
    with ws.store.begin() as connection:
        idle = parse_span(ws.settings.sign_in.idle)
        return sessions.forget_over(connection, _community(ws), ws.clock(), idle)


def sign_ins_since(ws: Workspace, moment: datetime) -> tuple[tuple[SignInEvent, str], ...]:
    """The log from that moment on, newest first, with the address of whoever is still named in the settings."""
    with ws.store.read() as connection:
        found = sessions.logged_since(connection, _community(ws), moment)
    known = {one.who: person_known_as(ws, one.who) for one in found}
    return tuple((one, person.address if (person := known[one.who]) else "") for one in found)


def _log(
    connection: Connection, ws: Workspace, kind: SignInEventKind, who: str, now: datetime, host: str = ""
) -> None:
    network = network_hash(ws.hash_key, host) if host else ""
    sessions.log(connection, _community(ws), SignInEvent(kind, who, now, network))


def _community(ws: Workspace) -> str:
    return ws.settings.community.id


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
