"""The SendGrid-compatible half of the sink: mail/send, the Email Logs, and what a test wants to ask under /_sink.

The sink has no authentication: it listens on this machine alone.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from newsletter.devsink.events import EventPlan, Poster
from newsletter.devsink.fates import fate_of, logged
from newsletter.devsink.keep import Keeper
from newsletter.devsink.logs import DEFAULT_MESSAGES, MOST_MESSAGES, Logged, MailLog, QueryError
from newsletter.devsink.misbehave import Misbehaviour
from newsletter.devsink.sendgrid_model import MailSend, Personalization, errors_of
from newsletter.devsink.ses_api import SesApi

_MOST = 30 * 1024 * 1024
_LIMIT = 10_000

#: Closes the connection of the client at (host, port) without an answer.
HangUp = Callable[[tuple[str, int]], None]


class Api:
    """The routes over one keeper."""

    def __init__(self, keeper: Keeper, faults: Misbehaviour, hang_up: HangUp, poster: Poster) -> None:
        self._keeper, self._faults, self._hang_up, self._poster = keeper, faults, hang_up, poster
        self._log = MailLog()
        self._requests = 0

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/v3/mail/send", self.send, methods=["POST"]),
                Route("/v3/logs", self.search, methods=["POST"]),
                Route("/v3/logs/{sg_message_id}", self.one, methods=["GET"]),
                Route("/v3/user/webhooks/event/settings/all", self.hooks, methods=["GET"]),
                Route("/v3/user/webhooks/event/test", self.test_hook, methods=["POST"]),
                *SesApi(self._keeper, self._faults, self._hang_up).routes(),
                Route("/_sink/events", self.events, methods=["GET", "PUT"]),
                Route("/_sink/messages", self.messages, methods=["GET", "DELETE"]),
                Route("/_sink/misbehave", self.misbehave, methods=["GET", "PUT"]),
            ],
            exception_handlers={ClientDisconnect: _hung_up},
        )

    async def send(self, request: Request) -> Response:
        """Check what came, keep it, and answer as documented; or fail as told."""
        self._requests += 1
        raw = await request.body()
        await asyncio.sleep(self._faults.delay)
        return self._fault(request) or _unauthorised(request) or self._take(request, raw)

    async def messages(self, request: Request) -> Response:
        """GET every message kept, SMTP included, and how many mail/send requests there were; DELETE forgets them."""
        if request.method == "DELETE":
            self._keeper.clear()
            self._log.clear()
            self._requests = 0
        return JSONResponse({"messages": self._keeper.messages(), "requests": self._requests})

    async def misbehave(self, request: Request) -> Response:
        """GET how it misbehaves; PUT a new way."""
        if request.method == "PUT":
            try:
                self._faults.become(Misbehaviour.model_validate_json(await request.body()))
            except ValidationError as error:
                return _refused(400, errors_of(error))
        return JSONResponse(self._faults.model_dump())

    async def search(self, request: Request) -> Response:
        """The messages for which a query of the Email Logs holds."""
        if refusal := _unauthorised(request):
            return refusal
        try:
            asked = json.loads(await request.body())
            query, limit = str(asked.get("query", "")), int(asked.get("limit", DEFAULT_MESSAGES))
            if not 1 <= limit <= MOST_MESSAGES:
                raise QueryError(f"limit must be between 1 and {MOST_MESSAGES}")
            found = self._log.search(query, limit)
        except (ValueError, AttributeError, TypeError) as error:
            return _refused(400, [_error(str(error), "query")])
        return JSONResponse({"messages": [one.summary() for one in found]}, headers=_pace())

    async def one(self, request: Request) -> Response:
        """One message with all its events."""
        if refusal := _unauthorised(request):
            return refusal
        found = self._log.one(request.path_params["sg_message_id"])
        if found is None:
            return _refused(404, [_error("message not found")])
        return JSONResponse(found.whole(), headers=_pace())

    async def hooks(self, request: Request) -> Response:
        """The one webhook there is, where events are posted at all."""
        if refusal := _unauthorised(request):
            return refusal
        return JSONResponse({"max_allowed": 1, "webhooks": self._poster.hooks()}, headers=_pace())

    async def test_hook(self, request: Request) -> Response:
        """Post events that are about nobody to the address asked for, once."""
        if refusal := _unauthorised(request):
            return refusal
        try:
            self._poster.test(str(json.loads(await request.body())["url"]))
        except (ValueError, KeyError, TypeError) as error:
            return _refused(400, [_error(str(error), "url")])
        return Response(status_code=204, headers=_pace())

    async def events(self, request: Request) -> Response:
        """GET how events are posted, the key that verifies them, and the count; PUT another way."""
        poster = self._poster
        if request.method == "PUT":
            try:
                poster.plan = EventPlan.model_validate_json(await request.body())
            except ValidationError as error:
                return _refused(400, errors_of(error))
        counts = {"posted": poster.posted, "taken": poster.taken, "waiting": poster.waiting}
        return JSONResponse({"plan": poster.plan.model_dump(), "key": poster.signer.public, **counts})

    def _fault(self, request: Request) -> Response | None:
        if self._faults.befalls("drop_before"):
            return self._gone(request)
        if self._faults.befalls("throttle"):
            return _refused(429, [_error("too many requests")], {"Retry-After": str(round(self._faults.retry_after))})
        if self._faults.befalls("fail"):
            return Response("<html>Internal Server Error</html>", 500, media_type="text/html")
        return None

    def _take(self, request: Request, raw: bytes) -> Response:
        if len(raw) > _MOST:
            return _refused(413, [_error("The message is larger than 30 MB.")])
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _refused(415, [_error("The content type must be application/json.")])
        try:
            mail = MailSend.model_validate_json(raw)
        except ValidationError as error:
            return self._bad(errors_of(error))
        refused = self._refused_readers(mail)
        return self._bad(refused) if refused else self._accept(request, mail, raw)

    def _accept(self, request: Request, mail: MailSend, raw: bytes) -> Response:
        if mail.sandbox:
            return Response(status_code=200, headers=_pace())
        message_id = uuid.uuid4().hex[:22]
        messages = [_message(mail, one, message_id) for one in mail.personalizations]
        self._keeper.keep_request(messages, raw)
        self._follow(messages)
        if self._faults.befalls("drop_after"):
            return self._gone(request)
        return Response(status_code=202, headers={"X-Message-Id": message_id, **_pace()})

    def _follow(self, messages: list[dict[str, Any]]) -> None:
        """Log what became of the messages, and have it told."""
        plan = self._poster.plan
        fates = plan.fates()
        told: list[Logged] = []
        for number, message in enumerate(messages):
            address = message["to"][0]
            found = logged(message, address, number, fate_of(address, fates))
            if not fate_of(address, {"unlogged": plan.unlogged}):
                self._log.add(found)
            if not fate_of(address, {"untold": plan.untold}):
                told.append(found)
        self._poster.tell(told)

    def _refused_readers(self, mail: MailSend) -> list[dict[str, str | None]]:
        return [
            _error("Does not contain a valid address.", f"personalizations.{n}.to.0.email")
            for n, one in enumerate(mail.personalizations)
            if self._faults.refuses(one.to[0].email)
        ]

    def _bad(self, errors: list[dict[str, str | None]]) -> Response:
        if self._faults.silent_errors:
            errors = [error | {"field": None} for error in errors[:1]]
        return _refused(400, errors)

    def _gone(self, request: Request) -> Response:
        if request.client is not None:
            self._hang_up((request.client.host, request.client.port))
        return Response(status_code=503)


async def _hung_up(_: Request, _error: Exception) -> Response:
    return Response(status_code=400)  # nobody is there to read it


def _message(mail: MailSend, one: Personalization, message_id: str) -> dict[str, Any]:
    return {
        "from": mail.from_.email,
        "to": list(one.addresses()),
        "message_id": one.headers.get("Message-ID", ""),
        "subject": one.subject or mail.subject,
        "x_message_id": message_id,
        "at": time.time(),
        "categories": mail.categories,
        "custom_args": mail.custom_args | one.custom_args,
        "headers": mail.headers | one.headers,
        "content": {part.type: _substituted(part.value, one.substitutions) for part in mail.content or ()},
    }


def _substituted(text: str, substitutions: dict[str, str]) -> str:
    for key, value in substitutions.items():
        text = text.replace(key, value)
    return text


def _unauthorised(request: Request) -> Response | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme == "Bearer" and key.strip():
        return None
    return _refused(401, [_error("The provided authorization grant is invalid, expired, or revoked")])


def _refused(status: int, errors: list[dict[str, str | None]], headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"errors": errors}, status, {**_pace(), **(headers or {})})


def _error(message: str, field: str | None = None) -> dict[str, str | None]:
    return {"message": message, "field": field, "help": None}


def _pace() -> dict[str, str]:
    reset = str(int(time.time()) // 60 * 60 + 60)
    return {"X-RateLimit-Limit": str(_LIMIT), "X-RateLimit-Remaining": str(_LIMIT - 1), "X-RateLimit-Reset": reset}
