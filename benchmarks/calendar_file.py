"""A calendar file made for measuring: thousands of single events and hundreds of series, as exports look."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

ZONE = "America/Los_Angeles"
FIRST = date(2026, 9, 28)
WEEKS = 13
_RULES = (
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO,WE",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
    "FREQ=WEEKLY;COUNT=30",
    "FREQ=WEEKLY;UNTIL=20270601T000000Z",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=15",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=YEARLY;BYMONTH=11;BYDAY=1MO",
)
_TEXT = """\
We meet in the reading room and work through one question together; bring a laptop and something that you are stuck
on, and tell us beforehand whether you would like to show it to the others. Tea is there from half past. Slides and
notes stay on the site of the group afterwards, also those of earlier years."""
_WORDS = _TEXT.split()
_ZONE_BLOCK = f"""\
BEGIN:VTIMEZONE
TZID:{ZONE}
X-LIC-LOCATION:{ZONE}
BEGIN:DAYLIGHT
TZOFFSETFROM:-0800
TZOFFSETTO:-0700
TZNAME:PDT
DTSTART:19700308T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0700
TZOFFSETTO:-0800
TZNAME:PST
DTSTART:19701101T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE"""


def calendar_file(events: int = 5_013, series: int = 500, seed: int = 42) -> bytes:
    """An iCalendar file with so many VEVENTs, `series` of them with an RRULE and some of those with exceptions."""
    chance = random.Random(seed)
    rows = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.org//benchmark//EN", f"X-WR-TIMEZONE:{ZONE}"]
    rows += _ZONE_BLOCK.split("\n")
    changes = 0
    for number in range(series):
        for event in _series(number, chance):
            changes += event[1].startswith("RECURRENCE-ID")
            rows += ["BEGIN:VEVENT", *event, *_details(number, chance), "END:VEVENT"]
    for number in range(series, events - changes):
        rows += ["BEGIN:VEVENT", *_single(number, chance), *_details(number, chance), "END:VEVENT"]
    rows += ["END:VCALENDAR", ""]
    return "\r\n".join(row for long in rows for row in _folded(long)).encode()


def _series(number: int, chance: random.Random) -> Iterator[list[str]]:
    """A series, with an EXDATE or a moved instance for one in ten of each."""
    start = datetime.combine(date(2025, 1, 6), time(9 + number % 8)) + timedelta(days=7 * chance.randrange(90))
    rule = _RULES[number % len(_RULES)]
    # Every rule above includes its own start, so that no program has to decide whether DTSTART counts.
    start = _on_rule(start, rule)
    name = f"UID:series-{number}@example.org"
    plain = [name, f"RRULE:{rule}", *_times(start), f"SUMMARY:Series {number}"]
    if number % 10 == 0:
        plain.append(f"EXDATE;TZID={ZONE}:{start + timedelta(days=7 * 40):%Y%m%dT%H%M%S}")
    yield plain
    if number % 10 == 0:
        moved = _on_week(start, datetime.combine(date(2026, 11, 2), time()))
        changed = [name, f"RECURRENCE-ID;TZID={ZONE}:{moved:%Y%m%dT%H%M%S}", *_times(moved + timedelta(hours=3))]
        yield [*changed, f"SUMMARY:Series {number}, later"]


def _on_rule(start: datetime, rule: str) -> datetime:
    if "BYDAY=2TU" in rule:
        return start.replace(day=8) + timedelta(days=(1 - start.replace(day=8).weekday()) % 7)
    if "BYDAY=-1FR" in rule:
        last = (start.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - 4) % 7)
    if "BYMONTHDAY=15" in rule:
        return start.replace(day=15)
    if "BYDAY=TU" in rule:
        return start + timedelta(days=1)
    if "BYMONTH=11" in rule:
        first = start.replace(month=11, day=1)
        return first + timedelta(days=-first.weekday() % 7)
    return start


def _on_week(start: datetime, after: datetime) -> datetime:
    weeks = max(0, (after - start).days // 7 + 1)
    return start + timedelta(days=7 * weeks)


def _single(number: int, chance: random.Random) -> list[str]:
    day = FIRST + timedelta(days=chance.randrange(-400, 400))
    name = [f"UID:event-{number}@example.org", f"SUMMARY:Event {number}"]
    if number % 6 == 0:
        return [*name, f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]
    start = datetime.combine(day, time(8 + number % 10, 30))
    if number % 6 == 1:
        return [*name, f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}"]
    return [*name, *_times(start)]


def _times(start: datetime) -> list[str]:
    end = start + timedelta(minutes=90)
    return [f"DTSTART;TZID={ZONE}:{start:%Y%m%dT%H%M%S}", f"DTEND;TZID={ZONE}:{end:%Y%m%dT%H%M%S}"]


def _details(number: int, chance: random.Random) -> list[str]:
    words = " ".join(chance.choices(_WORDS, k=40)).replace(",", "\\,").replace(";", "\\;")
    return [
        "DTSTAMP:20260901T080000Z",
        "CREATED:20250102T030405Z",
        "LAST-MODIFIED:20260203T040506Z",
        "SEQUENCE:1",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        f"LOCATION:Room {number % 40}\\, Building {number % 7}",
        f"DESCRIPTION:{words}\\n\\nhttps://lab.example.org/events/{number}",
    ]


def _folded(row: str) -> Iterator[str]:
    yield row[:75]
    for position in range(75, len(row), 74):
        yield f" {row[position : position + 74]}"
