"""A series is told once, with everything that a reader who knows only its pattern would get wrong."""

from datetime import date, datetime

from compose_builders import (
    IN_BERLIN,
    IN_SEATTLE,
    at,
    cancelled,
    draft_of,
    entries,
    event,
    mondays,
    moved,
    only,
    plain,
    titles,
    weekly,
    winter,
)

from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft, Entry
from newsletter.model.item import Item
from newsletter.model.when import AllDay, Recurrence, Sessions

MONDAYS = "FREQ=WEEKLY;BYDAY=MO"


def line(draft: Draft, choices: Choices = IN_SEATTLE) -> Entry:
    return only(entries(compose(draft, choices), "recurring"))


def told(draft: Draft, choices: Choices = IN_SEATTLE) -> list[str]:
    return [plain(text) for text in line(draft, choices).exceptions]


def coworking(**values) -> Item:
    return event("Co-working", weekly("2026-09-28 12:00", MONDAYS, **values))


def test_a_pattern_is_on_the_readers_own_weekday() -> None:
    hours = event("Office hours", weekly("2026-10-01 15:00", "FREQ=WEEKLY;BYDAY=TH"))

    assert plain(line(draft_of(hours)).when_text) == "Thursdays 3–4 PM"
    assert line(draft_of(hours), IN_BERLIN).when_text == "Fridays 00:00–01:00"


def test_every_weekday_of_a_rule_is_named_even_when_one_is_left_out() -> None:
    start = datetime(2026, 12, 8, 12)
    when = weekly("2026-10-01 12:00", "FREQ=WEEKLY;BYDAY=TU,TH", exdates=(start,))

    assert plain(line(draft_of(event("Clinic", when))).when_text) == "Tuesdays and Thursdays 12–1 PM"
    assert told(draft_of(event("Clinic", when))) == ["not Tue 8 Dec"]


def test_a_cancelled_instance_is_said_and_not_silently_missing() -> None:
    draft = draft_of(coworking(overrides=(cancelled("2026-12-07 12:00"),)))

    entry = line(draft)
    assert (plain(entry.when_text), entry.exceptions) == ("Mondays 12–1 PM", ("cancelled Mon 7 Dec",))
    row = only(entries(compose(draft, IN_SEATTLE), "glance"))
    assert (row.cancelled, row.flag) == (True, "cancelled")


def test_an_instance_the_source_leaves_out_is_said_too() -> None:
    assert told(draft_of(coworking(exdates=(datetime(2026, 12, 7, 12),)))) == ["not Mon 7 Dec"]
    assert told(draft_of(event("Group", mondays("2026-09-28", "2027-03-15", excluded=(date(2026, 12, 7),))))) == [
        "not Mon 7 Dec"
    ]


def test_a_moved_instance_names_both_days() -> None:
    draft = draft_of(coworking(overrides=(moved("2026-12-07 12:00", "2026-12-10 15:00"),)))

    assert told(draft) == ["Mon 7 Dec moved to Thu 10 Dec, 3–4 PM"]
    row = only(entries(compose(draft, IN_SEATTLE), "glance"))
    assert (row.time.weekday, row.flag) == ("Thu", "moved")


def test_the_communitys_clock_beside_a_pattern_is_the_patterns_whatever_happens_to_this_weeks_instance() -> None:
    week = {"moved": moved("2026-12-07 12:00", "2026-12-10 15:00"), "off": cancelled("2026-12-07 12:00")}
    for override in week.values():
        entry = line(draft_of(coworking(overrides=(override,))), IN_BERLIN)
        assert (entry.when_text, entry.time.elsewhere) == ("Mondays 21:00–22:00", "12:00 in Seattle")


def test_where_the_readers_weekday_is_another_the_communitys_weekday_is_said() -> None:
    hours = event("Office hours", weekly("2026-10-01 15:00", "FREQ=WEEKLY;BYDAY=TH"))

    assert line(draft_of(hours), IN_BERLIN).time.elsewhere == "Thursdays 15:00–16:00 in Seattle"


def test_an_instance_moved_out_of_the_window_is_still_told() -> None:
    draft = draft_of(coworking(overrides=(moved("2026-12-07 12:00", "2026-12-18 15:00"),)))

    assert told(draft) == ["Mon 7 Dec moved to Fri 18 Dec, 3–4 PM"]
    assert entries(compose(draft, IN_SEATTLE), "glance") == ()


