"""What stands before every page: a cap on what is sent in, and headers that give nothing away."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Pages that carry a personal token: never cached, indexed, framed, or named to another site.
PRIVATE_PAGE: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}

TOO_LARGE = "That is more than this page takes."


class FixedHeaders:
    """Adds headers to every answer of the app, errors included; what a route has set itself stays."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete the headers of its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                message["headers"].extend(one for one in self.headers if one[0] not in present)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses a body of more than `limit` bytes (413), whether its length is announced or not.

    Below the paths of `larger` another limit holds.
    """

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int] = MappingProxyType({})) -> None:
        self.app = app
        self.limit = limit
        self.larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in; an announced length is believed only to refuse early."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = next((most for path, most in self.larger.items() if scope["path"].startswith(path)), self.limit)
        if _announced(scope) > limit:
            await PlainTextResponse(TOO_LARGE, 413)(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413, TOO_LARGE)
            return message

        await self.app(scope, counted, send)


def _announced(scope: Scope) -> int:
    value = Headers(scope=scope).get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() else 0
