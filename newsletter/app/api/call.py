"""One request of the API as its handler sees it: checked, allowed, and read into models."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.engine import Connection

from newsletter.app.accounting.actors import with_token
from newsletter.app.accounting.deeds import note_deed
from newsletter.app.api.answers import Document
from newsletter.app.api.asked import Asked
from newsletter.app.api.problems import ApiError
from newsletter.app.workspace import Workspace
from newsletter.model.api import ApiToken
from newsletter.model.deeds import Actor, Deed


@dataclass(frozen=True)
class Call:
    """A request: `path` are the parts of the address that vary. `connection` is that of a POST that writes."""

    ws: Workspace
    token: ApiToken
    path: Mapping[str, str]
    query: Any
    body: Any = None
    open: Connection | None = None

    @property
    def community(self) -> str:
        """The community's id."""
        return self.ws.settings.community.id

    @property
    def connection(self) -> Connection:
        """The transaction in which this is done and its answer kept."""
        assert self.open is not None, "this operation does not repeat"
        return self.open

    @property
    def how(self) -> str:
        """The road by which this came to us, as proofs of consent name it."""
        return f"api: {self.token.name}"

    @property
    def actor(self) -> Actor:
        """Who does it, as the log of deeds names them."""
        return with_token(self.token.name)

    def note(self, connection: Connection, deed: Deed, subject: str, detail: str = "") -> None:
        """Write into the log of deeds that this token did it."""
        note_deed(connection, self.community, self.actor, deed, subject, detail, at=self.ws.clock())


#: What does it: a document, or None where there is nothing to say.
Handler = Callable[[Call], Document | None]
Reader = Callable[[Call, Asked], Document]


def cursor_of(*place: str | datetime) -> str:
    """A place in a list as one word; it opens nothing."""
    parts = [one.isoformat() if isinstance(one, datetime) else one for one in place]
    return urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


def place_of(cursor: str, count: int) -> list[str]:
    """The place that a cursor names, in so many parts; refused where it is none of ours."""
    try:
        parts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        json.dumps(parts, ensure_ascii=False).encode()  # JSON can spell half of a character, which no store takes
    except (Base64Error, ValueError, RecursionError):
        parts = None
    fits = isinstance(parts, list) and len(parts) == count and all(isinstance(one, str) for one in parts)
    if not fits or any("\0" in one for one in parts):
        raise ApiError("not-found", "no page begins at this cursor: take it from `next` of the page before")
    return list(parts)


def moment_of(text: str) -> datetime:
    """A moment out of a cursor."""
    with suppress(ValueError, OverflowError):
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    raise ApiError("not-found", "no page begins at this cursor: take it from `next` of the page before")
