"""What a healthy source holds, compared with what it gave; a source gone quiet is named before a send."""

from collections.abc import Iterator
from datetime import date, timedelta

from newsletter.model.item import Reading
from newsletter.model.problem import Origin, Problem
from newsletter.model.workspace import SourceSettings


def check_expectations(source: SourceSettings, reading: Reading, today: date) -> tuple[Problem, ...]:
    """A warning for each expectation of the source that its reading does not meet."""
    return tuple(_unmet(source, reading, today))


def _unmet(source: SourceSettings, reading: Reading, today: date) -> Iterator[Problem]:
    origin = Origin(source.name, source.where)
    found, least = len(reading.items), source.expect.min_items
    if found < least:
        text = f"{found} items, at least {least} expected; is a file missing?"
        yield Problem("warning", "source.few", text, origin)
    newest = max((report.newest for report in reading.sources if report.newest), default=None)
    days = source.expect.fresh_days
    if days is not None and (newest is None or newest < today - timedelta(days=days)):
        last = f"the newest date is {newest}" if newest else "it holds no date"
        yield Problem("warning", "source.stale", f"nothing within {days} days; {last}", origin)
