"""What 200 different editions of one issue cost, beside reading its sources once.

Run `python benchmarks/editions.py [ROUNDS]`, or `python benchmarks/editions.py profile`. The sources are the sample's
with a calendar of 5,000 events in 13 weeks; the editions differ in topics, zones, clocks, and in what their readers
had before. A ratio of 1 says that an edition takes as long as reading the sources. A few are rendered as well.
"""

import cProfile
import gc
import hashlib
import pstats
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations, cycle, islice, product
from pathlib import Path
from statistics import median
from time import process_time
from zoneinfo import ZoneInfo

from newsletter.app import known_settling
from newsletter.app.drafting import freeze
from newsletter.app.known_readings import KNOWN
from newsletter.app.sample import init_workspace
from newsletter.app.timing import slot_for
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.compose.history import Had, next_issue
from newsletter.compose.programme import Programme, programme_of
from newsletter.compose.remembering import dump_memory
from newsletter.model.issue import Choices, Draft, Issue, Slot, Window
from newsletter.render.edition import render

HOME = ZoneInfo("America/Los_Angeles")
AT = datetime(2026, 12, 21, 9, tzinfo=HOME)
EVENTS, WEEKS, EDITIONS, RENDERED = 5_000, 13, 200, 4
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo", "Asia/Kathmandu", "Australia/Lord_Howe")
TAGS = ("deep-dive", "course", "datathon", "office-hours")
TOPICS = ("deep-dives", "learning-communities", "datathons", "community")
CALENDAR = """\
BEGIN:VEVENT
UID:event-{number}@calendar.example.org
DTSTAMP:20260915T170000Z
SUMMARY:Event {number} of the quarter
DTSTART;TZID=America/Los_Angeles:{start:%Y%m%dT%H%M%S}
DTEND;TZID=America/Los_Angeles:{end:%Y%m%dT%H%M%S}
{rule}LOCATION:Room {room}
CATEGORIES:{tag}
DESCRIPTION:What number {number} is about\\, in a sentence or two.
URL:https://data.example.org/events/{number}/
END:VEVENT
"""


@dataclass(frozen=True)
class Spent:
    """Seconds of one core: reading once, and each edition composed and rendered."""

    reading: float
    composing: float
    rendering: float
    digest: str


def events() -> Iterator[str]:
    """One in fifty is a weekly series; the others have a date of their own."""
    for number in range(EVENTS):
        start = datetime.fromisoformat("2027-01-04T08:00") + timedelta(
            days=number % (7 * WEEKS), minutes=15 * (number % 40)
        )
        rule = "RRULE:FREQ=WEEKLY;COUNT=8\n" if number % 50 == 0 else ""
        yield CALENDAR.format(
            number=number, start=start, end=start + timedelta(hours=1), rule=rule, room=number % 90,
            tag=TAGS[number % len(TAGS)],
        )  # fmt: skip


@contextmanager
def lab() -> Iterator[Workspace]:
    """The sample workspace with the calendar in the place of its own."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "lab"
        init_workspace(root)
        text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Benchmark//EN\n" + "".join(events()) + "END:VCALENDAR\n"
        (root / "content" / "calendar" / "lab.ics").write_bytes(text.replace("\n", "\r\n").encode())
        yield open_workspace(root, {})


def slot_of(ws: Workspace) -> Slot:
    """The quarterly's next slot, with a window of so many weeks."""
    slot = slot_for(ws, "quarterly", AT)
    return replace(slot, window=Window(slot.window.start, slot.window.start + timedelta(weeks=WEEKS)), until=None)


def choices() -> list[Choices]:
    """So many different wishes."""
    some = [None, *(found for count in (1, 2, 3) for found in combinations(TOPICS, count))]
    every = product(ZONES, (12, 24), some)
    found = islice(cycle(every), EDITIONS)
    return [Choices(timezone=zone, clock=clock, topics=topics) for zone, clock, topics in found]


def baselines(draft: Draft) -> list[Had | None]:
    """New readers, readers of last week's issue with each of some wishes, and what they remember."""
    earlier = replace(draft.slot, key="weekly-before", send_at=draft.slot.send_at - timedelta(days=7))
    before = programme_of(replace(draft, key=earlier.key, slot=earlier, items=draft.items[: EVENTS - 200]))
    known = [next_issue(before, one, None).memory for one in choices()[:3]]
    return [None, *(Had(before, memory) for memory in known)]


def compose_all(draft: Draft, had: list[Had | None]) -> tuple[Programme, list[Issue]]:
    """The programme is laid out once, as sending does."""
    programme = programme_of(draft)
    return programme, [next_issue(programme, one, last) for one, last in zip(choices(), cycle(had), strict=False)]


def measure() -> Spent:
    with lab() as ws:
        slot = slot_of(ws)
        KNOWN.forget()
        known_settling.KNOWN.forget()
        reading, draft = _timed(lambda: freeze(ws, slot, AT))
        had = baselines(draft)
        composing, (_, issues) = _timed(lambda: compose_all(draft, had))
        rendering, _ = _timed(lambda: [render(issue, draft) for issue in issues[:RENDERED]])
        said = "".join(f"{issue.sections}{dump_memory(issue.memory)}" for issue in issues)
    digest = hashlib.sha256(said.encode()).hexdigest()[:12]
    return Spent(reading, composing / EDITIONS, rendering / RENDERED, digest)


def _timed(work):
    gc.collect()
    begun = process_time()
    done = work()
    return process_time() - begun, done


def report(spent: Spent) -> str:
    return (
        f"reading once {spent.reading:.2f} s; an edition composed in {1000 * spent.composing:.0f} ms, "
        f"{spent.composing / spent.reading:.3f} of it; rendered in {1000 * spent.rendering:.0f} ms, "
        f"{spent.rendering / spent.reading:.3f} of it; bytes {spent.digest}"
    )


def _profile() -> None:
    with lab() as ws:
        draft = freeze(ws, slot_of(ws), AT)
        had = baselines(draft)
        profile = cProfile.Profile()
        profile.runcall(compose_all, draft, had)
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)


def main(argument: str) -> None:
    """Measure or profile."""
    if argument == "profile":
        _profile()
        return
    found = []
    for _ in range(int(argument)):
        found.append(measure())
        print(report(found[-1]))
    ratio = median(spent.composing / spent.reading for spent in found)
    print(f"median: an edition composed takes {ratio:.3f} of reading the sources once")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "3")
