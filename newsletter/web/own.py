"""The pages on which readers own their subscription. GET and HEAD show and never change anything; POST does.

What a link from a digest may do, which people forward, is little; the rest takes a link that was mailed just now.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from newsletter.web.forms import MOST_FIELDS, fields_of, token_of

Fields = Sequence[tuple[str, str]]
Answer = tuple[bool, str]
#: What every button of these pages sends along, so that an empty POST of a scanner does nothing.
PRESSED = ("go", "yes")
NOTHING_DONE = "Nothing was changed: the request did not say to do anything.\n"


class OwnDesk(Protocol):
    """What these pages need; None always is a link that is not ours. Calls run in threads."""

    def button_page(self, token: str, act: str, about: str) -> str | None:
        """The page with the one button of a small link in a mail."""
        ...

    def press(self, token: str, act: str, about: str, fields: Fields) -> Answer | None:
        """Do what the button says: whether it could be, and the page that says so."""
        ...

    def mail_link(self, token: str) -> str | None:
        """Mail the reader a fresh link, and the page that says so."""
        ...

    def own_page(self, token: str, *, below: bool = False) -> str | None:
        """The page of a reader's own data; `below` its own address, where an act of it was refused."""
        ...

    def take_data(self, token: str) -> bytes | None:
        """The reader's data; None where the link does not hold for that any more."""
        ...

    def erase(self, token: str, fields: Fields) -> Answer | None:
        """Erase the reader."""
        ...

    def ask_address(self, token: str, fields: Fields) -> Answer | None:
        """Mail a link to a new address."""
        ...

    def address_page(self, token: str) -> str | None:
        """The page behind the link to a new address."""
        ...

    def confirm_address(self, token: str) -> Answer | None:
        """Make the address theirs."""
        ...

    def invalid_page(self) -> str:
        """The page for a link that does not work."""
        ...


def own_routes(desk: OwnDesk) -> list[Route]:
    """The routes of these pages over one desk."""
    pages = OwnEndpoints(desk)
    return [
        Route("/p/{token}/link", pages.mail_link, methods=["POST"]),
        Route("/p/{token}/{act:str}", pages.button, methods=["GET"]),
        Route("/p/{token}/{act:str}", pages.press, methods=["POST"]),
        Route("/p/{token}/{act:str}/{about:str}", pages.button, methods=["GET"]),
        Route("/p/{token}/{act:str}/{about:str}", pages.press, methods=["POST"]),
        Route("/mine/{token}", pages.mine, methods=["GET"]),
        Route("/mine/{token}/link", pages.mail_link, methods=["POST"]),
        Route("/mine/{token}/data", pages.data, methods=["POST"]),
        Route("/mine/{token}/erase", pages.erase, methods=["POST"]),
        Route("/mine/{token}/address", pages.ask_address, methods=["POST"]),
        Route("/address/{token}", pages.new_address, methods=["GET"]),
        Route("/address/{token}", pages.confirm_address, methods=["POST"]),
    ]


class OwnEndpoints:
    """The endpoints over one desk."""

    def __init__(self, desk: OwnDesk) -> None:
        self.desk = desk

    async def button(self, request: Request) -> Response:
        """Show what a small link of a mail is for."""
        return await self._show(request, lambda token: self.desk.button_page(token, *_act(request)))

    async def press(self, request: Request) -> Response:
        """Do it."""
        return await self._do(request, lambda token, fields: self.desk.press(token, *_act(request), fields))

    async def mail_link(self, request: Request) -> Response:
        """Mail a fresh link."""

        def mailed(token: str, _fields: Fields) -> Answer | None:
            page = self.desk.mail_link(token)
            return None if page is None else (True, page)

        return await self._do(request, mailed)

    async def mine(self, request: Request) -> Response:
        """Show what a reader may do with their own data."""
        return await self._show(request, self.desk.own_page)

    async def data(self, request: Request) -> Response:
        """Give a reader all that is kept about them, as a file."""
        if PRESSED not in await fields_of(request, MOST_FIELDS):
            return PlainTextResponse(NOTHING_DONE, 400)
        token = token_of(request)
        document = await run_in_threadpool(self.desk.take_data, token) if token else None
        if document is None:
            return await self._show(request, lambda token: self.desk.own_page(token, below=True), 410)
        headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
        return Response(document, media_type="application/json", headers=headers)

    async def erase(self, request: Request) -> Response:
        """Erase the reader."""
        return await self._do(request, self.desk.erase)

    async def ask_address(self, request: Request) -> Response:
        """Mail a link to a new address."""
        return await self._do(request, self.desk.ask_address)

    async def new_address(self, request: Request) -> Response:
        """Show the page behind the link to a new address."""
        return await self._show(request, self.desk.address_page)

    async def confirm_address(self, request: Request) -> Response:
        """Make the address theirs."""
        return await self._do(request, lambda token, _fields: self.desk.confirm_address(token))

    async def _show(self, request: Request, find: Callable[[str], str | None], status: int = 200) -> Response:
        token = token_of(request)
        page = await run_in_threadpool(find, token) if token else None
        return HTMLResponse(page, status) if page is not None else await self._invalid()

    async def _do(self, request: Request, act: Callable[[str, Fields], Answer | None]) -> Response:
        fields = await fields_of(request, MOST_FIELDS)
        if PRESSED not in fields:
            return PlainTextResponse(NOTHING_DONE, 400)
        token = token_of(request)
        answer = await run_in_threadpool(act, token, fields) if token else None
        if answer is None:
            return await self._invalid()
        good, page = answer
        return HTMLResponse(page, 200 if good else 422)

    async def _invalid(self) -> Response:
        return HTMLResponse(await run_in_threadpool(self.desk.invalid_page), 404)


def _act(request: Request) -> tuple[str, str]:
    return request.path_params["act"], request.path_params.get("about", "")
