"""The studio: one page on this machine that shows the issue as its readers get it, and again when a file changes.

Every address but one only shows; nothing the client sends names a file. The mail stands in a frame without scripts.
"""

import secrets
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from importlib.resources import files
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from newsletter.app.accounting.actors import account, signed_in
from newsletter.app.studio.stage import Stage, staged
from newsletter.app.studio.view import View
from newsletter.model.deeds import Actor
from newsletter.web.forms import fields_of
from newsletter.web.guards import BodyLimit, FixedHeaders
from newsletter.web.signin.gate import still_in, visitor_of
from newsletter.web.studio.actions import Actions
from newsletter.web.studio.changes import Changes
from newsletter.web.studio.desk import Fill, PreviewDesk
from newsletter.web.studio.gate import ENTRY, NO_KEY, Gate, hosts_of
from newsletter.web.studio.page import OWN_PANES, State, page_context, read_state
from newsletter.web.studio.palette import palette

PAGE_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "frame-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Only so far that our own forms name their Origin, which "no-referrer" would take from them.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
#: Same origin, so that the page may read how far the frame is scrolled; never scripts, forms or plug-ins.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'; base-uri 'none'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
#: Bytes of what is sent in: an editor's note, and what stands around it.
LARGEST_FORM = 512 * 1024
#: Cookies in which the editor's own address and name stand for the next time.
ME, BY, YEAR = "studio-me", "studio-by", 31_536_000
_SCRIPTS = ("beside", "forms", "frame", "keys", "load", "mail", "palette", "status", "studio", "width", "words")
ASSETS: Mapping[str, str] = {"studio.css": "text/css"} | {f"{name}.js": "text/javascript" for name in _SCRIPTS}


def new_key() -> str:
    """A key for one run of the preview: 192 random bits."""
    return secrets.token_urlsafe(24)


def entry_path(key: str) -> str:
    """The first address of a run; it hands the browser its cookie."""
    return f"{ENTRY}{key}"


def preview_app(desk: PreviewDesk, fill: Fill, changes: Changes, *, port: int, key: str) -> Starlette:
    """The preview as an ASGI app, for a browser that reaches it on `port` of this machine."""
    pages = PreviewPages(desk, fill, changes, key=key, cookie=f"newsletter-preview-{port}")
    return Starlette(
        routes=[Route(ENTRY + "{key}", pages.enter), *studio_routes(pages)],
        middleware=[
            Middleware(FixedHeaders, headers=PAGE_HEADERS),
            Middleware(Gate, hosts=hosts_of(port), cookie=pages.cookie, key=key),
            Middleware(BodyLimit, limit=LARGEST_FORM),
        ],
    )


def studio_routes(pages: "PreviewPages") -> list[Route]:
    """The routes of the studio's own pages, whoever is let in to them."""
    return [
        Route("/", pages.page),
        Route("/mail", pages.mail),
        Route("/palette", pages.palette),
        Route("/ahead.svg", pages.to_come),
        Route("/events", pages.events),
        Route("/act", pages.act, methods=["POST"]),
        *(Route(f"/assets/{name}", _asset(name)) for name in ASSETS),
    ]


