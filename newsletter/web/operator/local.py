"""Into the operator's pages without signing in: a word that a command printed, used once, on this machine alone."""

import hmac
import secrets
from threading import Lock

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from newsletter.app.signing_in.people import OPERATOR
from newsletter.web.studio.gate import ENTRY, hosts_of

#: The one thing besides the entry that is shown without the cookie.
STYLE = "/operator.css"
USED = "This address was used already, or is not one of ours. Start `newsletter operator` again for a new one.\n"
PRIVATE = "This page is private. Open the address that `newsletter operator` printed in the terminal.\n"
#: The page that the address leads to.
DOOR = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Operator's pages</title><link rel="stylesheet" href="/operator.css"></head>
<body class="door"><main><h1>The operator's pages</h1>
<p>Of this machine, for this browser. The address that led here works once.</p>
<form method="post"><button>Open them</button></form></main></body></html>
"""


class Ticket:
    """One word for one browser: whoever opens its address first gets the cookie, and nobody after them."""

    def __init__(self, port: int) -> None:
        self.word = secrets.token_urlsafe(32)
        self.hosts = hosts_of(port)
        self.cookie = f"newsletter-operator-{port}"
        self._key = secrets.token_urlsafe(32)
        self._lock = Lock()
        self._used = False

    @property
    def path(self) -> str:
        """The first address of a run."""
        return f"{ENTRY}{self.word}"

    def admits(self, value: str) -> bool:
        """Whether the cookie is the one that was handed out."""
        return hmac.compare_digest(value.encode(), self._key.encode())

    def take(self, word: str) -> bool:
        """Use the word up; False where it is not the one, or was used."""
        with self._lock:
            fits = self.fits(word)
            self._used = self._used or fits
            return fits

    def fits(self, word: str) -> bool:
        """Whether the word is the one, and was not used; nothing changes."""
        return not self._used and hmac.compare_digest(word.encode(), self.word.encode())

    async def door(self, request: Request) -> Response:
        """Show a button: looking uses nothing up, as by a terminal that fetches what it prints."""
        if not self.fits(request.path_params["word"]):
            return PlainTextResponse(USED, 403)
        return HTMLResponse(DOOR)

    async def enter(self, request: Request) -> Response:
        """Use the word up, and hand out the cookie."""
        if not self.take(request.path_params["word"]):
            return PlainTextResponse(USED, 403)
        response = RedirectResponse(f"/{OPERATOR}/", 303)
        response.set_cookie(self.cookie, self._key, httponly=True, samesite="strict", path="/")
        return response


class LocalGate:
    """Lets through what comes from our own pages with the cookie; only the entry needs none."""

    def __init__(self, app: ASGIApp, *, ticket: Ticket) -> None:
        self.app = app
        self.ticket = ticket
        self._origins = frozenset(f"http://{host}" for host in ticket.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 400 or 403 in its place."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if headers.getlist("host")[:1] != headers.getlist("host") or headers.get("host", "") not in self.ticket.hosts:
            return PlainTextResponse("This address is not served here.\n", 400)
        unnamed = (None,) if scope["method"] in ("GET", "HEAD") else ()
        if headers.get("origin") not in (*unnamed, *self._origins):
            return PlainTextResponse("Another site's page asked for this; it is refused.\n", 403)
        cookies = cookie_parser(headers.get("cookie", ""))
        if scope["path"].startswith((ENTRY, STYLE)) or self.ticket.admits(cookies.get(self.ticket.cookie, "")):
            return None
        return PlainTextResponse(PRIVATE, 403)
