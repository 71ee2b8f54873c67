"""The SES-compatible part of the sink: SendEmail of the API v2 with raw content, kept and answered as documented.

No signature is checked, but one must be there.
"""

import asyncio
import base64
import binascii
import uuid
from email import message_from_bytes
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from newsletter.devsink.keep import Keeper
from newsletter.devsink.misbehave import Misbehaviour

_SIGNED = "AWS4-HMAC-SHA256 Credential="


def _decoded(data: str) -> str:
    try:
        base64.b64decode(data, validate=True)
    except binascii.Error:
        raise ValueError("is not base64") from None
    return data


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Raw(_Table):
    Data: Annotated[str, AfterValidator(_decoded), Field(min_length=1)]


class _Content(_Table):
    Raw: _Raw


class _Destination(_Table):
    ToAddresses: Annotated[list[str], Field(min_length=1, max_length=50)]


class _Tag(_Table):
    Name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,256}$")]
    Value: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.@-]{1,256}$")]


class SendEmail(_Table):
    """The request, as far as we use it; what else it holds is refused."""

    FromEmailAddress: Annotated[str, Field(min_length=3)]
    Destination: _Destination
    Content: _Content
    ConfigurationSetName: str | None = None
    EmailTags: Annotated[list[_Tag], Field(max_length=50)] = []


class SesApi:
    """The route over one keeper, with the faults of the rest of the sink; `hang_up` cuts the client of a request."""

    def __init__(self, keeper: Keeper, faults: Misbehaviour, hang_up: Any) -> None:
        self._keeper, self._faults, self._hang_up = keeper, faults, hang_up

    def routes(self) -> list[Route]:
        """What it answers."""
        return [Route("/v2/email/outbound-emails", self.send, methods=["POST"])]

    async def send(self, request: Request) -> Response:
        """Check what came, keep it, and answer; or fail as told."""
        raw = await request.body()
        await asyncio.sleep(self._faults.delay)
        return self._fault(request) or _unsigned(request) or self._take(request, raw)

    def _fault(self, request: Request) -> Response | None:
        if self._faults.befalls("drop_before"):
            return self._gone(request)
        if self._faults.befalls("throttle"):
            return _error(429, "TooManyRequestsException", "Maximum sending rate exceeded.")
        if self._faults.befalls("fail"):
            return _error(500, "InternalFailure", "Something went wrong.")
        return None

    def _take(self, request: Request, raw: bytes) -> Response:
        try:
            mail = SendEmail.model_validate_json(raw)
        except ValidationError as error:
            return _error(400, "BadRequestException", error.errors()[0]["msg"])
        if any(self._faults.refuses(one) for one in mail.Destination.ToAddresses):
            return _error(400, "MessageRejected", "The recipient is refused.")
        message_id = uuid.uuid4().hex
        self._keeper.keep_ses(_envelope(mail, message_id), base64.b64decode(mail.Content.Raw.Data))
        if self._faults.befalls("drop_after"):
            return self._gone(request)
        return JSONResponse({"MessageId": message_id})

    def _gone(self, request: Request) -> Response:
        if request.client is not None:
            self._hang_up((request.client.host, request.client.port))
        return Response(status_code=503)


def _envelope(mail: SendEmail, message_id: str) -> dict[str, Any]:
    message = message_from_bytes(base64.b64decode(mail.Content.Raw.Data))
    return {
        "from": mail.FromEmailAddress,
        "to": mail.Destination.ToAddresses,
        "message_id": message.get("Message-ID", ""),
        "subject": message.get("Subject", ""),
        "x_message_id": message_id,
        "custom_args": {tag.Name: tag.Value for tag in mail.EmailTags},
    }


def _unsigned(request: Request) -> Response | None:
    if request.headers.get("authorization", "").startswith(_SIGNED) and "x-amz-date" in request.headers:
        return None
    return _error(403, "MissingAuthenticationTokenException", "The request is not signed.")


def _error(status: int, kind: str, words: str) -> Response:
    return JSONResponse({"message": words}, status, {"x-amzn-ErrorType": kind})
