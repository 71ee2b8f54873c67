"""One edition with 40 entries, rendered and checked, beside what MRML alone takes for the same MJML.

Run `python benchmarks/edition.py [ROUNDS]`, or `python benchmarks/edition.py profile`. The reference is
`mjml.mjml2html` on the MJML that the edition ends with, called through the same library in the same round; what is
measured is everything from an issue to a checked edition: Jinja, MJML, both parts, the MIME parts and every check.
The theme is compiled before, as it is from the second edition on. Seconds are those of the processor.
"""

import cProfile
import gc
import hashlib
import pstats
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import process_time
from zoneinfo import ZoneInfo

from newsletter.app.drafting import freeze
from newsletter.app.sample import init_workspace
from newsletter.app.timing import slot_for
from newsletter.app.workspace import open_workspace
from newsletter.checks.registry import run_checks
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.render import edition, mjml_guard
from newsletter.render.edition import render

AT = datetime(2026, 12, 4, 9, tzinfo=ZoneInfo("America/Los_Angeles"))
ENTRIES, GOAL = 40, 4
CALENDAR = """\
BEGIN:VEVENT
UID:event-{number}@calendar.example.org
DTSTAMP:20260915T170000Z
SUMMARY:{title}, part {number}
DTSTART;TZID=America/Los_Angeles:{start:%Y%m%dT%H%M%S}
DTEND;TZID=America/Los_Angeles:{end:%Y%m%dT%H%M%S}
LOCATION:Room {number}
CATEGORIES:{tag}
DESCRIPTION:Bring one table that puzzles you. We look at it together\\, in pairs and then with everybody.
URL:https://data.example.org/events/{number}/
END:VEVENT
"""
TITLES = ("Reading tables aloud", "A walk through missing data", "Plots that tell the truth", "Tea and tests")
TAGS = ("deep-dive", "learning-community", "datathon", "office-hours")


def events() -> Iterator[str]:
    """As many events in the week as the edition shall have entries."""
    for number in range(ENTRIES):
        start = datetime.fromisoformat("2026-12-07T08:00") + timedelta(days=number % 5, minutes=15 * (number % 37))
        yield CALENDAR.format(
            number=number, start=start, end=start + timedelta(hours=1), title=TITLES[number % 4], tag=TAGS[number % 4]
        )


def week() -> Draft:
    """The sample's week with that calendar in the place of all that is in it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "lab"
        init_workspace(root)
        text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Benchmark//EN\n" + "".join(events()) + "END:VCALENDAR\n"
        (root / "content" / "calendar" / "lab.ics").write_bytes(text.replace("\n", "\r\n").encode())
        ws = open_workspace(root, {})
        draft = freeze(ws, slot_for(ws, "weekly", AT), AT)
        kept = [item for item in draft.items if any(origin.path.endswith("lab.ics") for origin in item.origins)]
        return replace(draft, items=tuple(kept))


@contextmanager
def compiled() -> Iterator[list[str]]:
    """The MJML that goes to MRML meanwhile."""
    engine, sources = mjml_guard.mjml2html, []

    def listening(source: str, **options: object) -> str:
        sources.append(source)
        return engine(source, **options)

    mjml_guard.mjml2html = listening
    try:
        yield sources
    finally:
        mjml_guard.mjml2html = engine


def entries(issue: Issue) -> int:
    """How many different entries the issue has."""
    return len({entry.id for section in issue.sections for entry in section.entries})


def checked(issue: Issue, draft: Draft) -> str:
    """The edition and what the checks say, as a digest."""
    mail = render(issue, draft)
    return hashlib.sha256(repr((mail, run_checks(issue, mail, draft))).encode()).hexdigest()[:12]


@contextmanager
def room_for_all() -> Iterator[None]:
    """A mail may meanwhile be as long as it comes, so that it is rendered once."""
    before = edition.ROOM
    edition.ROOM = 10 * before
    try:
        yield
    finally:
        edition.ROOM = before


def _cost(work: Callable[..., object], *given: object, **options: object) -> float:
    begun = process_time()
    work(*given, **options)
    return process_time() - begun


@dataclass(frozen=True)
class Spent:
    """Milliseconds of one round."""

    mrml: float
    rendering: float
    once: float
    checks: float


def round_of(issue: Issue, draft: Draft, source: str) -> Spent:
    """Everything one after another, so that a busy machine is busy for all."""
    mrml = min(_cost(mjml_guard.mjml2html, source, fonts={}) for _ in range(5))
    rendering = _cost(render, issue, draft)
    with room_for_all():
        once = _cost(render, issue, draft)
    checks = _cost(run_checks, issue, render(issue, draft), draft)
    return Spent(*(1000 * seconds for seconds in (mrml, rendering, once, checks)))


def measure(rounds: int) -> None:
    draft = week()
    issue = compose(draft, Choices(timezone=str(AT.tzinfo)))
    with compiled() as sources:
        digest = checked(issue, draft)
    gc.collect()
    spent = [round_of(issue, draft, sources[-1]) for _ in range(rounds)]
    print(
        f"{entries(issue)} entries, {len(sources[-1]):,} characters of MJML, rendered {len(sources)} times until it "
        f"fits; mrml alone {_median(one.mrml for one in spent):.2f} ms, rendering "
        f"{_median(one.rendering for one in spent):.1f} ms (once: {_median(one.once for one in spent):.1f} ms), "
        f"checks {_median(one.checks for one in spent):.1f} ms; bytes {digest}"
    )
    whole = _median((one.rendering + one.checks) / one.mrml for one in spent)
    once = _median((one.once + one.checks) / one.mrml for one in spent)
    bare = _median(one.once / one.mrml for one in spent)
    print(f"times mrml: {whole:.1f}; rendered once {once:.1f}; rendered once and not checked {bare:.1f}; goal {GOAL}")


def _median(values: Iterable[float]) -> float:
    return median(list(values))


def _profile(times: int = 20) -> None:
    draft = week()
    issue = compose(draft, Choices(timezone=str(AT.tzinfo)))
    checked(issue, draft)
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(times):
        run_checks(issue, render(issue, draft), draft)
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(40)


def main(argument: str) -> None:
    """Measure or profile."""
    _profile() if argument == "profile" else measure(int(argument))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "50")
