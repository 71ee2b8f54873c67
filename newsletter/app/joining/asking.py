"""Asking to join a list, or for the link to one's own choices: taken down by the page, answered by the program.

The page looks nobody up: whether an address is known, new or suppressed is asked later, so that neither the answer
nor the time it takes can tell.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.engine import Connection

from newsletter.app.joining.limits import DAY, Verdict, weigh
from newsletter.app.joining.welcoming import welcome
from newsletter.app.membership import Event, enter, line_of
from newsletter.app.sending.addressing import CONFIRM, PREFERENCES
from newsletter.app.service_mails import ask_for_mail
from newsletter.app.workspace import Workspace
from newsletter.model.joining import RequestAnswer, Signup, Wish
from newsletter.model.people import ConsentAction, Subscriber, Subscription
from newsletter.model.service import ServiceMail
from newsletter.people.address import address_hash
from newsletter.people.joining import CONFIRM_WITHIN, answer_to, mailbox_of, network_hash, text_version
from newsletter.store import consents, limits, signups, subscribers, suppressions

#: Requests answered in one go.
AT_ONCE = 100
#: An unconfirmed request, and the address in it, is forgotten a day after its link has ended.
FORGOTTEN_AFTER = CONFIRM_WITHIN + timedelta(days=1)


def request(ws: Workspace, wish: Wish, host: str) -> Verdict:
    """Take down what somebody asks for from the client address `host`, unless there were too many requests before."""
    with ws.store.begin() as connection:
        return take_request(connection, ws, wish, network_hash(ws.hash_key, host))


def take_request(connection: Connection, ws: Workspace, wish: Wish, network: str = "") -> Verdict:
    """The same inside the caller's transaction; without a network for a program that asks on behalf of many."""
    now, who = ws.clock(), address_hash(ws.hash_key, wish.key)
    verdict = weigh(connection, ws, address_hash(ws.hash_key, mailbox_of(wish.key)), network, now)
    if verdict == "free":
        one = Signup(secrets.token_hex(10), wish, who, now, version=text_version(wish.text), network=network)
        signups.take_down(connection, ws.settings.community.id, one)
    return verdict


