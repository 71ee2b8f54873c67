"""What a request to join is answered with, for every state; networks, forms and versions of texts."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from newsletter.language.accepting import accepted
from newsletter.model.joining import REQUEST_ANSWERS, SUPPRESSED_ANSWERS
from newsletter.model.people import CONSENT_TRANSITIONS, ConsentAction, SubscriptionState, SuppressionReason
from newsletter.people.joining import answer_to, form_is_fresh, form_token, network_hash, network_of, text_version

NOW = datetime(2026, 12, 4, 17, tzinfo=UTC)
DOCS = Path(__file__).parents[2] / "docs" / "subscribers.md"
STATES: tuple[SubscriptionState | None, ...] = (None, *get_args(SubscriptionState))


def test_every_state_and_every_suppression_has_an_answer() -> None:
    assert set(REQUEST_ANSWERS) == set(STATES)
    assert set(SUPPRESSED_ANSWERS) == set(get_args(SuppressionReason))


@pytest.mark.parametrize("double", [True, False])
@pytest.mark.parametrize("state", STATES)
def test_nobody_enters_at_once_who_left_bounced_or_complained(state: SubscriptionState | None, double: bool) -> None:
    answer = answer_to(state, "", double_opt_in=double)
    assert answer != "enter" or (state in (None, "pending") and not double)
    assert (answer == "nothing") == (state == "complained")


@pytest.mark.parametrize("reason", get_args(SuppressionReason))
@pytest.mark.parametrize("state", STATES)
def test_a_suppressed_address_enters_nothing_without_its_owner(state: SubscriptionState | None, reason: str) -> None:
    for double in (True, False):
        assert answer_to(state, reason, double_opt_in=double) in ("confirm", "nothing")
    assert (answer_to(state, reason, double_opt_in=True) == "confirm") == (reason in ("bounced", "erased"))


def test_a_reason_that_is_not_in_the_table_is_answered_with_nothing() -> None:
    assert answer_to("active", "anything else", double_opt_in=False) == "nothing"


def tables() -> dict[str, list[list[str]]]:
    """The tables of the guide for subscribers, by the first word of their head."""
    found: dict[str, list[list[str]]] = {}
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in _table_lines()]
    name = ""
    for row in rows:
        if row[0].startswith("---"):
            continue
        name = row[0] if row[0] in ("event", "a request finds") else name
        found.setdefault(name, []).append(row)
    return found


def _table_lines() -> list[str]:
    text = DOCS.read_text(encoding="utf-8")
    part = text[text.index("### What moves a subscription") : text.index("### Joining by oneself")]
    return [line for line in part.splitlines() if line.startswith("|")]


def test_the_guide_tells_the_table_of_events() -> None:
    head, *rows = tables()["event"]
    states: list[SubscriptionState | None] = [None, *head[2:]]  # type: ignore[list-item]  # names of states
    told = {
        (state, row[0]): cell
        for row in rows
        for state, cell in zip(states, row[1:], strict=True)
        if cell not in ("", "-")
    }
    assert {row[0] for row in rows} == set(get_args(ConsentAction))
    assert told == {(state, action): after for (state, action), after in CONSENT_TRANSITIONS.items()}


def test_the_guide_tells_what_a_request_is_answered_with() -> None:
    _, *rows = tables()["a request finds"]
    told = {row[0]: (row[1], row[2]) for row in rows}
    wanted = {str(state or "nobody"): answers for state, answers in REQUEST_ANSWERS.items()}
    wanted |= {f"suppressed: {reason}": (answer, answer) for reason, answer in SUPPRESSED_ANSWERS.items()}
    assert told == wanted


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_a_network_is_what_one_household_has(host: str, network: str) -> None:
    assert network_of(host) == network


def test_a_network_is_kept_as_a_hash_under_our_key() -> None:
    assert network_hash(b"key", "198.51.100.7") == network_hash(b"key", "198.51.100.250")
    assert network_hash(b"key", "198.51.100.7") != network_hash(b"other", "198.51.100.7")
    assert re.fullmatch(r"[0-9a-f]{64}", network_hash(b"key", ""))


@pytest.mark.parametrize(("age", "fresh"), [(0, False), (1, True), (86400, True), (86401, False), (-5, False)])
def test_a_form_counts_from_a_second_after_it_was_shown_for_a_day(age: int, fresh: bool) -> None:
    token = form_token(b"key", "community", NOW)
    assert form_is_fresh((b"new", b"key"), token, "community", NOW + timedelta(seconds=age)) is fresh
    assert not form_is_fresh((b"new",), token, "community", NOW + timedelta(seconds=10))


def test_a_text_has_one_version_however_it_is_wrapped() -> None:
    assert text_version("Write to\n me.") == text_version("Write to me.") != text_version("Write to us.")
    assert text_version("") == ""


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"), ("en;q=0.5, fr;q=0.9", "fr"), ("nl, ja;q=0.1", "ja"), ("nl", "en"),
        ("", "en"), ("fr;q=0", "en"), ("*", "en"), ("de;q=x, fr", "fr"), (",;=,", "en"), ("x" * 10_000, "en"),
    ],
)  # fmt: skip
def test_a_browser_is_answered_in_the_best_language_that_it_reads(header: str, code: str) -> None:
    assert accepted(header, "en") == code
