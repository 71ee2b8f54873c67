"""Answers one request of the API: who asks, what for, and may they; then what the operation's handler says."""

import hashlib
import hmac
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Lock

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from newsletter.app.api import problems, tokens
from newsletter.app.api.asked import Asked, Name
from newsletter.app.api.call import Call
from newsletter.app.api.openapi import as_text
from newsletter.app.api.operations import Operation
from newsletter.app.api.pace import Pace
from newsletter.app.api.problems import ApiError, Flaw
from newsletter.app.archiving.hosting import base_url
from newsletter.app.workspace import Workspace
from newsletter.log_fields import about
from newsletter.model.api import ApiToken
from newsletter.store import api_tokens

LOG = logging.getLogger(__name__)
JSON = "application/json"
#: How long an answer is given again to the same Idempotency-Key.
KEPT = timedelta(days=1)
LONGEST_KEY = 100
#: Bytes of a body.
LARGEST = 16 * 1024
#: Flaws that are named; a body can have thousands.
MOST_FLAWS = 20
#: What may be kept by a client for itself, and asked for again; what names people is not kept at all.
OF_THINGS = ("published", "issues", "status", "numbers")
_SEGMENT: TypeAdapter[str] = TypeAdapter(Name)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came: `authorization` are the values of that header, `key` that of Idempotency-Key.

    `body` is None where it was more than is taken.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    query: Sequence[tuple[str, str]] = ()
    authorization: Sequence[str] = ()
    content_type: str = ""
    body: bytes | None = b""
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes = b""
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