class PreviewPages:
    """The endpoints over one desk."""

    def __init__(self, desk: PreviewDesk, fill: Fill, changes: Changes, *, key: str, cookie: str) -> None:
        self.desk = desk
        self.fill = fill
        self.changes = changes
        self.key = key
        self.cookie = cookie
        self.actions = Actions(key)

    async def enter(self, request: Request) -> Response:
        """Hand out the cookie, then move on.

        By a page and not a redirect: a strict cookie is not sent along a redirect that another site's link began.
        """
        if not secrets.compare_digest(request.path_params["key"].encode(), self.key.encode()):
            return PlainTextResponse(NO_KEY, 403)
        response = HTMLResponse('<!doctype html><title>Preview</title><meta http-equiv="refresh" content="0;url=/">')
        response.set_cookie(self.cookie, self.key, httponly=True, samesite="strict", path="/")
        return response

    async def page(self, request: Request) -> Response:
        """The whole page; the script swaps parts of it for those of a newer one."""
        number = self.changes.number
        state = read_state(request.query_params)
        shown = await run_in_threadpool(self.desk.show, state.digest, state.persona, state.variant)
        context = page_context(state, shown, number)
        context |= {"real": shown.real, "unknown": shown.audience.unknown}
        context |= self._forms(request) | await run_in_threadpool(self._pane, state)
        page = await run_in_threadpool(self.fill, _templates(), context)
        return HTMLResponse(page, background=BackgroundTask(self.desk.ahead, shown))

    def _forms(self, request: Request) -> dict[str, object]:
        """The values of what is sent in, and how it went."""
        return {
            "said": self.actions.said(request.query_params.get("form", "")),
            "token": self.actions.token(_seed(request)),
            "visitor": signed_in_as(request),
            "new_form": self.actions.new_form,
            "me": unquote(request.cookies.get(ME, "")),
            "by": unquote(request.cookies.get(BY, "")),
        }

    def _pane(self, state: State) -> dict[str, object]:
        """The values that a pane alone needs."""
        if state.tab == "send":
            return {"standing": self.desk.standing(state.digest, state.persona, state.variant)}
        if state.tab in OWN_PANES:
            return {"own": self.desk.pane(state.tab, state.digest, state.persona, state.variant, state.item)}
        return {}

    async def palette(self, request: Request) -> Response:
        """Everything there is to be chosen from, by its name."""
        state = read_state(request.query_params)
        shown = await run_in_threadpool(self.desk.show, state.digest, state.persona, state.variant)
        return JSONResponse(palette(state, shown))

    async def to_come(self, request: Request) -> Response:
        """The picture of what is to come."""
        picture = await run_in_threadpool(self.desk.picture)
        return Response(picture, media_type="image/svg+xml", headers={"Content-Security-Policy": PICTURE_POLICY})

    async def act(self, request: Request) -> Response:
        """Do what a form asks for, once, and lead back to where it stood."""
        values = dict(await fields_of(request))
        if not self.actions.is_ours(values, _seed(request)):
            return PlainTextResponse("This form is not of this studio; it is refused.\n", 403)
        state, form, visitor = read_state(values), values.get("form", ""), signed_in_as(request)
        if visitor:
            # Whoever is signed in acts in no other name, and has no mail sent to anybody else.
            values |= {"by": visitor, "address": visitor}
        issue = (state.digest, state.persona, state.variant)
        asked = (values.get("act", ""), *issue, values, actor_of(request))
        await self.actions.once(form, lambda: run_in_threadpool(self.desk.act, *asked))
        response = RedirectResponse(f"{state.url()}{'&' if '=' in state.url() else ''}form={quote(form)}", 303)
        for cookie, name in ((ME, "address"), (BY, "by")):
            if values.get(name) and not visitor:
                response.set_cookie(
                    cookie, quote(values[name]), max_age=YEAR, httponly=True, samesite="strict", path="/"
                )
        return response

    async def mail(self, request: Request) -> Response:
        """The mail itself, for the frame."""
        state = read_state(request.query_params)
        shown = await run_in_threadpool(self.desk.show, state.digest, state.persona, state.variant)
        last = request.query_params.get("last") == "on"
        html = _mail(shown.view, state.stage, last=last)
        return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})

    async def events(self, request: Request) -> Response:
        """The stream of changes after the one the page has seen."""
        seen = request.headers.get("last-event-id") or request.query_params.get("seen", "")
        number = int(seen) if seen.isascii() and seen.isdigit() else 0
        stream = self.changes.events(number, still_in(request.scope))
        return StreamingResponse(stream, media_type="text/event-stream")


def signed_in_as(request: Request) -> str:
    """The address of whoever is signed in; empty on the editor's own machine, where nobody needs to be."""
    visitor = visitor_of(request.scope)
    return visitor.person.address if visitor else ""


def actor_of(request: Request) -> Actor:
    """Who sends a form: somebody who is signed in, or whoever has this machine."""
    visitor = visitor_of(request.scope)
    return signed_in(visitor.person) if visitor else account()


def _seed(request: Request) -> str:
    visitor = visitor_of(request.scope)
    return visitor.seed if visitor else ""


def _mail(view: View | None, stage: Stage, *, last: bool = False) -> str:
    """The HTML part of this issue or of the last one, or the text for a reader who gets text only."""
    if view is None:
        return "<!doctype html><title>No mail</title><p>There is no mail to show yet."
    html, text = (view.before.html, view.before.text) if last else (view.framed, view.text)
    if not html:
        return f'<!doctype html><title>Text only</title><pre style="white-space:pre-wrap">{escape(text)}</pre>'
    return staged(html, stage)


def _asset(name: str) -> Callable[[Request], Response]:
    def asset(request: Request) -> Response:
        return Response(_text("assets", name), media_type=ASSETS[name])

    return asset


@cache
def _templates() -> Mapping[str, str]:
    """The page's templates by their names."""
    folder = files("newsletter.web.studio").joinpath("templates")
    names = [one.name for one in folder.iterdir() if one.is_file()]
    names += [f"panes/{one.name}" for one in folder.joinpath("panes").iterdir()]
    return {name: _text("templates", name) for name in names}


def _text(folder: str, name: str) -> str:
    return files("newsletter.web.studio").joinpath(folder, name).read_text(encoding="utf-8")
