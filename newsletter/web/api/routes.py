"""The API's routes, made from its table of operations; each path answers every method, if only to say which it has.

GET and HEAD change nothing. Other sites' pages read nothing, but where the settings name their origin: then what is
published, and that alone.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from newsletter.app.api.desk import LARGEST, Incoming, Reply
from newsletter.app.api.operations import OPERATIONS, PREFIX, Operation

#: Below which path it lies.
BELOW = f"{PREFIX}/"
#: What of it is served to pages of origins that the settings name.
OPEN = "published:read"
_ASKED_BY_PAGES = "Authorization, If-None-Match"


class ApiAsked(Protocol):
    """What answers. Calls run in threads."""

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may read what is published."""
        ...

    def is_on(self) -> bool:
        """Whether there is an API at all."""
        ...

    def document(self) -> Reply:
        """The OpenAPI document."""
        ...

    def refuse(self, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> Reply:
        """A refusal of the kind."""
        ...

    def answer(self, operation: Operation, incoming: Incoming) -> Reply:
        """Do what is asked for, or say why not."""
        ...


def api_routes(desk: ApiAsked) -> list[Route]:
    """Every path of the API, those in which nothing varies first, and an answer for whatever is not there."""
    paths: dict[str, list[Operation]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, []).append(one)
    ordered = sorted(paths, key=lambda path: "{" in path)
    return [
        Route(f"{PREFIX}/openapi.json", OfDocument(desk)),
        *(Route(PREFIX + path, OfPath(desk, paths[path])) for path in ordered),
        Route(f"{PREFIX}/{{rest:path}}", OfNothing(desk)),
    ]


class OfNothing:
    """Whatever is not there."""

    def __init__(self, desk: ApiAsked) -> None:
        self.desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        await (await self.respond(request))(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        """The answer, as it is sent."""
        return _response(self.desk.refuse("not-found", "there is nothing at this address"))


class OfDocument(OfNothing):
    """The OpenAPI document."""

    async def respond(self, request: Request) -> Response:
        """Show it to anybody, while there is an API."""
        if not await run_in_threadpool(self.desk.is_on):
            return await super().respond(request)
        if request.method not in ("GET", "HEAD"):
            return _response(self.desk.refuse("method", "this is read alone", {"Allow": "GET, HEAD"}))
        return _response(await run_in_threadpool(self.desk.document))


class OfPath(OfNothing):
    """The operations of one path."""

    def __init__(self, desk: ApiAsked, operations: Sequence[Operation]) -> None:
        super().__init__(desk)
        self.by_method = {one.method: one for one in operations}
        names = [*self.by_method, *(("HEAD",) if "GET" in self.by_method else ()), "OPTIONS"]
        self.allow = {"Allow": ", ".join(names)}

    async def respond(self, request: Request) -> Response:
        """Do what the method says."""
        method = "GET" if request.method == "HEAD" else request.method
        operation = self.by_method.get(method)  # type: ignore[call-overload]  # any word may be sent
        if operation is None:
            return await self._other(request)
        body = await _body(request)
        reply = await run_in_threadpool(self.desk.answer, operation, _incoming(request, body))
        return _response(_as_before(request, reply), self._open(request, operation))

    async def _other(self, request: Request) -> Response:
        if not await run_in_threadpool(self.desk.is_on):
            return await super().respond(request)
        if request.method != "OPTIONS":
            return _response(self.desk.refuse("method", f"{request.method[:20]} is not done here", self.allow))
        return _response(Reply(204, headers=self.allow), self._preflight(request))

    def _preflight(self, request: Request) -> Mapping[str, str]:
        """What a browser is told that asks on behalf of another site's page (Fetch, CORS-preflight)."""
        wanted = self.by_method.get("GET")
        found = self._open(request, wanted) if wanted is not None else {}
        if "Access-Control-Allow-Origin" not in found:
            return found
        return {
            **found,
            "Access-Control-Allow-Methods": "GET",
            "Access-Control-Allow-Headers": _ASKED_BY_PAGES,
            "Access-Control-Max-Age": "600",
        }

    def _open(self, request: Request, operation: Operation) -> Mapping[str, str]:
        """Whether a page of the request's origin may read the answer."""
        if operation.scope != OPEN or not self.desk.origins:
            return {}
        origin = request.headers.get("origin", "")
        allowed = {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "ETag, Retry-After"}
        return {"Vary": "Authorization, Origin"} | (allowed if origin in self.desk.origins else {})


def _incoming(request: Request, body: bytes | None) -> Incoming:
    return Incoming(
        path=request.path_params,
        query=request.query_params.multi_items(),
        authorization=request.headers.getlist("authorization"),
        content_type=request.headers.get("content-type", ""),
        body=body,
        key=request.headers.get("idempotency-key"),
    )


async def _body(request: Request) -> bytes | None:
    """What was sent; None for more than we take. Whoever went away sent nothing."""
    found = bytearray()
    try:
        async for part in request.stream():
            found += part
            if len(found) > LARGEST:
                return None
    except ClientDisconnect:
        return b""
    return bytes(found)


def _as_before(request: Request, reply: Reply) -> Reply:
    """304 where the client has this answer already (RFC 9110, 13.1.2)."""
    tag = reply.headers.get("ETag")
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag is None or reply.status != 200 or not known & {tag, "*"}:
        return reply
    return Reply(304, headers=reply.headers)


def _response(reply: Reply, more: Mapping[str, str] | None = None) -> Response:
    headers = {"Vary": "Authorization", **reply.headers, **(more or {})}
    return Response(reply.body, reply.status, headers, reply.media_type if reply.body else None)
