"""Amazon SES by its API v2 (SendEmail, raw content): one request for each message, signed here (Signature Version 4).

SES knows no idempotency key. What may have been accepted is unknown, and after it nothing more of the batch is tried.
"""

import base64
import hashlib
import hmac
import http.client
import json
import select
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from pydantic import SecretStr

from newsletter.model.delivery import Batch, Receipt
from newsletter.model.mail import Row, message_bytes
from newsletter.model.outcomes import OUTCOMES, End, http_end
from newsletter.providers.mailbox import mailbox
from newsletter.providers.receipts import not_filled
from newsletter.redaction import redact

PATH = "/v2/email/outbound-emails"
_MOST_BODY = 65536
#: Refusals of the account or of its pace; SES answers most of them with 400, as it does those of a message.
_OURS_TO_MEND = frozenset(
    {
        *("AccountSuspendedException", "SendingPausedException", "MailFromDomainNotVerifiedException"),
        *("LimitExceededException", "ThrottlingException", "Throttling", "RequestExpired", "IncompleteSignature"),
    }
)


def utc_now() -> datetime:
    """The present in UTC, which a signature holds."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SesRoute:
    """Where the API is and who speaks to it; `timeout` in seconds bounds each wait."""

    region: str
    access_key: str
    secret_key: SecretStr
    api_url: str = ""
    timeout: float = 60.0
    clock: Callable[[], datetime] = utc_now

    @property
    def url(self) -> str:
        """The region's own address, unless another is set."""
        return self.api_url.rstrip("/") or f"https://email.{self.region}.amazonaws.com"


@dataclass(frozen=True, slots=True)
class _Answer:
    end: End
    detail: str
    provider_id: str = ""
    retry_after: float | None = None