def answer_requests(ws: Workspace) -> int:
    """Answer what was taken down, each in a transaction of its own, and welcome who confirmed; how many requests."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        waiting = signups.in_state(connection, community, "new", AT_ONCE)
        confirmed = signups.in_state(connection, community, "confirmed", AT_ONCE)
    for one in waiting:
        with ws.store.begin() as connection:
            _answer(connection, ws, one)
    for one in confirmed:
        _welcome(ws, one)
    return len(waiting)


def forget_unconfirmed(ws: Workspace) -> int:
    """Delete requests that nobody confirmed in time, the members they left pending, and counts of days gone by."""
    community, now = ws.settings.community.id, ws.clock()
    with ws.store.begin() as connection:
        limits.forget_before(connection, community, now - timedelta(seconds=2 * DAY))
        return signups.forget_before(connection, community, now - FORGOTTEN_AFTER)


def _answer(connection: Connection, ws: Workspace, one: Signup) -> None:
    community = ws.settings.community.id
    if signups.find(connection, community, one.id) is None:
        return
    person = subscribers.by_key(connection, community, one.wish.key)
    barred = suppressions.reason_of(connection, community, one.who)
    if one.wish.kind == "link" or one.wish.list not in ws.settings.lists:
        _send_link(connection, ws, one, person, barred)
        signups.drop(connection, one.id)
        return
    mine = subscribers.subscriptions_of(connection, community, person.id) if person else ()
    known = next((own for own in mine if own.list == one.wish.list), None)
    double = ws.settings.lists[one.wish.list].double_opt_in
    answer = answer_to(known.state if known else None, barred, double_opt_in=double)
    _ANSWERS[answer](connection, ws, one, person, known)


def _confirm(
    connection: Connection, ws: Workspace, one: Signup, person: Subscriber | None, known: Subscription | None
) -> None:
    """Ask the owner of the address; a new one is pending until then, and who left or bounced stays as they are."""
    asked = _pending(connection, ws, one, person, known)
    signups.move(connection, one.id, "new", "asked")
    mail = ServiceMail("confirm", asked.id, one.wish.list, CONFIRM, scope_of(one), language=one.wish.language)
    ask_for_mail(connection, ws, mail, one.at, f"signup-{one.id}")


def _enter(
    connection: Connection, ws: Workspace, one: Signup, person: Subscriber | None, known: Subscription | None
) -> None:
    """Bring them in at once, as the list has it; both lines stand in the proof."""
    asked = _pending(connection, ws, one, person, known)
    pending = Subscription(asked.id, one.wish.list, one.wish.digests, one.wish.topics, "pending")
    at_once = replace(event_of(one, "added"), detail="the list asks for no confirmation")
    enter(connection, ws.settings.community.id, one.who, pending, pending, at_once)
    signups.move(connection, one.id, "new", "confirmed")


def _pending(
    connection: Connection, ws: Workspace, one: Signup, person: Subscriber | None, known: Subscription | None
) -> Subscriber:
    """Write down who asked, in the log too; the choices of one who is not on the list yet are those asked for now."""
    community, wish = ws.settings.community.id, one.wish
    asked = person or _new(connection, community, one)
    if known is None or known.state == "pending":
        wanted = Subscription(asked.id, wish.list, wish.digests, wish.topics, "pending", one.at)
        subscribers.put_subscription(connection, community, wanted, one.at)
    consents.append(connection, community, [line_of(one.who, wish.list, event_of(one, "requested"))])
    return asked


def _remind(
    connection: Connection, ws: Workspace, one: Signup, person: Subscriber | None, known: Subscription | None
) -> None:
    """They are on the list already: their own link comes by mail, and nothing of theirs is changed."""
    _send_link(connection, ws, one, person)
    signups.drop(connection, one.id)


def _nothing(
    connection: Connection, ws: Workspace, one: Signup, person: Subscriber | None, known: Subscription | None
) -> None:
    signups.drop(connection, one.id)


_ANSWERS: dict[RequestAnswer, Callable[..., None]] = {
    "confirm": _confirm,
    "enter": _enter,
    "remind": _remind,
    "nothing": _nothing,
}


def _send_link(
    connection: Connection, ws: Workspace, one: Signup, person: Subscriber | None, barred: str = ""
) -> None:
    """Mail the link to one's own choices to a subscriber who may be written to; to anybody else nothing."""
    mine = subscribers.subscriptions_of(connection, ws.settings.community.id, person.id) if person else ()
    lists = [own.list for own in sorted(mine, key=lambda own: own.state != "active") if own.list in ws.settings.lists]
    if person is None or barred or not lists:
        return
    name = one.wish.list if one.wish.list in lists else lists[0]
    mail = ServiceMail("sign_in", person.id, name, PREFERENCES, language=one.wish.language)
    ask_for_mail(connection, ws, mail, one.at, f"signup-{one.id}")


def event_of(one: Signup, action: ConsentAction) -> Event:
    """What the request means for a membership, with its text and network for the proof."""
    return Event(action, one.at, one.wish.how, one.wish.text, network=one.network)


def scope_of(one: Signup) -> str:
    """What the link of the confirmation mail holds for: this request alone, and the list it names."""
    return f"{one.id} {one.wish.list}"


def _new(connection: Connection, community: str, one: Signup) -> Subscriber:
    """A subscriber of whom nothing is known but what the form said; no name, which anybody could have typed."""
    wish = one.wish
    person = Subscriber(secrets.token_hex(10), wish.address, timezone=wish.timezone, language=wish.language)
    subscribers.insert(connection, community, person, key=wish.key, who=one.who, at=one.at)
    return person


def _welcome(ws: Workspace, one: Signup) -> None:
    """Send what the list sends to newcomers, then forget the request."""
    with ws.store.read() as connection:
        person = subscribers.by_key(connection, ws.settings.community.id, one.wish.key)
    if person is not None and one.wish.list in ws.settings.lists:
        welcome(ws, person.id, one.wish.list, ws.clock())
    with ws.store.begin() as connection:
        signups.drop(connection, one.id)
