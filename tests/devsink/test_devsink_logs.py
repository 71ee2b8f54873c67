"""The Email Logs routes of the sink find what mail/send accepted, by the published rules of their queries."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from support_dev_sink import DevSink

KEY = {"Authorization": "Bearer SG.x", "Content-Type": "application/json"}


def ask(sink: DevSink, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(sink.api_url + path, data, KEY | headers, method="GET" if body is None else "POST")
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def search(sink: DevSink, query: str, limit: int = 10) -> list[dict[str, Any]]:
    status, answer = ask(sink, "/v3/logs", {"query": query, "limit": limit})
    assert status == 200, answer
    return answer["messages"]


@pytest.fixture
def sent(dev_sink: DevSink) -> DevSink:
    """Three readers of one request, whom the sink knows as delivered, bounced and deferred."""
    dev_sink.tell_events(bounce=["gone@*"], defer=["slow@*"])
    people = [
        {"to": [{"email": f"{name}@example.org"}], "custom_args": {"delivery_id": name, "attempt_id": "a-1"}}
        for name in ("ada", "gone", "slow")
    ]
    mail = {
        "personalizations": people,
        "from": {"email": "hours@example.org"},
        "subject": "It's here",
        "content": [{"type": "text/plain", "value": "Hello"}],
        "categories": ["issue", "weekly-2026-12-04"],
    }
    assert ask(dev_sink, "/v3/mail/send", mail)[0] == 202
    return dev_sink


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("to_email = 'ada@example.org'", ["ada"]),
        ('to_email = "ada@example.org" AND subject = "It\'s here"', ["ada"]),
        ("to_email = 'ada@example.org' AND status IN ('bounced', 'blocked')", []),
        ("status IN ('bounced')", ["gone"]),
        ("categories IN ('weekly-2026-12-04')", ["ada", "gone", "slow"]),
        ("categories IN ('other')", []),
        ('sg_message_id_created_at > TIMESTAMP "2020-01-01T00:00:00Z"', ["ada", "gone", "slow"]),
        ('sg_message_id_created_at < TIMESTAMP "2020-01-01T00:00:00Z"', []),
        ("", ["ada", "gone", "slow"]),
    ],
)
def test_a_query_finds_what_it_describes(query: str, found: list[str], sent: DevSink) -> None:
    assert sorted(one["to_email"] for one in search(sent, query)) == [f"{name}@example.org" for name in found]


def test_a_limit_bounds_what_is_told(sent: DevSink) -> None:
    assert len(search(sent, "", limit=2)) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"query": "to_email LIKE 'a%'"},
        {"query": "to_email = 'a' OR status IN ('x')"},
        {"query": "sg_message_id_created_at > TIMESTAMP 'soon'"},
        {"query": "", "limit": 0},
        {"query": "", "limit": 1001},
        [],
    ],
)
def test_what_is_no_query_of_the_api_is_refused(body: Any, sent: DevSink) -> None:
    assert ask(sent, "/v3/logs", body)[0] == 400


def test_one_message_is_told_whole_with_its_custom_arguments(sent: DevSink) -> None:
    [brief] = search(sent, "to_email = 'gone@example.org'")
    status, whole = ask(sent, f"/v3/logs/{brief['sg_message_id']}")
    assert status == 200
    assert whole["custom_args"] == {"delivery_id": "gone", "attempt_id": "a-1"}
    assert [one["event"] for one in whole["events"]] == ["processed", "bounce"]
    assert all(one["custom_args"] == whole["custom_args"] and "delivery_id" not in one for one in whole["events"])


def test_an_id_of_no_message_and_a_missing_key_are_refused(sent: DevSink) -> None:
    assert ask(sent, "/v3/logs/nothing")[0] == 404
    assert ask(sent, "/v3/logs", {"query": ""}, Authorization="")[0] == 401


def test_messages_may_be_kept_out_of_the_log(dev_sink: DevSink, sent: DevSink) -> None:
    sent.tell_events(unlogged=["ada@*"])
    mail = {
        "personalizations": [{"to": [{"email": "ada@example.org"}]}, {"to": [{"email": "bo@example.org"}]}],
        "from": {"email": "hours@example.org"},
        "subject": "Again",
        "content": [{"type": "text/plain", "value": "Hello"}],
    }
    assert ask(sent, "/v3/mail/send", mail)[0] == 202
    assert [one["to_email"] for one in search(sent, "subject = 'Again'")] == ["bo@example.org"]
    assert sent.received().count("ada@example.org") == 2
