"""A programme looks closely at what may lie near it alone, and finds what it would find among everything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from compose_builders import SEATTLE, draft_of, event, local

from newsletter.compose import programme
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, Vague, WeeklyRange, When
from newsletter.model.workspace import CategorySettings

CATEGORIES = (
    ("conference", CategorySettings(lead="12 weeks")),
    ("meetup", CategorySettings(lead="3 weeks")),
)
SENT = "2026-12-04 09:00"
#: When the issue is read, its window, where the next one begins, and how far ahead each category is told.
EDGES = (SENT, "2026-12-07", "2026-12-14", "2026-12-21", "2026-12-25 09:00", "2027-02-26 09:00")
LENGTHS = (timedelta(0), timedelta(hours=5), timedelta(days=9))


def around(edge: str) -> Iterator[When]:
    """Times of every kind that begin or end within two days of it, in the zones that are furthest from each other."""
    for hours in range(-50, 51, 7):
        moment = datetime.fromisoformat(edge) + timedelta(hours=hours)
        for start in (moment - length for length in LENGTHS):
            for zone in (SEATTLE, "Pacific/Kiritimati", "Pacific/Niue"):
                yield Instant(start, moment, zone)
                yield Instant(moment, moment + timedelta(hours=1), zone)
                yield Recurrence(start, moment, zone, ("FREQ=MONTHLY;COUNT=2",))
            yield AllDay(start.date(), moment.date())
            yield WeeklyRange(tuple(range(7)), start.date(), moment.date(), moment.time(), None, SEATTLE)
            yield Sessions((AllDay(date(2026, 1, 1), date(2026, 1, 1)), Instant(start, None, SEATTLE)))
    yield Vague("soon", date(2026, 12, 7))


ITEMS = tuple(
    event(f"{number} by {edge}", when, tag)
    for edge in EDGES
    for number, when in enumerate(around(edge))
    for tag in ("conference", "meetup", "other")
)


def test_nothing_is_overlooked(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = draft_of(*ITEMS, sent=SENT, categories=CATEGORIES)
    draft = replace(draft, slot=replace(draft.slot, until=local("2026-12-21")))

    quick = programme.programme_of(draft)
    with monkeypatch.context() as patched:
        patched.setattr(programme, "_near", lambda bare: bare.items)
        thorough = programme.programme_of(draft)

    assert (quick.timed, quick.earlier, quick.ahead) == (thorough.timed, thorough.earlier, thorough.ahead)
    assert min(len(quick.timed), len(quick.earlier), len(quick.ahead)) > 20
