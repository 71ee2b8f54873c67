"""From a calendar of 5,000 events to 13 finished weekly mails, beside what two libraries need to parse and expand it.

Run `python benchmarks/thirteen_weeks.py [ROUNDS]`, or `... profile`. Ours reads the file, finds what is wrong in it,
expands the series, composes 13 issues and renders each to its MIME parts, HTML and text; every issue is a week of the
13 that the reference (icalendar and recurring_ical_events) expands, which makes no mail. Seconds are those of the
processor, rounds take turns. The occurrences of both are compared in calendars.py.
"""

import cProfile
import gc
import pstats
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from statistics import median
from time import process_time
from zoneinfo import ZoneInfo

from bench_row import tell
from calendar_file import FIRST, WEEKS, ZONE, calendar_file
from calendars import theirs

from newsletter.app import known_settling
from newsletter.app.drafting import freeze
from newsletter.app.known_readings import KNOWN
from newsletter.app.sample import init_workspace
from newsletter.app.timing import slot_for
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.checks.registry import run_checks
from newsletter.compose.issue import compose
from newsletter.dates import instances, recurrence, rules
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.mail import Edition
from newsletter.render.edition import render

GOAL = 0.6
#: The Friday before each of the weeks: a weekly issue covers the week that begins on the Monday after it.
SENDINGS = [datetime.combine(FIRST, time(9), ZoneInfo(ZONE)) + timedelta(weeks=n, days=-3) for n in range(WEEKS)]
Mail = tuple[Issue, Edition, Draft]


def workspace(root: Path) -> Workspace:
    """The sample with that calendar in the place of its content."""
    init_workspace(root)
    for page in (root / "content").rglob("*"):
        if page.is_file():
            page.unlink()
    (root / "content" / "calendar").mkdir(parents=True, exist_ok=True)
    (root / "content" / "calendar" / "lab.ics").write_bytes(calendar_file())
    return open_workspace(root, {})


def ours(ws: Workspace) -> list[Mail]:
    """The 13 mails, with nothing known of the file before."""
    recurrence._occurrences.cache_clear()
    recurrence._last_of_series.cache_clear()
    instances._stretch.cache_clear()
    rules.parse_rule.cache_clear()
    KNOWN.forget()
    known_settling.KNOWN.forget()
    mails = []
    for at in SENDINGS:
        draft = freeze(ws, slot_for(ws, "weekly", at), at)
        issue = compose(draft, Choices(ZONE))
        mails.append((issue, render(issue, draft), draft))
    return mails


def spent(work: Callable[[], object]) -> float:
    """Seconds of the processor."""
    gc.collect()
    begun = process_time()
    work()
    return process_time() - begun


def main(rounds: int, *, profile: bool = False) -> int:
    """Print the ratio; 1 where the goal is not reached."""
    data = calendar_file()
    with tempfile.TemporaryDirectory() as folder:
        ws = workspace(Path(folder) / "lab")
        if profile:
            watched = cProfile.Profile()
            watched.runcall(ours, ws)
            pstats.Stats(watched).sort_stats("cumulative").print_stats(60)
            return 0
        mails, pairs = list[Mail](), list[tuple[float, float]]()
        for _ in range(rounds):
            mails.clear()
            pairs.append((spent(lambda: mails.extend(ours(ws))), spent(lambda: theirs(data))))
        entries = sum(len(section.entries) for issue, _, _ in mails for section in issue.sections)
        print(f"{data.count(b'BEGIN:VEVENT'):,} VEVENTs, {len(mails)} mails with {entries:,} entries", flush=True)
        checks = spent(lambda: [run_checks(*mail) for mail in mails])
    own, other = (median(column) for column in zip(*pairs, strict=True))
    ratio = median(a / b for a, b in pairs)
    detail = f"{own:.2f} and {other:.2f} s; with the checks, {checks:.2f} s, {(own + checks) / other:.2f} times"
    name = "5,000 VEVENTs to 13 weekly mails, icalendar + recurring_ical_events"
    return int(not tell(name, ratio, GOAL, "at most", "times the processor", detail))


if __name__ == "__main__":
    raise SystemExit(
        main(*[int(one) for one in sys.argv[1:] if one.isdecimal()] or [3], profile="profile" in sys.argv)
    )
