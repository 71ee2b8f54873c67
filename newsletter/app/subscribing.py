"""People on lists, by hand: add, look up, change, remove, suppress; and leaving by the link in a mail.

Every change is one transaction with its line in the consent log; what changes nothing writes nothing.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.engine import Connection

from newsletter.app.accounting.deeds import note
from newsletter.app.membership import Event, end_all, enter, leave_list
from newsletter.app.owning.leaving import leave as leave
from newsletter.app.owning.leaving import look_up_leave as look_up_leave
from newsletter.app.workspace import Workspace
from newsletter.dates.zones import find_zone
from newsletter.language.languages import known_codes, words_code
from newsletter.model.delivery import DeliveryState
from newsletter.model.people import Consent, Subscriber, Subscription, SubscriptionState, SuppressionReason
from newsletter.model.workspace import ListSettings
from newsletter.people.address import Address, address_hash, parse_address
from newsletter.store import consents, mailings, subscribers, suppressions

Member = tuple[Subscriber, Subscription]


class SubscriberError(Exception):
    """What was asked cannot be done; the sentence says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody on a list: `new` where they were not on it before; `refusal` says why they were not brought in."""

    subscriber: Subscriber
    state: SubscriptionState | None
    new: bool
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """All that is known of one subscriber; `deliveries` are (mailing key, state), in the order sent."""

    subscriber: Subscriber
    subscriptions: tuple[Subscription, ...]
    consents: tuple[Consent, ...]
    deliveries: tuple[tuple[str, DeliveryState], ...]
    suppressed: str = ""


def add(
    ws: Workspace,
    address: str,
    list_name: str,
    *,
    name: str = "",
    timezone: str = "",
    clock: Literal[12, 24] = 12,
    language: str = "",
    topics: Sequence[str] | None = None,
    digests: Sequence[str] = (),
    how: str = "command line",
) -> Added:
    """Put somebody on a list who agreed to it elsewhere; no digests named means the list's first.

    Who left, bounced, complained or is suppressed stays so, and `refusal` says it. SubscriberError names what in the
    call is wrong.
    """
    parsed = read_address(address)
    person = newcomer(parsed, name=name, timezone=timezone, clock=clock, language=language)
    wanted = wanted_by(ws, person, list_name, topics, digests)
    event = Event("added", ws.clock(), how, text=find_list(ws, list_name).consent_text)
    with ws.store.begin() as connection:
        added = bring_in(connection, ws, person, parsed.key, wanted, event)
        if added.new:
            note(connection, ws, "added", added.subscriber.id, f"list {list_name}")
        return added


def wanted_by(
    ws: Workspace, person: Subscriber, list_name: str, topics: Sequence[str] | None, digests: Sequence[str]
) -> Subscription:
    """An active membership with these choices; SubscriberError names what the list does not offer."""
    settings = find_list(ws, list_name)
    known_topics = None if topics is None else _among(topics, settings.topics, "topic")
    chosen = _among(digests, settings.digests, "digest") or settings.digests[:1]
    return Subscription(person.id, list_name, chosen, known_topics, "active")


def newcomer(
    parsed: Address, *, name: str = "", timezone: str = "", clock: Literal[12, 24] = 12, language: str = ""
) -> Subscriber:
    """Somebody with a new id; SubscriberError names a zone or language that is not known."""
    return Subscriber(secrets.token_hex(10), parsed.address, name, _zone(timezone), clock, _language(language))


def bring_in(
    connection: Connection, ws: Workspace, person: Subscriber, key: str, wanted: Subscription, event: Event
) -> Added:
    """One person onto one list inside the caller's transaction; a known subscriber keeps their own choices."""
    community = ws.settings.community.id
    who = address_hash(ws.hash_key, key)
    known = subscribers.by_key(connection, community, key)
    if known is None:
        barred = suppressions.reason_of(connection, community, who)
        if barred:
            return Added(person, None, new=False, refusal=f"the address is suppressed ({barred})")
        subscribers.insert(connection, community, person, key=key, who=who, at=event.at)
    subscriber = known or person
    mine = {one.list: one for one in subscribers.subscriptions_of(connection, community, subscriber.id)}
    choice = Subscription(subscriber.id, wanted.list, wanted.digests, wanted.topics, wanted.state)
    decision = enter(connection, community, who, choice, mine.get(wanted.list), event)
    return Added(subscriber, decision.state, new=decision.changed, refusal=decision.refusal)


