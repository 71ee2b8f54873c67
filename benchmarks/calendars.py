"""How long a large calendar takes to read and expand, against icalendar + recurring_ical_events in the same run.

Run `python benchmarks/calendars.py [ROUNDS]`. Both sides take turns, the occurrences are compared first, and what
counts is the ratio of each round (in CPU time): seconds alone move with the machine. Not called calendar.py, which
would hide the standard library's module of that name.
"""

import gc
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from time import process_time
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from calendar_file import FIRST, WEEKS, ZONE, calendar_file

from newsletter.dates import instances, recurrence, rules
from newsletter.model.workspace import SourceSettings
from newsletter.sources.registry import Blob, SourceContext, read_source

HOME = ZoneInfo(ZONE)
START = datetime.combine(FIRST, time(), HOME)
END = datetime.combine(FIRST + timedelta(weeks=WEEKS), time(), HOME)
Key = tuple[str, datetime | date]
GOAL = 0.35


def ours(data: bytes) -> list[Key]:
    """Items with their texts cleaned and their problems found, then every occurrence of the window."""
    recurrence._occurrences.cache_clear()
    recurrence._last_of_series.cache_clear()
    instances._stretch.cache_clear()
    rules.parse_rule.cache_clear()
    source = SourceSettings(name="calendar", format="ics", path="calendar.ics")
    reading = read_source(source, [Blob("calendar.ics", data)], SourceContext(ZONE))
    assert not reading.problems, reading.problems[:3]
    return [
        (item.id, _moment(found.start))
        for item in reading.items
        if item.when
        for found in recurrence.occurrences(item.when, START, END, home=HOME)
    ]


def theirs(data: bytes) -> list[Key]:
    """The same window by the two libraries; texts stay as they are in the file."""
    feed = icalendar.Calendar.from_ical(data)
    found = recurring_ical_events.of(feed).between(START, END)
    return [(str(event["UID"]), _moment(event["DTSTART"].dt)) for event in found]


def _moment(start: datetime | date) -> datetime | date:
    return start.astimezone(UTC) if isinstance(start, datetime) else start


def _timed(run: Callable[[bytes], list[Key]], data: bytes) -> float:
    gc.collect()
    begun = process_time()
    run(data)
    return process_time() - begun


def main(rounds: int) -> None:
    """Compare once, then measure in turns and print medians."""
    data = calendar_file()
    found, expected = sorted(map(repr, ours(data))), sorted(map(repr, theirs(data)))
    assert found == expected, set(found) ^ set(expected)
    events, rules = data.count(b"BEGIN:VEVENT"), data.count(b"\nRRULE:FREQ=") - 2
    print(f"{events:,} VEVENTs, {rules} RRULE, {len(data) / 1e6:.2f} MB, {WEEKS} weeks: {len(found):,} occurrences")
    pairs = [(_timed(ours, data), _timed(theirs, data)) for _ in range(rounds)]
    for number, (own, other) in enumerate(pairs, 1):
        print(f"round {number}: {own:.2f} s, icalendar + recurring_ical_events {other:.2f} s, {own / other:.3f}x")
    own, other = (median(column) for column in zip(*pairs, strict=True))
    ratio = median(a / b for a, b in pairs)
    print(f"medians: {own:.2f} s and {other:.2f} s, ratio {ratio:.3f}x (goal {GOAL}x)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
