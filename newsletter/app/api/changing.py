"""Operations that change something about people, each in one transaction with its line in the log of deeds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from newsletter.app.api import records
from newsletter.app.api.asked import AddSubscriber, AskToJoin, Choices
from newsletter.app.api.call import Call
from newsletter.app.api.people import good_address, person_of, record
from newsletter.app.api.problems import ApiError
from newsletter.app.joining.asking import take_request
from newsletter.app.joining.limits import tell_refused
from newsletter.app.joining.offers import consent_text, home_language, offer_of
from newsletter.app.membership import Event
from newsletter.app.owning.choosing import choose_as
from newsletter.app.owning.erasing import erase_subscriber
from newsletter.app.owning.leaving import write_leavings
from newsletter.app.sending.addressing import LEAVE, PREFERENCES
from newsletter.app.subscribing import SubscriberError, bring_in, newcomer, wanted_by
from newsletter.app.workspace import Workspace
from newsletter.model.joining import Wish
from newsletter.model.people import SubscriptionState
from newsletter.model.workspace import ListSettings
from newsletter.people.address import address_hash
from newsletter.people.preferences import Preferences, PreferencesForm
from newsletter.people.tokens import Claim
from newsletter.store import erasing, subscribers

#: A clock elsewhere may be so far ahead of ours.
CLOCKS_APART = timedelta(minutes=10)
#: What lies much further back is not even a moment in UTC.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def ask(call: Call) -> records.AskedToJoin:
    """Begin what the form on our own page begins: a mail with a link, and the same answer whoever has the address."""
    body = call.body
    assert isinstance(body, AskToJoin)
    offer = offer_of(call.ws.settings, body.list)
    if offer is None:
        raise ApiError("conflict", f"nobody can join a list {body.list!r}")
    wish = replace(_wish(call, body), text=consent_text(call.ws.settings, offer, home_language(call.ws.settings)))
    verdict = take_request(call.connection, call.ws, wish)
    call.note(call.connection, "asked to join", address_hash(call.ws.hash_key, wish.key), body.list)
    if verdict in ("network", "everybody"):
        headers = {"Retry-After": "3600"}
        text = "too many people asked to join in this hour"
        raise ApiError("too-many", text, headers=headers, after=partial(_tell_operator, call.ws))
    return records.AskedToJoin(confirms=offer.settings.double_opt_in)


def _tell_operator(ws: Workspace) -> None:
    with ws.store.begin() as connection:
        tell_refused(connection, ws, "everybody", "", ws.clock())


def _wish(call: Call, body: AskToJoin) -> Wish:
    parsed = good_address(body.address)
    try:
        person = newcomer(parsed, timezone=body.timezone or "", language=body.language or "")
        wanted = wanted_by(call.ws, person, body.list, body.topics, body.digests)
    except SubscriberError as error:
        raise ApiError("conflict", str(error)) from None
    return Wish(
        list=body.list,
        address=parsed.address,
        key=parsed.key,
        digests=wanted.digests,
        topics=wanted.topics,
        timezone=person.timezone,
        language=person.language,
        how=call.how,
    )


def add(call: Call) -> records.Added:
    """Make somebody a member who agreed elsewhere; who left, bounced, complained or is barred stays so."""
    body = call.body
    assert isinstance(body, AddSubscriber)
    now, parsed = call.ws.clock(), good_address(body.address)
    if body.consent.given_at > now + CLOCKS_APART:
        raise ApiError("conflict", "`consent.given_at` is still to come")
    if body.consent.given_at < EARLIEST:
        raise ApiError("conflict", "`consent.given_at` lies before 1970")
    try:
        person = newcomer(parsed, name=body.name, timezone=body.timezone or "", language=body.language or "")
        wanted = wanted_by(call.ws, person, body.list, body.topics, body.digests)
    except SubscriberError as error:
        raise ApiError("conflict", str(error)) from None
    proof = body.consent
    event = Event("added", now, call.how, text=proof.text, detail=proof.how, given_at=min(proof.given_at, now))
    done = bring_in(call.connection, call.ws, person, parsed.key, wanted, event)
    if done.refusal or done.state is None:
        raise ApiError("conflict", done.refusal)
    if done.new:
        call.note(call.connection, "added", done.subscriber.id, body.list)
    return records.Added(id=done.subscriber.id, list=body.list, state=done.state, is_new=done.new)


def choose(call: Call) -> records.SubscriberRecord:
    """Change what a member gets; what is refused changes nothing."""
    body, name = call.body, call.path["list"]
    assert isinstance(body, Choices)
    if name not in call.ws.settings.lists:
        raise ApiError("not-found", f"there is no list {name!r}")
    with call.ws.store.read() as connection:
        person = person_of(connection, call)
    found = choose_as(
        call.ws,
        Claim(PREFERENCES, person.id, name),
        lambda before: _form(body, before, call.ws.settings.lists[name]),
        lambda connection: call.note(connection, "choices changed", person.id, name),
    )
    if found.state is None:
        raise ApiError("not-found", f"they are not on the list {name!r}")
    if found.refusals:
        raise ApiError("conflict", "; ".join(f"{one.field}: {one.text}" for one in found.refusals))
    if not found.saved:
        raise ApiError("conflict", f"there is nothing to choose: they are {found.state}")
    with call.ws.store.read() as connection:
        return record(connection, call, person_of(connection, call))


def _form(body: Choices, before: Preferences, offered: ListSettings) -> PreferencesForm:
    """The reader's form as they would send it: what the body names in the place of what they had.

    What the list offers no more is not sent: it cannot be kept, and was not asked for.
    """
    had = offered.topics if before.topics is None else before.topics
    form = PreferencesForm(
        digests=tuple(one for one in before.digests if one in offered.digests),
        topics=tuple(one for one in had if one in offered.topics),
        timezones=(before.timezone,),
        clocks=(str(before.clock),),
        languages=(before.language,),
        densities=(before.density,),
        formats=(_FORMATS[before.text_only],),
        places=(_PLACES[before.online_only],),
    )
    return replace(form, **_said(body, offered))


_FORMATS = {False: "designed", True: "text"}
_PLACES = {False: "all", True: "online"}


def _said(body: Choices, offered: ListSettings) -> dict[str, tuple[str, ...]]:
    """The fields of the form that the body names; null is a value of some, and of the others as if not named."""
    said: dict[str, tuple[str, ...]] = {}
    if body.digests is not None:
        said["digests"] = tuple(body.digests)
    if body.clock is not None:
        said["clocks"] = (str(body.clock),)
    if body.density is not None:
        said["densities"] = (body.density,)
    if body.text_only is not None:
        said["formats"] = (_FORMATS[body.text_only],)
    if body.online_only is not None:
        said["places"] = (_PLACES[body.online_only],)
    nullable = {
        "topics": ("topics", offered.topics if body.topics is None else tuple(body.topics)),
        "timezone": ("timezones", (body.timezone or "",)),
        "language": ("languages", (body.language or "",)),
        "paused_until": ("pauses", (str(body.paused_until or ""),)),
    }
    return said | {name: value for field, (name, value) in nullable.items() if field in body.model_fields_set}


def leave(call: Call) -> records.Left:
    """Take somebody off a list, at their wish; again is no change."""
    name = call.path["list"]
    person = person_of(call.connection, call)
    before = _state(call, person.id, name)
    if before is None:
        raise ApiError("not-found", f"they are not on the list {name!r}")
    write_leavings(call.connection, call.ws, [(Claim(LEAVE, person.id, name), call.how)])
    after = _state(call, person.id, name)
    if after != before:
        call.note(call.connection, "removed", person.id, name)
    return records.Left(id=person.id, list=name, state=after or before, is_new=after != before)


def _state(call: Call, person: str, name: str) -> SubscriptionState | None:
    mine = subscribers.subscriptions_of(call.connection, call.community, person)
    return next((one.state for one in mine if one.list == name), None)


def erase(call: Call) -> None:
    """Erase somebody: nothing that names them stays, but a keyed hash by which their address is kept out."""
    with call.ws.store.begin() as connection:
        person = person_of(connection, call)
        words = erase_subscriber(connection, call.ws, person.id, call.how, call.actor)
    if words is not None:
        erasing.clear_traces(call.ws.store, words)