class ApiDesk:
    """The API of one workspace. Any thread may call it."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.pace = Pace(ws.settings.api.per_minute, ws.clock)
        self._used: dict[str, date] = {}
        self._lock = Lock()

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may read what is published."""
        return self.ws.settings.api.origins

    def is_on(self) -> bool:
        """Whether there is an API at all: a token that opens something."""
        return tokens.any_good(self.ws)

    def document(self) -> Reply:
        """The OpenAPI document."""
        return Reply(200, as_text(base_url(self.ws.settings)).encode())

    def refuse(self, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> Reply:
        """A refusal of the kind."""
        return self._refusal(ApiError(kind, detail, headers=headers))

    def answer(self, operation: Operation, incoming: Incoming) -> Reply:
        """Do what is asked for, or say why not; it never raises."""
        try:
            return self._answer(operation, incoming)
        except SQLAlchemyError:
            LOG.exception(
                "the store could not be used for %s of the API",
                operation.id,
                extra=about("api.failed", self.ws.settings.community.id),
            )
            return self.refuse("unavailable", "nothing was changed", {"Retry-After": "5"})
        except Exception:
            LOG.exception(
                "%s of the API failed", operation.id, extra=about("api.failed", self.ws.settings.community.id)
            )
            return self.refuse("fault", "nothing was changed")

    def beat(self) -> None:
        """Write down on which day tokens were used, and forget answers that nobody asks for again."""
        with self._lock:
            used, self._used = self._used, {}
        if used:
            tokens.note_used(self.ws, used)
            with self.ws.store.begin() as connection:
                api_tokens.forget_answers(connection, self.ws.settings.community.id, self.ws.clock() - KEPT)

    def close(self) -> None:
        """Write down what is left; that a day is not told keeps nobody from ending."""
        try:
            self.beat()
        except Exception:
            LOG.exception(
                "on which day tokens were used last could not be written",
                extra=about("api.failed", self.ws.settings.community.id),
            )

    def _answer(self, operation: Operation, incoming: Incoming) -> Reply:
        try:
            return self._done(operation, incoming)
        except ApiError as error:
            if error.after is not None:
                error.after()
            return self._refusal(error)

    def _done(self, operation: Operation, incoming: Incoming) -> Reply:
        token = self._token(operation, incoming)
        path = {name: _segment(text) for name, text in incoming.path.items()}
        query = _read_query(operation.query, incoming.query)
        body = _read_body(operation, incoming)
        call = Call(self.ws, token, path, query, body)
        if operation.repeats:
            return self._once(operation, incoming, call)
        return _said(operation, call)

    def _token(self, operation: Operation, incoming: Incoming) -> ApiToken:
        """Who asks; refused where nobody may, or not so often."""
        token = tokens.find_token(self.ws, _bearer(incoming.authorization))
        if token is None:
            if not self.is_on():
                raise ApiError("not-found", "there is no API here")
            raise ApiError("no-token", "send a token that is good", headers={"WWW-Authenticate": "Bearer"})
        with self._lock:
            self._used[token.id] = self.ws.clock().date()
        if operation.scope not in token.scopes:
            raise ApiError("scope", f"this takes a token with the scope {operation.scope}")
        if seconds := self.pace.wait(token.id):
            text = f"more than {self.ws.settings.api.per_minute} requests in a minute"
            raise ApiError("too-many", text, headers={"Retry-After": str(seconds)})
        return token

    def _once(self, operation: Operation, incoming: Incoming, call: Call) -> Reply:
        """Do it and keep the answer in one transaction, or give the answer that is kept."""
        if incoming.key is None:
            with self.ws.store.begin() as connection:
                return _said(operation, _within(call, connection))
        key, request = self._names(operation, incoming)
        community = self.ws.settings.community.id
        with self.ws.store.begin() as connection:
            kept = api_tokens.begin_answer(connection, community, call.token.id, key, request, self.ws.clock())
            if kept is None:
                done = _said(operation, _within(call, connection))
                text = done.body.decode()
                api_tokens.keep_answer(connection, community, call.token.id, key, status=done.status, body=text)
                return done
        if kept.request != request:
            raise ApiError("key-reused", "another request was made under this Idempotency-Key")
        return Reply(kept.status, kept.body.encode(), headers={"Idempotency-Replayed": "true"})

    def _names(self, operation: Operation, incoming: Incoming) -> tuple[str, str]:
        """The key and the request as keyed hashes: what was asked for names a person."""
        text = incoming.key or ""
        if not 1 <= len(text) <= LONGEST_KEY or not all("!" <= one <= "~" for one in text):
            flaw = Flaw(where="Idempotency-Key", problem=f"1 to {LONGEST_KEY} visible characters of ASCII are wanted")
            raise ApiError("invalid", "the Idempotency-Key is none", [flaw])
        asked = "\0".join((operation.id, *(incoming.path[name] for name in sorted(incoming.path))))
        return self._hash(b"key", text.encode()), self._hash(asked.encode(), incoming.body or b"")

    def _hash(self, *parts: bytes) -> str:
        return hmac.digest(self.ws.hash_key, b"newsletter-api\0" + b"\0".join(parts), hashlib.sha256).hex()

    def _refusal(self, error: ApiError) -> Reply:
        body = error.body(base_url(self.ws.settings))
        return Reply(error.status, body, problems.MEDIA_TYPE, error.headers)


def _bearer(values: Sequence[str]) -> str:
    """The token of the one header (RFC 6750); empty where there is none, or two."""
    if len(values) != 1:
        return ""
    scheme, _, token = values[0].partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _segment(text: str) -> str:
    try:
        return _SEGMENT.validate_python(text)
    except ValidationError:
        raise ApiError("not-found", "there is nothing at this address") from None


def _read_query(model: type[Asked], pairs: Sequence[tuple[str, str]]) -> Asked:
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        flaw = Flaw(where=twice[0][:80], problem="it is given twice")
        raise ApiError("invalid", "a parameter of the query is given twice", [flaw])
    try:
        return model.model_validate(dict(pairs))
    except ValidationError as error:
        raise ApiError("invalid", "the query does not fit", _flaws(error, "")) from None


def _read_body(operation: Operation, incoming: Incoming) -> Asked | None:
    if incoming.body is None:
        raise ApiError("too-large", f"a body has at most {LARGEST} bytes")
    if operation.body is None:
        if incoming.body:
            raise ApiError("malformed", "this takes no body")
        return None
    if not _is_json(incoming.content_type):
        raise ApiError("media-type", f"this takes {JSON}")
    try:
        return operation.body.model_validate_json(incoming.body, strict=True)
    except ValidationError as error:
        if any(one["type"] == "json_invalid" for one in error.errors(include_input=False)):
            raise ApiError("malformed", "the body is no JSON document in UTF-8") from None
        raise ApiError("invalid", "the body does not fit", _flaws(error, "#/")) from None


def _is_json(content_type: str) -> bool:
    kind, _, rest = content_type.partition(";")
    parameter = rest.strip().lower().replace('"', "")
    return kind.strip().lower() == JSON and parameter in ("", "charset=utf-8")


def _flaws(error: ValidationError, root: str) -> list[Flaw]:
    """What is wrong and where, without what was sent."""
    found = error.errors(include_url=False, include_input=False, include_context=False)[:MOST_FLAWS]
    return [Flaw(where=(root + "/".join(map(str, one["loc"])))[:200], problem=one["msg"][:200]) for one in found]


def _within(call: Call, connection: Connection) -> Call:
    return Call(call.ws, call.token, call.path, call.query, call.body, connection)


def _said(operation: Operation, call: Call) -> Reply:
    found = operation.handle(call)
    if found is None:
        return Reply(operation.status)
    body = found.model_dump_json().encode()
    if not operation.is_read:
        return Reply(operation.status, body)
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"'}
    if operation.scope.partition(":")[0] in OF_THINGS:
        headers["Cache-Control"] = "private, no-cache"
    return Reply(operation.status, body, headers=headers)
