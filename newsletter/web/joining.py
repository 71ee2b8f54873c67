"""The pages on which people join, and the same as JSON for sites with a form of their own.

GET and HEAD show and never change anything; POST takes down what somebody asks for. No cookie is set or read, so a
form on another site may post here, and every guard is in what stands behind.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from newsletter.web.forms import LONGEST_TOKEN, MOST_FIELDS, fields_of, token_of

Fields = Sequence[tuple[str, str]]
Answer = tuple[int, str]
Document = Mapping[str, Any]
#: What the button of the confirmation page sends, so that an empty POST of a scanner confirms nothing.
CONFIRM = ("confirm", "yes")
#: Any site may ask: there is no cookie that could be misused.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "86400",
}


class JoinDesk(Protocol):
    """What these pages need; `host` is the client's address, `languages` what its browser reads.

    None is a list that nobody can join, or a link that is not ours. Calls run in threads.
    """

    def join_page(self, list_name: str, languages: str) -> str | None:
        """The form of a list; of the first where none is named."""
        ...

    def join(self, fields: Fields, host: str, languages: str) -> Answer | None:
        """Take a sent form down: status, and page."""
        ...

    def link_page(self, languages: str) -> str:
        """The form for the link to one's own choices."""
        ...

    def send_link(self, fields: Fields, host: str, languages: str) -> Answer:
        """Take down that somebody wants their link."""
        ...

    def confirm_page(self, token: str) -> str | None:
        """The page behind the link of a confirmation mail."""
        ...

    def confirm(self, token: str, host: str) -> str | None:
        """Make the link's owner a member, and the page that says so."""
        ...

    def invalid_page(self) -> str:
        """The page for a link that does not work."""
        ...

    def describe(self, languages: str) -> Document:
        """What can be joined, with a fresh token for each list."""
        ...

    def join_json(self, document: object, host: str, languages: str) -> tuple[int, Document]:
        """Take a request down: status, and what is said of it."""
        ...


def join_routes(desk: JoinDesk) -> list[Route]:
    """The routes of these pages over one desk."""
    pages = JoinEndpoints(desk)
    return [
        Route("/subscribe", pages.form, methods=["GET"]),
        Route("/subscribe", pages.join, methods=["POST"]),
        Route("/link", pages.link, methods=["GET"]),
        Route("/link", pages.send_link, methods=["POST"]),
        Route("/confirm/{token}", pages.ask, methods=["GET"]),
        Route("/confirm/{token}", pages.confirm, methods=["POST"]),
        Route("/api/subscribe", pages.describe, methods=["GET"]),
        Route("/api/subscribe", pages.join_json, methods=["POST"]),
        Route("/api/subscribe", pages.preflight, methods=["OPTIONS"]),
    ]


class JoinEndpoints:
    """The endpoints over one desk."""

    def __init__(self, desk: JoinDesk) -> None:
        self.desk = desk

    async def form(self, request: Request) -> Response:
        """Show the form."""
        name = request.query_params.get("list", "")[:LONGEST_TOKEN]
        return await self._page(await run_in_threadpool(self.desk.join_page, name, _languages(request)))

    async def join(self, request: Request) -> Response:
        """Take a form down; the answer is the same whoever has the address."""
        fields = await fields_of(request, MOST_FIELDS)
        answer = await run_in_threadpool(self.desk.join, fields, _host(request), _languages(request))
        return await self._page(None) if answer is None else HTMLResponse(answer[1], answer[0])

    async def link(self, request: Request) -> Response:
        """Show the form for one's own link."""
        return HTMLResponse(await run_in_threadpool(self.desk.link_page, _languages(request)))

    async def send_link(self, request: Request) -> Response:
        """Take down that somebody wants their link; the answer is the same whoever has the address."""
        fields = await fields_of(request, MOST_FIELDS)
        status, page = await run_in_threadpool(self.desk.send_link, fields, _host(request), _languages(request))
        return HTMLResponse(page, status)

    async def ask(self, request: Request) -> Response:
        """Show what a confirmation link is for; nothing changes."""
        token = token_of(request)
        return await self._page(await run_in_threadpool(self.desk.confirm_page, token) if token else None)

    async def confirm(self, request: Request) -> Response:
        """Confirm."""
        if CONFIRM not in await fields_of(request, 8):
            return PlainTextResponse("Nothing was changed: the request did not say to confirm.\n", 400)
        token = token_of(request)
        return await self._page(await run_in_threadpool(self.desk.confirm, token, _host(request)) if token else None)

    async def describe(self, request: Request) -> Response:
        """Say what can be joined, and give the token that a request needs."""
        return JSONResponse(await run_in_threadpool(self.desk.describe, _languages(request)), headers=CORS)

    async def join_json(self, request: Request) -> Response:
        """Take a request down, under the same guards as the form."""
        document = await _json(request)
        status, said = await run_in_threadpool(self.desk.join_json, document, _host(request), _languages(request))
        return JSONResponse(said, status, headers=CORS)

    async def preflight(self, _request: Request) -> Response:
        """Let a page of another site ask (Fetch, CORS-preflight)."""
        return Response(status_code=204, headers=CORS)

    async def _page(self, page: str | None) -> Response:
        return (
            HTMLResponse(page)
            if page is not None
            else HTMLResponse(await run_in_threadpool(self.desk.invalid_page), 404)
        )


def _host(request: Request) -> str:
    return request.client.host if request.client else ""


def _languages(request: Request) -> str:
    return request.headers.get("accept-language", "")


async def _json(request: Request) -> object:
    """The document; None where the body is none."""
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError, ClientDisconnect):
        return None
