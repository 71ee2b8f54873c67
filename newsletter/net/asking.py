"""One plain HTTP request to a server of our own or of our provider: no redirect followed, and a bounded answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpcore2

#: Seconds for each wait, and the bytes of an answer that are read.
PATIENCE = 10.0
MOST_BODY = 65_536


@dataclass(frozen=True, slots=True)
class Said:
    """A server's answer: status, header names in lower case, the beginning of the body. Status 0: none, and why."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    reason: str = ""


def ask(method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Said:
    """Send the request once; it raises nothing, and `reason` completes "it could not be asked: ..."."""
    timeouts = {"connect": PATIENCE, "read": PATIENCE, "write": PATIENCE, "pool": PATIENCE}
    sent = [("Host", _authority(url)), ("Content-Length", str(len(body))), *(headers or {}).items()]
    try:
        with (
            httpcore2.ConnectionPool(http2=False) as pool,
            pool.stream(method, url, headers=sent, content=body, extensions={"timeout": timeouts}) as response,
        ):
            return Said(response.status, _names(response.headers), _beginning(response))
    except httpcore2.TimeoutException:
        return Said(0, reason=f"it did not answer within {PATIENCE:g} seconds")
    except httpcore2.ConnectError as error:
        return Said(0, reason=f"no connection could be made ({error})")
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError, UnicodeError) as error:
        return Said(0, reason=f"the connection broke, or what came was not HTTP ({type(error).__name__})")


def _authority(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _names(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _beginning(response: httpcore2.Response) -> bytes:
    read = b""
    for part in response.iter_stream():
        read += part
        if len(read) >= MOST_BODY:
            break
    return read[:MOST_BODY]
