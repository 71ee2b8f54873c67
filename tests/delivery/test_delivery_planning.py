from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.batches import bar, sort_out
from newsletter.delivery.evidence import verdict
from newsletter.delivery.leases import fate
from newsletter.delivery.planning import (
    Reader,
    Wanted,
    delivery_id,
    editions_wanted,
    message_id,
    plan,
    sender_domain,
)
from newsletter.delivery.retry import LONGEST_WAIT, MAX_TRIES, backoff, complete, settlement
from newsletter.model.delivery import OUTCOME_STATE, STATES, TRANSITIONS, Notice, Outcome, Receipt
from newsletter.model.issue import Choices
from newsletter.model.ledger import Baseline, Due, OpenAttempt

NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
SEATTLE = Choices(timezone="America/Los_Angeles")
BERLIN = Choices(timezone="Europe/Berlin", clock=24)


def due(number: int, **known: object) -> Due:
    base = {"address": f"r{number}@example.org", "subscription": "active", "digests": ("weekly",)}
    return Due(f"d{number}", f"s{number}", "one edition", 0, **(base | known))  # type: ignore[arg-type]  # test builder


def test_readers_with_equal_choices_and_the_same_last_issue_share_an_edition() -> None:
    wishes = [Wanted(SEATTLE), Wanted(SEATTLE), Wanted(SEATTLE, Baseline("weekly-2026-11-27")), Wanted(BERLIN)]
    readers = [Reader(f"s{number}", wanted) for number, wanted in enumerate(wishes)]
    assert len(editions_wanted(readers)) == 3
    assert Wanted(SEATTLE).key == Wanted(Choices(timezone="America/Los_Angeles")).key


def test_choosing_no_topic_is_not_choosing_all() -> None:
    assert Wanted(Choices("UTC", topics=())).key != Wanted(Choices("UTC", topics=None)).key


def test_a_reader_whose_edition_is_empty_is_skipped_and_not_forgotten() -> None:
    readers = [Reader("s1", Wanted(SEATTLE)), Reader("s2", Wanted(BERLIN))]
    planned = plan("lab", "issue", "weekly-2026-12-04", readers, empty={Wanted(BERLIN).key})
    assert [(one.subscriber_id, one.state) for one in planned] == [("s1", "pending"), ("s2", "skipped")]


def test_a_delivery_keeps_its_id_and_differs_by_each_of_its_parts() -> None:
    ids = {
        delivery_id("lab", "issue", "weekly-2026-12-04", "s1"),
        delivery_id("lab", "issue", "weekly-2026-12-04", "s2"),
        delivery_id("lab", "issue", "weekly-2026-12-11", "s1"),
        delivery_id("lab", "test", "weekly-2026-12-04", "s1"),
        delivery_id("club", "issue", "weekly-2026-12-04", "s1"),
    }
    assert len(ids) == 5
    assert delivery_id("lab", "issue", "weekly-2026-12-04", "s1") in ids


def test_the_message_id_is_the_delivery_at_the_senders_domain() -> None:
    domain = sender_domain("Common Hours <hours@News.Example.org>")
    assert message_id("abc", domain) == "<abc@news.example.org>"
    with pytest.raises(ValueError, match="no domain"):
        sender_domain("Common Hours")


@pytest.mark.parametrize(
    ("known", "state", "word"),
    [
        ({"suppressed": "complained"}, "suppressed", "complained"),
        ({"address": ""}, "suppressed", "gone"),
        ({"subscription": None}, "suppressed", "not on the list"),
        ({"subscription": "left"}, "suppressed", "left"),
        ({"subscription": "bounced"}, "suppressed", "bounced"),
        ({"subscription": "pending"}, "suppressed", "pending"),
        ({"digests": ("monthly",)}, "skipped", "weekly"),
    ],
)
def test_who_may_not_be_written_to_any_more_is_set_aside_with_the_reason(
    known: dict[str, object], state: str, word: str
) -> None:
    barred = bar(due(1, **known), "weekly")
    assert barred is not None
    assert barred[0] == state
    assert word in barred[1]


def test_a_mailing_without_a_digest_goes_to_whoever_is_on_the_list() -> None:
    assert bar(due(1, digests=()), "") is None


def test_a_batch_is_of_one_edition_and_no_larger_than_asked() -> None:
    others = Due("d9", "s9", "another edition", 0, "r9@example.org", "", "active", ("weekly",))
    found = sort_out([due(1, subscription="left"), due(2), due(3), due(4), others], "weekly", 2)
    assert [one.delivery_id for one in found.batch] == ["d2", "d3"]
    assert [one[0] for one in found.aside] == ["d1"]
    assert sort_out([], "weekly", 2).batch == ()


