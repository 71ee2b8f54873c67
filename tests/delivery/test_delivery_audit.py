"""Each invariant broken by hand, and named; what breaks none is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.delivery.audit import audit
from newsletter.model.audit import History, Try
from newsletter.model.delivery import STATES

T0 = datetime(2026, 12, 4, 17, tzinfo=UTC)
LATER = T0 + timedelta(minutes=5)
FIRST = Try("first", "worker-1", "done", "edition", T0, T0, True, "accepted", turn=7)
LOST = replace(FIRST, phase="unknown", outcome="unknown")
SECOND = replace(FIRST, attempt_id="second", claimed_at=LATER, submitted_at=LATER, turn=8)
GOOD = History("one", "ada", "accepted", "edition", True, (FIRST,), ("accepted",))
REFUSED = replace(FIRST, live=False, outcome="refused_for_now")


def found(*histories: History, over: bool = True) -> list[tuple[str, str]]:
    return [(one.invariant, one.about) for one in audit(histories, over=over)]


@pytest.mark.parametrize(
    "history",
    [
        GOOD,
        replace(GOOD, state="bounced", reported=("accepted", "bounced")),
        replace(GOOD, tries=(REFUSED, SECOND), reported=("pending", "accepted")),
        replace(GOOD, state="unknown", tries=(LOST,), reported=("unknown",)),
        replace(GOOD, state="delivered", tries=(LOST,),
                reported=("unknown", "delivered")),
        replace(GOOD, state="skipped", tries=(), has_edition=False, reported=("skipped",)),
        replace(GOOD, suppressed_after=7, gone_after=9),
    ],
    ids=("accepted", "bounced later", "refused and sent again", "unknown", "unknown and reported", "skipped",
         "left after it was claimed"),
)  # fmt: skip
def test_what_keeps_every_promise_is_not_named(history: History) -> None:
    assert found(history) == []


@pytest.mark.parametrize(
    ("invariant", "history"),
    [
        ("I1", replace(GOOD, reported=())),
        ("I1", replace(GOOD, has_edition=False)),
        ("I1", replace(GOOD, state="pending", tries=(), reported=())),
        ("I1", replace(GOOD, state="failed", tries=(), reported=("pending",))),
        ("I2", replace(GOOD, tries=(FIRST, SECOND))),
        ("I2", replace(GOOD, tries=(LOST, SECOND))),
        ("I2", replace(GOOD, tries=(replace(REFUSED, live=True), SECOND))),
        ("I2", replace(GOOD, tries=(replace(FIRST, edition_key="another"),))),
        ("I3", replace(GOOD, state="failed", reported=("failed",))),
        ("I5", replace(GOOD, suppressed_after=6)),
        ("I5", replace(GOOD, gone_after=0)),
    ],
)  # fmt: skip
def test_what_breaks_one_is_named_by_it(invariant: str, history: History) -> None:
    assert found(history) == [(invariant, "one")]


def test_a_mail_that_waits_and_may_have_left_is_named() -> None:
    waiting = replace(GOOD, state="pending", tries=(replace(FIRST, outcome="unknown"),), reported=("pending",))
    assert found(waiting, over=False) == [("I2", "one")]


def test_accepted_without_anybodys_word_is_named_twice() -> None:
    """Nothing says that it was accepted, and no line of its history does."""
    assert found(replace(GOOD, tries=(), reported=())) == [("I1", "one"), ("I3", "one")]


def test_a_worker_with_two_batches_under_way_is_named_once() -> None:
    def held(attempt: str, worker: str) -> History:
        one = replace(FIRST, attempt_id=attempt, worker=worker, phase="submitting", outcome="")
        return replace(GOOD, state="submitting", tries=(one,), reported=())

    assert found(held("a", "w1"), held("a", "w1"), held("b", "w2"), over=False) == []
    assert found(held("a", "w1"), held("b", "w1"), over=False) == [("I4", "w1")]


@pytest.mark.parametrize("state", ["pending", "claimed", "submitting"])
def test_nothing_is_under_way_once_the_mailing_is_over(state: str) -> None:
    phase = "claimed" if state == "pending" else state
    one = replace(FIRST, phase=phase, outcome="", submitted_at=None)
    waiting = replace(GOOD, state=state, tries=() if state == "pending" else (one,), reported=())

    assert found(waiting, over=False) == []
    assert found(waiting, over=True) == [("I1", "one")]


def test_every_state_of_a_delivery_is_judged() -> None:
    """A state that no rule knows would pass: without any evidence, none but waiting does."""
    bare = replace(GOOD, tries=(), reported=(), has_edition=False)
    silent = [state for state in STATES if not found(replace(bare, state=state), over=False)]
    assert silent == []
