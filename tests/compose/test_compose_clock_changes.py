"""A Seattle event on five clocks in the weeks when clocks change, worked out by hand.

Seattle changes on 1 November 2026 and 14 March 2027, Berlin on 25 October and 28 March,
Lord Howe by half an hour on 4 October and 4 April; Tokyo and Kathmandu (5:45 ahead of UTC) never do.
"""

import pytest
from compose_builders import IN_BERLIN, IN_SEATTLE, at, draft_of, entries, event, only, plain, weekly

from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Issue

READERS = {
    "Seattle": IN_SEATTLE,
    "Berlin": IN_BERLIN,
    "Tokyo": Choices(timezone="Asia/Tokyo", clock=24),
    "Kathmandu": Choices(timezone="Asia/Kathmandu", clock=24),
    "Lord Howe": Choices(timezone="Australia/Lord_Howe", clock=24),
}
HOURS = event("Hours", weekly("2026-09-03 15:00", "FREQ=WEEKLY;BYDAY=TH"))

#: The Friday of sending; what its week says of "Thursdays 3–4 PM" to all but Seattle, in the order of the readers.
SERIES = {
    # Before any change: 15:00 PDT is 22:00 UTC, and Lord Howe has its winter.
    "2026-09-25": "Fridays 00:00–01:00|Fridays 07:00–08:00|Fridays 03:45–04:45|Fridays 08:30–09:30",
    # Lord Howe has gone half an hour ahead.
    "2026-10-02": "Fridays 00:00–01:00|Fridays 07:00–08:00|Fridays 03:45–04:45|Fridays 09:00–10:00",
    # Berlin has gone back, Seattle has not: in this week alone it is Thursday there too.
    "2026-10-23": "Thursdays 23:00–00:00|Fridays 07:00–08:00|Fridays 03:45–04:45|Fridays 09:00–10:00",
    # Seattle has gone back: 15:00 PST is 23:00 UTC.
    "2026-10-30": "Fridays 00:00–01:00|Fridays 08:00–09:00|Fridays 04:45–05:45|Fridays 10:00–11:00",
    "2027-03-05": "Fridays 00:00–01:00|Fridays 08:00–09:00|Fridays 04:45–05:45|Fridays 10:00–11:00",
    # Seattle has gone ahead, Berlin has not, for two weeks.
    "2027-03-12": "Thursdays 23:00–00:00|Fridays 07:00–08:00|Fridays 03:45–04:45|Fridays 09:00–10:00",
    "2027-03-19": "Thursdays 23:00–00:00|Fridays 07:00–08:00|Fridays 03:45–04:45|Fridays 09:00–10:00",
    "2027-03-26": "Fridays 00:00–01:00|Fridays 07:00–08:00|Fridays 03:45–04:45|Fridays 09:00–10:00",
    # Lord Howe has gone back by half an hour.
    "2027-04-02": "Fridays 00:00–01:00|Fridays 07:00–08:00|Fridays 03:45–04:45|Fridays 08:30–09:30",
}

#: The Friday of sending, and a start at 23:30 on the Sunday that ends its week: for all others it is Monday.
SINGLE = {
    ("2026-09-25", "2026-10-04"): (
        "Sun 4 Oct, 11:30 PM–12:30 AM PDT",
        "Mon 5 Oct, 08:30–09:30 CEST",
        "Mon 5 Oct, 15:30–16:30 JST",
        "Mon 5 Oct, 12:15–13:15 UTC+5:45",
        "Mon 5 Oct, 17:30–18:30 UTC+11",
    ),
    ("2026-10-16", "2026-10-25"): (
        "Sun 25 Oct, 11:30 PM–12:30 AM PDT",
        "Mon 26 Oct, 07:30–08:30 CET",
        "Mon 26 Oct, 15:30–16:30 JST",
        "Mon 26 Oct, 12:15–13:15 UTC+5:45",
        "Mon 26 Oct, 17:30–18:30 UTC+11",
    ),
    ("2026-10-23", "2026-11-01"): (
        "Sun 1 Nov, 11:30 PM–12:30 AM PST",
        "Mon 2 Nov, 08:30–09:30 CET",
        "Mon 2 Nov, 16:30–17:30 JST",
        "Mon 2 Nov, 13:15–14:15 UTC+5:45",
        "Mon 2 Nov, 18:30–19:30 UTC+11",
    ),
    ("2027-03-05", "2027-03-14"): (
        "Sun 14 Mar, 11:30 PM–12:30 AM PDT",
        "Mon 15 Mar, 07:30–08:30 CET",
        "Mon 15 Mar, 15:30–16:30 JST",
        "Mon 15 Mar, 12:15–13:15 UTC+5:45",
        "Mon 15 Mar, 17:30–18:30 UTC+11",
    ),
    ("2027-03-19", "2027-03-28"): (
        "Sun 28 Mar, 11:30 PM–12:30 AM PDT",
        "Mon 29 Mar, 08:30–09:30 CEST",
        "Mon 29 Mar, 15:30–16:30 JST",
        "Mon 29 Mar, 12:15–13:15 UTC+5:45",
        "Mon 29 Mar, 17:30–18:30 UTC+11",
    ),
    ("2027-03-26", "2027-04-04"): (
        "Sun 4 Apr, 11:30 PM–12:30 AM PDT",
        "Mon 5 Apr, 08:30–09:30 CEST",
        "Mon 5 Apr, 15:30–16:30 JST",
        "Mon 5 Apr, 12:15–13:15 UTC+5:45",
        "Mon 5 Apr, 17:00–18:00 UTC+10:30",
    ),
}

