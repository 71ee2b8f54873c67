"""Generated rules, against dateutil, recurring_ical_events and a walker that asks every day in turn."""

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.dates.recurrence import occurrences
from newsletter.dates.rules import expand, parse_rule
from newsletter.model.when import Recurrence

SEATTLE = ZoneInfo("America/Los_Angeles")
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def some(values: st.SearchStrategy[object], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(lambda many: ",".join(map(str, many)))


weekdays = some(st.sampled_from(NAMES))
month_days = some(st.integers(1, 31) | st.integers(-31, -1))
months = some(st.integers(1, 12))
nth_days = some(st.builds(lambda n, d: f"{n}{d}", st.sampled_from([1, 2, 3, 4, 5, -1, -2]), st.sampled_from(NAMES)))


def parts(**options: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """At most two parts: more of them mostly match nothing, which the oracles take seconds to find out."""
    chosen = st.lists(st.sampled_from(sorted(options)), max_size=2, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: options[name] for name in names}))


FREQUENCIES = {
    "DAILY": parts(BYMONTH=months, BYDAY=weekdays, BYMONTHDAY=month_days),
    "WEEKLY": parts(BYMONTH=months, BYDAY=weekdays, WKST=st.sampled_from(NAMES)),
    "MONTHLY": parts(BYMONTH=months, BYDAY=weekdays | nth_days, BYMONTHDAY=month_days),
    "YEARLY": parts(
        BYMONTH=months,
        BYDAY=weekdays,
        BYMONTHDAY=month_days,
        BYYEARDAY=some(st.integers(1, 366) | st.integers(-366, -1)),
        BYWEEKNO=some(st.integers(1, 53) | st.integers(-53, -1)),
        WKST=st.sampled_from(NAMES),
    ),
}


@st.composite
def rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(sorted(FREQUENCIES)))
    chosen = {"FREQ": freq, "INTERVAL": draw(st.integers(1, 5)), **draw(FREQUENCIES[freq])}
    if freq in ("MONTHLY", "YEARLY") and len(chosen) > 3 and draw(st.booleans()):
        chosen["BYSETPOS"] = draw(some(st.sampled_from([1, 2, -1, -2, 5]), 2))
    ending = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if ending == "COUNT":
        chosen["COUNT"] = draw(st.integers(1, 40))
    if ending == "UNTIL":
        chosen["UNTIL"] = f"{draw(st.dates(date(2020, 1, 1), date(2028, 1, 1))):%Y%m%d}T235959"
    return ";".join(f"{name}={value}" for name, value in chosen.items())


starts = st.datetimes(datetime(2015, 1, 1), datetime(2026, 12, 31)).map(lambda t: t.replace(second=0, microsecond=0))
delays = st.integers(-60, 2500)


@settings(max_examples=200, deadline=None)
@given(rules(), starts, delays)
def test_rules_expand_as_dateutil_expands_them(rule: str, start: datetime, delay: int) -> None:
    lower = datetime.combine(start.date() + timedelta(days=delay), datetime.min.time())
    upper = lower + timedelta(days=400)
    expected = takewhile(lambda moment: moment <= upper, rrulestr(rule, dtstart=start))
    found = expand(parse_rule(rule), start, lower, upper, SEATTLE)
    assert list(found) == [moment for moment in expected if moment >= lower]


@settings(max_examples=80, deadline=None)
@given(rules(), starts, delays)
def test_occurrences_agree_with_recurring_ical_events(rule: str, start: datetime, delay: int) -> None:
    if "UNTIL" in rule:  # its reading of a local UNTIL is another (it drops the last one)
        rule = f"{rule}Z"
    event = icalendar.Event()
    event.add("uid", "one@example.org")
    event.add("dtstart", start.replace(tzinfo=SEATTLE))
    event.add("dtend", (start + timedelta(hours=1)).replace(tzinfo=SEATTLE))
    event["rrule"] = icalendar.vRecur.from_ical(rule)
    feed = icalendar.Calendar()
    feed.add_component(event)
    day = start.date() + timedelta(days=delay)
    window = [datetime.combine(day + timedelta(days=step), datetime.min.time(), SEATTLE) for step in (0, 200)]
    between = recurring_ical_events.of(feed).between(*window)
    expected = sorted(one["DTSTART"].dt.astimezone(UTC) for one in between)
    series = Recurrence(start, start + timedelta(hours=1), SEATTLE.key, (rule,))
    found = occurrences(series, *window, home=SEATTLE)
    assert [one.start.astimezone(UTC) for one in found] == expected


simple_rules = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 9)),
    st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={}".format, st.integers(1, 4), weekdays),
    st.builds("FREQ=MONTHLY;INTERVAL={};BYMONTHDAY={}".format, st.integers(1, 4), month_days),
    st.builds("FREQ=MONTHLY;INTERVAL={};BYDAY={}".format, st.integers(1, 4), nth_days),
    st.builds("FREQ=YEARLY;INTERVAL={};BYMONTH={};BYDAY={}".format, st.integers(1, 3), months, nth_days),
)


@settings(max_examples=200, deadline=None)
@given(simple_rules, st.dates(date(2019, 1, 1), date(2026, 1, 1)), delays)
def test_rules_agree_with_asking_every_day_in_turn(rule: str, start: date, delay: int) -> None:
    noon = datetime(start.year, start.month, start.day, 12)
    lower, upper = (datetime.combine(start + timedelta(days=delay + step), datetime.min.time()) for step in (0, 365))
    expected = [one for one in walk(rule, start, upper.date()) if one >= lower.date()]
    assert [one.date() for one in expand(parse_rule(rule), noon, lower, upper, SEATTLE)] == [
        one for one in expected if one < upper.date()
    ]


def walk(rule: str, start: date, end: date) -> Iterator[date]:
    """Every day since the start, asked in words of the calendar module."""
    parts = dict(part.split("=") for part in rule.split(";"))
    day = start
    while day < end:
        if _hit(day, start, parts):
            yield day
        day += timedelta(days=1)


def _hit(day: date, start: date, parts: dict[str, str]) -> bool:
    interval, freq = int(parts["INTERVAL"]), parts["FREQ"]
    if freq == "DAILY":
        return (day - start).days % interval == 0
    if freq == "WEEKLY":
        monday = start - timedelta(days=start.weekday())
        return (day - monday).days // 7 % interval == 0 and NAMES[day.weekday()] in parts["BYDAY"].split(",")
    if freq == "MONTHLY" and ((day.year - start.year) * 12 + day.month - start.month) % interval:
        return False
    if freq == "YEARLY" and (
        (day.year - start.year) % interval or day.month not in map(int, parts["BYMONTH"].split(","))
    ):
        return False
    month = list(calendar.Calendar().itermonthdates(day.year, day.month))
    own = [one for one in month if one.month == day.month]
    if "BYMONTHDAY" in parts:
        return any(abs(n) <= len(own) and own[n - (n > 0)] == day for n in map(int, parts["BYMONTHDAY"].split(",")))
    same = [one for one in own if one.weekday() == day.weekday()]
    wanted = [int(value[:-2]) for value in parts["BYDAY"].split(",") if value[-2:] == NAMES[day.weekday()]]
    return any(abs(n) <= len(same) and same[n - (n > 0)] == day for n in wanted)
