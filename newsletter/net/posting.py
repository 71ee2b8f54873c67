"""One POST to an address that an operator named, guarded as every fetch: no redirect is followed."""

from collections.abc import Mapping

import httpcore2

from newsletter.net.answer import Failed, RefusedError
from newsletter.net.fetching import Guard
from newsletter.net.location import Location, read_location
from newsletter.net.sockets import Deadline, GuardedBackend

AGENT = "commonhours (newsletter; tells of alerts)"


def post(url: str, headers: Mapping[str, str], body: bytes, guard: Guard = Guard()) -> Failed | None:  # noqa: B008
    """Post the body; None where it was taken (2xx). It raises nothing, and no address stands in a reason."""
    deadline = Deadline(guard.limits.seconds, guard.clock)
    try:
        status = _status(read_location(url), headers, body, guard, deadline)
    except RefusedError as refusal:
        return Failed(str(refusal), refused=True)
    except httpcore2.TimeoutException:
        return Failed(f"it did not answer within {guard.limits.seconds:g} seconds")
    except httpcore2.ConnectError:
        return Failed("no connection could be made, or not a secure one")
    except (httpcore2.NetworkError, httpcore2.ProtocolError):
        return Failed("the connection broke, or what came was not HTTP")
    except (OSError, UnicodeError):
        return Failed("the name of its host could not be looked up")
    return None if 200 <= status < 300 else Failed(f"its server answered {status}")


def _status(location: Location, headers: Mapping[str, str], body: bytes, guard: Guard, deadline: Deadline) -> int:
    backend = GuardedBackend(deadline, guard.resolver, guard.allowed)
    wait = guard.limits.wait
    timeouts = {"connect": wait, "read": wait, "write": wait, "pool": wait}
    url = httpcore2.URL(
        scheme=location.scheme.encode(),
        host=location.host.encode(),
        port=location.port,
        target=location.target.encode(),
    )
    sent = [
        ("Host", location.authority),
        ("User-Agent", AGENT),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
        *headers.items(),
    ]
    with (
        httpcore2.ConnectionPool(network_backend=backend, http2=False) as pool,
        pool.stream("POST", url, headers=sent, content=body, extensions={"timeout": timeouts}) as response,
    ):
        return int(response.status)
