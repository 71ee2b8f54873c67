"""Where providers post what became of mails. Nothing is told to whoever cannot sign: a status, and no more."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

#: Bytes of one post. A provider sends a thousand events in some 300 KB.
LARGEST_POST = 10 * 1024 * 1024
#: Where the hooks lie; bodies below it may be as large as that.
HOOKS = "/hooks/"


class HookDesk(Protocol):
    """What takes posts in; calls may come from any thread and wait for nothing."""

    def knows(self, community: str, provider: str) -> bool:
        """Whether posts of this provider for this community come here."""
        ...

    def take(self, headers: Mapping[str, str], body: bytes, answer: Callable[[int], None]) -> None:
        """Check and keep a post; `answer` is told its status from any thread, 204 once it is on disk."""
        ...


def hook_routes(desk: HookDesk) -> list[Route]:
    """The route of these posts over one desk."""
    return [Route(HOOKS + "{community}/{provider}", Hooks(desk).take, methods=["POST"])]


class Hooks:
    """The endpoint over one desk."""

    def __init__(self, desk: HookDesk) -> None:
        self.desk = desk

    async def take(self, request: Request) -> Response:
        """Take a post in: 204 once it is kept; 403 unless it is signed, 400 unless it is an array of events."""
        if not self.desk.knows(request.path_params["community"], request.path_params["provider"]):
            return Response(status_code=404)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return Response(status_code=415)
        try:
            body = await request.body()
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(status_code=await self._answered(dict(request.headers), body))

    async def _answered(self, headers: Mapping[str, str], body: bytes) -> int:
        """What the desk says, waited for without a thread."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[int] = loop.create_future()

        def settle(status: int) -> None:
            if not answered.done():
                answered.set_result(status)

        def answer(status: int) -> None:
            # The server may have stopped meanwhile; what was kept stays kept.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(settle, status)

        self.desk.take(headers, body, answer)
        return await answered
