"""One consent event, written whole: log, the subscription's state, and a suppression where one follows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.model.people import Consent, ConsentAction, Subscription, SuppressionReason
from newsletter.people.consent import Decision, decide
from newsletter.people.joining import text_version
from newsletter.store import consents, subscribers, suppressions


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a membership: the action, when, and how it came to us; `given_at` is when they had agreed."""

    action: ConsentAction
    at: datetime
    how: str
    text: str = ""
    detail: str = ""
    network: str = ""
    given_at: datetime | None = None


def enter(
    connection: Connection, community: str, who: str, wanted: Subscription, known: Subscription | None, event: Event
) -> Decision:
    """Bring somebody onto a list, or refuse; a known membership keeps its own choices."""
    barred = suppressions.reason_of(connection, community, who)
    decision = decide(known.state if known else None, event.action, suppressed=barred)
    if decision.changed and decision.state is not None:
        base = known or wanted
        row = Subscription(base.subscriber_id, base.list, base.digests, base.topics, decision.state, event.at)
        subscribers.put_subscription(connection, community, row, event.at)
        consents.append(connection, community, [line_of(who, base.list, event)])
    return decision


def leave_list(connection: Connection, community: str, subscriber_id: str, list_name: str, event: Event) -> bool:
    """Apply an event that ends a membership; False, and no line, where it changes nothing."""
    mine = subscribers.subscriptions_of(connection, community, subscriber_id)
    return any(_end(connection, community, one, event) for one in mine if one.list == list_name)


def end_all(
    connection: Connection, community: str, subscriber_id: str, event: Event, suppression: SuppressionReason | None
) -> bool:
    """Apply the event to every membership and suppress the address where `suppression` says so."""
    who = subscribers.who_of(connection, community, subscriber_id)
    if who is None:
        return False
    mine = subscribers.subscriptions_of(connection, community, subscriber_id)
    ended = [_end(connection, community, one, event) for one in mine]
    if suppression is not None:
        suppressions.add(connection, community, who, reason=suppression, at=event.at, detail=event.detail)
    return any(ended)


def _end(connection: Connection, community: str, mine: Subscription, event: Event) -> bool:
    who = subscribers.who_of(connection, community, mine.subscriber_id)
    decision = decide(mine.state, event.action)
    if who is None or not decision.changed or decision.state is None:
        return False
    after = Subscription(mine.subscriber_id, mine.list, mine.digests, mine.topics, decision.state, event.at)
    subscribers.put_subscription(connection, community, after, event.at)
    consents.append(connection, community, [line_of(who, mine.list, event)])
    return True


def line_of(who: str, list_name: str, event: Event) -> Consent:
    """The event as a line of the log."""
    return Consent(
        who,
        list_name,
        event.action,
        event.at,
        event.how,
        event.text,
        event.detail,
        version=text_version(event.text),
        network=event.network,
        given_at=event.given_at,
    )
