"""Both halves of the sink in one loop, until a signal says stop."""

import asyncio
import contextlib
import json
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from newsletter.devsink.events import EventPlan, Poster, Signer
from newsletter.devsink.keep import Keeper
from newsletter.devsink.misbehave import Misbehaviour
from newsletter.devsink.sendgrid_api import Api
from newsletter.devsink.smtp import FaultySmtp

_HOST = "127.0.0.1"


class DevSinkError(Exception):
    """The sink cannot start; says in one sentence why."""


def run_dev_sink(
    smtp_port: int = 0,
    http_port: int = 0,
    keep: Path | None = None,
    misbehave: Misbehaviour | None = None,
    events: EventPlan | None = None,
) -> None:
    """Listen on 127.0.0.1 until SIGINT or SIGTERM; port 0 takes a free one.

    When ready, one JSON line with `smtp_port`, `http_port`, `keep` and `webhook_key`, by which the posted `events`
    are verified, goes to standard output. Without `keep` the messages live in a folder that is removed at the end.
    DevSinkError where a port is taken or the folder unfit.
    """
    with contextlib.ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dev-sink-")))
        smtp, http = (stack.enter_context(_listen(port)) for port in (smtp_port, http_port))
        poster = Poster(Signer())
        poster.plan = events or EventPlan()
        asyncio.run(_serve(smtp, http, _keeper(folder), misbehave or Misbehaviour(), poster))


def _listen(port: int) -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((_HOST, port))
        sock.listen(512)
    except OSError as error:
        sock.close()
        raise DevSinkError(f"port {port} on {_HOST} cannot be used: {error.strerror}; choose another or 0") from None
    return sock


def _keeper(folder: Path) -> Keeper:
    try:
        return Keeper(folder)
    except OSError as error:
        raise DevSinkError(f"{folder} cannot be written: {error.strerror}") from None


async def _serve(
    smtp: socket.socket, http: socket.socket, keeper: Keeper, faults: Misbehaviour, poster: Poster
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    smtp_server = await loop.create_server(lambda: FaultySmtp(keeper, faults), sock=smtp)
    web = _Web(_config(keeper, faults, poster))
    task = asyncio.create_task(web.serve(sockets=[http]))
    _announce(smtp, http, keeper, poster)
    await stop.wait()
    smtp_server.close()
    poster.stop()
    web.should_exit = True
    await task


def _announce(smtp: socket.socket, http: socket.socket, keeper: Keeper, poster: Poster) -> None:
    ports = {"smtp_port": smtp.getsockname()[1], "http_port": http.getsockname()[1]}
    ready = {**ports, "keep": str(keeper.folder), "webhook_key": poster.signer.public}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


class _Web(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the loop, which stops both halves."""
        yield


class _Protocol(H11Protocol):
    """Knows its open connections by the client's address, so that the application can cut one."""

    open: dict[tuple[str, int], asyncio.Transport] = {}  # noqa: RUF012  # one sink a process

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it too
        self.open[transport.get_extra_info("peername")[:2]] = transport
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open.pop(self.transport.get_extra_info("peername")[:2], None)
        super().connection_lost(exc)


def _hang_up(client: tuple[str, int]) -> None:
    if (transport := _Protocol.open.get(client)) is not None:
        transport.abort()


def _config(keeper: Keeper, faults: Misbehaviour, poster: Poster) -> uvicorn.Config:
    app = Api(keeper, faults, _hang_up, poster).app()
    options: dict[str, Any] = {"log_level": "warning", "access_log": False, "lifespan": "off"}
    return uvicorn.Config(app, http=_Protocol, timeout_graceful_shutdown=2, **options)
