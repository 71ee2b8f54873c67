"""Fault proxies for tests: any number of them on one loop in a thread of its own."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from newsletter.devsink.fault_proxy import FaultProxy, Talks, small_listener
from newsletter.devsink.faults import Fault


@dataclass(frozen=True)
class OnTheWay:
    """A running proxy and the port it listens on."""

    proxy: FaultProxy
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def struck(self) -> int:
        """How often something was done to the line."""
        return self.proxy.struck.total()


class Proxies:
    """Starts proxies; all end together."""

    def __init__(self, loop: asyncio.AbstractEventLoop, stack: AsyncExitStack) -> None:
        self._loop, self._stack = loop, stack

    def before(self, talks: Talks, server_port: int, faults: Sequence[Fault] = ()) -> OnTheWay:
        """One before this port of this machine."""
        proxy, listener = FaultProxy(talks, server_port, faults), small_listener()
        port: int = listener.getsockname()[1]
        self._run(self._stack.enter_async_context(proxy.serving(listener)))
        return OnTheWay(proxy, port)

    def close(self) -> None:
        self._run(self._stack.aclose())

    def _run(self, what: object) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(60)  # type: ignore[arg-type]  # a coroutine it is


@contextlib.contextmanager
def proxies() -> Iterator[Proxies]:
    """A loop for proxies, until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    made = Proxies(loop, AsyncExitStack())
    try:
        yield made
    finally:
        made.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
