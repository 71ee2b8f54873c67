"""A proxy that spoils conversations on purpose: it stands before a server and does to the line what its faults say.

What it does is bound to moments of a message (see `stages`), so that a sender can be shown each of them: nothing left
yet, a part left, all left and the answer is on its way.
"""

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Literal

from newsletter.devsink.faults import GARBAGE, Fault, Kind, error_reply
from newsletter.devsink.stages import HttpStages, Moment, SmtpStages, Stages

_HOST = "127.0.0.1"
#: Little is held on the way, so that a sender is still writing its message when something happens within it.
_CHUNK = 4096
_SEGMENT = 536
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
Talks = Literal["http", "smtp"]


class _Over(Exception):  # noqa: N818 - the end of a conversation, not an error
    """This conversation is over, whatever its two ends think."""


class FaultProxy:
    """Stands before one port of this machine. `faults` may be changed while it runs; `struck` counts what it did."""

    def __init__(self, talks: Talks, server_port: int, faults: Sequence[Fault] = ()) -> None:
        self.talks: Talks = talks
        self.faults = tuple(faults)
        self.struck: Counter[Fault] = Counter()
        self._server_port = server_port

    @contextlib.asynccontextmanager
    async def serving(self, listener: socket.socket) -> AsyncIterator[None]:
        """Take connections on the listener, which should hold little, until the block ends; then cut them all."""
        open_now: set[asyncio.Task[None]] = set()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            open_now.add(task)
            task.add_done_callback(open_now.discard)
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._between(reader, writer)

        server = await asyncio.start_server(talk, sock=listener, limit=_CHUNK)
        try:
            yield
        finally:
            server.close()
            for task in open_now:
                task.cancel()
            await asyncio.gather(*open_now, return_exceptions=True)

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            theirs = await asyncio.open_connection(_HOST, self._server_port, limit=_CHUNK)
        except OSError:
            _cut(writer)
            return
        await _Conversation(self, (reader, writer), theirs).run()

    def due(self, moment: Moment) -> Fault | None:
        """The fault that strikes at this moment, if any is left."""
        waiting = (one for one in self.faults if not one.times or self.struck[one] < one.times)
        return next((one for one in waiting if one.when == moment), None)


def small_listener(port: int = 0) -> socket.socket:
    """A listener on this machine whose connections hold little: a message cannot hide in the buffers of the way."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _CHUNK)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT)
    try:
        sock.bind((_HOST, port))
        sock.listen(512)
    except OSError:
        sock.close()
        raise
    return sock


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Conversation:
    """One client and its server, and what the fault that struck makes of their words from then on."""

    def __init__(self, proxy: FaultProxy, client: Streams, server: Streams) -> None:
        self._proxy = proxy
        self._client, self._server = client, server
        self._stages: Stages = HttpStages() if proxy.talks == "http" else SmtpStages()
        self._whole = False  # the last byte of a message has passed, and its reply has not come yet
        self._fault: Fault | None = None
        self._left: int | None = None  # bytes that may still pass; None is any number
        self._held = b""  # a reply that is not whole yet
        self._deaf = False  # the proxy has answered by itself: nothing is passed on any more

    async def run(self) -> None:
        """Until both sides have closed, or a fault ends it; then both connections are closed."""
        ways = [asyncio.create_task(way) for way in (self._forth(), self._back())]
        try:
            for way in asyncio.as_completed(ways):
                await way
        except _Over:
            pass
        finally:
            for one in ways:
                one.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for _, writer in (self._client, self._server):
                writer.close()

    async def _forth(self) -> None:
        (reader, _), (_, writer) = self._client, self._server
        while data := await reader.read(_CHUNK):
            for moment, piece in self._stages.feed(data):
                if moment in ("before", "within") or (moment and self._answers_at(moment)):
                    await self._reach(moment)
                if not self._deaf:
                    await self._pass(piece, writer)
                    self._whole = self._whole or moment == "after"
        await self._end(writer)

    async def _back(self) -> None:
        (reader, _), (_, writer) = self._server, self._client
        while data := await reader.read(_CHUNK):
            self._stages.replied(data)
            if self._whole:
                self._whole = False
                await self._reach("after")
            if self._deaf:
                return
            await self._reply(data, writer)
        await self._end(writer)

    async def _reach(self, moment: Moment) -> None:
        """Whatever strikes now: at once, or from now on."""
        if fault := self._proxy.due(moment):
            self._proxy.struck[fault] += 1
            self._fault = fault
            self._left = fault.size if fault.kind == "limit_data" else None
            if fault.kind in _AT_ONCE:
                await _AT_ONCE[fault.kind](self, fault)

    def _answers_at(self, moment: Moment) -> bool:
        """Whether the proxy will answer in the server's stead, which therefore never gets the last byte."""
        fault = self._proxy.due(moment)
        return fault is not None and fault.kind in ("garbage", "error")

    async def _reply(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        kind = self._fault.kind if self._fault else None
        if kind == "drop_reply":
            raise _Over
        if kind in ("duplicate", "reply_then_reset"):
            self._held += data
            if not self._stages.is_whole(self._held):
                return
            data, self._held = self._held, b""
        await self._pass(data * 2 if kind == "duplicate" else data, writer)
        if kind == "reply_then_reset":
            await self.reset()

    async def _pass(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        fault = self._fault
        step = fault.size if fault and fault.kind == "slicer" else _CHUNK
        for start in range(0, len(data), max(step, 1)):
            await self._write(data[start : start + max(step, 1)], writer)
            if fault and fault.kind == "bandwidth":
                await asyncio.sleep(len(data[start : start + step]) / fault.rate)

    async def _write(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        if self._left is not None:
            data, self._left = data[: self._left], self._left - len(data)
        writer.write(data)
        await writer.drain()
        if self._left is not None and self._left <= 0:
            raise _Over

    async def _end(self, writer: asyncio.StreamWriter) -> None:
        if self._fault and self._fault.kind == "slow_close":
            await asyncio.sleep(self._fault.seconds)
        with contextlib.suppress(OSError):
            writer.write_eof()

    async def pause(self, fault: Fault) -> None:
        """Nothing in this direction for a while."""
        await asyncio.sleep(fault.seconds)

    async def hang(self, fault: Fault) -> None:
        """Nothing any more, until the proxy ends: nobody is told."""
        await asyncio.Event().wait()

    async def reset(self, fault: Fault | None = None) -> None:
        """A reset for the client; the server sees a proper end."""
        _cut(self._client[1])
        raise _Over

    async def answer(self, fault: Fault) -> None:
        """Words of the proxy's own, after which the client may speak on and nobody listens."""
        writer = self._client[1]
        self._deaf = True
        self._server[1].close()
        own = GARBAGE if fault.kind == "garbage" else error_reply(self._proxy.talks, fault.reply)
        writer.write(own)
        await writer.drain()
        if self._proxy.talks == "http":
            writer.write_eof()


_AT_ONCE: dict[Kind, Callable[[_Conversation, Fault], Awaitable[None]]] = {
    "latency": _Conversation.pause,
    "hang": _Conversation.hang,
    "reset": _Conversation.reset,
    "garbage": _Conversation.answer,
    "error": _Conversation.answer,
}


def _cut(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()
