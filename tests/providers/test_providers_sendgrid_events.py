"""SendGrid's events as published, in our words; whatever else an event holds, nothing raises and nothing leaks."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_mail import batch, row
from support_sendgrid import request_body

from newsletter.providers.sendgrid_events import fingerprint, payload, read_event

AT = 1_796_403_900
BASE = {"email": "ada@example.org", "timestamp": AT, "delivery_id": "d-1", "attempt_id": "a-1", "sg_event_id": "e-1"}


def told(event: str, **more: Any) -> tuple[object, ...]:
    """Kind, permanence and cause of the notice; the use of an event that is none."""
    found = read_event(BASE | {"event": event} | more)
    return (found.notice.kind, found.notice.permanent, found.notice.because) if found.notice else (found.use,)


@pytest.mark.parametrize(
    ("event", "more", "expected"),
    [
        ("processed", {}, ("accepted", True, "")),
        ("delivered", {"response": "250 OK"}, ("delivered", True, "")),
        ("deferred", {"response": "451 try again"}, ("deferred", True, "")),
        ("bounce", {"type": "bounce"}, ("bounced", True, "")),
        ("bounce", {}, ("bounced", True, "")),
        ("bounce", {"type": "bounce", "bounce_classification": "Invalid Address"}, ("bounced", True, "")),
        ("bounce", {"type": "bounce", "bounce_classification": "Technical"}, ("bounced", False, "")),
        ("bounce", {"type": "bounce", "bounce_classification": "Reputation"}, ("bounced", False, "")),
        ("bounce", {"type": "blocked"}, ("bounced", False, "")),
        ("bounce", {"type": "blocked", "bounce_classification": "Invalid Address"}, ("bounced", False, "")),
        ("dropped", {"reason": "Bounced Address"}, ("dropped", True, "bounced")),
        ("dropped", {"reason": "Invalid"}, ("dropped", True, "bounced")),
        ("dropped", {"reason": "Invalid SMTPAPI header"}, ("dropped", True, "")),
        ("dropped", {"reason": "Unsubscribed Address"}, ("dropped", True, "unsubscribed")),
        ("dropped", {"reason": "Spam Reporting Address"}, ("dropped", True, "complained")),
        ("dropped", {"reason": "Spam Content (if Spam Checker app enabled)"}, ("dropped", True, "")),
        ("dropped", {"reason": "Recipient List over Package Quota"}, ("dropped", True, "")),
        ("dropped", {}, ("dropped", True, "")),
        ("spamreport", {}, ("complained", True, "")),
        ("unsubscribe", {}, ("unsubscribed", True, "")),
        ("group_unsubscribe", {"asm_group_id": 7}, ("unsubscribed", True, "")),
        ("group_resubscribe", {"asm_group_id": 7}, ("kept",)),
        ("open", {"ip": "192.0.2.1"}, ("forgotten",)),
        ("click", {"url": "https://example.org"}, ("forgotten",)),
        ("account_status_change", {"type": "compliance_suspend"}, ("account",)),
        ("invented_tomorrow", {}, ("kept",)),
        ("delivered", {"timestamp": None}, ("kept",)),
        ("delivered", {"timestamp": "soon"}, ("kept",)),
        ("delivered", {"timestamp": True}, ("kept",)),
        ("delivered", {"timestamp": float("nan")}, ("kept",)),
        ("delivered", {"timestamp": 10**30}, ("kept",)),
        ("delivered", {"timestamp": -5}, ("kept",)),
        ("delivered", {"timestamp": str(AT)}, ("delivered", True, "")),
        ("delivered", {"timestamp": AT + 0.5}, ("delivered", True, "")),
    ],
)
def test_check_32_every_type_has_its_meaning(event: str, more: dict[str, Any], expected: tuple[object, ...]) -> None:
    assert told(event, **more) == expected


def test_what_a_notice_says_of_its_mail() -> None:
    found = read_event(BASE | {"event": "bounce", "status": "5.1.1", "reason": "no such user"})
    assert found.notice is not None
    assert (found.notice.delivery_id, found.notice.attempt_id, found.notice.event_id) == ("d-1", "a-1", "e-1")
    assert (found.notice.address, found.notice.detail) == ("ada@example.org", "5.1.1 no such user")
    assert found.notice.at == datetime.fromtimestamp(AT, UTC)


def test_the_logs_put_our_ids_elsewhere() -> None:
    ours = {"custom_args": {"delivery_id": "d-2", "attempt_id": "a-2"}}
    found = read_event({"event": "processed", "timestamp": AT} | ours)
    assert found.notice is not None
    assert (found.notice.delivery_id, found.notice.attempt_id) == ("d-2", "a-2")


def test_the_same_event_under_another_id_has_the_same_fingerprint() -> None:
    event = BASE | {"event": "delivered"}
    assert fingerprint(event) == fingerprint(event | {"sg_event_id": "e-2"})
    assert fingerprint(event) != fingerprint(event | {"timestamp": AT + 1})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ("event", "timestamp", "email", "delivery_id", "custom_args", "reason", "type", "status", "sg_event_id", "odd")
)


@settings(max_examples=60)
@given(JSON | st.dictionaries(NAMES, JSON | st.sampled_from(("bounce", "dropped", str(AT)))))
def test_no_event_raises_and_what_is_kept_can_be_stored(event: Any) -> None:
    found = read_event(event)
    stored = json.dumps([fingerprint(found.raw), payload(found.raw)], allow_nan=True)
    assert "@" not in stored
    for text in (found.kind, found.event_id, found.delivery_id, found.attempt_id, found.address):
        text.encode()
    if found.notice:
        found.notice.detail.encode()
        assert "\0" not in found.notice.detail


def test_nothing_personal_stays_with_the_provider_for_good() -> None:
    readers = [row(n, f"ada{n}@example.org") for n in range(3)]
    body = request_body(batch(readers), readers)
    for one in body["personalizations"]:
        assert set(one["custom_args"]) == {"delivery_id", "attempt_id"}
        assert not any("@" in value or "ada" in value for value in one["custom_args"].values())
    assert not any("@" in name or "ada" in name for name in body["categories"])
    assert "custom_args" not in body
