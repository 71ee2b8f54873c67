"""What must come of a year, reckoned apart from the program: its slots by plain arithmetic, their fates by its wakes.

A wake-up that was killed may have done its work or not: where that makes a difference, either is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOME = ZoneInfo("America/Los_Angeles")
DAY = timedelta(days=1)
GRACE = timedelta(minutes=15)
#: The first days of the terms of the year, which the workspace names as well.
TERMS = (date(2026, 9, 28), date(2027, 1, 4), date(2027, 3, 29), date(2027, 6, 21), date(2027, 9, 27))


@dataclass(frozen=True)
class Slot:
    """One due moment as the cadences say; `most` is how late it may leave."""

    digest: str
    key: str
    send_at: datetime
    draft_at: datetime
    most: timedelta | None
    reviewed: bool = False


@dataclass(frozen=True)
class Wake:
    """One wake-up by the clock of the machine; `whole` where it was not killed."""

    at: datetime
    whole: bool


@dataclass(frozen=True)
class Fate:
    """What became of a slot, how late, and whether it was seen to be late before."""

    end: str
    late: timedelta = timedelta()
    seen_late: bool = False


def slots_between(start: datetime, end: datetime) -> list[Slot]:
    """Sundays at 02:30, which one night has not; first days at 01:30, which one has twice; weeks before terms."""
    days = [start.astimezone(HOME).date() + n * DAY for n in range((end - start) // DAY + 2)]
    found: list[Slot] = []
    for day in days:
        if day.isoweekday() == 7:
            found.append(_slot("weekly", day, 2, 30, 1, timedelta(hours=12)))
        if day.day == 1:
            found.append(_slot("monthly", day, 1, 30, 2, timedelta(hours=12), reviewed=True))
        if day + 7 * DAY in TERMS:
            found.append(_slot("quarterly", day, 9, 0, 5, None))
    return [one for one in found if one.draft_at > start and one.send_at < end]


def _slot(
    digest: str, day: date, hour: int, minute: int, lead: int, most: timedelta | None, reviewed: bool = False
) -> Slot:
    """The wall clock's moment: the first of two, and an hour later where there is none."""
    send_at, draft_at = (
        datetime(one.year, one.month, one.day, hour, minute, tzinfo=HOME).astimezone(UTC)
        for one in (day, day - lead * DAY)
    )
    return Slot(digest, f"{digest}-{day}", send_at, draft_at, most, reviewed)


def fates(slot: Slot, wakes: Sequence[Wake], approved: int | None) -> set[Fate]:
    """What may become of it; `approved` is before which wake-up somebody approved it."""
    return {_fate(slot, wakes, approved, killed) for killed in (True, False)}


def _fate(slot: Slot, wakes: Sequence[Wake], approved: int | None, killed: bool) -> Fate:
    """`killed` says whether killed wake-ups did their work."""
    state, seen_late = "due", False
    for number, wake in enumerate(wakes):
        late = wake.at - slot.send_at
        if wake.whole or killed:
            if slot.most is not None and late > slot.most:
                return Fate("skipped", seen_late=True)
            if state == "due" and wake.at >= slot.draft_at:
                state = "drafted"
            elif state == "drafted" and late >= timedelta() and _may_leave(slot, approved, number):
                return Fate("sent", late, seen_late)
        seen_late = seen_late or (wake.whole and late >= GRACE)
    return Fate(state, seen_late=seen_late)


def _may_leave(slot: Slot, approved: int | None, number: int) -> bool:
    return not slot.reviewed or (approved is not None and approved <= number)


def unread(wakes: Sequence[Wake], since: datetime, until: datetime) -> set[int]:
    """How many alerts a source that fails in this time may bring: one, if anybody looked when it had failed long."""
    inside = [one.at for one in wakes if one.whole and since <= one.at < until]
    if any(at - since > timedelta(hours=7) for at in inside):
        return {1}
    return {0, 1} if inside else {0}
