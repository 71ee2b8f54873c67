"""SendGrid: the body, the class of every answer, and the key that is told nowhere."""

import json
import logging
import threading
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import SecretStr
from support_dev_sink import DevSink
from support_http import CannedHttp, canned, response
from support_mail import batch, edition, row
from support_sendgrid import request_body

from newsletter.model.mail import Edition, fill_text
from newsletter.providers.sendgrid import EXTRA_REQUESTS, SendGridProvider, SendGridRoute
from newsletter.providers.sendgrid_body import groups

CANARY = "SG.canary-4711.never-shown"
NOW = 1_796_400_000.0
SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "sendgrid_mail_send.schema.json").read_text())
BODY = Draft202012Validator(SCHEMA)


def to(url: str, *, sandbox: bool = False, timeout: float = 60.0) -> SendGridProvider:
    return SendGridProvider(SendGridRoute(url, SecretStr(CANARY), timeout, sandbox, clock=lambda: NOW))


def errors(*fields: str | None) -> bytes:
    return json.dumps({"errors": [{"message": "refused", "field": field, "help": None} for field in fields]}).encode()


def bodies(server: CannedHttp) -> list[dict[str, Any]]:
    return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests]


def substituted(body: dict[str, Any], reader: int, part: int) -> str:
    text: str = body["content"][part]["value"]
    for key, value in body["personalizations"][reader]["substitutions"].items():
        text = text.replace(key, value)
    return text


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
names = st.sampled_from(["Ada", "<script>", "{{7*7}}", "-html.name.0000-", "%name%", "a@b.example", "  "]) | texts
reader_rows = st.lists(st.tuples(names, st.booleans()), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(reader_rows, texts.filter(str.strip), st.booleans())
def test_every_body_keeps_the_documented_limits(readers: list[tuple[str, bool]], words: str, sandbox: bool) -> None:
    rows = [row(n, name=name, one_click=one_click) for n, (name, one_click) in enumerate(readers, 1)]
    body = request_body(batch(rows, of=edition(words=words)), rows, sandbox=sandbox)
    assert [error.message for error in BODY.iter_errors(body)] == []


@settings(max_examples=60, deadline=None)
@given(reader_rows, texts)
def test_each_reader_gets_the_parts_that_any_other_road_would_bring(
    readers: list[tuple[str, bool]], words: str
) -> None:
    rows = [row(n, name=name) for n, (name, _) in enumerate(readers, 1)]
    of = edition(words=words)
    body = request_body(batch(rows, of=of), rows)
    for n, one in enumerate(rows):
        assert substituted(body, n, 0) == fill_text(of.text, one.values)
        assert substituted(body, n, 1) == fill_text(of.html, one.values)


def test_the_schema_refuses_what_the_api_refuses() -> None:
    def broken(**changes: Any) -> bool:
        return not BODY.is_valid(request_body(batch([row(1)]), [row(1)]) | changes)

    assert not broken()
    assert broken(unknown=1)
    assert broken(categories=["reader@example.org"])
    assert broken(headers={"Reply-To": "a@example.org"})
    assert broken(content=[{"type": "text/html", "value": "x"}, {"type": "text/plain", "value": "x"}])
    assert broken(personalizations=[])
    assert broken(tracking_settings={})


def test_headers_are_the_readers_own_and_none_is_reserved() -> None:
    reserved = (("From", "x@example.org"), ("Subject", "x"), ("Reply-To", "x@example.org"), ("MIME-Version", "1.0"))
    plain = edition()
    of = Edition(**{name: getattr(plain, name) for name in plain.__slots__} | {"headers": reserved + plain.headers})
    rows = [row(1), row(2, one_click=False)]
    first, second = [one["headers"] for one in request_body(batch(rows, of=of), rows)["personalizations"]]
    assert first == {
        "List-Id": "Common Hours <hours.example.org>",
        "Precedence": "bulk",
        "Message-ID": "<d-1@news.example.org>",
        "List-Unsubscribe": "<https://news.example.org/u/token-1?a=1&b=2>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert second["List-Unsubscribe"] == "<https://news.example.org/u/token-2?a=1&b=2>"
    assert "List-Unsubscribe-Post" not in second


def test_words_in_headers_are_encoded_and_addresses_are_not() -> None:
    plain = edition()
    title = " ".join(["Gemeinsame Stünden für alle"] * 4)
    changed = {"headers": (("List-Id", f"{title} <a.example.org>"),), "sender": "Jürgen <h@bücher.example>"}
    of = Edition(**{name: getattr(plain, name) for name in plain.__slots__} | changed)
    body = request_body(batch([row(1)], of=of), [row(1)])
    list_id = body["personalizations"][0]["headers"]["List-Id"]
    assert list_id.endswith(" <a.example.org>")
    assert str(make_header(decode_header(list_id.removesuffix(" <a.example.org>")))) == title
    assert body["from"] == {"email": "h@xn--bcher-kva.example", "name": "Jürgen"}
    assert BODY.is_valid(body)


def test_nothing_personal_stays_with_the_provider() -> None:
    one = row(1)
    body = request_body(batch([one], mailing="confirm:reader1@example.org"), [one])
    kept = json.dumps([body["categories"], body["personalizations"][0]["custom_args"]])
    assert "@" not in kept
    assert body["categories"] == ["issue"]
    assert body["personalizations"][0]["custom_args"] == {"delivery_id": "d-1", "attempt_id": "attempt-1"}


def test_a_text_only_edition_has_one_part() -> None:
    plain = edition()
    of = Edition(**{name: getattr(plain, name) for name in plain.__slots__} | {"html": ()})
    assert [part["type"] for part in request_body(batch([row(1)], of=of), [row(1)])["content"]] == ["text/plain"]


@given(st.lists(st.sampled_from(["a@example.org", "A@example.org", "b@example.org", "c@example.org"]), max_size=30))
def test_each_address_stands_once_in_a_request_and_no_row_is_lost(addresses: list[str]) -> None:
    rows = [row(n, address) for n, address in enumerate(addresses)]
    made = groups(rows)
    assert sorted(one.delivery_id for group in made for one in group) == sorted(one.delivery_id for one in rows)
    for group in made:
        assert len({one.address.casefold() for one in group}) == len(group)


def test_more_than_a_thousand_readers_are_several_requests(dev_sink: DevSink) -> None:
    receipts = to(dev_sink.api_url, timeout=60).submit(batch([row(n) for n in range(1, 1102)]))
    assert {one.outcome for one in receipts} == {"accepted"}
    assert len({one.provider_id for one in receipts}) == 2
    assert len(set(dev_sink.received())) == len(dev_sink.received()) == 1101


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (response(202, X_Message_Id="m-1"), "accepted"),
        (response(200), "unknown"),
        (response(204), "unknown"),
        (response(400, errors(None)), "rejected"),
        (response(413, errors(None)), "rejected"),
        (response(400, b"<html>Bad Request</html>"), "unknown"),
        (response(400, b'{"errors": 7}'), "unknown"),
        (response(408), "unknown"),
        (response(401, errors(None)), "refused_for_now"),
        (response(403, b"<html>"), "refused_for_now"),
        (response(404), "refused_for_now"),
        (response(429, errors(None)), "refused_for_now"),
        (response(301, Location="http://127.0.0.1:9/elsewhere"), "refused_for_now"),
        (response(500, b"<html>"), "unknown"),
        (response(503, errors(None)), "unknown"),
        (response(504), "unknown"),
        (b"no http at all\r\n\r\n", "unknown"),
        (b"HTTP/1.1 20", "unknown"),
        (b"HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\ncut", "accepted"),
        (response(400, b"[" * 100_000), "unknown"),
        (response(500, b"x" * 5_000_000), "unknown"),
        (None, "unknown"),
    ],
)
def test_check_13_the_class_of_each_answer(answer: bytes | None, outcome: str) -> None:
    with canned(answer) as server:
        [receipt] = to(server.url).submit(batch([row(1)]))
    assert receipt.outcome == outcome
    assert len(server.requests) == 1


