"""The connection below HTTP: made to an address that was checked, and cut when the time for the whole is over."""

import ssl
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore2

from newsletter.net.addresses import Network, Resolver, pick_address


class Deadline:
    """A moment after which nothing more is waited for; `clock` is a monotonic one, in seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self, timeout: float | None = None) -> float:
        """Seconds that one more wait may take; ReadTimeout where there are none."""
        left = self._end - self._clock()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time for the whole answer is over")
        return left if timeout is None else min(left, timeout)


@dataclass
class GuardedStream(httpcore2.NetworkStream):
    """A connection on which no wait outlasts the deadline, so that drop by drop is no way around it."""

    inner: httpcore2.NetworkStream
    deadline: Deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """At most so many bytes."""
        return self.inner.read(max_bytes, self.deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of the bytes."""
        self.inner.write(buffer, self.deadline.left(timeout))

    def close(self) -> None:
        """Hang up."""
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "GuardedStream":
        """Secure the connection; the certificate must be for the host's name, not for the address."""
        return GuardedStream(
            self.inner.start_tls(ssl_context, server_hostname, self.deadline.left(timeout)), self.deadline
        )

    def get_extra_info(self, info: str) -> Any:
        """What is known of the socket."""
        return self.inner.get_extra_info(info)


class GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections: a name is resolved once, every address it has is checked, and one of them is asked."""

    def __init__(self, deadline: Deadline, resolver: Resolver, allowed: Sequence[Network]) -> None:
        self._deadline, self._resolver, self._allowed = deadline, resolver, allowed
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> GuardedStream:
        """Connect to the checked address; RefusedError where there is none."""
        address = pick_address(host, port, self._resolver, self._allowed)
        stream = self._inner.connect_tcp(address, port, self._deadline.left(timeout), local_address, socket_options)
        return GuardedStream(stream, self._deadline)
