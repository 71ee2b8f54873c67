"""What a page of the studio sends in: once each, from our own pages alone, answered by a page to be reloaded."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from newsletter.app.studio.said import Said

#: Answers, and forms that were sent, that are remembered.
KEPT = 200


class Actions:
    """Which forms were sent already, and how each went; one run of the studio."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._lock = Lock()
        self._said: OrderedDict[str, Said | None] = OrderedDict()

    def new_form(self) -> str:
        """A name for one sending of one form."""
        return secrets.token_urlsafe(12)

    def token(self, seed: str = "") -> str:
        """Stands in every form of ours, where another site's page cannot read it; `seed` binds it to a sign-in."""
        return hmac.new(self._key, b"studio form" + seed.encode(), hashlib.sha256).hexdigest()

    def is_ours(self, values: Mapping[str, str], seed: str = "") -> bool:
        """Whether the form is one of this run, shown to whoever sends it."""
        return hmac.compare_digest(values.get("token", "").encode(), self.token(seed).encode())

    def begin(self, form: str) -> bool:
        """Take the form up; False where it was sent before, as by a second click."""
        with self._lock:
            if not form or form in self._said:
                return False
            self._said[form] = None
            while len(self._said) > KEPT:
                self._said.popitem(last=False)
            return True

    def end(self, form: str, said: Said) -> None:
        """Keep how it went."""
        with self._lock:
            self._said[form] = said

    def said(self, form: str) -> Said | None:
        """How the form of that name went; None where it is not known, or still under way."""
        with self._lock:
            return self._said.get(form)
