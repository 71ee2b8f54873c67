"""The link of a confirmation mail: looked at, it shows who would get what; pressed, it makes them a member."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.engine import Connection

from newsletter.app.membership import Event, line_of
from newsletter.app.sending.addressing import CONFIRM, PREFERENCES
from newsletter.app.workspace import Workspace
from newsletter.model.joining import SUPPRESSED_ANSWERS, Signup
from newsletter.model.people import Subscriber, Subscription, next_state
from newsletter.people.joining import CONFIRM_WITHIN, network_hash
from newsletter.people.tokens import make_token, read_token
from newsletter.store import consents, signups, subscribers, suppressions

#: It waits for the button; they are a member; it does nothing any more, and can be asked for again.
Status = Literal["ask", "done", "expired"]

#: Suppressions that a confirmation of the address's owner ends.
LIFTED = tuple(reason for reason, answer in SUPPRESSED_ANSWERS.items() if answer == "confirm")


@dataclass(frozen=True, slots=True)
class Confirming:
    """The page behind a confirmation link. `digests` are those asked for, `preferences` the token of a member."""

    status: Status
    list: str
    address: str = ""
    language: str = ""
    digests: tuple[str, ...] = ()
    preferences: str = ""


def look_up_confirm(ws: Workspace, token: str) -> Confirming | None:
    """What a confirmation link stands for now; None where we did not make it. Changes nothing."""
    with ws.store.read() as connection:
        found = _find(connection, ws, token)
        return None if found is None else _page(ws, found)


def confirm(ws: Workspace, token: str, host: str) -> Confirming | None:
    """Make the owner of the link a member; again, or too late, is no change. None where we did not make the link."""
    with ws.store.begin() as connection:
        found = _find(connection, ws, token)
        if found is None:
            return None
        if found.signup is not None and found.person is not None and _page(ws, found).status == "ask":
            _enter(connection, ws, found.signup, found.person, host)
        after = _find(connection, ws, token)
        return _page(ws, after or found)


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands behind a link: the request, if it is still kept, its subscriber, and their membership."""

    list: str
    signup: Signup | None
    person: Subscriber | None
    membership: Subscription | None
    barred: bool


def _find(connection: Connection, ws: Workspace, token: str) -> _Found | None:
    claim = read_token(ws.keys, token, CONFIRM)
    if claim is None:
        return None
    signup_id, _, name = claim.scope.partition(" ")
    if name not in ws.settings.lists:
        return None
    community = ws.settings.community.id
    person = subscribers.by_id(connection, community, claim.subject)
    mine = subscribers.subscriptions_of(connection, community, claim.subject)
    who = subscribers.who_of(connection, community, claim.subject) or ""
    signup = signups.find(connection, community, signup_id)
    return _Found(
        name,
        signup if signup and signup.who == who else None,
        person,
        next((one for one in mine if one.list == name), None),
        SUPPRESSED_ANSWERS.get(suppressions.reason_of(connection, community, who)) == "nothing",
    )


def _page(ws: Workspace, found: _Found) -> Confirming:
    if found.person is None:
        return Confirming("expired", found.list)
    person, member = found.person, found.membership
    active = member is not None and member.state == "active"
    if active and not found.barred and (found.signup is None or found.signup.state == "confirmed"):
        link = make_token(ws.secret, PREFERENCES, person.id, found.list)
        return Confirming("done", found.list, person.address, person.language, preferences=link)
    if found.signup is None or not _waits(ws, found.signup, found):
        return Confirming("expired", found.list)
    wish = found.signup.wish
    return Confirming("ask", found.list, wish.address, wish.language, wish.digests)


def _waits(ws: Workspace, signup: Signup, found: _Found) -> bool:
    state = found.membership.state if found.membership else "pending"
    may = next_state(state, "confirmed") == "active" and not found.barred
    return may and signup.state == "asked" and ws.clock() < signup.at + CONFIRM_WITHIN


def _enter(connection: Connection, ws: Workspace, one: Signup, person: Subscriber, host: str) -> None:
    """Write the membership as it was asked for, the proof, and that the address may be written to again."""
    community, now, wish = ws.settings.community.id, ws.clock(), one.wish
    event = Event("confirmed", now, "confirmation link", wish.text, network=network_hash(ws.hash_key, host))
    member = Subscription(person.id, wish.list, wish.digests, wish.topics, "active", now)
    subscribers.put_subscription(connection, community, member, now)
    consents.append(connection, community, [line_of(one.who, wish.list, event)])
    suppressions.lift(connection, community, one.who, LIFTED)
    signups.move(connection, one.id, "asked", "confirmed")
    signups.drop_others(connection, community, one)
