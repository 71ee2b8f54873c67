"""Amazon SES: the signature, the class of every answer, and one connection for many messages."""

import base64
import json
from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from pydantic import SecretStr
from support_dev_sink import DevSink
from support_http import CannedHttp, canned, response
from support_mail import AT, batch, edition, row

from newsletter.model.delivery import Outcome
from newsletter.model.mail import Row, message_bytes
from newsletter.model.outcomes import OUTCOMES
from newsletter.providers.ses import SesProvider, SesRoute, answer_of, authorization, request_body

CANARY = "canary/4711+never-shown"


def to(url: str, *, timeout: float = 60.0) -> SesProvider:
    clock = lambda: datetime(2026, 12, 4, 17, 0, tzinfo=UTC)  # noqa: E731 - shorter than a function
    return SesProvider(SesRoute("eu-west-1", "AKIDEXAMPLE", SecretStr(CANARY), url, timeout, clock))


def test_the_signature_is_that_of_the_published_example() -> None:
    """The GET ListUsers request by which AWS explains its signing."""
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "host": "iam.amazonaws.com",
        "x-amz-date": "20150830T123600Z",
    }
    scope = ("AKIDEXAMPLE", "20150830T123600Z", "us-east-1", "iam")
    target = ("/", "Action=ListUsers&Version=2010-05-08")
    found = authorization("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", scope, "GET", target, headers, b"")
    assert found == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )


def test_the_message_is_the_one_that_any_other_road_would_bring() -> None:
    request = json.loads(request_body(batch([row(1)]), row(1)))
    assert base64.b64decode(request["Content"]["Raw"]["Data"]) == message_bytes(edition(), row(1), AT)
    assert request["Destination"] == {"ToAddresses": ["reader1@example.org"]}
    assert request["FromEmailAddress"] == "hours@news.example.org"


def test_tags_hold_opaque_ids_and_nobodys_address() -> None:
    request = json.loads(request_body(batch([row(1)]), row(1)))
    assert [tag["Value"] for tag in request["EmailTags"]] == ["d-1", "attempt-1"]


@pytest.mark.parametrize(
    ("status", "kind", "words", "outcome"),
    [
        (200, "", "", "accepted"),
        (400, "MessageRejected", "Email address is on the suppression list.", "rejected"),
        (400, "BadRequestException", "Invalid address.", "rejected"),
        (413, "RequestEntityTooLarge", "", "rejected"),
        (400, "MessageRejected", "Email address is not verified. The identities failed the check", "refused_for_now"),
        (400, "AccountSuspendedException", "", "refused_for_now"),
        (400, "SendingPausedException", "", "refused_for_now"),
        (400, "MailFromDomainNotVerifiedException", "", "refused_for_now"),
        (400, "LimitExceededException", "", "refused_for_now"),
        (400, "com.amazon.coral.service#ThrottlingException:http://internal", "Rate exceeded", "refused_for_now"),
        (403, "UnrecognizedClientException", "", "refused_for_now"),
        (403, "ExpiredTokenException", "", "refused_for_now"),
        (404, "NotFoundException", "", "refused_for_now"),
        (429, "TooManyRequestsException", "", "refused_for_now"),
        (400, "", "a page of some gateway", "unknown"),
        (500, "InternalFailure", "", "unknown"),
        (503, "ServiceUnavailable", "", "unknown"),
        (202, "", "", "unknown"),
    ],
)
def test_the_class_of_each_answer(status: int, kind: str, words: str, outcome: Outcome) -> None:
    body = {"message": words} if words else {"MessageId": "0102"}
    found = answer_of(status, {"x-amzn-ErrorType": kind} if kind else {}, json.dumps(body).encode())
    assert OUTCOMES[found.end] == outcome
    assert words[:20] in found.detail


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"<html>", b'{"MessageId": ""}', b"[" * 100_000])
def test_an_acceptance_without_an_id_is_none(body: bytes) -> None:
    assert OUTCOMES[answer_of(200, {}, body).end] == "unknown"


def test_after_a_doubtful_end_or_a_refusal_of_ours_the_rest_is_not_tried() -> None:
    rows = [row(1), row(2), row(3)]
    with canned(response(500, b"{}")) as server:
        assert outcomes(server, rows) == ["unknown", "not_submitted", "not_submitted"]
        assert len(server.requests) == 1
    with canned(response(429, b"{}", retry_after="7")) as server:
        receipts = to(server.url).submit(batch(rows))
        assert [(one.outcome, one.retry_after) for one in receipts] == [("refused_for_now", 7.0)] * 3
        assert len(server.requests) == 1


def outcomes(server: CannedHttp, rows: list[Row]) -> list[str]:
    return [one.outcome for one in to(server.url).submit(batch(rows))]


def test_many_messages_go_over_one_connection_and_each_is_kept(dev_sink: DevSink) -> None:
    provider = to(dev_sink.api_url)
    receipts = provider.submit(batch([row(1), row(2), row(3)]))
    connection = provider._connection
    assert [one.outcome for one in provider.submit(batch([row(4)]))] == ["accepted"]
    assert provider._connection is connection
    provider.close()
    kept = {one["to"][0]: one for one in dev_sink.messages()}
    assert sorted(kept) == [f"reader{n}@example.org" for n in (1, 2, 3, 4)]
    assert {one.provider_id for one in receipts} <= {one["x_message_id"] for one in kept.values()}
    raw = (dev_sink.keep / kept["reader1@example.org"]["file"]).read_bytes()
    assert message_from_bytes(raw)["To"] == "reader1@example.org"


def test_an_address_that_ses_cannot_take_costs_itself_alone(dev_sink: DevSink) -> None:
    provider = to(dev_sink.api_url)
    receipts = provider.submit(batch([row(1, "zoë@example.org"), row(2)]))
    provider.close()
    assert [one.outcome for one in receipts] == ["rejected", "accepted"]


def test_the_secret_is_told_nowhere() -> None:
    with canned(response(403, b'{"message": "no"}', x_amzn_errortype="InvalidSignatureException")) as server:
        provider = to(server.url)
        receipts = provider.submit(batch([row(1)]))
        assert "canary" not in repr((receipts, provider, vars(provider)))
        assert b"canary" not in server.requests[0]
