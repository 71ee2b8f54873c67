"""One GET, guarded: http(s) alone, public addresses alone, few redirects, a bounded body, a bounded time."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import httpcore2

from newsletter.net.addresses import Network, Resolver, resolve
from newsletter.net.answer import Answer, Failed, Fetched, NotModified, RefusedError, Validators
from newsletter.net.location import Location, follow, read_location
from newsletter.net.sockets import Deadline, GuardedBackend

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
AGENT = "commonhours (newsletter; fetches calendars and feeds)"

# At DEBUG it writes whole response headers, and a redirect may carry a secret address.
logging.getLogger("httpcore2").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a fetch may cost: bytes of the body, seconds for all of it, seconds for one wait, redirects."""

    size: int = 5_000_000
    seconds: float = 20.0
    wait: float = 10.0
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Guard:
    """What a fetch may touch: `allowed` are networks permitted though private; the rest are seams for tests."""

    allowed: tuple[Network, ...] = ()
    limits: Limits = Limits()
    resolver: Resolver = resolve
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class _Redirect:
    target: str


def fetch(url: str, validators: Validators = Validators(), guard: Guard = Guard()) -> Answer:  # noqa: B008
    """What stands at the address, unless the copy that the validators belong to is still good; it raises nothing."""
    deadline = Deadline(guard.limits.seconds, guard.clock)
    try:
        return _follow(read_location(url), validators, guard, deadline)
    except RefusedError as refusal:
        return Failed(str(refusal), refused=True)
    except httpcore2.TimeoutException:
        return Failed(f"it did not answer in full within {guard.limits.seconds:g} seconds")
    except httpcore2.ConnectError:
        return Failed("no connection could be made, or not a secure one")
    except (httpcore2.NetworkError, httpcore2.ProtocolError):
        return Failed("the connection broke, or what came was not HTTP")
    except (OSError, UnicodeError):
        return Failed("the name of its host could not be looked up")


def _follow(location: Location, validators: Validators, guard: Guard, deadline: Deadline) -> Answer:
    for _ in range(guard.limits.redirects + 1):
        found = _ask(location, validators, guard, deadline)
        if not isinstance(found, _Redirect):
            return found
        location = follow(location, found.target)
    raise RefusedError(f"it redirects more than {guard.limits.redirects} times")


def _ask(location: Location, validators: Validators, guard: Guard, deadline: Deadline) -> Answer | _Redirect:
    backend = GuardedBackend(deadline, guard.resolver, guard.allowed)
    wait = guard.limits.wait
    timeouts = {"connect": wait, "read": wait, "write": wait, "pool": wait}
    with (
        httpcore2.ConnectionPool(network_backend=backend, http2=False) as pool,
        pool.stream(
            "GET", _core_url(location), headers=_headers(location, validators), extensions={"timeout": timeouts}
        ) as response,
    ):
        return _read(response, guard.limits, conditional=validators != Validators())


def _core_url(location: Location) -> httpcore2.URL:
    return httpcore2.URL(
        scheme=location.scheme.encode(),
        host=location.host.encode(),
        port=location.port,
        target=location.target.encode(),
    )


def _headers(location: Location, validators: Validators) -> list[tuple[str, str]]:
    """No compression is offered: a small body cannot then become a huge one here."""
    headers = [
        ("Host", location.authority),
        ("User-Agent", AGENT),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ]
    if validators.etag:
        headers.append(("If-None-Match", validators.etag))
    if validators.last_modified:
        headers.append(("If-Modified-Since", validators.last_modified))
    return headers


def _read(response: httpcore2.Response, limits: Limits, *, conditional: bool) -> Answer | _Redirect:
    headers = _decoded(response.headers)
    if response.status in _REDIRECTS and headers.get("location"):
        return _Redirect(headers["location"])
    if response.status == 304 and conditional:
        return NotModified()
    if response.status != 200:
        return Failed(f"its server answered {response.status}")
    if headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
        raise RefusedError("its server sent it compressed, though it was asked not to")
    data = _body(response, headers, limits.size)
    return Fetched(data, Validators(_printable(headers.get("etag")), _printable(headers.get("last-modified"))))


def _body(response: httpcore2.Response, headers: Mapping[str, str], limit: int) -> bytes:
    stated = headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and (len(stated) > 15 or int(stated) > limit):
        raise RefusedError(_too_large(limit))
    data = bytearray()
    for chunk in response.iter_stream():
        data += chunk
        if len(data) > limit:
            raise RefusedError(_too_large(limit))
    return bytes(data)


def _too_large(limit: int) -> str:
    return f"it has more than {limit / 1_000_000:g} MB"


def _decoded(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _printable(value: str | None) -> str:
    """A validator as it will be sent back: one short line, or none."""
    return value if value and value.isascii() and value.isprintable() and len(value) <= 500 else ""
