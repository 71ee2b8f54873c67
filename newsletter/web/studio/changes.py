"""Tells every open page that something changed: one counter, and server-sent events (WHATWG HTML, 9.2)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from threading import Lock

#: Seconds of silence after which a comment is sent, so that a dead connection is noticed.
HEARTBEAT = 15.0

#: Asked whether whoever listens may do so yet.
Asked = Callable[[], Awaitable[bool]]


async def _always() -> bool:
    return True


class Changes:
    """Counts changes and wakes whoever listens; `publish` and `close` may be called from any thread."""

    def __init__(self, heartbeat: float = HEARTBEAT) -> None:
        self.number = 0
        self._heartbeat = heartbeat
        self._closed = False
        self._lock = Lock()
        self._listeners: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @property
    def is_heard(self) -> bool:
        """Whether any page listens."""
        return bool(self._listeners)

    def publish(self) -> None:
        """Say that something changed."""
        with self._lock:
            self.number += 1
        self._wake()

    def wake(self) -> None:
        """Let every stream ask whether it may go on."""
        self._wake()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        self._wake()

    async def events(self, seen: int, may_go_on: Asked = _always) -> AsyncIterator[str]:
        """The stream of one page: the number now where it is not `seen`, then each newer one as it comes.

        After each wait it is asked whether it `may_go_on`; it ends where it may not.
        """
        listener = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._listeners.add(listener)
        try:
            yield "retry: 500\n\n"
            while not self._closed:
                if self.number != seen:
                    seen = self.number
                    yield f"id: {seen}\nevent: changed\ndata: {seen}\n\n"
                    continue
                woken = await _within(listener[1], self._heartbeat)
                if not await may_go_on():
                    return
                if not woken:
                    yield ": still here\n\n"
        finally:
            with self._lock:
                self._listeners.discard(listener)

    def _wake(self) -> None:
        with self._lock:
            for loop, event in self._listeners:
                loop.call_soon_threadsafe(event.set)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    event.clear()
    return True
