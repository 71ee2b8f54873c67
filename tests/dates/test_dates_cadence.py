"""Cadences, leads and windows as written, and the slots they give across twelve years and six zones."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest

from newsletter.dates.cadence.parsing import parse_cadence, parse_lead, parse_window
from newsletter.dates.cadence.rules import CadenceError
from newsletter.dates.cadence.slots import slots
from newsletter.dates.cadence.windows import window_of
from newsletter.model.issue import Slot
from newsletter.model.workspace import DigestSettings, TermSettings

HOME = ZoneInfo("America/Los_Angeles")
TERMS = {
    "Autumn Quarter 2026": TermSettings(first=date(2026, 9, 28), last=date(2026, 12, 11)),
    "Winter Quarter 2027": TermSettings(first=date(2027, 1, 4), last=date(2027, 3, 19)),
    "Spring Quarter 2027": TermSettings(first=date(2027, 3, 29), last=date(2027, 6, 11)),
}
ZONES = (
    "America/Los_Angeles",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Kathmandu",
)


def digest(cadence: str, window: str = "7 days from next Monday", draft: str = "3 days before") -> DigestSettings:
    return DigestSettings(title="Common Hours", list="community", cadence=cadence, window=window, draft=draft)


def first(cadence: str, after: datetime, count: int = 3, window: str = "7 days") -> list[Slot]:
    return list(islice(slots("weekly", digest(cadence, window), zone=HOME, terms=TERMS, after=after), count))


def keys(cadence: str, after: datetime, count: int = 3) -> list[str]:
    return [slot.key.removeprefix("weekly-") for slot in first(cadence, after, count)]


def midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=HOME)


def test_the_weekly_issue_of_the_fourth_of_december() -> None:
    slot = first("weekly on Friday at 09:00", midnight(2026, 12, 4), 1, "7 days from next Monday")[0]
    assert slot.key == "weekly-2026-12-04"
    assert slot.send_at == datetime(2026, 12, 4, 9, tzinfo=HOME)
    assert slot.draft_at == datetime(2026, 12, 1, 9, tzinfo=HOME)
    assert (slot.window.start, slot.window.end) == (midnight(2026, 12, 7), midnight(2026, 12, 14))


def test_a_slot_counts_until_its_own_moment() -> None:
    nine = datetime(2026, 12, 4, 9, tzinfo=HOME)
    assert keys("weekly on Friday at 09:00", nine, 1) == ["2026-12-04"]
    assert keys("weekly on Friday at 09:00", nine + timedelta(seconds=1), 1) == ["2026-12-11"]
    assert keys("weekly on Friday at 09:00", nine.astimezone(UTC), 1) == ["2026-12-04"]


@pytest.mark.parametrize(
    ("cadence", "expected"),
    [
        ("weekly on Friday at 09:00", ["2026-12-04", "2026-12-11", "2026-12-18"]),
        ("Weekly  on  FRIDAY at 9:00", ["2026-12-04", "2026-12-11", "2026-12-18"]),
        ("every 2 weeks on Friday at 09:00 from 2026-12-11", ["2026-12-11", "2026-12-25", "2027-01-08"]),
        ("every 2 weeks on Friday at 09:00 from 2027-01-08", ["2026-12-11", "2026-12-25", "2027-01-08"]),
        ("monthly on first Monday at 09:00", ["2026-12-07", "2027-01-04", "2027-02-01"]),
        ("monthly on second Wednesday at 09:00", ["2026-12-09", "2027-01-13", "2027-02-10"]),
        ("monthly on third Wednesday at 09:00", ["2026-12-16", "2027-01-20", "2027-02-17"]),
        ("monthly on fourth Wednesday at 09:00", ["2026-12-23", "2027-01-27", "2027-02-24"]),
        ("monthly on 28 at 23:59", ["2026-12-28", "2027-01-28", "2027-02-28"]),
        ("every 1 weeks on Friday at 00:00", ["2026-12-04", "2026-12-11", "2026-12-18"]),
        ("every 52 weeks on Friday at 09:00 from 2026-12-11", ["2026-12-11", "2027-12-10", "2028-12-08"]),
        ("monthly on last Friday at 09:00", ["2026-12-25", "2027-01-29", "2027-02-26"]),
        ("monthly on the 1st at 09:00", ["2027-01-01", "2027-02-01", "2027-03-01"]),
        ("monthly on 15 at 09:00", ["2026-12-15", "2027-01-15", "2027-02-15"]),
        ("quarterly on first Monday at 09:00", ["2027-01-04", "2027-04-05", "2027-07-05"]),
        ("quarterly 7 days before term at 09:00", ["2026-12-28", "2027-03-22"]),
        ("quarterly on the first day of term at 09:00", ["2027-01-04", "2027-03-29"]),
        ("quarterly 2 days after term at 09:00", ["2027-01-06", "2027-03-31"]),
        ("quarterly two weeks before the quarter at 09:00", ["2026-12-18", "2027-03-18", "2027-06-17"]),
        ("30 days before term at 09:00", ["2026-12-05", "2027-02-27"]),
        ("every two weeks on Friday at 09:00 from 2026-12-11", ["2026-12-11", "2026-12-25", "2027-01-08"]),
        ("every twelve weeks on Friday at 09:00 from 2026-12-11", ["2026-12-11", "2027-03-05", "2027-05-28"]),
        ("monthly on the 29th at 09:00", ["2026-12-29", "2027-01-29", "2027-02-28"]),
        ("monthly on 30 at 09:00", ["2026-12-30", "2027-01-30", "2027-02-28"]),
        ("monthly on 31 at 09:00", ["2026-12-31", "2027-01-31", "2027-02-28"]),
        ("monthly on the last day at 09:00", ["2026-12-31", "2027-01-31", "2027-02-28"]),
        ("monthly on fifth Thursday at 09:00", ["2026-12-31", "2027-01-28", "2027-02-25"]),
        ("quarterly on 31 at 09:00, year from February", ["2027-02-28", "2027-05-31", "2027-08-31"]),
        ("quarterly on first Monday at 09:00, year from July", ["2027-01-04", "2027-04-05", "2027-07-05"]),
        ("quarterly on first Monday at 09:00, year from December", ["2026-12-07", "2027-03-01", "2027-06-07"]),
        ("quarterly on first Monday at 09:00 year from March", ["2026-12-07", "2027-03-01", "2027-06-07"]),
        ("quarterly on the first day of the quarter at 09:00", ["2027-01-01", "2027-04-01", "2027-07-01"]),
        ("quarterly 5 days after quarter at 09:00, year from May", ["2027-02-06", "2027-05-06", "2027-08-06"]),
        ("manual", []),
    ],
)
def test_cadences_give_their_dates(cadence: str, expected: list[str]) -> None:
    assert keys(cadence, midnight(2026, 12, 2)) == expected


@pytest.mark.parametrize(
    "cadence",
    [
        "",
        "weekly",
        "weekly on Fryday at 09:00",
        "weekly on Friday",
        "weekly on Friday at 25:00",
        "weekly on Friday at 9",
        "weekly on Friday at 24:00",
        "weekly on Friday at 09:60",
        "every 53 weeks on Friday at 09:00",
        "monthly on 0 at 09:00",
        "every 0 weeks on Friday at 09:00",
        "every 99 weeks on Friday at 09:00",
        "every 2 weeks on Friday at 09:00 from 2026-13-01",
        "hourly",
        "every thirteen weeks on Friday at 09:00",
        "monthly on 32 at 09:00",
        "monthly on sixth Monday at 09:00",
        "monthly on 1 at 09:00, year from July",
        "quarterly on 1 at 09:00, year from Juli",
        "quarterly 7 days before term at 09:00, year from July",
        "quarterly 9 weeks before term at 09:00",
    ],
)
def test_other_cadences_are_refused_in_a_sentence(cadence: str) -> None:
    with pytest.raises(CadenceError, match=r"write|not a|leave"):
        parse_cadence(cadence)


def test_leads_and_windows_are_refused_in_a_sentence() -> None:
    for text in ("", "3 days", "soon before", "-1 days before"):
        with pytest.raises(CadenceError, match="lead time"):
            parse_lead(text)
    for text in ("", "0 days", "99 weeks", "7 days from Monday", "fortnight", "since last"):
        with pytest.raises(CadenceError, match="window"):
            parse_window(text)


def test_the_longest_and_the_shortest_window() -> None:
    assert (parse_window("400 days").days, parse_window("1 day").days, parse_window("57 weeks").days) == (400, 1, 399)
    for text in ("401 days", "58 weeks", "0 weeks"):
        with pytest.raises(CadenceError, match="window"):
            parse_window(text)


def test_the_day_itself_is_the_next_slot_of_a_term() -> None:
    assert keys("quarterly on the first day of term at 09:00", midnight(2027, 1, 4), 1) == ["2027-01-04"]
    assert keys("quarterly on the first day of term at 09:00", midnight(2027, 1, 5), 1) == ["2027-03-29"]


def test_leads() -> None:
    assert parse_lead("3 days before") == timedelta(days=3)
    assert parse_lead("1 day before") == timedelta(days=1)
    assert parse_lead("12 hours before") == timedelta(hours=12)
    assert parse_lead("2 weeks before") == timedelta(weeks=2)
    assert parse_lead("two weeks before") == timedelta(weeks=2)


@pytest.mark.parametrize(
    ("window", "sent", "expected"),
    [
        ("7 days from next Monday", date(2026, 12, 4), (date(2026, 12, 7), date(2026, 12, 14))),
        ("7 days from next Monday", date(2026, 12, 7), (date(2026, 12, 14), date(2026, 12, 21))),
        ("2 weeks from next Sunday", date(2026, 12, 4), (date(2026, 12, 6), date(2026, 12, 20))),
        ("7 days", date(2026, 12, 4), (date(2026, 12, 4), date(2026, 12, 11))),
        ("2 weeks", date(2026, 12, 4), (date(2026, 12, 4), date(2026, 12, 18))),
        ("month", date(2026, 12, 20), (date(2026, 12, 1), date(2027, 1, 1))),
        ("month", date(2026, 12, 21), (date(2027, 1, 1), date(2027, 2, 1))),
        ("term", date(2026, 12, 28), (date(2027, 1, 4), date(2027, 3, 20))),
        ("term", date(2027, 1, 4), (date(2027, 1, 4), date(2027, 3, 20))),
        ("quarter", date(2026, 12, 20), (date(2026, 10, 1), date(2027, 1, 1))),
        ("quarter", date(2026, 12, 21), (date(2027, 1, 1), date(2027, 4, 1))),
        ("quarter", date(2026, 11, 30), (date(2026, 10, 1), date(2027, 1, 1))),
        ("quarter, year from February", date(2026, 12, 4), (date(2026, 11, 1), date(2027, 2, 1))),
        ("quarter year from December", date(2026, 12, 4), (date(2026, 12, 1), date(2027, 3, 1))),
        ("since last, 4 weeks ahead", date(2026, 12, 4), (date(2026, 12, 4), date(2027, 1, 1))),
        ("since last, six weeks ahead", date(2026, 12, 4), (date(2026, 12, 4), date(2027, 1, 15))),
        ("twelve days", date(2026, 12, 4), (date(2026, 12, 4), date(2026, 12, 16))),
    ],
)
def test_windows_run_from_local_midnight_to_local_midnight(
    window: str, sent: date, expected: tuple[date, date]
) -> None:
    send_at = datetime(sent.year, sent.month, sent.day, 9, tzinfo=HOME)
    found = window_of(digest("manual", window), send_at, HOME, TERMS, None)
    assert (found.start, found.end) == tuple(datetime(day.year, day.month, day.day, tzinfo=HOME) for day in expected)


def test_since_last_begins_on_the_day_of_the_last_issue() -> None:
    rule, send_at = digest("manual", "since last, 2 weeks ahead"), datetime(2026, 12, 4, 9, tzinfo=HOME)
    found = window_of(rule, send_at, HOME, TERMS, datetime(2026, 11, 27, 17, tzinfo=UTC))
    assert (found.start, found.end) == (midnight(2026, 11, 27), midnight(2026, 12, 18))


def test_the_quarterly_issue_covers_its_term_with_the_last_day() -> None:
    slot = first("quarterly 7 days before term at 09:00", midnight(2026, 12, 2), 1, "term")[0]
    assert slot.window.end == midnight(2027, 3, 20)
    assert slot.window.start.utcoffset() != slot.window.end.utcoffset()


@pytest.mark.parametrize(
    ("cadence", "window", "expected"),
    [
        ("quarterly 30 days before quarter at 09:00", "quarter", (date(2027, 4, 1), date(2027, 7, 1))),
        ("quarterly 5 days after quarter at 09:00", "quarter", (date(2027, 1, 1), date(2027, 4, 1))),
        ("quarterly on 31 at 09:00", "quarter", (date(2027, 1, 1), date(2027, 4, 1))),
        ("quarterly on 2 at 09:00, year from February", "quarter", (date(2027, 2, 1), date(2027, 5, 1))),
        ("quarterly 2 days after term at 09:00", "term", (date(2027, 1, 4), date(2027, 3, 20))),
        ("monthly on the last day at 09:00", "month", (date(2027, 2, 1), date(2027, 3, 1))),
    ],
)
def test_an_issue_covers_the_quarter_or_term_that_its_cadence_counts_from(cadence, window, expected):
    found = first(cadence, midnight(2027, 1, 1), 1, window)[0].window
    assert (found.start.date(), found.end.date()) == expected


def test_third_fridays_cover_each_month_once() -> None:
    """They lie from the 15th to the 21st, on both sides of the 20th."""
    found = first("monthly on third Friday at 09:00", midnight(2026, 1, 1), 24, "month")
    assert [(slot.send_at.month, slot.window.start.month) for slot in found] == [(m, m) for m in [*range(1, 13)] * 2]


def test_days_that_no_issue_covers_are_named_by_the_one_before_them() -> None:
    terms = first("quarterly 7 days before term at 09:00", midnight(2026, 9, 1), 3, "term")
    assert [slot.until for slot in terms] == [midnight(2027, 1, 4), midnight(2027, 3, 29), None]
    weekly = first("every 2 weeks on Friday at 09:00 from 2026-12-11", midnight(2026, 12, 4), 2, "10 days")
    assert [slot.until for slot in weekly] == [midnight(2026, 12, 25), midnight(2027, 1, 8)]
    assert [slot.until for slot in first("weekly on Friday at 09:00", midnight(2026, 12, 4), 5)] == [None] * 5


def test_the_slot_before_one_whose_term_is_missing_still_comes() -> None:
    around = slots("d", digest("quarterly on 1 at 09:00", "term"), zone=HOME, terms=TERMS, after=midnight(2027, 1, 1))
    assert next(around).until is None
    with pytest.raises(CadenceError, match="no term begins"):
        list(around)


def test_a_term_window_without_a_term_to_come_says_what_to_add() -> None:
    with pytest.raises(CadenceError, match=r"add the next one to \[terms\]"):
        window_of(digest("manual", "term"), midnight(2028, 1, 1), HOME, TERMS, None)


def test_drafts_are_made_at_the_same_clock_across_the_change() -> None:
    slot = first("weekly on Monday at 09:00", midnight(2027, 3, 15), 1)[0]
    assert f"{slot.draft_at:%m-%d %H:%M %Z} {slot.send_at:%H:%M %Z}" == "03-12 09:00 PST 09:00 PDT"


def test_hours_before_a_slot_are_hours_that_pass() -> None:
    """On the night of the change a draft on the wall clock would come after its own slot."""
    rule = digest("weekly on Sunday at 03:00", draft="45 minutes before")
    slot = next(slots("d", rule, zone=HOME, terms={}, after=midnight(2027, 3, 14)))
    assert f"{slot.draft_at:%H:%M %Z} {slot.send_at:%H:%M %Z}" == "01:15 PST 03:00 PDT"


def test_a_slot_in_the_repeated_hour_comes_once() -> None:
    zone = ZoneInfo("Europe/Berlin")
    rule = digest("weekly on Sunday at 02:30")
    around = slots("weekly", rule, zone=zone, terms={}, after=datetime(2026, 10, 25, tzinfo=zone))
    assert [slot.key for slot in islice(around, 2)] == ["weekly-2026-10-25", "weekly-2026-11-01"]
    between_the_two = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    after = slots("weekly", rule, zone=zone, terms={}, after=between_the_two)
    assert next(after).key == "weekly-2026-11-01"


@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize("clock", ["00:30", "02:30", "09:00"])
@pytest.mark.parametrize(
    ("cadence", "least"),
    [
        ("weekly on Sunday at {}", 622),
        ("every 2 weeks on Sunday at {}", 311),
        ("monthly on last Sunday at {}", 143),
        ("quarterly on first Sunday at {}", 47),
    ],
)
def test_every_slot_of_twelve_years_has_its_own_day(zone_name: str, clock: str, cadence: str, least: int) -> None:
    zone = ZoneInfo(zone_name)
    rule = digest(cadence.format(clock), "7 days")
    begin, end = (datetime(year, 1, 1, tzinfo=zone) for year in (2024, 2036))
    found = list(takewhile(lambda slot: slot.send_at < end, slots("d", rule, zone=zone, terms={}, after=begin)))
    dates = [slot.send_at.date() for slot in found]
    assert len(set(dates)) == len(dates) >= least
    assert dates == sorted(dates)
    assert [slot.key for slot in found] == [f"d-{day}" for day in dates]
    assert all(day.weekday() == 6 for day in dates)


def test_asking_again_after_each_slot_walks_the_same_slots() -> None:
    rule = digest("weekly on Sunday at 02:30")
    zone = ZoneInfo("Europe/Berlin")
    after, walked = datetime(2026, 1, 1, tzinfo=zone), []
    for _ in range(60):
        slot = next(slots("d", rule, zone=zone, terms={}, after=after))
        walked.append(slot.key)
        after = (slot.send_at.astimezone(UTC) + timedelta(seconds=1)).astimezone(zone)
    straight = slots("d", rule, zone=zone, terms={}, after=datetime(2026, 1, 1, tzinfo=zone))
    assert walked == [slot.key for slot in islice(straight, 60)]
