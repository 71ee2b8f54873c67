"""Runs an app on a free loopback port for the length of a test."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse

from starlette.types import ASGIApp

from newsletter.runtime.server import listen, serving


@dataclass(frozen=True)
class Served:
    """Where the app answers."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(app: ASGIApp, listener: socket.socket | None = None) -> Iterator[Served]:
    """The app, answering; a listener may be given where the app must know its port first."""
    listener = listener or listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    with serving(app, listener, threading.Event()):
        _wait_until_it_answers(port)
        yield Served(port)


def _wait_until_it_answers(port: int) -> None:
    for _ in range(200):
        try:
            ask(Served(port), "GET", "/healthz")
            return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(port)


def ask(
    server: Served,
    method: str,
    path: str,
    body: object = None,
    headers: dict[str, str] | None = None,
    timeout: float = 60,
) -> tuple[HTTPResponse, str]:
    """One request on a connection of its own, without a cookie jar, and the whole answer."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()
