"""What is published and where: the site as its pages see it, and whose calendars they are."""

import ipaddress
from email.utils import parseaddr
from urllib.parse import urlsplit

from newsletter.app.joining.offers import offer_of, offers
from newsletter.app.workspace import Workspace
from newsletter.language.languages import language_of
from newsletter.model.workspace import Settings
from newsletter.render.archive.site import Calendar, DigestPages, Site
from newsletter.render.calendar.events import Publisher
from newsletter.settings.meaning import EVERYTHING


def calendars_url(settings: Settings) -> str:
    """Below which address mails name calendar files; empty where nobody else could reach it, or none are hosted."""
    return base_url(settings) if settings.web.calendars and is_public(settings.web.base_url) else ""


def base_url(settings: Settings) -> str:
    """The public address, without a slash at its end."""
    return settings.web.base_url.rstrip("/")


def subscribe_url(settings: Settings, list_name: str = "") -> str:
    """Where somebody joins the list (the first that is open where none is named); empty where nobody can."""
    offer = offer_of(settings, list_name)
    if offer is None or settings.web.subscribe_url or not is_public(settings.web.base_url):
        return settings.web.subscribe_url if offer else ""
    page = f"{base_url(settings)}/subscribe"
    return page if len(offers(settings)) == 1 else f"{page}?list={offer.name}"


def is_public(url: str) -> bool:
    """Whether an address leads beyond this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return bool(host) and host != "localhost" and not host.endswith(".localhost")


def archived(settings: Settings) -> tuple[str, ...]:
    """The digests whose issues are published, in the order of config.toml."""
    return tuple(name for name, digest in settings.digests.items() if digest.archive)


def site_of(settings: Settings) -> Site:
    """The published site."""
    return Site(
        community=settings.community,
        base_url=base_url(settings),
        subscribe_url=settings.web.subscribe_url or subscribe_url(settings) or settings.community.url,
        digests=tuple(_pages(settings, name) for name in archived(settings)),
        calendars=_calendars(settings),
    )


def _pages(settings: Settings, name: str) -> DigestPages:
    digest = settings.digests[name]
    return DigestPages(name, digest.title, digest.tagline)


def _calendars(settings: Settings) -> tuple[Calendar, ...]:
    if not settings.web.calendars:
        return ()
    everything = language_of(settings.community.language).gettext("Everything")
    topics = (Calendar(topic.title, f"{name}.ics") for name, topic in settings.topics.items())
    return (Calendar(everything, f"{EVERYTHING}.ics"), *topics)


def publisher_of(ws: Workspace) -> Publisher:
    """Whose calendars they are: the community, reached at the address that answers to its mails are sent to."""
    settings = ws.settings
    address = parseaddr(settings.sender.reply_to or settings.sender.address)[1]
    community = settings.community
    return Publisher(community.id, community.name, address, language_of(community.language))
