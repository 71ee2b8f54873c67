"""What a monitor asks, on a port of its own that no reader reaches: numbers, and whether the program is ready."""

from typing import Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

#: Prometheus' text exposition format.
FORMAT = "text/plain; version=0.0.4; charset=utf-8"


class Monitored(Protocol):
    """What the running program tells."""

    def not_ready(self) -> str:
        """Why it cannot do its work; empty where it can."""
        ...

    def metrics(self) -> bytes:
        """The numbers as text."""
        ...


def monitor_app(program: Monitored) -> Starlette:
    """`/metrics` for Prometheus, `/readyz` and `/healthz` for a supervisor. Nothing here changes anything."""

    async def metrics(_request: Request) -> Response:
        return Response(await run_in_threadpool(program.metrics), media_type=FORMAT)

    async def ready(_request: Request) -> Response:
        why = await run_in_threadpool(program.not_ready)
        return PlainTextResponse(f"{why or 'ready'}\n", 503 if why else 200)

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[Route("/metrics", metrics), Route("/readyz", ready), Route("/healthz", alive)],
    )
