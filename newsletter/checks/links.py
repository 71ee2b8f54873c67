"""Rules on where links lead; nothing is fetched."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from newsletter.checks.subject import SLOT_URL, Finding, Subject, link_origin

_INTERNAL = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".test")


def relative(subject: Subject) -> Iterator[Finding]:
    """Every link is absolute: a mail has no site to hang from."""
    for address in _addresses(subject):
        parts = _split(address)
        if parts is None or not parts.scheme or (parts.scheme in ("http", "https") and not parts.hostname):
            text = f"the link {address!r} is not a whole address; write it with https:// or set the source's base_url"
            yield Finding(text, link_origin(subject, address))


def insecure(subject: Subject) -> Iterator[Finding]:
    """Links use https."""
    for address in _addresses(subject):
        if address.lower().startswith("http://") and not _is_local(_split(address)):
            text = f"the link {address} is not encrypted; write https:// if the site has it"
            yield Finding(text, link_origin(subject, address))


def local(subject: Subject) -> Iterator[Finding]:
    """No link leads to a machine that readers cannot reach."""
    for address in _addresses(subject):
        if _is_local(_split(address)):
            text = f"the link {address} leads to a private machine; write the public address"
            yield Finding(text, link_origin(subject, address))


def _addresses(subject: Subject) -> Iterator[str]:
    """Addresses of links and pictures in the HTML, without what stands for a person's own links."""
    for element in subject.page.elements:
        name = {"a": "href", "img": "src"}.get(element.tag)
        if name and name in element.attributes and not element.get(name).startswith(SLOT_URL):
            yield element.get(name)


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _is_local(parts: SplitResult | None) -> bool:
    host = (parts.hostname or "") if parts and parts.scheme in ("http", "https") else ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(_INTERNAL))