#: What the autumn's issue says beside the pattern with which it begins.
AUTUMN = {
    "Seattle": ("Thursdays 3–4 PM",),
    "Berlin": ("Fridays 00:00–01:00", "from Thu 29 Oct: 23:00–00:00", "from Fri 6 Nov: 00:00–01:00"),
    "Tokyo": ("Fridays 07:00–08:00", "from Fri 6 Nov: 08:00–09:00"),
    "Kathmandu": ("Fridays 03:45–04:45", "from Fri 6 Nov: 04:45–05:45"),
    "Lord Howe": ("Fridays 08:30–09:30", "from Fri 9 Oct: 09:00–10:00", "from Fri 6 Nov: 10:00–11:00"),
}
WINTER = {
    "Seattle": ("Thursdays 3–4 PM",),
    "Berlin": ("Fridays 00:00–01:00", "from Thu 18 Mar: 23:00–00:00", "from Fri 2 Apr: 00:00–01:00"),
    "Tokyo": ("Fridays 08:00–09:00", "from Fri 19 Mar: 07:00–08:00"),
    "Kathmandu": ("Fridays 04:45–05:45", "from Fri 19 Mar: 03:45–04:45"),
    "Lord Howe": ("Fridays 10:00–11:00", "from Fri 19 Mar: 09:00–10:00", "from Fri 9 Apr: 08:30–09:30"),
}


def said(issue: Issue) -> tuple[str, ...]:
    """The series' line and all that departs from it, but its end."""
    line = only(entries(issue, "recurring"))
    return tuple(plain(text) for text in (line.when_text, *line.exceptions))


@pytest.mark.parametrize("sent", SERIES)
@pytest.mark.parametrize("reader", READERS)
def test_the_week_says_a_series_by_the_readers_own_weekday_and_clock(sent: str, reader: str) -> None:
    expected = ["Thursdays 3–4 PM", *SERIES[sent].split("|")][list(READERS).index(reader)]
    assert said(compose(draft_of(HOURS, sent=f"{sent} 09:00"), READERS[reader])) == (expected,)


@pytest.mark.parametrize(("sent", "day"), SINGLE)
@pytest.mark.parametrize("reader", READERS)
def test_a_late_start_on_the_last_day_of_the_week_is_told_by_the_readers_own_date(
    sent: str, day: str, reader: str
) -> None:
    issue = compose(draft_of(event("Late", at(f"{day} 23:30")), sent=f"{sent} 09:00"), READERS[reader])

    assert plain(only(entries(issue, "events")).when_text) == SINGLE[sent, day][list(READERS).index(reader)]
    assert plain(only(entries(issue, "glance")).when_text) == SINGLE[sent, day][list(READERS).index(reader)]


@pytest.mark.parametrize("reader", READERS)
def test_a_whole_term_says_from_when_the_clock_is_another(reader: str) -> None:
    autumn = draft_of(HOURS, sent="2026-09-21 09:00", window=("2026-09-28", "2026-12-12"), digest="quarterly")
    winter = draft_of(HOURS, sent="2026-12-28 09:00", window=("2027-01-04", "2027-04-12"), digest="quarterly")

    assert said(compose(autumn, READERS[reader])) == AUTUMN[reader]
    assert said(compose(winter, READERS[reader])) == WINTER[reader]


@pytest.mark.parametrize("reader", ["Berlin", "Tokyo", "Kathmandu", "Lord Howe"])
def test_seattle_keeps_its_own_clock_beside_the_readers(reader: str) -> None:
    week = compose(draft_of(HOURS, sent="2026-10-30 09:00"), READERS[reader])
    assert only(entries(week, "recurring")).time.elsewhere == "Thursdays 15:00–16:00 in Seattle"


def test_a_weekday_that_both_share_is_not_said_twice() -> None:
    week = compose(draft_of(HOURS, sent="2026-10-23 09:00"), IN_BERLIN)
    assert only(entries(week, "recurring")).time.elsewhere == "15:00 in Seattle"
