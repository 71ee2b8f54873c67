"""A web address taken apart, once, so that what is checked is what is asked."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from newsletter.net.answer import RefusedError

PORTS = {"http": 80, "https": 443}
MAX_LENGTH = 4096
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?|[0-9a-f:.]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Location:
    """An http(s) address: `host` in ASCII and without brackets, `target` the path and query as sent."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as the Host header says them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.authority}{self.target}"


def read_location(url: str) -> Location:
    """Take an address apart; RefusedError for any but a plain http(s) one without user name and password."""
    url = url.strip()
    if len(url) > MAX_LENGTH or _FORBIDDEN.search(url):
        raise RefusedError("its address holds blanks or control characters, or is far too long")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise RefusedError("its address cannot be read") from None
    if parts.scheme not in PORTS:
        raise RefusedError("its address is not an http or https one")
    if "@" in parts.netloc:
        raise RefusedError("its address holds a user name or password")
    if port == 0:
        raise RefusedError("its address names port 0")
    path = _ascii(parts.path) or "/"
    target = f"{path}?{_ascii(parts.query)}" if parts.query else path
    return Location(parts.scheme, _host(parts.hostname or ""), port or PORTS[parts.scheme], target)


def follow(location: Location, target: str) -> Location:
    """Where a redirect leads; RefusedError if the way goes from https back to http."""
    try:
        found = read_location(urljoin(location.url, target))
    except ValueError:
        raise RefusedError("it redirects to an address that cannot be read") from None
    if location.scheme == "https" and found.scheme == "http":
        raise RefusedError("it redirects from https to http")
    return found


def _host(written: str) -> str:
    try:
        host = written if written.isascii() else written.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise RefusedError("its address names no host that can be looked up")
    return host.lower()


def _ascii(text: str) -> str:
    return "".join(char if char.isascii() else "".join(f"%{byte:02X}" for byte in char.encode()) for char in text)
