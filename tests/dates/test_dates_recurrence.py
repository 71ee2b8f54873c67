"""What occurs inside a window: wall clocks across DST, exceptions, moved and cancelled instances, caps."""

import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from support_time import at_most

from newsletter.dates.recurrence import RuleError, last_date, occurrences, rule_problem
from newsletter.model.when import (
    AllDay,
    Instant,
    Occurrence,
    Override,
    Recurrence,
    Sessions,
    Vague,
    WeeklyRange,
    When,
)

HOME = ZoneInfo("America/Los_Angeles")


def series(*rules: str, start: datetime = datetime(2026, 9, 28, 12), minutes: int = 60, **more: object) -> Recurrence:
    return Recurrence(start, start + timedelta(minutes=minutes), HOME.key, rules, **more)  # type: ignore[arg-type]


def between(when: When, first: date, end: date, **more: int) -> tuple[Occurrence, ...]:
    window = [datetime.combine(day, time(), HOME) for day in (first, end)]
    return occurrences(when, *window, home=HOME, **more)


def days(found: tuple[Occurrence, ...]) -> list[str]:
    return [f"{one.start:%m-%d}" for one in found]


MONDAYS = "FREQ=WEEKLY;BYDAY=MO"
WEEK = (date(2026, 12, 7), date(2026, 12, 14))


def test_noon_stays_noon_on_both_sides_of_the_spring_change() -> None:
    found = between(series(MONDAYS, start=datetime(2027, 3, 1, 12)), date(2027, 3, 1), date(2027, 3, 29))
    assert [f"{one.start:%m-%d %H:%M %Z}" for one in found] == [
        "03-01 12:00 PST",
        "03-08 12:00 PST",
        "03-15 12:00 PDT",
        "03-22 12:00 PDT",
    ]


def test_a_time_in_the_gap_moves_forward_and_one_in_the_fold_comes_once() -> None:
    daily = series("FREQ=DAILY", start=datetime(2026, 1, 1, 2, 30), minutes=15)
    (gap,) = between(daily, date(2026, 3, 8), date(2026, 3, 9))
    assert f"{gap.start:%H:%M %Z}" == "03:30 PDT"
    early = series("FREQ=DAILY", start=datetime(2026, 1, 1, 1, 30), minutes=15)
    (fold,) = between(early, date(2026, 11, 1), date(2026, 11, 2))
    assert f"{fold.start:%H:%M %Z}" == "01:30 PDT"


def test_a_window_is_half_open_and_takes_what_overlaps() -> None:
    late = Instant(datetime(2026, 12, 6, 23), datetime(2026, 12, 7, 1), HOME.key)
    assert between(late, *WEEK)
    ends_at_the_start = Instant(datetime(2026, 12, 6, 23), datetime(2026, 12, 7), HOME.key)
    assert not between(ends_at_the_start, *WEEK)
    starts_at_the_end = Instant(datetime(2026, 12, 14), datetime(2026, 12, 14, 1), HOME.key)
    assert not between(starts_at_the_end, *WEEK)
    without_end = Instant(datetime(2026, 12, 7), None, HOME.key)
    assert between(without_end, *WEEK)


def test_days_without_a_clock_are_days_at_home() -> None:
    assert between(AllDay(date(2026, 12, 13), date(2026, 12, 13)), *WEEK)
    assert not between(AllDay(date(2026, 12, 14), date(2026, 12, 14)), *WEEK)
    assert between(AllDay(date(2026, 12, 1), date(2026, 12, 7)), *WEEK)
    assert not between(AllDay(date(2026, 12, 1), date(2026, 12, 6)), *WEEK)


def test_an_event_elsewhere_counts_by_its_instant() -> None:
    tokyo = Instant(datetime(2026, 12, 14, 9), datetime(2026, 12, 14, 10), "Asia/Tokyo")
    assert between(tokyo, *WEEK)


def test_the_autumn_hour_is_compared_as_instants() -> None:
    second_half_past_one = datetime(2026, 11, 1, 1, 30, tzinfo=HOME, fold=1)
    ends_before = Instant(datetime(2026, 11, 1, 1), datetime(2026, 11, 1, 1, 45), HOME.key)
    assert not occurrences(ends_before, second_half_past_one, datetime(2026, 11, 2, tzinfo=HOME), home=HOME)


def test_sessions_come_in_order_and_only_those_inside() -> None:
    sessions = Sessions(tuple(AllDay(date(2026, 12, day), date(2026, 12, day)) for day in (9, 7, 15)))
    assert [one.start for one in between(sessions, *WEEK)] == [date(2026, 12, 7), date(2026, 12, 9)]


def test_a_weekly_range_leaves_out_its_exceptions() -> None:
    monday = WeeklyRange(
        (0, 2), date(2026, 9, 21), date(2026, 11, 2), time(12), time(13), HOME.key, excluded=(date(2026, 10, 12),)
    )
    found = between(monday, date(2026, 10, 5), date(2026, 10, 20))
    assert days(found) == ["10-05", "10-07", "10-14", "10-19"]
    assert days(between(monday, date(2026, 11, 1), date(2026, 12, 1))) == ["11-02"]


