"""Before every page for editors and operators: comes it from our own pages, and who sends it.

The Host must be the public one (DNS rebinding), a form must name our Origin, and whoever is not signed in is led to
where one does that. A header of a proxy is believed from that proxy alone, and from nobody else even let in.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from newsletter.app.signing_in.desk import SignIn
from newsletter.app.signing_in.people import PEER, Visitor
from newsletter.model.signing_in import Role

#: Under this name a request carries its Visitor, or None.
VISITOR = "newsletter.visitor"
#: Under this name it carries what tells whether they are signed in yet.
STILL = "newsletter.still-in"
SAFE = ("GET", "HEAD")

Denied = Callable[[Visitor, Role], Response]


def session_cookie(desk: SignIn) -> str:
    """The cookie's name: with the prefix that binds it to this host alone, for which browsers demand https.

    Below a path, other communities may have the rest of the host, and cookies of their own.
    """
    name = "__Host-newsletter" if desk.is_secure else "newsletter-session"
    return f"{name}-{desk.ws.settings.community.id}" if desk.path else name


def visitor_of(scope: Scope) -> Visitor | None:
    """Who sends the request, once the gate has found out."""
    found: Visitor | None = scope.get(VISITOR)
    return found


def still_in(scope: Scope) -> Callable[[], Awaitable[bool]]:
    """What asks, whenever it is called, whether whoever sent the request would be let in yet.

    Asking keeps no session open. Where there is no gate before a page, everybody is.
    """
    still: Callable[[], bool] = scope.get(STILL, lambda: True)

    async def asked() -> bool:
        return await run_in_threadpool(still)

    return asked


class SignInGate:
    """Lets through who has the role; without a `role`, everybody who comes from our own pages."""

    def __init__(self, app: ASGIApp, *, desk: SignIn, role: Role | None = None, denied: Denied | None = None) -> None:
        self.app = app
        self.desk = desk
        self.role = role
        self.denied = denied

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its visitor, or answer in its place."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = dict(scope)
        refusal = self._foreign(scope) or await self._unknown(scope)
        await (refusal or self.app)(scope, receive, send)

    def _foreign(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.getlist("host") != [self.desk.origin.partition("://")[2]]:
            return PlainTextResponse("This address is not served here.\n", 400)
        unnamed = (None,) if scope["method"] in SAFE else ()
        if headers.get("origin") not in (*unnamed, self.desk.origin):
            return PlainTextResponse("Another site's page asked for this; it is refused.\n", 403)
        return None

    async def _unknown(self, scope: Scope) -> Response | None:
        """Find out who it is; an answer for whoever has no business here."""
        names = _taken_out(scope, self.desk.header)
        if not self.desk.by_mail:
            if names and not self.desk.trusts(_host(scope.get(PEER) or scope.get("client"))):
                return PlainTextResponse("Nobody but the proxy may say who you are; it is refused.\n", 403)
            if len(names) > 1:
                return PlainTextResponse("The request says twice who it is from; it is refused.\n", 400)
        visitor = await run_in_threadpool(self._visitor, scope, names)
        scope[VISITOR] = visitor
        if self.role is None:
            return None
        if visitor is None:
            return self._to_sign_in(scope)
        scope[STILL] = partial(self.desk.is_still_in, visitor)
        if self.role not in visitor.person.roles:
            return self.denied(visitor, self.role) if self.denied else PlainTextResponse("Not yours.\n", 403)
        return None

    def _visitor(self, scope: Scope, names: list[str]) -> Visitor | None:
        if not self.desk.by_mail:
            return self.desk.vouched(names[0], _host(scope.get("client"))) if names else None
        cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
        return self.desk.visitor(cookies.get(session_cookie(self.desk), ""))

    def _to_sign_in(self, scope: Scope) -> Response:
        """Lead a person to the door; a script is told the truth."""
        headers = Headers(scope=scope)
        looks = scope["method"] in SAFE and "text/html" in headers.get("accept", "")
        if looks and headers.get("sec-fetch-dest", "document") == "document":
            return RedirectResponse(f"{self.desk.base_url}/sign-in", 303)
        return PlainTextResponse("You are not signed in, or not any more.\n", 401)


def _taken_out(scope: Scope, name: str) -> list[str]:
    """The values of the header, which nothing behind the gate sees any more."""
    wanted = name.lower().encode("latin-1")
    found = [value.decode("latin-1") for key, value in scope["headers"] if key == wanted]
    scope["headers"] = [pair for pair in scope["headers"] if pair[0] != wanted]
    return found


def _host(client: tuple[str, int] | None) -> str:
    return client[0] if client else ""
