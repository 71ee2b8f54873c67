"""The waker over nights that change the clocks, in communities around the world: each slot once, in a real store."""

from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cadence_workspace import Clock, mails, new_workspace, opened

from newsletter.app.operating import tick
from newsletter.app.workspace import Workspace, with_settings

# Thousands of wake-ups; what is covered, test_runtime_operating.py tells.
pytestmark = pytest.mark.no_cover

#: A community's zone and a local date whose night changes its clocks.
NIGHTS = (
    ("America/Los_Angeles", "2026-11-01"),
    ("America/Los_Angeles", "2027-03-14"),
    ("Europe/Berlin", "2026-10-25"),
    ("Europe/Berlin", "2027-03-28"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Australia/Lord_Howe", "2027-04-04"),
    ("America/Santiago", "2026-09-06"),
    ("America/Santiago", "2027-04-04"),
    ("Africa/Casablanca", "2027-02-07"),
    ("Africa/Casablanca", "2027-03-14"),
    ("Asia/Tokyo", "2026-10-04"),
    ("Asia/Kathmandu", "2026-10-04"),
)
CADENCES = (
    "weekly on {day} at {clock}",
    "every two weeks on {day} at {clock} from {date}",
    "monthly on {number} at {clock}",
    "monthly on {nth} {day} at {clock}",
    "quarterly on {number} at {clock}, year from {month}",
    "quarterly {before} days after quarter at {clock}, year from {month}",
)
CLOCKS = ("00:00", "00:30", "01:30", "02:00", "02:30", "03:00")
#: Each night with another cadence, hour and pace of waking (minutes).
RUNS = tuple(
    zip(NIGHTS, cycle(CADENCES), (*CLOCKS[2:], *CLOCKS, *CLOCKS[:2]), cycle((20, 60, 13, 7, 45)), strict=False)
)
NTH = ("first", "second", "third", "fourth", "fifth")


def community_in(root: Path, clock: Clock, zone: str, cadence: str) -> Workspace:
    ws = opened(root, clock, review="automatic", cadence=cadence, window="2 weeks", draft="90 minutes before")
    return with_settings(ws, community=ws.settings.community.model_copy(update={"timezone": zone}))


def written(cadence: str, clock: str, day: datetime) -> str:
    return cadence.format(
        day=f"{day:%A}",
        clock=clock,
        date=f"{day:%Y-%m-%d}",
        number=day.day,
        nth=NTH[(day.day - 1) // 7],
        month=f"{day:%B}",
        before=day.day - 1,
    )


@pytest.mark.parametrize(("night", "cadence", "clock_time", "minutes"), RUNS)
def test_check_20_each_slot_is_drafted_and_sent_once_however_the_waker_wakes(
    tmp_path, night, cadence, clock_time, minutes
):
    zone, date = night
    day = datetime.fromisoformat(date).replace(tzinfo=ZoneInfo(zone))
    clock = Clock("2026-08-01T12:00")
    new_workspace(tmp_path / "lab", clock)
    ws = community_in(tmp_path / "lab", clock, zone, written(cadence, clock_time, day))
    drafted, sent = [], []
    moment, end = day.astimezone(UTC) - timedelta(hours=2), day.astimezone(UTC) + timedelta(hours=5)
    while moment <= end:
        result = tick(ws, clock.set(moment))
        drafted.extend(result.keys("draft"))
        sent.extend(result.keys("send"))
        moment += timedelta(minutes=minutes)
    assert drafted == sent == [f"weekly-{date}"]
    assert len(mails(ws)) == 2