def test_check_13_a_200_in_place_of_a_202_is_told_to_be_the_sandboxs() -> None:
    with canned(response(200)) as server:
        [receipt] = to(server.url).submit(batch([row(1)]))
    assert receipt.detail == "200 in place of 202, as sandbox mode answers: perhaps nothing was sent"


def test_a_server_that_never_answers_leaves_the_batch_unknown_in_time() -> None:
    given_up, waited = threading.Event(), list[bool]()
    with canned(lambda _: waited.append(given_up.wait(60))) as server:
        [receipt] = to(server.url, timeout=0.3).submit(batch([row(1)]))
        assert (receipt.outcome, waited) == ("unknown", [])
        given_up.set()


def test_a_request_cut_short_has_submitted_nothing() -> None:
    long = edition(words="0123456789" * 400_000)
    with canned(None, read_limit=1000) as server:
        [receipt] = to(server.url).submit(batch([row(1)], of=long))
    assert receipt.outcome == "not_submitted"


def test_sandbox_is_asked_for_and_recognised(dev_sink: DevSink) -> None:
    [receipt] = to(dev_sink.api_url, sandbox=True).submit(batch([row(1)]))
    assert (receipt.outcome, receipt.detail) == ("accepted", "200 sandbox: checked and not sent")
    assert dev_sink.received() == []


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry_After": "7"}, 7),
        ({"X_RateLimit_Reset": str(int(NOW) + 9)}, 9),
        ({"X_RateLimit_Reset": str(int(NOW) - 9)}, None),
        ({"Retry_After": "soon", "X_RateLimit_Reset": "later"}, None),
        ({"Retry_After": "Fri, 04 Dec 2026 16:00:30 GMT"}, 30),
        ({}, None),
    ],
)
def test_check_11_how_long_a_429_asks_to_wait(headers: dict[str, str], wait: float | None) -> None:
    with canned(response(429, errors(None), **headers)) as server:
        receipts = to(server.url).submit(batch([row(1), row(2)]))
    assert [one.retry_after for one in receipts] == [wait, wait]


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_what_is_not_the_readers_fault_is_asked_once(status: int) -> None:
    twice = [row(n, "same@example.org") for n in (1, 2, 3)]
    with canned(response(status, errors(None))) as server:
        receipts = to(server.url).submit(batch(twice))
    assert len(server.requests) == 1
    assert "rejected" not in {one.outcome for one in receipts}
    assert len(receipts) == 3