def test_the_other_clock_change_is_said_where_it_moves_the_readers_hour() -> None:
    assert told(winter(coworking()), IN_BERLIN) == ["from Mon 15 Mar: 20:00–21:00"]
    assert told(winter(coworking()), IN_SEATTLE) == []


def test_the_pattern_is_the_one_that_holds_first() -> None:
    week = draft_of(coworking(), sent="2027-03-12 09:00")

    assert (line(week, IN_BERLIN).when_text, told(week, IN_BERLIN)) == ("Mondays 20:00–21:00", [])


def test_the_first_and_the_last_one_are_named() -> None:
    assert told(draft_of(event("Group", mondays("2026-12-07", "2027-02-01")))) == ["first one Mon 7 Dec"]
    assert told(draft_of(event("Group", mondays("2026-09-28", "2026-12-07")))) == ["last one Mon 7 Dec"]
    assert told(draft_of(coworking(until=date(2026, 12, 9)))) == ["last one Mon 7 Dec"]


def test_a_series_ends_on_the_day_its_page_expires() -> None:
    forever = weekly("2026-09-28 12:00", MONDAYS)

    assert told(draft_of(event("Group", forever, expires=date(2026, 12, 10)))) == ["last one Mon 7 Dec"]
    assert compose(draft_of(event("Group", forever, expires=date(2026, 12, 6))), IN_SEATTLE).empty


def test_a_rule_that_skips_weeks_says_so_and_is_told_only_in_its_weeks() -> None:
    when = weekly("2026-09-28 12:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO")
    text = line(draft_of(event("Reading group", when))).when_text

    assert plain(text) == "Mondays 12–1 PM, every 2 weeks"
    assert compose(draft_of(event("Reading group", when), sent="2026-12-11 09:00"), IN_SEATTLE).empty


def test_times_that_are_only_usual_say_so() -> None:
    group = event("Group", mondays("2026-09-28", "2027-02-01", approximate=True))

    assert plain(line(draft_of(group)).when_text) == "Mondays, usually 12–1 PM"


def test_a_few_days_in_a_row_are_one_event_and_no_series() -> None:
    workshop = event("Workshop", weekly("2026-12-08 09:00", "FREQ=DAILY;COUNT=2"))
    issue = compose(draft_of(workshop), IN_SEATTLE)

    assert entries(issue, "recurring") == ()
    assert plain(only(entries(issue, "events")).when_text) == "Tue 8 Dec, 9–10 AM; Wed 9 Dec, 9–10 AM PST"


def test_a_cancelled_session_of_a_dated_event_is_named_on_its_card() -> None:
    when = weekly("2026-12-08 09:00", "FREQ=DAILY;COUNT=3", overrides=(cancelled("2026-12-09 09:00"),))

    entry = only(entries(compose(draft_of(event("Workshop", when)), IN_SEATTLE), "events"))

    assert plain(entry.when_text) == "Tue 8 Dec, 9–10 AM; Thu 10 Dec, 9–10 AM PST"
    assert entry.exceptions == ("cancelled Wed 9 Dec",)


def test_whole_days_and_hours_may_stand_in_one_event() -> None:
    mixed = event("Hackweek", Sessions((AllDay(date(2026, 12, 8), date(2026, 12, 9)), at("2026-12-10 12:00"))))

    entry = only(entries(compose(draft_of(mixed), IN_SEATTLE), "events"))

    assert plain(entry.when_text) == "Tue 8 Dec to Wed 9 Dec; Thu 10 Dec, 12–1 PM PST"


def test_the_lines_follow_the_week_whatever_happens_to_this_weeks_instance() -> None:
    tuesday = event("B", weekly("2026-10-06 15:00", "FREQ=WEEKLY", overrides=(cancelled("2026-12-08 15:00"),)))
    early = event(
        "C", weekly("2026-10-06 09:00", "FREQ=WEEKLY", overrides=(moved("2026-12-08 09:00", "2026-12-11 09:00"),))
    )
    monday = event("D", weekly("2026-09-28 12:00", MONDAYS))

    assert titles(compose(draft_of(tuesday, early, monday), IN_SEATTLE), "recurring") == ["D", "C", "B"]


