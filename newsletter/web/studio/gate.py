"""Who may see the studio: a browser on this machine that was given the address the terminal printed.

Drafts are not public, and other sites' pages run in the same browser: so the Host must be ours (DNS rebinding), the
Origin must be ours where one is sent, and a cookie must hold the key of this run.
"""

import hmac
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

ENTRY = "/enter/"
NO_KEY = "This page is private. Open the address that `newsletter preview` printed in the terminal.\n"


class Gate:
    """Lets through what comes from our own pages; only the entry page needs no cookie."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], cookie: str, key: str) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.origins = frozenset(f"http://{host}" for host in hosts)
        self.cookie = cookie
        self.key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 400 or 403 in its place."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self.hosts:
            return PlainTextResponse("This address is not served here.\n", 400)
        # A page of ours names itself wherever it sends a form; only looking may come without an Origin.
        unnamed = (None,) if scope["method"] in ("GET", "HEAD") else ()
        if headers.get("origin") not in (*unnamed, *self.origins):
            return PlainTextResponse("Another site's page asked for this; it is refused.\n", 403)
        if scope["path"].startswith(ENTRY) or self._has_key(headers):
            return None
        return PlainTextResponse(NO_KEY, 403)

    def _has_key(self, headers: Headers) -> bool:
        found = cookie_parser(headers.get("cookie", "")).get(self.cookie, "")
        return hmac.compare_digest(found.encode(), self.key.encode())


def hosts_of(port: int) -> tuple[str, ...]:
    """The Host headers a browser on this machine sends for the port."""
    return (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}")
