"""The operator's pages as routes: what is being sent, issues with their rows, people, and what was done.

Every address only shows, but for forms, which carry a token that is bound to whoever is signed in. No address of a
reader stands in a URL: who is looked up comes in the body of a form.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from newsletter.app.accounting.actors import account, signed_in
from newsletter.app.operator.desk import OperatorDesk
from newsletter.app.signing_in.people import OPERATOR
from newsletter.model.deeds import Actor
from newsletter.web.forms import fields_of
from newsletter.web.operator.watching import Watching
from newsletter.web.signin.gate import still_in, visitor_of
from newsletter.web.studio.actions import Actions

#: Fills a template by its name.
Fill = Callable[[Mapping[str, str], str, Mapping[str, object]], str]
ASSETS: Mapping[str, str] = {"operator.css": "text/css", "live.js": "text/javascript"}
TABS = (("", "Now"), ("issues", "Issues"), ("people", "People"), ("numbers", "Numbers"), ("log", "Log"))
#: A page of a table is asked for by a number of so many digits at most.
LONGEST_NUMBER = 5
FOREIGN = "This form is not of these pages, or is too old: go back, load the page again, and send it once more.\n"


class OperatorPages:
    """The endpoints over one desk; `home` is the path below which they hang."""

    def __init__(self, desk: OperatorDesk, fill: Fill, watching: Watching, *, key: str, home: str = "") -> None:
        self.desk = desk
        self.fill = fill
        self.watching = watching
        self.home = f"{home}/{OPERATOR}"
        self.actions = Actions(key)

    async def now(self, request: Request) -> Response:
        """What is being sent, and what needs a look."""
        number = self.watching.changes.number
        view = await run_in_threadpool(self.desk.now)
        return self._page(request, "now.html", "", {"view": view, "number": number, "reloads": self.desk.reloads})

    async def issues(self, request: Request) -> Response:
        """All issues that left."""
        view = await run_in_threadpool(self.desk.issues, _number(request, "page"))
        return self._page(request, "issues.html", "issues", {"view": view})

    async def issue(self, request: Request) -> Response:
        """One issue."""
        number = self.watching.changes.number
        view = await run_in_threadpool(self.desk.issue, request.path_params["key"])
        if view is None:
            return self._missing(request, "issues")
        return self._page(request, "issue.html", "issues", {"view": view, "number": number})

    async def stop(self, request: Request) -> Response:
        """Ask whether an issue is to be stopped; nothing changes."""
        view = await run_in_threadpool(self.desk.issue, request.path_params["key"])
        if view is None or view.sending is None:
            return self._missing(request, "issues")
        return self._page(request, "stop.html", "issues", {"view": view})

    async def deliveries(self, request: Request) -> Response:
        """The rows behind a number; a form of ours opens their addresses."""
        values, actor = await self._opening(request)
        if request.method == "POST" and actor is None:
            return PlainTextResponse(FOREIGN, 403)
        key, query = request.path_params["key"], request.query_params
        show, page = values.get("show", query.get("show", "all")), values.get("page", query.get("page", ""))
        found = await run_in_threadpool(self.desk.deliveries, key, show, _as_number(page), actor)
        if found is None:
            return self._missing(request, "issues")
        title, view = found
        return self._page(request, "deliveries.html", "issues", {"key": key, "title": title, "view": view})

    async def delivery(self, request: Request) -> Response:
        """One delivery; a form of ours opens its address."""
        _, actor = await self._opening(request)
        if request.method == "POST" and actor is None:
            return PlainTextResponse(FOREIGN, 403)
        view = await run_in_threadpool(self.desk.delivery, request.path_params["id"], actor)
        if view is None:
            return self._missing(request, "issues")
        return self._page(request, "delivery.html", "issues", {"view": view})

    async def people(self, request: Request) -> Response:
        """People in numbers; a form of ours looks somebody's deliveries up."""
        found, typed = None, ""
        if request.method == "POST":
            values, actor = await self._opening(request)
            if actor is None:
                return PlainTextResponse(FOREIGN, 403)
            typed = values.get("address", "").strip()
            found = await run_in_threadpool(self.desk.deliveries_to, typed)
        view = await run_in_threadpool(self.desk.people, _number(request, "weeks", 26))
        return self._page(request, "people.html", "people", {"view": view, "found": found, "typed": typed})

    async def numbers(self, request: Request) -> Response:
        """What was asked for, and who left or replied, in numbers."""
        view = await run_in_threadpool(self.desk.numbers, _number(request, "days", 30))
        return self._page(request, "numbers.html", "numbers", {"view": view})

    async def log(self, request: Request) -> Response:
        """What was told and done."""
        told, done = await run_in_threadpool(self.desk.log)
        return self._page(request, "log.html", "log", {"told": told, "done": done})

    async def act(self, request: Request) -> Response:
        """Do what a form asks for, once, and lead back to the issue."""
        values = dict(await fields_of(request, 8))
        if not self.actions.is_ours(values, _seed(request)):
            return PlainTextResponse(FOREIGN, 403)
        form, key, actor = values.get("form", ""), values.get("key", ""), actor_of(request)
        asked = (values.get("act", ""), key, _by(request, actor), actor)
        await self.actions.once(form, lambda: run_in_threadpool(self.desk.act, *asked))
        await run_in_threadpool(self.watching.look)
        back = f"{self.home}/" if values.get("back") == "now" else f"{self.home}/issues/{quote(key, safe='')}"
        return RedirectResponse(f"{back}?form={quote(form, safe='')}", 303)

    async def reload(self, request: Request) -> Response:
        """Have the configuration read again, and show what came of it.

        Without leading elsewhere: whoever answers the next request may be another reading's pages already.
        """
        _, actor = await self._opening(request)
        if actor is None:
            return PlainTextResponse(FOREIGN, 403)
        said = await run_in_threadpool(self.desk.reload, actor)
        view = await run_in_threadpool(self.desk.now)
        return self._page(request, "now.html", "", {"view": view, "said": said, "reloads": self.desk.reloads})

    async def events(self, request: Request) -> Response:
        """The stream of changes after the one the page has seen."""
        seen = request.headers.get("last-event-id") or request.query_params.get("seen", "")
        stream = self.watching.changes.events(_as_number(seen, 0), still_in(request.scope))
        return StreamingResponse(stream, media_type="text/event-stream")

    async def _opening(self, request: Request) -> tuple[dict[str, str], Actor | None]:
        """The fields of a form, and who sent it where it is one of ours."""
        if request.method != "POST":
            return {}, None
        values = dict(await fields_of(request, 8))
        return values, actor_of(request) if self.actions.is_ours(values, _seed(request)) else None

    def _missing(self, request: Request, tab: str) -> Response:
        return self._page(request, "missing.html", tab, {}, 404)

    def _page(
        self, request: Request, name: str, tab: str, values: Mapping[str, object], status: int = 200
    ) -> Response:
        visitor = visitor_of(request.scope)
        context = {
            "community": self.desk.community,
            "home": self.home,
            "tabs": [{"path": path, "title": title, "on": path == tab} for path, title in TABS],
            "visitor": visitor.person.address if visitor else "",
            "token": self.actions.token(_seed(request)),
            "form": self.actions.new_form(),
            "said": self.actions.said(request.query_params.get("form", "")),
            "number": None,
        }
        return HTMLResponse(self.fill(page_templates(), name, {**context, **values}), status)


