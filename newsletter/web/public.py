"""The pages readers reach from their mail; so far: leaving a list (RFC 8058).

GET and HEAD show and never change anything, because scanners follow every link of a mail. POST leaves.
"""

from typing import Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from newsletter.web.guards import PRIVATE_PAGE, BodyLimit, FixedHeaders

#: Bytes. A one-click body is 26; multipart wraps it in some 200.
LARGEST_BODY = 8 * 1024
#: Characters. Longer than any token we sign; what is longer is not even looked at.
LONGEST_TOKEN = 512
#: What RFC 8058 section 3.1 has mail clients send, and what the page's own button sends.
ONE_CLICK = ("List-Unsubscribe", "One-Click")
BUTTON = ("leave", "yes")


class PublicDesk(Protocol):
    """What the public pages need: ready pages, and the one act of leaving. Calls may block; they run in threads."""

    def leave_page(self, token: str) -> str | None:
        """The page that asks whether to leave; None for a token that is not ours."""
        ...

    def leave(self, token: str, how: str) -> bool:
        """Leave the list; doing it again changes nothing. False for a token that is not ours."""
        ...

    def left_page(self, token: str) -> str:
        """The page after leaving."""
        ...

    def invalid_page(self) -> str:
        """The page for a link that does not work, saying what to do instead."""
        ...

    def healthy(self) -> bool:
        """Whether the store answers."""
        ...


def public_app(desk: PublicDesk) -> Starlette:
    """The public pages as an ASGI app; it sets no cookie and redirects nowhere."""
    pages = PublicPages(desk)
    return Starlette(
        routes=[
            Route("/u/{token}", pages.ask, methods=["GET"]),
            Route("/u/{token}", pages.leave, methods=["POST"]),
            Route("/p/{token}", pages.ask, methods=["GET"]),
            Route("/p/{token}", pages.leave, methods=["POST"]),
            Route("/healthz", pages.health, methods=["GET"]),
        ],
        middleware=[Middleware(FixedHeaders, headers=PRIVATE_PAGE), Middleware(BodyLimit, limit=LARGEST_BODY)],
        exception_handlers={404: pages.not_found},
    )


class PublicPages:
    """The endpoints over one desk."""

    def __init__(self, desk: PublicDesk) -> None:
        self.desk = desk

    async def ask(self, request: Request) -> Response:
        """Show the page that asks; nothing changes."""
        token = _token(request)
        page = await run_in_threadpool(self.desk.leave_page, token) if token else None
        return HTMLResponse(page) if page is not None else await self.not_found(request, None)

    async def leave(self, request: Request) -> Response:
        """Leave: at once for a mail client (a short text), with a page for a person."""
        how = await _how(request)
        if not how:
            return PlainTextResponse("Nothing was changed: the request did not say to leave.\n", 400)
        token = _token(request)
        if not token or not await run_in_threadpool(self.desk.leave, token, how):
            return await self.not_found(request, None)
        if how == "one-click":
            return PlainTextResponse("Unsubscribed.\n")
        return HTMLResponse(await run_in_threadpool(self.desk.left_page, token))

    async def not_found(self, request: Request, _error: Exception | None) -> Response:
        """Say what to do about a link that does not work."""
        return HTMLResponse(await run_in_threadpool(self.desk.invalid_page), 404)

    async def health(self, request: Request) -> Response:
        """Tell a supervisor whether pages can be served."""
        well = await run_in_threadpool(self.desk.healthy)
        return PlainTextResponse("ok\n") if well else PlainTextResponse("the store does not answer\n", 503)


def _token(request: Request) -> str:
    token: str = request.path_params["token"]
    return token if len(token) <= LONGEST_TOKEN else ""


async def _how(request: Request) -> str:
    """How somebody asks to leave: "one-click", "page", or "" for a body that says neither."""
    async with request.form(max_files=0, max_fields=8, max_part_size=LARGEST_BODY) as form:
        fields = form.multi_items()
    if ONE_CLICK in fields:
        return "one-click"
    return "page" if BUTTON in fields else ""
