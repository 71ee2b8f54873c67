"""Rules on where links lead; nothing is fetched."""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from newsletter.checks.page import Element
from newsletter.checks.subject import SLOT_URL, Finding, MailRule, Subject, host_of, link_origin, tag_of

_SHORTENERS = frozenset({"bit.ly", "buff.ly", "goo.gl", "is.gd", "ow.ly", "t.co", "tiny.cc", "tinyurl.com"})
#: A signed link has at least so many characters in one piece; names of issues and events are shorter.
TOKEN = 48
_INTERNAL = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".test")


def relative(subject: Subject) -> Iterator[Finding]:
    """Every link is absolute: a mail has no site to hang from."""
    for address, element in _addresses(subject):
        parts = _split(address)
        if parts is None or not parts.scheme or (parts.scheme in ("http", "https") and not parts.hostname):
            text = f"the link {address!r} is not a whole address; write it with https:// or set the source's base_url"
            yield Finding(text, link_origin(subject, address), element=tag_of(element))


def insecure(subject: Subject) -> Iterator[Finding]:
    """Links use https."""
    for address, element in _addresses(subject):
        if address.lower().startswith("http://") and not _is_local(_split(address)):
            text = f"the link {address} is not encrypted; write https:// if the site has it"
            yield Finding(text, link_origin(subject, address), element=tag_of(element))


def local(subject: Subject) -> Iterator[Finding]:
    """No link leads to a machine that readers cannot reach."""
    for address, element in _addresses(subject):
        if _is_local(_split(address)):
            text = f"the link {address} leads to a private machine; write the public address"
            yield Finding(text, link_origin(subject, address), element=tag_of(element))


def shortener(subject: Subject) -> Iterator[Finding]:
    """Links show where they lead."""
    for link in subject.page.of("a"):
        address = link.get("href")
        if not address.startswith(SLOT_URL) and host_of(address) in _SHORTENERS:
            text = f"{address} hides where it leads, and spam filters know that; write the real address"
            yield Finding(text, link_origin(subject, address), element=tag_of(link))


def token_leak(subject: Subject) -> Iterator[Finding]:
    """No reader's own link stands in what all readers get: an editor who copies from a mail copies their own."""
    base = re.escape(subject.draft.base_url.rstrip("/"))
    own = re.compile(rf"{base}/(?!calendar/event/)(?:[a-z-]+/)+[A-Za-z0-9_-]{{{TOKEN},}}(?![A-Za-z0-9_-])[^\s>)\]]*")
    found = {address for address, _ in _addresses(subject) if own.match(address)} | set(own.findall(subject.text))
    for address in sorted(found):
        text = f"the link {address[:60]}... is one reader's own, and would stand in everybody's mail; take it out"
        yield Finding(text, link_origin(subject, address))


def _addresses(subject: Subject) -> Iterator[tuple[str, Element]]:
    """Addresses of links and pictures in the HTML, without what stands for a person's own links."""
    for element in subject.page.elements:
        name = {"a": "href", "img": "src"}.get(element.tag)
        if name and name in element.attributes and not element.get(name).startswith(SLOT_URL):
            yield element.get(name), element


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


RULES = (
    MailRule(
        "link.relative",
        "error",
        "Every link is a whole address",
        "Write it with https://, or set the source's base_url",
        relative,
    ),
    MailRule("link.http", "warning", "Links use https", "Write https:// if the site has it", insecure),
    MailRule("link.local", "error", "No link leads to a private machine", "Write the public address", local),
    MailRule("link.shortener", "warning", "No shortened links", "Write the real address", shortener),
    MailRule(
        "link.token-leak",
        "error",
        "No link that is one reader's own stands in what all get",
        "Take it out: whoever has it can leave or change topics for that reader",
        token_leak,
    ),
)
