"""A series cut out of stretches that are kept is the series expanded for what is asked."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from support_rules import series

from newsletter.dates import instances
from newsletter.dates.instances import FEW, STRETCH, moments
from newsletter.model.when import Override, Recurrence


def recurrence(number: int) -> Recurrence:
    """A generated series; every other one with dates of its own, one taken out, one cancelled and one moved away."""
    made = series(number)
    plain = Recurrence(
        made.start,
        made.start + timedelta(hours=30 if number % 3 else 1),
        "UTC" if made.all_day else made.zone,
        (made.rule,),
        all_day=made.all_day,
        until=date(2027, 1, 1) if number % 5 == 0 else None,
    )
    found = sorted(moments(plain, made.start, made.start + timedelta(days=500)))
    if number % 2 or len(found) < 4:
        return plain
    own = (made.start + timedelta(days=33), made.start + timedelta(days=200))
    changed = (
        Override(found[1], "cancelled"),
        Override(found[2], "moved", found[2] + timedelta(days=90), note="Later"),
    )
    return Recurrence(
        plain.start, plain.end, plain.timezone, plain.rules, rdates=own, exdates=(found[3],), overrides=changed
    )


@given(
    st.integers(0, 400),
    st.integers(-200, 4_000),
    st.timedeltas(timedelta(0), timedelta(days=(FEW + 2) * STRETCH)),
)
@settings(deadline=None, max_examples=120)
def test_what_is_cut_out_is_what_would_be_expanded(number: int, days: int, span: timedelta) -> None:
    when = recurrence(number)
    lower = when.start + timedelta(days=days, hours=-1)

    cut = list(instances._in_place(when, lower, lower + span))
    assert cut == list(instances._expanded(when, lower, lower + span))


def test_every_edge_of_a_stretch_belongs_to_one_of_them() -> None:
    """An instance at the midnight at which one stretch ends is in the next, and one just before it is not."""
    edge = datetime.fromordinal(STRETCH * (date(2026, 12, 1).toordinal() // STRETCH))
    start = edge - timedelta(days=3)
    daily = Recurrence(start, None, "UTC", ("FREQ=DAILY;COUNT=7",), rdates=(edge - datetime.resolution,))

    found = [moment for moment, _ in instances._in_place(daily, start, start + timedelta(days=7))]
    assert found == sorted([*(start + timedelta(days=day) for day in range(7)), edge - datetime.resolution])


def test_stretches_at_the_ends_of_the_calendar() -> None:
    first, last = datetime.combine(date.min, datetime.min.time()), datetime.combine(date.max, datetime.max.time())
    daily = Recurrence(first, None, "UTC", ("FREQ=DAILY;COUNT=3",))
    final = Recurrence(
        datetime(9999, 12, 28, 9), None, "UTC", ("FREQ=DAILY;UNTIL=99991231",), until=date(9999, 12, 31)
    )

    assert [moment.day for moment, _ in instances._in_place(daily, first, datetime(1, 1, 9))] == [1, 2, 3]
    assert [moment.day for moment, _ in instances._in_place(final, datetime(9999, 12, 1), last)] == [28, 29, 30, 31]


def test_what_is_counted_from_long_ago_or_lists_its_days_is_not_walked_by_stretches() -> None:
    """Each stretch would be walked from the first day on, and a thousand listed days would be kept for each."""
    never = Recurrence(datetime(1950, 1, 1, 9), None, "UTC", ("FREQ=DAILY;COUNT=2;BYMONTH=2;BYMONTHDAY=30",))
    lately = Recurrence(datetime(2026, 1, 5, 9), None, "UTC", ("FREQ=WEEKLY;COUNT=20",))
    listed = Recurrence(
        datetime(2026, 1, 5, 9),
        None,
        "UTC",
        (),
        rdates=tuple(datetime(2026, 3, 2) + timedelta(minutes=n) for n in range(500)),
    )
    instances._stretch.cache_clear()
    week = datetime(2026, 3, 2), datetime(2026, 3, 8)
    assert list(instances._in_place(never, *week)) == []
    assert len(list(instances._in_place(listed, *week))) == 500
    assert instances._stretch.cache_info().currsize == 0
    assert [moment.day for moment, _ in instances._in_place(lately, *week)] == [2]
    assert instances._stretch.cache_info().currsize == 1


def test_a_stretch_is_expanded_once_whoever_asks_and_a_dense_series_is_not_kept() -> None:
    when = Recurrence(datetime(2026, 1, 5, 9), None, "UTC", ("FREQ=WEEKLY",))
    dense = Recurrence(datetime(2026, 1, 5, 9), None, "UTC", ("FREQ=DAILY;BYHOUR=9,10,11",))
    instances._stretch.cache_clear()
    for week in range(8):
        monday = datetime(2026, 3, 2) + timedelta(weeks=week)
        assert len(list(instances._in_place(when, monday, monday + timedelta(days=7)))) == 1
        assert len(list(instances._in_place(dense, monday, monday + timedelta(days=6, hours=12)))) == 21

    assert instances._stretch.cache_info().misses <= 2
