"""The pages readers reach from their mail: choosing what to get, and leaving a list (RFC 8058).

GET and HEAD show and never change anything, because scanners follow every link of a mail. POST saves or leaves.
"""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from newsletter.web.api.routes import BELOW, ApiAsked, api_routes
from newsletter.web.forms import LARGEST_BODY, LONGEST_TOKEN, MOST_FIELDS, fields_of, token_of
from newsletter.web.guards import PRIVATE_PAGE, BodyLimit, FixedHeaders
from newsletter.web.hooks import HOOKS, LARGEST_POST, HookDesk, hook_routes
from newsletter.web.joining import JoinDesk, join_routes
from newsletter.web.own import OwnDesk, own_routes
from newsletter.web.published import Counting, Shelf, published_routes

ZONE_SCRIPT = (Path(__file__).parent / "assets" / "zone.js").read_bytes()
#: What RFC 8058 section 3.1 has mail clients send, and what the page's own button sends.
ONE_CLICK = ("List-Unsubscribe", "One-Click")
BUTTON = ("leave", "yes")
#: What the button for a rest instead of leaving sends.
REST = ("rest", "yes")
#: What the button of the preferences page sends along with the choices.
SAVE = ("save", "yes")
#: Where more is taken in; the API counts for itself, and says in its own words that it was too much.
_LARGER = {HOOKS: LARGEST_POST, BELOW: sys.maxsize}

__all__ = ["LARGEST_BODY", "LONGEST_TOKEN", "MOST_FIELDS", "PublicDesk", "public_app"]


class PublicDesk(Protocol):
    """What the public pages need: ready pages, and the acts of choosing and leaving. Calls run in threads."""

    def leave_page(self, token: str) -> str | None:
        """The page that asks whether to leave; None for a token that is not ours."""
        ...

    def leave_soon(self, token: str, how: str, answer: Callable[[bool | None], None]) -> None:
        """Leave the list; doing it again changes nothing. It returns at once.

        `answer` is called from any thread, once that is durable: False for a token that is not ours, None where it
        could not be written.
        """
        ...

    def left_page(self, token: str) -> str:
        """The page after leaving."""
        ...

    def rest(self, token: str) -> str | None:
        """Pause for some weeks instead of leaving, and the page that says so; None for a token that is not ours."""
        ...

    def preferences_page(self, token: str) -> str | None:
        """The page of a reader's choices; None for a token that is not ours."""
        ...

    def choose(self, token: str, fields: Sequence[tuple[str, str]]) -> tuple[bool, str] | None:
        """Save all of these choices or none: whether they are good, and the page that says so; None as above."""
        ...

    def invalid_page(self) -> str:
        """The page for a link that does not work, saying what to do instead."""
        ...

    def healthy(self) -> bool:
        """Whether the store answers."""
        ...


def public_app(
    desk: PublicDesk,
    shelf: Shelf | None = None,
    own: OwnDesk | None = None,
    joining: JoinDesk | None = None,
    hooks: HookDesk | None = None,
    api: ApiAsked | None = None,
    numbers: Counting | None = None,
) -> Starlette:
    """The public pages as an ASGI app, with what `shelf` publishes, readers' own affairs, joining, hooks and the API.

    It sets no cookie and sends nobody elsewhere.
    """
    pages = PublicPages(desk)
    app = Starlette(
        routes=[
            Route("/u/{token}", pages.ask, methods=["GET"]),
            Route("/u/{token}", pages.leave, methods=["POST"]),
            Route("/p/{token}", pages.preferences, methods=["GET"]),
            Route("/p/{token}", pages.choose, methods=["POST"]),
            Route("/healthz", pages.health, methods=["GET"]),
            Route("/assets/zone.js", zone_script, methods=["GET"]),
            *(own_routes(own) if own else ()),
            *(join_routes(joining) if joining else ()),
            *(hook_routes(hooks) if hooks else ()),
            *(published_routes(shelf, numbers) if shelf else ()),
            *(api_routes(api) if api else ()),
        ],
        middleware=[
            Middleware(FixedHeaders, headers=PRIVATE_PAGE),
            Middleware(BodyLimit, limit=LARGEST_BODY, larger=_LARGER),
        ],
        exception_handlers={404: pages.not_found},
    )
    # A slash too many would be taken off under whatever Host the request names, and without the community's path.
    app.router.redirect_slashes = False
    return app