class SesProvider:
    """Hands messages to SES over one connection, which is kept; one thread at a time."""

    tells_witness = True

    def __init__(self, route: SesRoute) -> None:
        self.route = route
        self._connection: http.client.HTTPConnection | None = None

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        """One request for each row; after one that was put off, or whose end is unknown, the rest is not tried."""
        receipts: list[Receipt] = []
        rest: _Answer | None = None
        for row in batch.rows:
            answer = rest or self._hand_over(batch, row)
            receipts.append(_receipt(row, answer))
            batch.witness.ends(receipts[-1:])
            rest = rest or _for_the_rest(answer)
        return tuple(receipts)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _hand_over(self, batch: Batch, row: Row) -> _Answer:
        if not row.address.isascii():
            return _Answer("unfit", "SES takes addresses in ASCII alone")
        try:
            body = request_body(batch, row)
        except (KeyError, ValueError) as error:
            return _Answer("unfit", not_filled(row, error).detail)
        try:
            batch.witness.begins([row.delivery_id])
        except OSError as error:
            return _Answer("untried", f"the request was not made: {error}")
        return self._post(body)

    def _post(self, body: bytes) -> _Answer:
        headers = _signed(self.route, body)
        try:
            connection = self._open()
            connection.request("POST", PATH, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return _Answer("incomplete", f"{self.route.url} cannot be reached: {_reason(error)}")
        try:
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return _Answer("silent", f"the request was sent and no answer came: {_reason(error)}")
        return self._heard(response)

    def _heard(self, response: http.client.HTTPResponse) -> _Answer:
        try:
            said = response.read(_MOST_BODY)
        except (OSError, http.client.HTTPException):
            said = b""
        if not response.isclosed():  # more than anybody wants to read, or the line broke within it
            self.close()
        return answer_of(response.status, dict(response.headers), said)

    def _open(self) -> http.client.HTTPConnection:
        if self._connection is not None and _has_spoken(self._connection):
            self.close()
        if self._connection is None:
            parts, timeout = urlsplit(self.route.url), self.route.timeout
            place = (parts.hostname or "", parts.port)
            self._connection = (
                http.client.HTTPConnection(*place, timeout=timeout)
                if parts.scheme == "http"
                else http.client.HTTPSConnection(*place, timeout=timeout, context=ssl.create_default_context())
            )
        return self._connection


def request_body(batch: Batch, row: Row) -> bytes:
    """The JSON for one message; KeyError or ValueError where a slot cannot be filled. Tags hold opaque ids only."""
    raw = message_bytes(batch.edition, row, batch.at)
    request = {
        "FromEmailAddress": mailbox(batch.edition.sender)[1],
        "Destination": {"ToAddresses": [row.address]},
        "Content": {"Raw": {"Data": base64.b64encode(raw).decode("ascii")}},
        "EmailTags": [
            {"Name": "delivery", "Value": row.delivery_id},
            {"Name": "attempt", "Value": batch.attempt_id},
        ],
    }
    return json.dumps(request).encode("ascii")


def answer_of(status: int, headers: Mapping[str, str], body: bytes) -> _Answer:
    """The class of an answer by its status and by the error that it names (AWS, SESv2 SendEmail, errors)."""
    said = _object(body)
    lower = {name.lower(): value for name, value in headers.items()}
    kind = str(lower.get("x-amzn-errortype") or said.get("__type") or "").split(":")[0].rpartition("#")[2]
    words = str(said.get("message") or said.get("Message") or "")
    end = http_end(status, taken=(200,), explained=bool(kind))
    if end == "refused" and (kind in _OURS_TO_MEND or "not verified" in words):
        end = "ours_to_mend"
    message_id = str(said.get("MessageId") or "")
    if end == "taken" and not message_id:
        end = "unclear"
    wait = lower.get("retry-after", "")
    detail = redact.known(f"{status} {kind} {words}").strip()[:300]
    return _Answer(end, detail, message_id, float(wait) if wait.isdecimal() else None)


def authorization(
    secret: str, scope: tuple[str, str, str, str], method: str, target: tuple[str, str], headers: Mapping[str, str],
    body: bytes,
) -> str:  # fmt: skip
    """The Authorization header of AWS Signature Version 4.

    `scope` is access key, time (`YYYYMMDDTHHMMSSZ`), region and service; `target` path and query, both encoded;
    `headers`, lower-case, are those that are signed, and hold `host` and `x-amz-date`.
    """
    access_key, moment, region, service = scope
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in sorted(headers))
    request = "\n".join((method, *target, lines, names, hashlib.sha256(body).hexdigest()))
    credential = f"{moment[:8]}/{region}/{service}/aws4_request"
    hashed = hashlib.sha256(request.encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in credential.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, f"AWS4-HMAC-SHA256\n{moment}\n{credential}\n{hashed}".encode(), "sha256").hex()
    return f"AWS4-HMAC-SHA256 Credential={access_key}/{credential}, SignedHeaders={names}, Signature={signature}"


def _signed(route: SesRoute, body: bytes) -> dict[str, str]:
    moment = route.clock().strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": "application/json", "host": urlsplit(route.url).netloc, "x-amz-date": moment}
    scope = (route.access_key, moment, route.region, "ses")
    secret = route.secret_key.get_secret_value()
    return headers | {"authorization": authorization(secret, scope, "POST", (PATH, ""), headers, body)}


def _has_spoken(connection: http.client.HTTPConnection) -> bool:
    """Whether the other side said something unasked: that it has hung up, as a rule."""
    if connection.sock is None:
        return False
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))


def _object(body: bytes) -> dict[str, object]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)


def _for_the_rest(answer: _Answer) -> _Answer | None:
    outcome = OUTCOMES[answer.end]
    if outcome == "unknown":
        return _Answer("untried", "not tried: the end of an earlier message of this batch is unknown")
    if outcome in ("refused_for_now", "not_submitted"):
        return _Answer(answer.end, f"not tried: {answer.detail}", retry_after=answer.retry_after)
    return None


def _receipt(row: Row, answer: _Answer) -> Receipt:
    outcome = OUTCOMES[answer.end]
    return Receipt(row.delivery_id, outcome, answer.detail, answer.provider_id, answer.retry_after)