def test_a_span_of_days_with_hours_names_both_days() -> None:
    entry = only(entries(compose(draft_of(event("Hackweek", at("2026-12-08 09:00", 56))), IN_SEATTLE), "events"))

    assert plain(entry.when_text) == "Tue 8 Dec, 9 AM to Thu 10 Dec, 5 PM PST"


def test_an_exception_that_is_past_when_the_mail_goes_out_is_not_told() -> None:
    month = ("2026-12-01", "2027-01-01")
    group = event("Group", weekly("2026-09-29 12:00", "FREQ=WEEKLY", exdates=(datetime(2026, 12, 1, 12),)))

    assert told(draft_of(group, window=month)) == []


def test_a_series_that_is_off_has_no_line() -> None:
    off = event("Co-working", weekly("2026-09-28 12:00", MONDAYS), status="cancelled")

    assert entries(compose(draft_of(off), IN_SEATTLE), "recurring") == ()


def rule(text: str, start: str = "2026-10-01 12:00", **values) -> Draft:
    return draft_of(event("Clinic", weekly(start, text, **values)))


def test_several_hours_of_one_day_are_one_line_and_no_change_of_clocks() -> None:
    twice = rule("FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9,15", "2026-10-01 09:00")

    assert plain(line(twice).when_text) == "Mondays and Thursdays 9–10 AM; Mondays and Thursdays 3–4 PM"
    assert told(twice) == []


def test_two_rules_with_hours_of_their_own_are_both_told() -> None:
    when = Recurrence(
        datetime(2026, 10, 5, 9),
        datetime(2026, 10, 5, 10),
        "America/Los_Angeles",
        ("FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=WE;BYHOUR=14"),
    )
    draft = draft_of(event("Clinic", when))

    assert plain(line(draft).when_text) == "Mondays 9–10 AM; Wednesdays 2–3 PM"
    assert line(draft, IN_BERLIN).when_text == "Mondays 18:00–19:00; Wednesdays 23:00–00:00"


def test_every_day_of_the_week_and_every_day() -> None:
    assert plain(line(rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")).when_text) == "Weekdays 12–1 PM"
    assert plain(line(rule("FREQ=DAILY")).when_text) == "Every day 12–1 PM"


def test_what_is_added_to_a_rule_is_no_part_of_its_pattern() -> None:
    extra = rule("FREQ=WEEKLY;BYDAY=TH", rdates=(datetime(2026, 12, 8, 17),))

    assert plain(line(extra).when_text) == "Thursdays 12–1 PM"
    assert told(extra) == ["also Tue 8 Dec, 5–6 PM"]


def test_every_second_week_is_counted_from_its_first_one() -> None:
    fortnight = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"

    assert plain(line(rule(fortnight, "2026-11-26 12:00")).when_text) == "Thursdays 12–1 PM, every 2 weeks"
    assert entries(compose(rule(fortnight, "2026-11-19 12:00"), IN_SEATTLE), "recurring") == ()


def test_an_end_by_day_and_an_end_by_number_name_the_last_one() -> None:
    assert told(rule("FREQ=WEEKLY;BYDAY=TH;UNTIL=20261210T235959Z")) == ["last one Thu 10 Dec"]
    assert told(rule("FREQ=WEEKLY;BYDAY=TH;COUNT=11")) == ["last one Thu 10 Dec"]
    assert told(rule("FREQ=WEEKLY;BYDAY=TH;COUNT=12")) == []


def test_a_place_in_the_month_is_told_by_its_dates() -> None:
    """Who is told "second Wednesdays" has to look for the day; the day itself is the news."""
    monthly = rule("FREQ=MONTHLY;BYDAY=2WE", "2026-09-09 12:00")
    issue = compose(monthly, IN_SEATTLE)

    assert entries(issue, "recurring") == ()
    assert plain(only(entries(issue, "events")).when_text) == "Wed 9 Dec, 12–1 PM PST"


def test_a_terms_issue_names_every_date_of_a_monthly_meeting_in_one_entry() -> None:
    board = event("Board", weekly("2026-09-09 12:00", "FREQ=MONTHLY;BYDAY=2WE"))

    entry = only(entries(compose(winter(board), IN_SEATTLE), "events"))

    assert plain(entry.when_text) == "Wed 13 Jan, 12–1 PM; Wed 10 Feb, 12–1 PM; Wed 10 Mar, 12–1 PM PST"