class PublicPages:
    """The endpoints over one desk."""

    def __init__(self, desk: PublicDesk) -> None:
        self.desk = desk

    async def ask(self, request: Request) -> Response:
        """Show the page that asks; nothing changes."""
        token = token_of(request)
        page = await run_in_threadpool(self.desk.leave_page, token) if token else None
        return HTMLResponse(page) if page is not None else await self.not_found(request, None)

    async def leave(self, request: Request) -> Response:
        """Leave: at once for a mail client (a short text), with a page for a person."""
        how = await _how(request)
        if not how:
            return PlainTextResponse("Nothing was changed: the request did not say to leave.\n", 400)
        token = token_of(request)
        if how == "rest":
            page = await run_in_threadpool(self.desk.rest, token) if token else None
            return HTMLResponse(page) if page is not None else await self.not_found(request, None)
        left = await _answered(self.desk, token, how) if token else False
        if left is None:
            return PlainTextResponse("Nothing was changed: the store cannot be written. Please try again.\n", 503)
        if not left:
            return await self.not_found(request, None)
        if how == "one-click":
            return PlainTextResponse("Unsubscribed.\n")
        return HTMLResponse(await run_in_threadpool(self.desk.left_page, token))

    async def preferences(self, request: Request) -> Response:
        """Show what a reader has chosen; nothing changes."""
        token = token_of(request)
        page = await run_in_threadpool(self.desk.preferences_page, token) if token else None
        return HTMLResponse(page) if page is not None else await self.not_found(request, None)

    async def choose(self, request: Request) -> Response:
        """Save a reader's choices, or say on the same page (422) why that cannot be."""
        fields = await fields_of(request, MOST_FIELDS)
        if SAVE not in fields or ONE_CLICK[0] in dict(fields):
            return PlainTextResponse("Nothing was changed: the request did not say what to save.\n", 400)
        token = token_of(request)
        answer = await run_in_threadpool(self.desk.choose, token, fields) if token else None
        if answer is None:
            return await self.not_found(request, None)
        good, page = answer
        return HTMLResponse(page, 200 if good else 422)

    async def not_found(self, request: Request, _error: Exception | None) -> Response:
        """Say what to do about a link that does not work."""
        return HTMLResponse(await run_in_threadpool(self.desk.invalid_page), 404)

    async def health(self, request: Request) -> Response:
        """Tell a supervisor whether pages can be served."""
        well = await run_in_threadpool(self.desk.healthy)
        return PlainTextResponse("ok\n") if well else PlainTextResponse("the store does not answer\n", 503)


async def zone_script(_request: Request) -> Response:
    """The one script of these pages: it fills in the browser's time zone."""
    return Response(ZONE_SCRIPT, media_type="text/javascript", headers={"Cache-Control": "max-age=3600"})


async def _answered(desk: PublicDesk, token: str, how: str) -> bool | None:
    """What the desk says to a leaving, waited for without a thread."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[bool | None] = loop.create_future()

    def settle(left: bool | None) -> None:
        if not answered.done():
            answered.set_result(left)

    def answer(left: bool | None) -> None:
        # The server may have stopped meanwhile; what was written stays written.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, left)

    desk.leave_soon(token, how, answer)
    return await answered


async def _how(request: Request) -> str:
    """How somebody asks to leave: "one-click", "page", "rest" (pause instead), or "" for a body that says none."""
    fields = await fields_of(request, 8)
    if ONE_CLICK in fields:
        return "one-click"
    if REST in fields:
        return "rest"
    return "page" if BUTTON in fields else ""