@given(st.integers(1, 100), st.floats(0, 1, exclude_max=True))
def test_waits_grow_to_an_hour_and_are_never_all_the_same(tries: int, jitter: float) -> None:
    wait = backoff(tries, jitter)
    assert timedelta(seconds=15) <= wait <= LONGEST_WAIT
    assert wait <= backoff(tries + 1, jitter)
    assert backoff(tries, 0.0) < backoff(tries, 0.9)


@pytest.mark.parametrize("outcome", sorted(OUTCOME_STATE))
def test_each_outcome_leads_where_the_model_says(outcome: Outcome) -> None:
    settled = settlement(Receipt("d1", outcome, "said so", "id-7"), 1, NOW, 0.5)
    assert settled.state == OUTCOME_STATE[outcome]
    assert (settled.not_before is not None) == (settled.state == "pending")
    assert (settled.detail, settled.provider_id) == ("said so", "id-7")


def test_a_provider_that_names_a_time_is_waited_for() -> None:
    put_off = settlement(Receipt("d1", "refused_for_now", retry_after=7.0), 1, NOW, 0.5)
    assert put_off.not_before == NOW + timedelta(seconds=7)
    in_the_past = settlement(Receipt("d1", "refused_for_now", retry_after=-3.0), 1, NOW, 0.5)
    assert in_the_past.not_before is not None
    assert in_the_past.not_before > NOW
    for_ever = settlement(Receipt("d1", "refused_for_now", retry_after=1e18), 1, NOW, 0.5)
    assert for_ever.not_before == NOW + timedelta(days=1)


def test_what_is_put_off_too_often_is_failed_and_says_why() -> None:
    given_up = settlement(Receipt("d1", "refused_for_now", "450 busy"), MAX_TRIES, NOW, 0.5)
    assert given_up.state == "failed"
    assert "450 busy" in given_up.detail


@pytest.mark.parametrize("words", ["550 no\0body", "550 no\ud800body"])
def test_a_servers_odd_words_are_kept_in_a_form_that_any_store_takes(words: str) -> None:
    settled = settlement(Receipt("d1", "rejected", words, words), 1, NOW, 0.5)
    for kept in (settled.detail, settled.provider_id):
        assert kept.encode().startswith(b"550 no")
        assert kept.endswith("body")
        assert "\0" not in kept


def test_a_closed_road_gives_up_nobody() -> None:
    still = settlement(Receipt("d1", "not_submitted", "connection refused"), 10 * MAX_TRIES, NOW, 0.5)
    assert (still.state, still.not_before) == ("pending", NOW + LONGEST_WAIT * 0.75)


def test_silence_about_a_recipient_is_unknown() -> None:
    answered = {"d1": Receipt("d1", "accepted"), "stranger": Receipt("stranger", "accepted")}
    assert [one.outcome for one in complete(answered, ("d1", "d2"))] == ["accepted", "unknown"]


@pytest.mark.parametrize(
    ("phase", "minutes", "dead", "expected"),
    [
        ("claimed", 1, False, None),
        ("submitting", 1, False, None),
        ("claimed", 0, False, "release"),
        ("submitting", 0, False, "lose"),
        ("claimed", 1, True, "release"),
        ("submitting", 1, True, "lose"),
    ],
)
def test_a_hold_ends_with_its_lease_or_its_worker(phase: str, minutes: int, dead: bool, expected: str) -> None:
    held = OpenAttempt("a", "w", phase, NOW + timedelta(minutes=minutes))  # type: ignore[arg-type]  # from the table
    assert fate(held, NOW, dead=dead) == expected


KINDS = ("accepted", "delivered", "deferred", "bounced", "dropped", "complained")


@given(st.lists(st.sampled_from(KINDS), min_size=1), st.randoms())
def test_reports_in_any_order_and_number_end_in_the_same_state(kinds: list[str], dice: object) -> None:
    shuffled = kinds * 2
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's random.Random
    assert after(kinds) == after(shuffled)


def after(kinds: list[str]) -> str:
    state = "accepted"
    for kind in kinds:
        state = verdict(state, Notice("d1", kind, NOW)).state  # type: ignore[arg-type]  # words of the table
    return state


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", KINDS)
def test_evidence_only_takes_steps_that_the_state_table_has(state: str, kind: str) -> None:
    to = verdict(state, Notice("d1", kind, NOW)).state  # type: ignore[arg-type]  # words of the table
    assert to == state or to in TRANSITIONS[state]  # type: ignore[index]  # words of the table


def test_a_hard_bounce_or_a_complaint_bars_the_address_and_a_soft_one_does_not() -> None:
    assert verdict("accepted", Notice("d1", "bounced", NOW)).suppression == "bounced"
    assert verdict("accepted", Notice("d1", "bounced", NOW, permanent=False)).suppression is None
    assert verdict("delivered", Notice("d1", "complained", NOW)).suppression == "complained"
    assert verdict("delivered", Notice("d1", "unsubscribed", NOW)).consent == "left"