def test_a_weekly_range_past_midnight_ends_the_day_after() -> None:
    night = WeeklyRange((4,), date(2026, 12, 1), date(2026, 12, 31), time(22), time(1), HOME.key)
    (one,) = between(night, *WEEK)
    assert (f"{one.start:%d %H}", f"{one.end:%d %H}") == ("11 22", "12 01")


def test_a_weekly_range_without_a_clock_is_days() -> None:
    plain = WeeklyRange((0,), date(2026, 12, 7), date(2026, 12, 7), None, None, HOME.key)
    assert between(plain, *WEEK) == (Occurrence(date(2026, 12, 7), date(2026, 12, 7)),)


def test_vague_words_occur_never() -> None:
    assert between(Vague("TBA"), *WEEK) == ()


@pytest.mark.parametrize(
    "until", ["20261207", "20261207T120000", "20261207T200000Z"], ids=["a date", "a local time", "a UTC time"]
)
def test_until_keeps_the_instance_it_names(until: str) -> None:
    found = between(series(f"{MONDAYS};UNTIL={until}"), date(2026, 11, 30), date(2027, 1, 30))
    assert days(found) == ["11-30", "12-07"]


@pytest.mark.parametrize("until", ["20261206", "20261207T115900", "20261207T195900Z"])
def test_until_before_an_instance_ends_the_series(until: str) -> None:
    assert days(between(series(f"{MONDAYS};UNTIL={until}"), date(2026, 11, 30), date(2027, 1, 30))) == ["11-30"]


def test_whichever_end_comes_first_ends_a_series() -> None:
    expired = series(MONDAYS, until=date(2026, 12, 7))
    assert days(between(expired, date(2026, 11, 30), date(2027, 1, 30))) == ["11-30", "12-07"]
    counted = series(f"{MONDAYS};COUNT=2", until=date(2026, 12, 7))
    assert days(between(counted, date(2026, 9, 1), date(2027, 1, 30))) == ["09-28", "10-05"]


def test_a_date_listed_twice_happens_once() -> None:
    twice = series(MONDAYS, rdates=(datetime(2026, 9, 28, 12), datetime(2026, 10, 1, 12)))
    assert days(between(twice, date(2026, 9, 28), date(2026, 10, 6))) == ["09-28", "10-01", "10-05"]


def test_excluded_dates_do_not_happen() -> None:
    less = series(MONDAYS, exdates=(datetime(2026, 9, 28, 12), datetime(2026, 10, 12, 12)))
    assert days(between(less, date(2026, 9, 28), date(2026, 10, 20))) == ["10-05", "10-19"]


def test_a_cancelled_instance_stays_to_be_told_of() -> None:
    off = series(MONDAYS, overrides=(Override(datetime(2026, 12, 7, 12), "cancelled", note="away"),))
    (one,) = between(off, *WEEK)
    assert (one.status, one.note, one.start) == ("cancelled", "away", datetime(2026, 12, 7, 12, tzinfo=HOME))


def test_a_moved_instance_says_where_it_came_from() -> None:
    moved = series(MONDAYS, overrides=(Override(datetime(2026, 12, 7, 12), "moved", datetime(2026, 12, 8, 15)),))
    (one,) = between(moved, *WEEK)
    assert (one.status, one.moved_from) == ("moved", datetime(2026, 12, 7, 12, tzinfo=HOME))
    assert one.start == datetime(2026, 12, 8, 15, tzinfo=HOME)
    assert one.end == datetime(2026, 12, 8, 16, tzinfo=HOME)


def test_a_moved_instance_leaves_one_window_and_enters_another() -> None:
    moved = series(MONDAYS, overrides=(Override(datetime(2026, 12, 7, 12), "moved", datetime(2027, 2, 16, 12)),))
    assert days(between(moved, *WEEK)) == []
    found = between(moved, date(2027, 2, 15), date(2027, 2, 22))
    assert [(f"{one.start:%m-%d}", one.status) for one in found] == [("02-15", "confirmed"), ("02-16", "moved")]


def test_a_series_that_expired_has_no_moved_instances_either() -> None:
    moved = Override(datetime(2026, 12, 7, 12), "moved", datetime(2026, 12, 10, 12))
    assert between(series(MONDAYS, overrides=(moved,), until=date(2026, 12, 8)), *WEEK) == ()


def test_a_long_instance_counts_in_every_window_it_touches() -> None:
    camp = series("FREQ=MONTHLY", start=datetime(2026, 9, 1, 12), minutes=8 * 24 * 60)
    assert days(between(camp, *WEEK)) == ["12-01"]


def test_another_room_is_no_move() -> None:
    roomed = series(MONDAYS, overrides=(Override(datetime(2026, 12, 7, 12), "moved", place="Room 4"),))
    (one,) = between(roomed, *WEEK)
    assert (one.status, one.place, one.moved_from) == ("confirmed", "Room 4", None)


