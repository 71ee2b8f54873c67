"""What a page of the studio sends in: once each, from our own pages alone, answered by a page to be reloaded."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from newsletter.app.studio.acting import Said

#: Answers, and forms that were sent, that are remembered.
KEPT = 200


class Actions:
    """Which forms were sent already, and how each went; one run of the studio."""

    def __init__(self, key: str) -> None:
        #: Stands in every form of ours; another site's page cannot read it.
        self.token = hmac.new(key.encode(), b"studio form", hashlib.sha256).hexdigest()
        self._lock = Lock()
        self._said: OrderedDict[str, Said | None] = OrderedDict()

    def new_form(self) -> str:
        """A name for one sending of one form."""
        return secrets.token_urlsafe(12)

    def is_ours(self, values: Mapping[str, str]) -> bool:
        """Whether the form is one of this run."""
        return hmac.compare_digest(values.get("token", "").encode(), self.token.encode())

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
