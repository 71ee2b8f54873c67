"""The "When" of `newsletter collect`, whichever side of the window an item lies on."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.app.lookahead import item_rows
from newsletter.model.issue import Window
from newsletter.model.item import Item, Reading
from newsletter.model.problem import Origin
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, Vague, When

ZONE = "America/Los_Angeles"
START = datetime(2026, 12, 4, 8, tzinfo=UTC)
YEAR = Window(START, START + timedelta(days=400))


def shown(when: When) -> str:
    item = Item("tea", "event", "Tea", (Origin("lab", "tea.md"),), when)
    (row,) = item_rows(Reading((item,), (), ()), YEAR, ZoneInfo(ZONE), selected=False)
    return row[1].replace("\u202f", " ")


def at(text: str) -> Instant:
    return Instant(datetime.fromisoformat(text), None, ZONE)


def weekly(text: str, until: date | None = None) -> Recurrence:
    return Recurrence(datetime.fromisoformat(text), None, ZONE, ("FREQ=WEEKLY",), until=until)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (at("2026-12-08T12:00"), "Tue 8 Dec, 12 PM PST"),
        (at("2026-11-12T12:00"), "over since 12 Nov"),
        (at("2024-11-12T12:00"), "over since 12 Nov 2024"),
        (AllDay(date(2026, 11, 2), date(2026, 11, 6)), "over since 6 Nov"),
        (Sessions((at("2026-10-01T09:00"), at("2026-10-08T09:00"))), "over since 8 Oct"),
        (weekly("2026-09-07T12:00", until=date(2026, 11, 9)), "over since 9 Nov"),
        (at("2028-02-04T12:00"), "Fri 4 Feb 2028"),
        (at("2206-12-08T12:00"), "Mon 8 Dec 2206"),
        (Sessions((at("2026-10-01T09:00"), AllDay(date(2028, 2, 4), date(2028, 2, 4)))), "Fri 4 Feb 2028"),
        (weekly("2028-02-04T12:00"), "Fri 4 Feb 2028"),
        (Vague("late winter quarter"), "late winter quarter"),
    ],
)
def test_an_item_tells_its_next_time_or_when_it_was_or_will_be(when: When, text: str) -> None:
    assert shown(when) == text
