"""The hosted calendars as files: one for each event, each topic, and each reader behind a link of their own."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from newsletter.app.workspace import Workspace
from newsletter.compose.calendar_names import event_path
from newsletter.language.languages import language_of
from newsletter.model.people import Subscription
from newsletter.model.publishing import PublicFile, Revision
from newsletter.people.tokens import Claim, make_token, read_token
from newsletter.render.archive.site import CALENDARS
from newsletter.render.calendar.document import calendar, event_calendar
from newsletter.render.calendar.revising import of_topics
from newsletter.settings.meaning import EVERYTHING
from newsletter.store import revisions, subscribers

#: What the link to a reader's own calendar is for; it opens nothing else, and no other link opens it.
PURPOSE = "calendar"
MEDIA_TYPE = "text/calendar; charset=utf-8"
#: How long an event that is over stays in the calendars to subscribe to. Its own file stays.
KEPT = timedelta(days=400)


def event_file(ws: Workspace, slug: str) -> PublicFile | None:
    """The file of one event; None where there is none of that name."""
    if not ws.settings.web.calendars:
        return None
    with ws.store.read() as connection:
        found = revisions.by_slug(connection, ws.settings.community.id, slug)
    return _event_file(found) if found else None


def topic_file(ws: Workspace, topic: str, now: datetime) -> PublicFile | None:
    """The calendar of a topic, or of everything; None for a name that is neither."""
    settings = ws.settings
    if not settings.web.calendars or topic not in (*settings.topics, EVERYTHING):
        return None
    with ws.store.read() as connection:
        found = _shown(connection, ws, now)
    mine = [one for one in found if topic == EVERYTHING or topic in one.topics]
    title = settings.topics[topic].title if topic in settings.topics else settings.community.name
    about = f"{settings.community.name}: {title}" if topic in settings.topics else title
    return PublicFile(f"{CALENDARS}/{topic}.ics", calendar(about, settings.community.url, mine), MEDIA_TYPE)


def personal_file(ws: Workspace, token: str, now: datetime) -> PublicFile | None:
    """A reader's own topics as a calendar; None for a link that is not ours, or whose reader has left."""
    claim = read_token(ws.keys, token, PURPOSE)
    if claim is None or not ws.settings.web.calendars:
        return None
    with ws.store.read() as connection:
        membership = _membership(connection, ws, claim)
        found = _shown(connection, ws, now) if membership else ()
    if membership is None:
        return None
    settings = ws.settings
    words = language_of(settings.community.language).gettext(
        "{community}: my topics", community=settings.community.name
    )
    mine = of_topics(found, membership.topics)
    return PublicFile(f"{CALENDARS}/s", calendar(words, settings.community.url, mine), MEDIA_TYPE)


def personal_url(ws: Workspace, subscriber_id: str, list_name: str) -> str:
    """The address of a reader's own calendar; empty where no calendars are hosted."""
    if not ws.settings.web.calendars:
        return ""
    token = make_token(ws.secret, PURPOSE, subscriber_id, list_name)
    return f"{ws.settings.web.base_url.rstrip('/')}/{CALENDARS}/s/{token}.ics"


def calendar_files(ws: Workspace, now: datetime) -> Iterator[PublicFile]:
    """Every calendar that is nobody's own."""
    if not ws.settings.web.calendars:
        return
    with ws.store.read() as connection:
        known = revisions.all_of(connection, ws.settings.community.id)
    yield from (_event_file(one) for _, one in sorted(known.items()) if not one.withdrawn)
    for name in (*ws.settings.topics, EVERYTHING):
        file = topic_file(ws, name, now)
        if file is not None:
            yield file


def _membership(connection: Connection, ws: Workspace, claim: Claim) -> Subscription | None:
    mine = subscribers.subscriptions_of(connection, ws.settings.community.id, claim.subject)
    return next((one for one in mine if one.list == claim.scope and one.state == "active"), None)


def _shown(connection: Connection, ws: Workspace, now: datetime) -> tuple[Revision, ...]:
    return revisions.shown(connection, ws.settings.community.id, (now - KEPT).date())


def _event_file(one: Revision) -> PublicFile:
    return PublicFile(event_path(one.slug), event_calendar(one), MEDIA_TYPE)
