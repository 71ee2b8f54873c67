"""Where the sink listens, and where a proxy that spoils the line listens in its place."""

import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from newsletter.devsink.fault_proxy import FaultProxy, small_listener
from newsletter.devsink.faults import Fault

_HOST = "127.0.0.1"


class DevSinkError(Exception):
    """The sink cannot start; says in one sentence why."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The sockets of both halves, and those of the proxies before them, SMTP first, where there are faults."""

    smtp: socket.socket
    http: socket.socket
    faults: tuple[Fault, ...] = ()
    fronts: tuple[socket.socket, ...] = ()

    def ports(self) -> dict[str, int]:
        """What people connect to; behind proxies, `direct_` names what has no faults."""
        own = {"smtp_port": _port(self.smtp), "http_port": _port(self.http)}
        if not self.fronts:
            return own
        spoiled = {name: _port(front) for name, front in zip(own, self.fronts, strict=True)}
        return spoiled | {f"direct_{name}": port for name, port in own.items()}

    @contextlib.asynccontextmanager
    async def spoiling(self) -> AsyncIterator[None]:
        """The proxies at work, if there are any, until the block ends."""
        async with contextlib.AsyncExitStack() as stack:
            if self.fronts:
                smtp, http = self.fronts
                await stack.enter_async_context(FaultProxy("smtp", _port(self.smtp), self.faults).serving(smtp))
                await stack.enter_async_context(FaultProxy("http", _port(self.http), self.faults).serving(http))
            yield


@contextlib.contextmanager
def doors(smtp_port: int, http_port: int, faults: Sequence[Fault]) -> Iterator[Doors]:
    """Sockets that listen until the block ends; DevSinkError where a port is taken."""
    with contextlib.ExitStack() as stack:
        asked = (smtp_port, http_port)
        fronts = tuple(stack.enter_context(_front(port)) for port in asked) if faults else ()
        smtp, http = (stack.enter_context(_own(0 if faults else port)) for port in asked)
        yield Doors(smtp, http, tuple(faults), fronts)


def _own(port: int) -> socket.socket:
    with _said_clearly(port):
        return socket.create_server((_HOST, port), backlog=512)


def _front(port: int) -> socket.socket:
    with _said_clearly(port):
        return small_listener(port)


@contextlib.contextmanager
def _said_clearly(port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DevSinkError(f"port {port} on {_HOST} cannot be used: {error.strerror}; choose another or 0") from None


def _port(sock: socket.socket) -> int:
    port: int = sock.getsockname()[1]
    return port
