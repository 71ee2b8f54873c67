"""Serves an app on a socket that is already bound, so that a port in use is told before anything else happens."""

import errno
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from newsletter.app.signing_in.people import PEER
from newsletter.runtime.leaving import leave_behind

#: What is served.
App = ASGIApp
#: Seconds that open requests get to finish once the process is told to stop.
GRACE = 5


class PortError(OSError):
    """The address cannot be listened on, mostly because something does already; the text says what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. PortError where that cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise PortError(_why(host, port, error)) from error
    return listener


def _why(host: str, port: int, error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is in use; stop what listens there, or choose another port (0 takes a free one)"
        )
    if number == errno.EACCES:
        return f"port {port} needs more rights than this process has; choose one above 1023"
    return f"cannot listen on {host}, port {port}: {error}"


def address(listener: socket.socket) -> str:
    """The http address a browser on this machine opens for the socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def serving(app: ASGIApp, listener: socket.socket, stop: threading.Event) -> Iterator[None]:
    """Serve in a thread while inside; leaving lets open requests finish, then closes the socket.

    A server that ends by itself sets `stop`, so that whoever waits for it does not wait for ever.
    """
    server = uvicorn.Server(_config(app))
    thread = threading.Thread(target=_run, args=(server, listener, stop), name="http", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(2 * GRACE)
        if thread.is_alive():
            leave_behind("a page that somebody asked for")
        listener.close()


def _run(server: uvicorn.Server, listener: socket.socket, stop: threading.Event) -> None:
    try:
        server.run(sockets=[listener])
    finally:
        stop.set()


def _config(app: ASGIApp) -> uvicorn.Config:
    """No access log: the addresses of these pages are keys, and a key does not belong in a log."""
    return uvicorn.Config(
        KnowsPeer(_behind_proxies(app)),
        proxy_headers=False,
        access_log=False,
        log_level="warning",
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        ws="none",
    )


def _behind_proxies(app: ASGIApp) -> ASGIApp:
    """As uvicorn does it unasked: a proxy on this machine, or one that the environment names, says whom it serves."""
    # Its own types and Starlette's say the same of an app in other words.
    wrapped: Any = ProxyHeadersMiddleware(cast(Any, app), os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"))
    return cast(ASGIApp, wrapped)


class KnowsPeer:
    """Keeps who is really at the other end of the connection, before a proxy's word for whom it serves is taken."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its peer."""
        await self.app({**scope, PEER: scope.get("client")}, receive, send)
