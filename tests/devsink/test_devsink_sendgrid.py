"""The SendGrid double refuses what the documented API refuses."""

import json
import time
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from support_dev_sink import DevSink

GOOD: dict[str, Any] = {
    "personalizations": [{"to": [{"email": "reader@example.org"}], "substitutions": {"-name-": "Ada"}}],
    "from": {"email": "hours@example.org"},
    "subject": "Hello",
    "content": [{"type": "text/plain", "value": "Dear -name-"}, {"type": "text/html", "value": "<p>-name-</p>"}],
}


def post(sink: DevSink, body: Any, **headers: str) -> tuple[int, dict[str, str], Any]:
    sent = {"Authorization": "Bearer SG.x", "Content-Type": "application/json"} | headers
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urlopen(Request(f"{sink.api_url}/v3/mail/send", data, sent), timeout=60) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        with error:
            return error.code, dict(error.headers), json.loads(error.read())


def readers(count: int, **own: Any) -> dict[str, Any]:
    return {"personalizations": [{"to": [{"email": f"r{n}@example.org"}]} | own for n in range(count)]}


def test_a_good_request_is_queued_and_kept_for_each_reader(dev_sink: DevSink) -> None:
    status, headers, body = post(dev_sink, GOOD)
    assert (status, body) == (202, b"")
    [kept] = dev_sink.messages()
    assert kept["to"] == ["reader@example.org"]
    assert kept["x_message_id"] == headers["x-message-id"]
    assert kept["content"] == {"text/plain": "Dear Ada", "text/html": "<p>Ada</p>"}
    assert json.loads((dev_sink.keep / kept["file"]).read_text()) == GOOD


def test_a_thousand_readers_are_allowed(dev_sink: DevSink) -> None:
    assert post(dev_sink, GOOD | readers(1000))[0] == 202


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (readers(1001), "personalizations"),
        (readers(0), "personalizations"),
        ({"personalizations": readers(1)["personalizations"] * 2}, None),
        ({"personalizations": [{"to": []}]}, "personalizations.0.to"),
        ({"personalizations": [{"to": [{"email": "no address"}]}]}, "personalizations.0.to.0.email"),
        ({"personalizations": [{"to": [{"email": "zoë@example.org"}]}]}, "personalizations.0.to.0.email"),
        (readers(1, cc=[{"email": "R0@example.org"}]), None),
        (readers(1, custom_args={"n": 1}), "personalizations.0.custom_args.n"),
        (readers(1, custom_args={"n": "x" * 10_001}), "personalizations.0.custom_args"),
        (readers(1, substitutions={"n": "x" * 10_001}), "personalizations.0.substitutions"),
        (readers(1, headers={"Subject": "x"}), "personalizations.0.headers"),
        (readers(1, headers={"X-Number": 1}), "personalizations.0.headers.X-Number"),
        (readers(1, surprise=1), "personalizations.0.surprise"),
        ({"from": None}, "from"),
        ({"subject": ""}, "subject"),
        ({"subject": None}, None),
        ({"content": []}, "content"),
        ({"content": None}, None),
        ({"content": GOOD["content"][::-1]}, None),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value"),
        ({"headers": {"Content-Transfer-Encoding": "base64"}}, "headers"),
        ({"categories": ["c"] * 11}, "categories"),
        ({"categories": ["c" * 256]}, "categories.0"),
        ({"send_at": int(time.time()) + 73 * 3600}, "send_at"),
        ({"send_at": "tomorrow"}, "send_at"),
        ({"ip_pool_name": "x"}, "ip_pool_name"),
        ({"surprise": True}, "surprise"),
    ],
)
def test_what_the_api_refuses_is_refused_with_its_place(
    change: dict[str, Any], place: str | None, dev_sink: DevSink
) -> None:
    status, _, answer = post(dev_sink, GOOD | change)
    assert status == 400
    assert place in [error["field"] for error in answer["errors"]]
    assert all(error["message"] for error in answer["errors"])
    assert dev_sink.messages() == []


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 5000])
def test_what_is_no_request_at_all_is_refused(raw: bytes, dev_sink: DevSink) -> None:
    assert post(dev_sink, raw)[0] == 400


@pytest.mark.parametrize("authorization", ["", "Basic eDp5", "Bearer", "Bearer "])
def test_a_key_is_needed(authorization: str, dev_sink: DevSink) -> None:
    status, _, answer = post(dev_sink, GOOD, Authorization=authorization)
    assert (status, answer["errors"][0]["field"]) == (401, None)


def test_a_body_that_is_not_json_by_its_own_word_is_refused(dev_sink: DevSink) -> None:
    assert post(dev_sink, GOOD, **{"Content-Type": "text/plain"})[0] == 415


def test_sandbox_checks_and_keeps_nothing(dev_sink: DevSink) -> None:
    sandbox = {"mail_settings": {"sandbox_mode": {"enable": True}}}
    assert post(dev_sink, GOOD | sandbox)[0] == 200
    assert post(dev_sink, GOOD | sandbox | {"subject": ""})[0] == 400
    assert dev_sink.messages() == []


def test_it_throttles_as_often_as_it_is_told(dev_sink: DevSink) -> None:
    dev_sink.misbehave(throttle=1, retry_after=3)
    asked = time.time()
    status, headers, answer = post(dev_sink, GOOD)
    assert (status, headers["retry-after"]) == (429, "3")
    assert int(headers["x-ratelimit-reset"]) > asked
    assert answer["errors"] == [{"message": "too many requests", "field": None, "help": None}]
    assert post(dev_sink, GOOD)[0] == 202


def test_a_fault_that_is_not_known_is_refused(dev_sink: DevSink) -> None:
    with pytest.raises(HTTPError) as caught:
        dev_sink.misbehave(explode=1)
    with caught.value:
        assert caught.value.code == 400
