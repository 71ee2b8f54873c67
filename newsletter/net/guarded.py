"""What every request to an address that somebody named goes through: bounds, public addresses alone, reasons told.

It raises nothing of the network: whatever went wrong is a reason that completes "it could not be reached: ...".
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpcore2

from newsletter.net.addresses import Network, Resolver, resolve
from newsletter.net.answer import Failed, RefusedError
from newsletter.net.location import Location, read_location
from newsletter.net.sockets import Deadline, GuardedBackend

T = TypeVar("T")

# At DEBUG it writes whole response headers, and a redirect may carry a secret address.
logging.getLogger("httpcore2").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a request may cost: bytes of the answer, seconds for all of it, seconds for one wait, redirects."""

    size: int = 5_000_000
    seconds: float = 20.0
    wait: float = 10.0
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Guard:
    """What a request may touch: `allowed` are networks permitted though private; the rest are seams for tests."""

    allowed: tuple[Network, ...] = ()
    limits: Limits = Limits()
    resolver: Resolver = resolve
    clock: Callable[[], float] = time.monotonic


def guarded(
    url: str, guard: Guard, ask: Callable[[Location, Deadline], T], late: str = "it did not answer"
) -> T | Failed:
    """What `ask` makes of the address within the guard's time, or why there is nothing; no address stands in it."""
    deadline = Deadline(guard.limits.seconds, guard.clock)
    try:
        return ask(read_location(url), deadline)
    except RefusedError as refusal:
        return Failed(str(refusal), refused=True)
    except httpcore2.TimeoutException:
        return Failed(f"{late} within {guard.limits.seconds:g} seconds")
    except httpcore2.ConnectError:
        return Failed("no connection could be made, or not a secure one")
    except (httpcore2.NetworkError, httpcore2.ProtocolError):
        return Failed("the connection broke, or what came was not HTTP")
    except (OSError, UnicodeError):
        return Failed("the name of its host could not be looked up")


@contextmanager
def answering(
    method: str,
    location: Location,
    headers: Sequence[tuple[str, str]],
    guard: Guard,
    deadline: Deadline,
    body: bytes = b"",
) -> Iterator[httpcore2.Response]:
    """One request, without redirects, over a connection of its own to the address that was looked at."""
    backend = GuardedBackend(deadline, guard.resolver, guard.allowed)
    wait = guard.limits.wait
    timeouts = {"connect": wait, "read": wait, "write": wait, "pool": wait}
    sent = [("Host", location.authority), ("Connection", "close"), *headers]
    with (
        httpcore2.ConnectionPool(network_backend=backend, http2=False) as pool,
        pool.stream(
            method, _core_url(location), headers=sent, content=body or None, extensions={"timeout": timeouts}
        ) as response,
    ):
        yield response


def _core_url(location: Location) -> httpcore2.URL:
    return httpcore2.URL(
        scheme=location.scheme.encode(),
        host=location.host.encode(),
        port=location.port,
        target=location.target.encode(),
    )
