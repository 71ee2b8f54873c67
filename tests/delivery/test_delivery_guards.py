"""Decisions of the guards, as values: what stops a mailing, at which figure, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.delivery import breaker, deadline, fence, poison, reserve
from newsletter.delivery.audience_change import differs
from newsletter.delivery.batches import sort_out
from newsletter.delivery.canary import begins
from newsletter.delivery.fence import Mark
from newsletter.delivery.thresholds import Tally, judge
from newsletter.model.delivery import Outcome
from newsletter.model.guarding import GuardSettings, Road
from newsletter.model.ledger import Due, Settlement

NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "now", "is_too_much"),
    [(100, 130, False), (100, 131, True), (100, 70, False), (100, 69, True), (0, 500, False), (10, 19, False)],
)
def test_an_audience_may_differ_by_a_third_and_a_small_one_by_a_few(before: int, now: int, is_too_much: bool) -> None:
    assert differs(before, now, 30, 10) is is_too_much


@pytest.mark.parametrize(
    ("tally", "found"),
    [
        (Tally(10_000, 9, 0), []),
        (Tally(10_000, 10, 0), [("complaints", "alert")]),
        (Tally(10_000, 29, 0), [("complaints", "alert")]),
        (Tally(10_000, 30, 0), [("complaints", "pause")]),
        (Tally(10_000, 0, 499), []),
        (Tally(10_000, 0, 500), [("bounces", "pause")]),
        (Tally(10_000, 30, 500), [("complaints", "pause"), ("bounces", "pause")]),
        (Tally(99, 50, 50), []),
        (Tally(10, 1, 1), []),
        (Tally(200, 1, 4), []),
        (Tally(200, 2, 0), [("complaints", "alert")]),
    ],
)
def test_check_56_rates_are_judged_at_their_figures(tally: Tally, found: list[tuple[str, str]]) -> None:
    assert [(one.guard, one.level) for one in judge(tally, GuardSettings())] == found


def after(*batches: Outcome, most: int = 3, trial: bool = True) -> Road:
    road = Road()
    for outcome in batches:
        road = breaker.after(road, [outcome, outcome], NOW, most, trial=trial)
    return road


def test_a_road_is_left_alone_after_so_many_failures_in_a_row_and_well_after_one_answer() -> None:
    assert after("not_submitted", "unknown").is_open
    assert after("not_submitted", "unknown", "rejected", "not_submitted").is_open
    assert after("not_submitted", "unknown", "not_submitted").until == NOW + timedelta(minutes=1)
    assert after(*["unknown"] * 3, "refused_for_now") == Road()


def test_its_rests_double_up_to_an_hour() -> None:
    waits = [after(*["not_submitted"] * (3 + more)).until - NOW for more in range(9)]
    assert [wait.total_seconds() / 60 for wait in waits] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_batch_that_was_under_way_when_the_road_was_given_up_lengthens_no_rest() -> None:
    assert after(*["not_submitted"] * 5, trial=False) == after(*["not_submitted"] * 3)


def test_one_answer_in_a_batch_is_an_answer() -> None:
    assert not breaker.failed(["not_submitted", "accepted"])
    assert not breaker.failed([])


def test_a_road_is_tried_when_its_rest_is_over_or_the_clock_was_put_far_back() -> None:
    road = Road(3, 1, NOW + timedelta(minutes=1))
    assert breaker.on_trial(road, NOW) is None
    assert breaker.on_trial(road, NOW + timedelta(minutes=1)) is not None
    assert breaker.on_trial(road, NOW - timedelta(hours=2)) is not None


def test_a_try_counts_unless_nobody_answered_and_nothing_left() -> None:
    def counted(*outcomes: Outcome) -> list[bool]:
        return [one.counts for one in breaker.spare([Settlement("d", outcome, "pending") for outcome in outcomes])]

    assert counted("not_submitted", "not_submitted") == [False, False]
    assert counted("not_submitted", "unknown") == [False, True]
    assert counted("not_submitted", "accepted") == [True, True]


def test_the_reserve_is_one_and_a_half_batches_of_the_largest_message_and_never_less_than_its_floor() -> None:
    assert reserve.needed(1_000_000, 100, 64) == 150_000_000
    assert reserve.needed(100, 100, 64) == 64_000_000


@pytest.mark.parametrize(
    ("known", "store", "is_old"),
    [
        (None, Mark(0, 0), False),
        (Mark(3, 9), Mark(3, 9), False),
        (Mark(3, 9), Mark(4, 12), False),
        (Mark(3, 9), Mark(2, 12), True),
        (Mark(3, 9), Mark(4, 8), True),
    ],
)
def test_check_22_a_store_that_came_less_far_than_is_known_is_an_old_copy(
    known: Mark | None, store: Mark, is_old: bool
) -> None:
    assert (fence.hold(known, store) is not None) is is_old


def test_what_is_sent_late_has_its_full_time() -> None:
    day = timedelta(days=1)
    assert deadline.deadline_of(NOW, NOW + day, day) == NOW + 2 * day
    assert deadline.deadline_of(NOW, NOW, None) is None


def due(number: int, breaks: int) -> Due:
    return Due(f"d{number}", "s", "e", 0, "a@example.org", subscription="active", breaks=breaks)


def test_check_57_suspects_are_tried_alone_and_after_all_others() -> None:
    rows = [due(1, 1), due(2, 0), due(3, 3), due(4, 0)]
    assert [one.delivery_id for one in sort_out(rows, "", 10).batch] == ["d2", "d4"]
    assert [one.delivery_id for one in sort_out([due(1, 1), due(3, 3)], "", 10).batch] == ["d1"]
    found = sort_out([due(1, 4), due(2, 1)], "", 10)
    assert ([one.delivery_id for one in found.batch], found.aside) == (["d2"], (("d1", "skipped", poison.REASON),))


@pytest.mark.parametrize(
    ("count", "waiting", "phase"), [(2, 9, "first"), (9, 9, "over"), (0, 9, "wait"), (0, 0, "wait")]
)
def test_nothing_is_held_where_the_first_are_all(count: int, waiting: int, phase: str) -> None:
    assert begins(count, waiting) == phase
