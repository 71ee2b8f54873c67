"""What a page of the studio sends in: once each, from our own pages alone, answered by a page to be reloaded."""

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping

from newsletter.app.studio.said import Said

#: Answers, and forms that were sent, that are remembered.
KEPT = 200


class Actions:
    """Which forms were sent already, and how each went; one run of the studio, on one event loop."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._done: OrderedDict[str, asyncio.Future[Said | None]] = OrderedDict()

    def new_form(self) -> str:
        """A name for one sending of one form."""
        return secrets.token_urlsafe(12)

    def token(self, seed: str = "") -> str:
        """Stands in every form of ours, where another site's page cannot read it; `seed` binds it to a sign-in."""
        return hmac.new(self._key, b"studio form" + seed.encode(), hashlib.sha256).hexdigest()

    def is_ours(self, values: Mapping[str, str], seed: str = "") -> bool:
        """Whether the form is one of this run, shown to whoever sends it."""
        return hmac.compare_digest(values.get("token", "").encode(), self.token(seed).encode())

    async def once(self, form: str, do: Callable[[], Awaitable[Said]]) -> None:
        """Do it and keep how it went; where the form was sent before, as by a second click, wait for that one."""
        if form in self._done:
            await asyncio.wait([self._done[form]])
        elif form:
            self._done[form] = done = asyncio.get_running_loop().create_future()
            while len(self._done) > KEPT:
                self._done.popitem(last=False)
            try:
                done.set_result(await do())
            except BaseException:
                # Nobody was told that it was done: it may be sent again.
                self._done.pop(form, None)
                done.set_result(None)
                raise

    def said(self, form: str) -> Said | None:
        """How the form of that name went; None where it is not known, or still under way."""
        done = self._done.get(form)
        return done.result() if done and done.done() else None