def operator_routes(pages: OperatorPages) -> list[Route]:
    """The routes of the pages, whoever is let in to them."""
    return [
        Route("/", pages.now),
        Route("/issues", pages.issues),
        Route("/issues/{key}", pages.issue),
        Route("/issues/{key}/stop", pages.stop),
        Route("/issues/{key}/deliveries", pages.deliveries, methods=["GET", "POST"]),
        Route("/deliveries/{id}", pages.delivery, methods=["GET", "POST"]),
        Route("/people", pages.people, methods=["GET", "POST"]),
        Route("/numbers", pages.numbers),
        Route("/log", pages.log),
        Route("/act", pages.act, methods=["POST"]),
        Route("/reload", pages.reload, methods=["POST"]),
        Route("/events", pages.events),
        *(Route(f"/assets/{name}", asset(name)) for name in ASSETS),
    ]


def actor_of(request: Request) -> Actor:
    """Who sends a form: somebody who is signed in, or whoever has this machine."""
    visitor = visitor_of(request.scope)
    return signed_in(visitor.person) if visitor else account()


def _by(request: Request, actor: Actor) -> str:
    """The name that stands in an issue's history."""
    visitor = visitor_of(request.scope)
    return visitor.person.address if visitor else actor.name


def _seed(request: Request) -> str:
    visitor = visitor_of(request.scope)
    return visitor.seed if visitor else ""


def _number(request: Request, name: str, usual: int = 1) -> int:
    return _as_number(request.query_params.get(name, ""), usual)


def _as_number(text: str, usual: int = 1) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else usual


def asset(name: str) -> Callable[[Request], Response]:
    """The endpoint of a style sheet or a script."""

    def answer(request: Request) -> Response:
        return Response(_text("assets", name), media_type=ASSETS[name])

    return answer


@cache
def page_templates() -> Mapping[str, str]:
    """The pages by their names."""
    folder = files("newsletter.web.operator").joinpath("templates")
    return {one.name: _text("templates", one.name) for one in folder.iterdir() if one.name.endswith(".html")}


def _text(folder: str, name: str) -> str:
    return files("newsletter.web.operator").joinpath(folder, name).read_text(encoding="utf-8")