def listing(
    ws: Workspace, list_name: str | None = None, state: SubscriptionState | None = None
) -> tuple[Member, ...]:
    """Subscribers with their subscriptions, by address."""
    with ws.store.read() as connection:
        return tuple(subscribers.members(connection, ws.settings.community.id, list_name, state))


def suppressed(ws: Workspace) -> frozenset[str]:
    """The ids of subscribers who get nothing because their address is suppressed."""
    with ws.store.read() as connection:
        return subscribers.suppressed(connection, ws.settings.community.id)


def show(ws: Workspace, address: str) -> Person:
    """All that is known of one subscriber; SubscriberError where the address is nobody's."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        subscriber, who = find_subscriber(connection, ws, address)
        return Person(
            subscriber=subscriber,
            subscriptions=subscribers.subscriptions_of(connection, community, subscriber.id),
            consents=consents.of(connection, community, who),
            deliveries=mailings.received_by(connection, community, subscriber.id),
            suppressed=suppressions.reason_of(connection, community, who),
        )


def remove(
    ws: Workspace, address: str, list_name: str | None = None, *, how: str = "command line", reason: str = ""
) -> bool:
    """Take somebody off a list, or off all; False where they were on none. SubscriberError for an unknown address."""
    event = Event("removed", ws.clock(), how, detail=reason)
    with ws.store.begin() as connection:
        subscriber, _ = find_subscriber(connection, ws, address)
        note(connection, ws, "removed", subscriber.id, f"list {list_name}" if list_name else "all lists")
        if list_name is None:
            return end_all(connection, ws.settings.community.id, subscriber.id, event, None)
        return leave_list(connection, ws.settings.community.id, subscriber.id, list_name, event)


def suppress(ws: Workspace, address: str, *, reason: SuppressionReason = "operator", detail: str = "") -> bool:
    """Never write to this address again, be it a subscriber's or not; False where that stood already."""
    who = address_hash(ws.hash_key, read_address(address).key)
    with ws.store.begin() as connection:
        new = suppressions.add(connection, ws.settings.community.id, who, reason=reason, at=ws.clock(), detail=detail)
        if new:
            note(connection, ws, "suppressed", who, reason)
        return new


def find_list(ws: Workspace, name: str) -> ListSettings:
    """The list's settings; SubscriberError names the lists there are."""
    found = ws.settings.lists.get(name)
    if found is None:
        raise SubscriberError(f"there is no list {name!r}; lists.toml has {', '.join(ws.settings.lists) or 'none'}")
    return found


def read_address(text: str) -> Address:
    """A good address; SubscriberError says what is wrong with it."""
    parsed = parse_address(text)
    if parsed.problems:
        raise SubscriberError("; ".join(parsed.problems))
    return parsed


def find_subscriber(connection: Connection, ws: Workspace, address: str) -> tuple[Subscriber, str]:
    """Who has this address, and the keyed hash it stands under; SubscriberError where nobody has."""
    parsed = read_address(address)
    found = subscribers.by_key(connection, ws.settings.community.id, parsed.key)
    if found is None:
        raise SubscriberError(f"nobody has the address {parsed.address}")
    return found, address_hash(ws.hash_key, parsed.key)


def _among(named: Sequence[str], offered: Sequence[str], word: str) -> tuple[str, ...]:
    unknown = [name for name in named if name not in offered]
    if unknown:
        raise SubscriberError(f"{word} {unknown[0]!r} is not one of {', '.join(offered) or 'none'}")
    return tuple(name for name in offered if name in named)


def _language(text: str) -> str:
    code = words_code(text)
    if text and not code:
        raise SubscriberError(f"there are no words for the language {text!r}; there are {', '.join(known_codes())}")
    return code


def _zone(text: str) -> str:
    zone = find_zone(text) if text else None
    if text and zone is None:
        raise SubscriberError(f"time zone {text!r} is not known; write one such as Europe/Berlin")
    return zone.key if zone else ""
