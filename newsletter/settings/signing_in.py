"""What a schema cannot say of who may sign in: that they can be reached, and that nobody reads along."""

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from newsletter.dates.spans import parse_span
from newsletter.model.workspace import Settings
from newsletter.settings.coverage import Fault

#: RFC 9110 5.1, without the exotic ones.
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
#: What every browser sends says nothing of who it is.
_OF_BROWSERS = frozenset({"host", "cookie", "origin", "referer", "user-agent", "accept", "from"})


def check_sign_in(settings: Settings) -> Iterator[Fault]:
    """Every fault in the settings of signing in."""
    yield from _people(settings)
    yield from _spans(settings)
    yield from _proxy(settings)
    if settings.sign_in.is_on and not _is_private(settings.web.base_url):
        text = (
            "`sign_in` names people, and `web.base_url` does not begin with https://: "
            f"whoever listens could sign in as them; found {settings.web.base_url!r}"
        )
        yield ("web", "base_url"), "settings.value", text


def _people(settings: Settings) -> Iterator[Fault]:
    for role in ("editors", "operators"):
        for address in getattr(settings.sign_in, role):
            if not _ADDRESS.fullmatch(address):
                text = f"`sign_in.{role}` names what is not a plain e-mail address: {address!r}"
                yield ("sign_in", role), "settings.address", text


def _spans(settings: Settings) -> Iterator[Fault]:
    for name in ("idle", "lasts"):
        try:
            parse_span(getattr(settings.sign_in, name))
        except ValueError as error:
            yield ("sign_in", name), "settings.value", f"`sign_in.{name}`: {error}"


def _proxy(settings: Settings) -> Iterator[Fault]:
    header = settings.sign_in.header
    if not _HEADER.fullmatch(header) or header.lower() in _OF_BROWSERS:
        text = f"`sign_in.header` must name a header that your proxy alone sets, found {header!r}"
        yield ("sign_in", "header"), "settings.value", text
    for proxy in settings.sign_in.proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            yield ("sign_in", "proxies"), "settings.value", f"`sign_in.proxies`: {error}"


def _is_private(base_url: str) -> bool:
    """Whether nobody on the way reads what is sent: encrypted, or never off this machine."""
    parts = urlsplit(base_url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