def test_after_an_unknown_end_nothing_more_of_the_batch_is_tried() -> None:
    with canned(None) as server:
        receipts = to(server.url).submit(batch([row(n, "same@example.org") for n in (1, 2, 3)]))
    assert [one.outcome for one in receipts] == ["unknown", "not_submitted", "not_submitted"]


def test_a_fault_of_the_whole_request_is_not_looked_for_among_the_readers() -> None:
    with canned(response(400, errors("from.email"))) as server:
        receipts = to(server.url).submit(batch([row(n) for n in range(100)]))
    assert len(server.requests) == 1
    assert {one.outcome for one in receipts} == {"rejected"}


@pytest.mark.parametrize(("silent", "most"), [(True, 21), (False, 3)])
def test_check_12_one_refused_address_in_a_thousand_costs_only_itself(
    dev_sink: DevSink, silent: bool, most: int
) -> None:
    dev_sink.misbehave(refuse_rcpt=["reader617@example.org"], silent_errors=silent)
    rows = [row(n) for n in range(1, 1001)]
    receipts = to(dev_sink.api_url, timeout=60).submit(batch(rows))
    assert [one.delivery_id for one in receipts if one.outcome != "accepted"] == ["d-617"]
    assert len(receipts) == len({one.delivery_id for one in receipts}) == 1000
    assert len(dev_sink.received()) == len(set(dev_sink.received())) == 999
    assert dev_sink.requests() <= most


def test_a_request_that_is_always_refused_ends_in_bounded_time() -> None:
    with canned(response(400, errors(None))) as server:
        receipts = to(server.url).submit(batch([row(n) for n in range(1000)]))
    assert len(server.requests) <= EXTRA_REQUESTS + 1
    assert {one.outcome for one in receipts} == {"rejected", "refused_for_now"}
    assert len(receipts) == 1000


def test_a_reader_whose_values_are_too_long_is_left_out(dev_sink: DevSink) -> None:
    receipts = to(dev_sink.api_url).submit(batch([row(1, name="x" * 10_001), row(2)]))
    assert {one.delivery_id: one.outcome for one in receipts} == {"d-1": "rejected", "d-2": "accepted"}


def test_a_redirect_does_not_carry_the_key_away() -> None:
    with canned(response(202)) as thief, canned(response(302, Location=f"{thief.url}/v3/mail/send")) as server:
        to(server.url).submit(batch([row(1)]))
    assert thief.requests == []
    assert CANARY.encode() in server.requests[0]


@pytest.mark.parametrize("answer", [response(202), response(400, errors(None)), response(500), None])
def test_neither_key_nor_address_is_in_any_log_or_repr(
    answer: bytes | None, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in (None, "python_http_client", "python_http_client.client", "sendgrid"):
        caplog.set_level(logging.DEBUG, logger=name)
    with canned(answer) as server:
        provider = to(server.url)
        receipts = provider.submit(batch([row(1)]))
    said = caplog.text + repr((provider, vars(provider), receipts)) + "".join(capfd.readouterr())
    assert "canary" not in said
    assert "reader1@example.org" not in caplog.text


def test_a_row_is_a_reader_not_a_template() -> None:
    one = row(1, name="{{ name }} -html.name- %name%")
    body = request_body(batch([one]), [one])
    assert "{{ name }} -html.name- %name%" in substituted(body, 0, 1)


def test_an_address_that_is_not_ascii_is_held(dev_sink: DevSink) -> None:
    receipts = to(dev_sink.api_url).submit(batch([row(1, "zoë@example.org"), row(2)]))
    assert {one.delivery_id: one.outcome for one in receipts} == {"d-1": "rejected", "d-2": "accepted"}
