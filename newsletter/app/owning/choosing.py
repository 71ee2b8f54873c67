"""Choosing by the link in a mail: digests and topics of one list, and how the reader reads them.

Choices are no consent: they narrow what somebody agreed to, and the consent log, which proves that, has no line of
them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy.engine import Connection

from newsletter.app.archiving.calendars import personal_url
from newsletter.app.numbers.counting import note_topics_dropped
from newsletter.app.sending.addressing import LEAVE, PREFERENCES
from newsletter.app.switching import catch_up
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.dates.zones import find_zone, localise
from newsletter.language.languages import words_code
from newsletter.model.people import Subscriber, Subscription, SubscriptionState
from newsletter.people.audience import wants
from newsletter.people.preferences import (
    OPEN,
    Preferences,
    PreferencesForm,
    Refusal,
    filled_form,
    preferences_of,
    read_form,
)
from newsletter.people.tokens import Claim, make_token, read_token
from newsletter.store import subscribers


@dataclass(frozen=True, slots=True)
class Choosing:
    """What the page behind a preferences link shows: the form as it stands, and why it was not saved, or that it was.

    `form` is None where there is nothing to choose: who left, bounced or complained, and who was erased.
    `language` is the reader's own, empty where they named none; `calendar_url` is the address of their own calendar.
    `zone_chosen` says that the zone is theirs and not the community's; `stopped` are series as id and title; `today`
    is the reader's date.
    """

    list: str
    title: str
    state: SubscriptionState | None
    address: str
    leave_token: str
    language: str = ""
    form: PreferencesForm | None = None
    refusals: tuple[Refusal, ...] = ()
    saved: bool = False
    calendar_url: str = ""
    zone_chosen: bool = False
    stopped: tuple[tuple[str, str], ...] = ()
    today: date | None = None


def look_up_choices(ws: Workspace, token: str) -> Choosing | None:
    """What a preferences link is for; None where we did not make it, or its list is no more. Changes nothing."""
    claim = _claim(ws, token)
    if claim is None:
        return None
    with ws.store.read() as connection:
        return _choosing(connection, ws, claim)


def choose(ws: Workspace, token: str, form: PreferencesForm) -> Choosing | None:
    """Save what a pending or active member chose, all of it or nothing; None where we did not make the link.

    A refused form comes back as it was sent, with the reasons; for anybody else nothing is saved. Who moves to
    another digest is to get its current issue, where it tells them anything.
    """
    claim = _claim(ws, token)
    return None if claim is None else choose_as(ws, claim, lambda _: form)


def choose_as(
    ws: Workspace,
    claim: Claim,
    fill: Callable[[Preferences], PreferencesForm],
    also: Callable[[Connection], object] = lambda _: None,
) -> Choosing:
    """Save for the reader of this claim what a form says that is made of what they had chosen before.

    `also` is done in the same transaction where something was saved.
    """
    with ws.store.begin() as connection:
        known = member_of(connection, ws, claim)
        if known is None or known[1].state not in OPEN:
            return _choosing(connection, ws, claim)
        home = ws.settings.community.timezone
        before = preferences_of(*known, home)
        form = fill(before)
        read = read_form(form, ws.settings.lists[claim.scope], before, today_of(ws, known[0]))
        if not isinstance(read, Preferences):
            return replace(_choosing(connection, ws, claim), form=form, refusals=read)
        person, chosen = _changed(ws, known, read)
        saved = subscribers.set_choices(connection, ws.settings.community.id, chosen, OPEN, reads_of(person))
        if saved:
            note_topics_dropped(connection, ws, _dropped(ws, known[1], chosen))
            also(connection)
        answer = replace(_choosing(connection, ws, claim), saved=saved)
    begun = [name for name in ws.settings.digests if wants(chosen, name) and not wants(known[1], name)]
    if saved and begun:
        catch_up(ws, claim.subject, claim.scope, begun, ws.clock())
    return answer


def _changed(
    ws: Workspace, known: tuple[Subscriber, Subscription], read: Preferences
) -> tuple[Subscriber, Subscription]:
    """The reader and the membership with these choices."""
    chosen = replace(
        known[1],
        digests=read.digests,
        topics=read.topics,
        paused_until=pause_end(read.pause, read.timezone or ws.settings.community.timezone),
        stopped=tuple(one for one in known[1].stopped if one[0] in read.stopped),
        online_only=read.online_only,
    )
    person = replace(
        known[0],
        timezone=read.timezone,
        clock=read.clock,
        language=read.language,
        density=read.density,
        text_only=read.text_only,
    )
    return person, chosen


def _dropped(ws: Workspace, before: Subscription, after: Subscription) -> tuple[str, ...]:
    """The topics that a reader had and gave up."""
    offered = ws.settings.lists[before.list].topics
    had, has = (offered if one.topics is None else one.topics for one in (before, after))
    return tuple(topic for topic in had if topic not in has)


def pause_end(day: date | None, zone: str) -> datetime | None:
    """The moment at which a pause to this day ends: as the day begins in the zone."""
    found = find_zone(zone)
    return localise(datetime.combine(day, time()), found) if day and found else None


def reads_of(person: Subscriber) -> dict[str, str | int]:
    """How somebody reads, by column."""
    return {
        "timezone": person.timezone,
        "clock": person.clock,
        "language": person.language,
        "density": person.density,
        "text_only": person.text_only,
    }


def today_of(ws: Workspace, person: Subscriber) -> date:
    """The reader's date."""
    return ws.clock().astimezone(find_zone(person.timezone) or home_zone(ws)).date()


def _claim(ws: Workspace, token: str) -> Claim | None:
    claim = read_token(ws.keys, token, PREFERENCES)
    return claim if claim is not None and claim.scope in ws.settings.lists else None


def member_of(connection: Connection, ws: Workspace, claim: Claim) -> tuple[Subscriber, Subscription] | None:
    """The reader and the membership that a link speaks of; None where there is none any more."""
    community = ws.settings.community.id
    person = subscribers.by_id(connection, community, claim.subject)
    mine = subscribers.subscriptions_of(connection, community, claim.subject)
    membership = next((one for one in mine if one.list == claim.scope), None)
    return (person, membership) if person is not None and membership is not None else None


def _choosing(connection: Connection, ws: Workspace, claim: Claim) -> Choosing:
    settings, known = ws.settings.lists[claim.scope], member_of(connection, ws, claim)
    leave_token = make_token(ws.secret, LEAVE, claim.subject, claim.scope)
    if known is None:
        return Choosing(claim.scope, settings.title, None, "", leave_token)
    person, membership = known
    language = words_code(person.language) and person.language
    shown = Choosing(claim.scope, settings.title, membership.state, person.address, leave_token, language)
    if membership.state not in OPEN:
        return shown
    home, today = ws.settings.community.timezone, today_of(ws, person)
    form = filled_form(preferences_of(*known, home), settings, home, today)
    own = personal_url(ws, person.id, claim.scope) if membership.state == "active" else ""
    chosen = bool(person.timezone)
    return replace(shown, form=form, calendar_url=own, zone_chosen=chosen, stopped=membership.stopped, today=today)
