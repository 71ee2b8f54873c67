"""Operations that look people up: counts, one record, all that is kept of somebody, and suppressions."""

from sqlalchemy.engine import Connection

from newsletter.app.api import records
from newsletter.app.api.asked import LookUp, SuppressionsQuery
from newsletter.app.api.call import Call, cursor_of, place_of
from newsletter.app.api.going import tallies
from newsletter.app.api.problems import ApiError
from newsletter.app.owning.data import as_json, own_data
from newsletter.app.subscribing import SubscriberError, read_address
from newsletter.model.people import Subscriber, Subscription
from newsletter.people.address import Address, address_hash
from newsletter.store import pages, subscribers
from newsletter.store.figures import figures


def counts(call: Call) -> records.Counts:
    """How many there are."""
    with call.ws.store.read() as connection:
        found = figures(connection, call.community, call.ws.clock())
        people = pages.count_subscribers(connection, call.community)
    return records.Counts(subscribers=people, members=tallies(found.members), suppressed=tallies(found.suppressed))


def look_up(call: Call) -> records.SubscriberRecord:
    """Whoever has an address."""
    assert isinstance(call.body, LookUp)
    parsed = good_address(call.body.address)
    with call.ws.store.read() as connection:
        person = subscribers.by_key(connection, call.community, parsed.key)
        if person is None:
            raise ApiError("not-found", "nobody here has this address")
        return record(connection, call, person)


def subscriber(call: Call) -> records.SubscriberRecord:
    """One subscriber, by id."""
    with call.ws.store.read() as connection:
        return record(connection, call, person_of(connection, call))


def export(call: Call) -> records.OwnData:
    """All that is kept of one subscriber. That it was taken out is written down."""
    with call.ws.store.begin() as connection:
        person = person_of(connection, call)
        document = own_data(connection, call.ws, person)
        call.note(connection, "exported", person.id)
    return records.OwnData.model_validate_json(as_json(document))


def suppressions(call: Call) -> records.SuppressionPage:
    """Which addresses are never written to."""
    query = call.query
    assert isinstance(query, SuppressionsQuery)
    [behind] = place_of(query.cursor, 1) if query.cursor is not None else [""]
    with call.ws.store.read() as connection:
        found = pages.suppressions(
            connection, call.community, reason=query.reason, behind=behind, most=query.limit + 1
        )
    shown = found[: query.limit]
    more = cursor_of(shown[-1].who) if len(found) > len(shown) else None
    rows = [records.Suppression(who=one.who, reason=one.reason, at=one.at) for one in shown]
    return records.SuppressionPage(suppressions=rows, next=more)


def look_up_suppression(call: Call) -> records.Suppressed:
    """Whether one address is never written to, be it a subscriber's or not."""
    assert isinstance(call.body, LookUp)
    who = address_hash(call.ws.hash_key, good_address(call.body.address).key)
    with call.ws.store.read() as connection:
        found = pages.suppression_of(connection, call.community, who)
    if found is None:
        return records.Suppressed(suppressed=False, reason=None, at=None)
    return records.Suppressed(suppressed=True, reason=found.reason, at=found.at)


def good_address(text: str) -> Address:
    """The address that a body names, as we write to it."""
    try:
        return read_address(text)
    except SubscriberError:
        raise ApiError("conflict", "the address is none that mail can be sent to") from None


def person_of(connection: Connection, call: Call) -> Subscriber:
    """The subscriber whom the path names."""
    person = subscribers.by_id(connection, call.community, call.path["id"])
    if person is None:
        raise ApiError("not-found", "there is no subscriber with this id")
    return person


def record(connection: Connection, call: Call, person: Subscriber) -> records.SubscriberRecord:
    """All that concerns how somebody is written to."""
    who = subscribers.who_of(connection, call.community, person.id) or ""
    barred = pages.suppression_of(connection, call.community, who)
    mine = subscribers.subscriptions_of(connection, call.community, person.id)
    return records.SubscriberRecord(
        id=person.id,
        address=person.address,
        name=person.name,
        timezone=person.timezone,
        clock=person.clock,
        language=person.language,
        density=person.density,
        text_only=person.text_only,
        created_at=person.created_at,
        suppressed=barred.reason if barred else None,
        memberships=[_membership(one) for one in mine],
    )


def _membership(one: Subscription) -> records.Membership:
    return records.Membership(
        list=one.list,
        state=one.state,
        since=one.since,
        digests=one.digests,
        topics=one.topics,
        online_only=one.online_only,
        paused_until=one.paused_until,
        stopped=tuple(item for item, _ in one.stopped),
    )
