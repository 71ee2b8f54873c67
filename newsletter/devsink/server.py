"""Both halves of the sink in one loop, until a signal says stop."""

import asyncio
import contextlib
import json
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from newsletter.devsink.doors import DevSinkError, Doors, doors
from newsletter.devsink.events import EventPlan, Poster, Signer
from newsletter.devsink.faults import Fault
from newsletter.devsink.keep import Keeper
from newsletter.devsink.manners import CA_FILE, Manners, encryption
from newsletter.devsink.misbehave import Misbehaviour
from newsletter.devsink.sendgrid_api import Api
from newsletter.devsink.smtp import FaultySmtp

__all__ = ["DevSinkError", "run_dev_sink"]


def run_dev_sink(
    smtp_port: int = 0,
    http_port: int = 0,
    keep: Path | None = None,
    misbehave: Misbehaviour | None = None,
    events: EventPlan | None = None,
    line: Sequence[Fault] = (),
    manners: Manners | None = None,
) -> None:
    """Listen on 127.0.0.1 until SIGINT or SIGTERM; port 0 takes a free one.

    When ready, one JSON line with `smtp_port`, `http_port`, `keep` and `webhook_key`, by which the posted `events`
    are verified, goes to standard output. With faults of the `line`, the ports are those of proxies that spoil it,
    and `direct_smtp_port` and `direct_http_port` lead past them. `manners` say what the SMTP half asks for; where
    that is encryption, `ca_file` is whom to believe. Without `keep` the messages live in a folder that is removed at
    the end. DevSinkError where a port is taken or the folder unfit.
    """
    with contextlib.ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dev-sink-")))
        open_doors = stack.enter_context(doors(smtp_port, http_port, line))
        poster = Poster(Signer())
        poster.plan = events or EventPlan()
        asyncio.run(_serve(open_doors, _keeper(folder), misbehave or Misbehaviour(), poster, manners or Manners()))


def _keeper(folder: Path) -> Keeper:
    try:
        return Keeper(folder)
    except OSError as error:
        raise DevSinkError(f"{folder} cannot be written: {error.strerror}") from None


async def _serve(open_doors: Doors, keeper: Keeper, faults: Misbehaviour, poster: Poster, manners: Manners) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    secure = encryption(keeper.folder) if manners.starttls else None
    smtp_server = await loop.create_server(lambda: FaultySmtp(keeper, faults, manners, secure), sock=open_doors.smtp)
    web = _Web(_config(keeper, faults, poster))
    task = asyncio.create_task(web.serve(sockets=[open_doors.http]))
    async with open_doors.spoiling():
        _announce(open_doors, keeper, poster, secured=secure is not None)
        await stop.wait()
    smtp_server.close()
    poster.stop()
    web.should_exit = True
    await task


def _announce(open_doors: Doors, keeper: Keeper, poster: Poster, *, secured: bool) -> None:
    ready = {**open_doors.ports(), "keep": str(keeper.folder), "webhook_key": poster.signer.public}
    if secured:
        ready["ca_file"] = str(keeper.folder / CA_FILE)
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