def test_an_override_of_an_excluded_instance_is_gone_too() -> None:
    gone = series(
        MONDAYS,
        exdates=(datetime(2026, 12, 7, 12),),
        overrides=(Override(datetime(2026, 12, 7, 12), "moved", datetime(2026, 12, 8, 12)),),
    )
    assert between(gone, *WEEK) == ()


def test_a_series_that_ended_before_it_started_never_happens() -> None:
    shell = series(f"{MONDAYS};UNTIL=20260927T235959Z")
    assert between(shell, date(2026, 9, 1), date(2026, 12, 1)) == ()


def test_all_day_series_give_dates_with_an_inclusive_end() -> None:
    weekend = Recurrence(
        datetime(2026, 1, 3), datetime(2026, 1, 5), HOME.key, ("FREQ=MONTHLY;BYDAY=1SA",), all_day=True
    )
    (one,) = between(weekend, date(2026, 12, 1), date(2026, 12, 31))
    assert (one.start, one.end, one.all_day) == (date(2026, 12, 5), date(2026, 12, 6), True)


def test_no_more_than_the_limit_and_the_earliest_first() -> None:
    found = between(series("FREQ=DAILY"), date(2026, 9, 28), date(2027, 9, 28), limit=3)
    assert days(found) == ["09-28", "09-29", "09-30"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYMINUTE=0,30",
        "FREQ=FORTNIGHTLY",
        "INTERVAL=2",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;COUNT=-1",
        "FREQ=WEEKLY;COUNT=99999999999",
        "FREQ=DAILY;COUNT=1000000000",
        "FREQ=DAILY;COUNT=40001",
        "FREQ=DAILY;COUNT=100001",
        "FREQ=WEEKLY;UNTIL=tomorrow",
        "FREQ=WEEKLY;UNTIL=20261399",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYMONTH=1,x",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;RSCALE=HEBREW",
        "",
    ],
)
def test_rules_that_cannot_be_expanded_are_refused_with_a_reason(rule: str) -> None:
    assert rule_problem(rule)
    with pytest.raises(RuleError):
        between(series(rule), *WEEK)


def test_a_sound_rule_has_no_problem() -> None:
    assert rule_problem("RRULE:freq=weekly;byday=mo") is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYSETPOS=2",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;COUNT=40000",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
        "FREQ=YEARLY;INTERVAL=999999999",
        "FREQ=DAILY",
    ],
)
def test_no_rule_takes_long_however_old_or_impossible(rule: str) -> None:
    began = stopwatch.process_time()
    between(series(rule, start=datetime(1900, 1, 1, 12)), date(2026, 1, 1), date(2027, 1, 1))
    assert stopwatch.process_time() - began < at_most(1)


def test_where_a_series_last_happens() -> None:
    assert last_date(series(MONDAYS)) is None
    assert last_date(series(f"{MONDAYS};COUNT=3")) == date(2026, 10, 12)
    assert last_date(series(f"{MONDAYS};UNTIL=20261209")) == date(2026, 12, 7)
    assert last_date(series(MONDAYS, until=date(2026, 12, 9))) == date(2026, 12, 7)
    cancelled = Override(datetime(2026, 12, 7, 12), "cancelled")
    assert last_date(series(f"{MONDAYS};UNTIL=20261209", overrides=(cancelled,))) == date(2026, 11, 30)
    moved = Override(datetime(2026, 12, 7, 12), "moved", datetime(2026, 12, 8, 12))
    assert last_date(series(f"{MONDAYS};UNTIL=20261209", overrides=(moved,))) == date(2026, 12, 8)


def test_where_a_rare_series_last_happens() -> None:
    leap = series("FREQ=YEARLY;INTERVAL=4;UNTIL=20271231", start=datetime(2016, 2, 29, 12))
    assert last_date(leap) == date(2024, 2, 29)


def test_a_series_at_the_beginning_of_the_calendar_is_no_trouble() -> None:
    first = series(f"{MONDAYS};UNTIL=00010120", start=datetime(1, 1, 1, 12))
    assert last_date(first) == date(1, 1, 15)
    assert between(first, date(2026, 1, 1), date(2027, 1, 1)) == ()


def test_where_other_times_last_happen() -> None:
    assert last_date(AllDay(date(2026, 12, 1), date(2026, 12, 3))) == date(2026, 12, 3)
    assert last_date(Instant(datetime(2026, 12, 1, 22), datetime(2026, 12, 2, 1), HOME.key)) == date(2026, 12, 2)
    weekly = WeeklyRange((0,), date(2026, 9, 21), date(2026, 11, 4), None, None, HOME.key)
    assert last_date(weekly) == date(2026, 11, 2)
    assert last_date(Sessions((AllDay(date(2026, 1, 1), date(2026, 1, 1)),))) == date(2026, 1, 1)
    assert last_date(Vague("TBA")) is None


def test_occurrences_are_aware() -> None:
    for one in between(series(MONDAYS), *WEEK):
        assert isinstance(one.start, datetime)
        assert one.start.astimezone(UTC) == datetime(2026, 12, 7, 20, tzinfo=UTC)
