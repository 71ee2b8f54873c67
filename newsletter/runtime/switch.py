"""An app that is exchanged while it serves: nobody is turned away, and nobody is answered half by each."""

import threading
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(eq=False, slots=True)
class _Shift:
    """An app, and how many requests are in it."""

    app: ASGIApp
    inside: int = 0


class Switch:
    """Passes every request to the app of the moment; one that began in an app ends in it."""

    def __init__(self, app: ASGIApp) -> None:
        self._shift = _Shift(app)
        self._left = threading.Condition()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or (ASGI's lifespan) one run of the server, which belongs to no app in particular."""
        if scope["type"] == "lifespan":
            await self._shift.app(scope, receive, send)
            return
        with self._left:
            shift = self._shift
            shift.inside += 1
        try:
            await shift.app(scope, receive, send)
        finally:
            with self._left:
                shift.inside -= 1
                self._left.notify_all()

    def exchange(self, app: ASGIApp, within: float) -> bool:
        """Serve from `app` from now on, and wait until the last one has: so many seconds for who is still in it.

        False where somebody still is.
        """
        with self._left:
            before, self._shift = self._shift, _Shift(app)
            return self._left.wait_for(lambda: not before.inside, within)
