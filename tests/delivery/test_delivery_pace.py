"""The pace as a decision: never more than it says in any stretch of its length, and never less than it could."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery import pace, warmup
from newsletter.delivery.pace import Rate, domain_of, free_at, room
from newsletter.model.guarding import GuardSettings, Hold, PaceSettings
from newsletter.model.ledger import Due

NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)


def due(number: int, address: str) -> Due:
    return Due(f"d{number}", f"s{number}", "e", 0, address=address)


@given(
    most=st.integers(1, 9),
    window=st.integers(1, 60).map(lambda seconds: timedelta(seconds=seconds)),
    wishes=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=40),
)
def test_no_stretch_of_the_window_has_more_than_the_pace(
    most: int, window: timedelta, wishes: list[tuple[int, int]]
) -> None:
    rate, left, now = Rate(most, window), [], NOW
    for later, wished in wishes:
        now += timedelta(seconds=later)
        if count := min(wished, room(rate, left, now)):
            left.append((now, count))
    for start, _ in left:
        assert sum(count for at, count in left if start <= at < start + window) <= most


@given(
    most=st.integers(1, 9),
    left=st.lists(st.tuples(st.integers(0, 59), st.integers(1, 4)), max_size=20),
)
def test_the_next_one_may_leave_when_it_says_and_not_a_moment_before(most: int, left: list[tuple[int, int]]) -> None:
    rate = Rate(most, timedelta(seconds=60))
    gone = sorted((NOW + timedelta(seconds=after), count) for after, count in left)
    now = NOW + timedelta(seconds=59)
    moment = free_at(rate, gone, now)
    assert room(rate, gone, moment) >= 1
    assert moment == now or room(rate, gone, moment - timedelta(microseconds=1)) == 0


def test_the_hold_lasts_as_long_as_the_slowest_pace_that_is_used_up() -> None:
    gone = [(NOW - timedelta(seconds=30), 5)]
    found = pace.allowed(PaceSettings(minute=5, hour=5), gone, NOW, 10)
    assert isinstance(found, Hold)
    assert (found.until, "5 mails left within a hour" in found.why) == (NOW + timedelta(minutes=59, seconds=30), True)
    assert pace.allowed(PaceSettings(minute=8, hour=100), gone, NOW, 10) == 3


def test_only_mails_to_a_full_domain_wait() -> None:
    rows = [due(1, "a@Example.org"), due(2, "b@example.net"), due(3, "c@example.org"), due(4, "d@example.com")]
    found = pace.sift(PaceSettings(domain_hour=1, domains={"example.com": 0}), {"example.net": [(NOW, 1)]}, rows, NOW)
    assert [one.delivery_id for one in found.due] == ["d1", "d4"]
    assert found.waits == {"d2": NOW + pace.HOUR, "d3": NOW + pace.HOUR}
    assert domain_of("a@Example.org") == "example.org"


def test_a_warm_up_counts_days_where_the_community_is_at_home() -> None:
    plan = GuardSettings(warm_up_from=date(2026, 12, 4), warm_up=(10, 20))
    days = {day: warmup.ceiling(plan, date(2026, 12, day)) for day in (3, 4, 5, 6)}
    assert days == {3: None, 4: 10, 5: 20, 6: None}
    assert warmup.allowed(plan, 7, NOW, 100) == 3
    found = warmup.allowed(plan, 10, NOW, 100)
    assert isinstance(found, Hold)
    assert found.until == datetime(2026, 12, 5, tzinfo=UTC)
