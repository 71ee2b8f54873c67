"""The pages of signing in and out. GET and HEAD show and never change anything: scanners follow a mailed link.

Every form carries a token that is bound to the browser's own cookie, and must name our Origin.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from importlib.resources import files

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from newsletter.app.page_writing import masked
from newsletter.app.signing_in.desk import SignIn
from newsletter.app.signing_in.people import OPERATOR, STUDIO, Visitor
from newsletter.app.signing_in.sessions import LINK_LASTS
from newsletter.model.signing_in import Role
from newsletter.web.forms import LARGEST_BODY, fields_of, token_of
from newsletter.web.guards import PRIVATE_PAGE, BodyLimit, FixedHeaders
from newsletter.web.signin.gate import SignInGate, session_cookie, visitor_of

#: Our forms name their Origin, which "no-referrer" would take from them; other sites are told nothing all the same.
HEADERS: Mapping[str, str] = {
    **PRIVATE_PAGE,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NAMES = ("base", "ask", "sent", "busy", "link", "over", "account", "denied", "proxy", "refused")


def sign_in_routes(desk: SignIn, pages: "SignInPages") -> list[Route]:
    """The routes of these pages, each behind a gate that everybody may pass who comes from our own pages."""
    inner = Starlette(
        routes=[
            Route("/sign-in", pages.door, methods=["GET"]),
            Route("/sign-in", pages.ask, methods=["POST"]),
            Route("/sign-in/{token}", pages.link, methods=["GET"]),
            Route("/sign-in/{token}", pages.sign_in, methods=["POST"]),
            Route("/sign-out", pages.sign_out, methods=["POST"]),
        ],
        middleware=[
            Middleware(FixedHeaders, headers=HEADERS),
            Middleware(SignInGate, desk=desk),
            Middleware(BodyLimit, limit=LARGEST_BODY),
        ],
    )
    return [Route(path, inner) for path in ("/sign-in", "/sign-in/{token}", "/sign-out")]


class SignInPages:
    """The endpoints over one desk."""

    def __init__(self, desk: SignIn) -> None:
        self.desk = desk
        self._key = secrets.token_bytes(32)
        self._templates = {f"{name}.html": _template(f"{name}.html") for name in NAMES}
        self._cookie = session_cookie(desk)
        self._form_cookie = f"{self._cookie}-form"

    async def door(self, request: Request) -> Response:
        """Show where one asks for a link; who is signed in sees as whom, and where to go on."""
        visitor = visitor_of(request.scope)
        if visitor is not None:
            return await self._account(visitor)
        return self._with_form(request, "ask" if self.desk.by_mail else "proxy", {})

    async def ask(self, request: Request) -> Response:
        """Take down that somebody wants a link; the answer is the same whoever they are."""
        values = dict(await fields_of(request, 8))
        if not self.desk.by_mail or not self._is_ours(request, values):
            return self._with_form(request, "refused", {}, 403)
        free = await run_in_threadpool(self.desk.mails.ask, values.get("address", ""), _host(request))
        return self._page("sent", {"minutes": LINK_LASTS.seconds // 60}) if free else self._page("busy", {}, 429)

    async def link(self, request: Request) -> Response:
        """Show whom a link would sign in; nothing changes."""
        token = token_of(request)
        person = await run_in_threadpool(self.desk.person_of_link, token) if token else None
        if person is None:
            return self._page("over", {}, 410)
        return self._with_form(request, "link", {"address": masked(person.address)})

    async def sign_in(self, request: Request) -> Response:
        """Use the link up, and hand the browser its cookie."""
        if not self._is_ours(request, dict(await fields_of(request, 8))):
            return self._with_form(request, "refused", {}, 403)
        token, before = token_of(request), request.cookies.get(self._cookie, "")
        cookie = await run_in_threadpool(self.desk.sign_in, token, _host(request), before) if token else None
        if cookie is None:
            return self._page("over", {}, 410)
        visitor = await run_in_threadpool(self.desk.visitor, cookie)
        response = RedirectResponse(self._home(visitor) or f"{self.desk.base_url}/sign-in", 303)
        self._set(response, self._cookie, cookie, self.desk.lasts)
        return response

    async def sign_out(self, request: Request) -> Response:
        """End this session, or all of the visitor's."""
        values, visitor = dict(await fields_of(request, 8)), visitor_of(request.scope)
        response = RedirectResponse(f"{self.desk.base_url}/sign-in", 303)
        if visitor is None or not visitor.session:
            return response
        if not hmac.compare_digest(values.get("token", "").encode(), self._token(visitor.seed).encode()):
            return self._with_form(request, "refused", {}, 403)
        everywhere = values.get("everywhere") == "yes"
        await run_in_threadpool(lambda: self.desk.sign_out(visitor, _host(request), everywhere=everywhere))
        response.delete_cookie(self._cookie, path="/", secure=self.desk.is_secure, httponly=True, samesite="lax")
        return response

    def denied(self, visitor: Visitor, role: Role) -> Response:
        """Say to somebody who is signed in that this is not theirs."""
        return self._page("denied", {"address": visitor.person.address, "role": role}, 403)

    async def _account(self, visitor: Visitor) -> Response:
        open_ones = await run_in_threadpool(self.desk.sessions_of, visitor)
        values = {
            "address": visitor.person.address,
            "roles": sorted(visitor.person.roles),
            "studio": self._below(STUDIO) if "editor" in visitor.person.roles else "",
            "operator": self._below(OPERATOR) if "operator" in visitor.person.roles else "",
            "sessions": len(open_ones),
            "session": visitor.session,
            "token": self._token(visitor.seed),
        }
        return self._page("account", values)

    def _home(self, visitor: Visitor | None) -> str:
        """Where somebody goes on who has one role; who has both chooses."""
        roles = visitor.person.roles if visitor else frozenset()
        homes = {"editor": STUDIO, "operator": OPERATOR}
        return self._below(homes[next(iter(roles))]) if len(roles) == 1 else ""

    def _below(self, place: str) -> str:
        return f"{self.desk.base_url}/{place}/"

    def _with_form(self, request: Request, name: str, values: Mapping[str, object], status: int = 200) -> Response:
        """A page whose form is bound to this browser."""
        mine = request.cookies.get(self._form_cookie, "") or secrets.token_urlsafe(32)
        response = self._page(name, {**values, "token": self._token(mine)}, status)
        self._set(response, self._form_cookie, mine)
        return response

    def _is_ours(self, request: Request, values: Mapping[str, str]) -> bool:
        mine = request.cookies.get(self._form_cookie, "")
        return bool(mine) and hmac.compare_digest(values.get("token", "").encode(), self._token(mine).encode())

    def _token(self, seed: str) -> str:
        return hmac.new(self._key, f"sign-in form {seed}".encode(), hashlib.sha256).hexdigest()

    def _set(self, response: Response, name: str, value: str, lasts: int | None = None) -> None:
        """For this host alone, out of scripts' reach, and not sent along with another site's form."""
        secure = self.desk.is_secure
        response.set_cookie(name, value, max_age=lasts, path="/", secure=secure, httponly=True, samesite="lax")

    def _page(self, name: str, values: Mapping[str, object], status: int = 200) -> Response:
        return HTMLResponse(self.desk.fill(self._templates, f"{name}.html", values), status)


def _host(request: Request) -> str:
    return request.client.host if request.client else ""


def _template(name: str) -> str:
    return files("newsletter.web.signin").joinpath("templates", name).read_text(encoding="utf-8")
