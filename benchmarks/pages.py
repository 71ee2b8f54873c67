"""How many Markdown event pages are read and composed in a second of one core.

Run `python benchmarks/pages.py [ROUNDS]`, or `python benchmarks/pages.py profile` to see where the time goes. The
pages lie in a copy of the sample workspace: half are courses (TOML, dates as people write them), half events (YAML).
"""

import cProfile
import gc
import pstats
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import process_time
from zoneinfo import ZoneInfo

from newsletter.app import known_settling
from newsletter.app.drafting import preview_draft
from newsletter.app.known_readings import KNOWN
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Issue

SAMPLE = Path(__file__).parent.parent
PARTS = ("config.toml", "personas.toml", "subscribers", "templates", "content", "issues")
ZONE = "America/Los_Angeles"
AT = datetime(2026, 12, 4, 9, tzinfo=ZoneInfo(ZONE))
PAGES = 2_000
GOAL = 1_000

BODY = """\
We begin with the question that brought you here, and end with something that you can use on Monday. *Nobody* needs to
prepare; whoever likes to read ahead finds the notes on [our shelf](/shelf/topic-{number}/), with last year's slides.

## What we do

- an hour of looking at real tables, in pairs
- a break with tea and what people bring
- a short round: what will you try, and by when

Bring a laptop if you have one; `python` and `R` are both fine. Everything follows the
[participation guidelines](https://data.example.org/participation-guidelines/)."""

COURSE = """\
+++
title = "Course {number}: tables, tests and tea"
path = "/courses/course-{number}/"
description = "Mornings on one question of working with data, number {number}."

[taxonomies]
tags = ["course", "tables"]

[extra]
registration_link = "https://data.example.org/register/course-{number}"

[extra.class_information]
dates = "{weekday}s {first:%b} {first.day} - {last:%b} {last.day}, {last.year}"
time = "{weekday}s 10:30am - noon PT"
location = "Lakeview {room}"
instructors = ["Leilani Kahale", "Piotr Sadowski"]
cost = "Free"
+++

{body}
"""

EVENT = """\
---
title: Evening {number} on missing data
tags:
  - deep-dive
start: {first:%Y-%m-%d} 12:00
end: {first:%Y-%m-%d} 13:30
led_by:
  - Arjun Pillai
place: Lakeview {room} and online
register: https://data.example.org/register/evening-{number}
summary: Bring a dataset with holes in it, and leave with number {number}.
url: /deep-dives/evening-{number}/
---

{body}
"""


@contextmanager
def workspace(seed: int) -> Iterator[Workspace]:
    """A copy of the sample with so many pages more; every round has its own, so that no cache helps the next."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in PARTS:
            copy = shutil.copytree if (SAMPLE / part).is_dir() else shutil.copy
            copy(SAMPLE / part, root / part)
        for number in range(PAGES):
            kind, template = ("courses", COURSE) if number % 2 else ("deep-dives", EVENT)
            (root / "content" / kind / f"page-{number}.md").write_text(_page(template, seed * PAGES + number, seed))
        yield open_workspace(root, {})


def _page(template: str, number: int, seed: int) -> str:
    first = date(2026, 10, 1) + timedelta(days=(number * 7 + seed) % 250)
    values = {
        "number": number,
        "first": first,
        "last": first + timedelta(weeks=5),
        "room": f"{1 + number % 4}.{number}",
    }
    return template.format(**values, weekday=f"{first:%A}", body=BODY.format(number=number))


def read_and_compose(ws: Workspace) -> Issue:
    """All that `newsletter preview` does before it renders."""
    return compose(preview_draft(ws, "weekly", AT), Choices(timezone=ZONE))


def _timed(seed: int) -> float:
    with workspace(seed) as ws:
        KNOWN.forget()
        known_settling.KNOWN.forget()
        gc.collect()
        begun = process_time()
        issue = read_and_compose(ws)
        spent = process_time() - begun
    listed = sum(len(section.entries) for section in issue.sections)
    print(f"round {seed}: {spent:.2f} s, {PAGES / spent:,.0f} pages/s, {listed} entries in the issue")
    return spent


def _profile() -> None:
    with workspace(0) as ws:
        profile = cProfile.Profile()
        profile.runcall(read_and_compose, ws)
    pstats.Stats(profile).sort_stats("tottime").print_stats(60)


def main(argument: str) -> None:
    """Measure or profile."""
    if argument == "profile":
        _profile()
        return
    _timed(0)
    spent = median(_timed(seed) for seed in range(1, int(argument) + 1))
    print(f"median: {PAGES / spent:,.0f} pages/s (goal {GOAL:,})")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "5")
