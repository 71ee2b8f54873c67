"""What happens in a year: ordinary days, and for every second week's issue a story in which something goes wrong."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from year_oracle import Slot, slots_between
from year_world import World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: Days without a slot at the end, in which everything comes to rest.
REST = 4 * DAY


@dataclass
class Plan:
    """Moments and what is done at them. While the program is `away`, only what lies outside of it happens."""

    moments: list[tuple[datetime, int, Callable[[], object], bool]] = field(default_factory=list)
    away: list[tuple[datetime, datetime]] = field(default_factory=list)
    failing: list[tuple[datetime, datetime]] = field(default_factory=list)
    roads: int = 0

    def then(self, at: datetime, act: Callable[[], object], *, outside: bool = False) -> None:
        self.moments.append((at.astimezone(UTC), len(self.moments), act, outside))

    def gone(self, since: datetime, until: datetime, world: World) -> None:
        """Nothing runs in [since, until), and then it is started anew."""
        self.away.append((since, until))
        self.then(until, world.start)
        self.then(until, world.wake)

    def run(self, world: World) -> None:
        for at, _, act, outside in sorted(self.moments, key=lambda one: one[:2]):
            world.clock.now = at
            if outside or not any(since <= at < until for since, until in self.away):
                act()


Story = Callable[[Plan, World, Slot], None]


def plan_of(world: World, start: datetime, end: datetime, stories: Mapping[str, Story] | None = None) -> Plan:
    """Everything that happens from `start` on; after `end` the world is at rest for some days.

    Stories are drawn unless they are given, by the key of the issue that each is about.
    """
    plan, slots = Plan(), slots_between(start, end + REST)
    plan.then(start, world.start)
    _failing_calendar(plan, world, start, end)
    for day in range((end + REST - start) // DAY):
        morning = start + day * DAY + 5 * HOUR + 17 * MINUTE
        if _is_looked_at(morning, plan, slots, end):
            plan.then(morning, world.wake)
            plan.then(morning + MINUTE, world.settle)
    stories = stories or _drawn(world.draw, [one for one in slots if one.digest == "weekly" and one.send_at < end])
    for slot in slots:
        for at in (slot.draft_at, slot.send_at, slot.send_at + MINUTE, slot.send_at + 40 * MINUTE):
            plan.then(at, world.wake)
        if slot.reviewed:
            _approval(plan, world, slot)
        if slot.key in stories:
            stories[slot.key](plan, world, slot)
    return plan


def _is_looked_at(morning: datetime, plan: Plan, slots: Iterable[Slot], end: datetime) -> bool:
    """Days on which nothing can happen are passed over: a program that sleeps through them costs nothing."""
    near = any(-DAY < morning - slot.send_at < 2 * DAY for slot in slots)
    return near or morning > end or any(since - DAY < morning < until + 2 * DAY for since, until in plan.failing)


def _approval(plan: Plan, world: World, slot: Slot) -> None:
    """Most months are approved in time, some three hours late, and some never."""
    late = world.draw.choice([-20 * HOUR, -20 * HOUR, -HOUR, -HOUR, 3 * HOUR, None])
    if late is not None:
        at = slot.send_at + late + 7 * MINUTE
        plan.then(at, lambda: world.approve(slot.key))
        plan.then(at + 2 * MINUTE, world.wake)


def _failing_calendar(plan: Plan, world: World, start: datetime, end: datetime) -> None:
    """The calendar's server fails for some days, once in each half year or in what there is of one."""
    parts = max(1, round((end - start) / (182 * DAY)))
    for part in range(parts):
        length = (end - start) / parts
        since = start + part * length + world.draw.uniform(0.1, 0.6) * length
        until = min(since + world.draw.uniform(2, 4) * DAY, end)
        plan.failing.append((since, until))
        plan.then(since, lambda: setattr(world.outside, "fails", True), outside=True)
        plan.then(until, lambda: setattr(world.outside, "fails", False), outside=True)


def _drawn(draw: random.Random, weekly: Iterable[Slot]) -> dict[str, Story]:
    """A story for every second week: each kind in turn, in an order that is drawn."""
    keys = [one.key for one in weekly][1::2]
    rounds = (draw.sample(STORIES, len(STORIES)) for _ in range(1 + len(keys) // len(STORIES)))
    return dict(zip(keys, (one for each in rounds for one in each), strict=False))


def restarted(plan: Plan, world: World, slot: Slot) -> None:
    """It is started anew at the very moment."""
    plan.then(slot.send_at - timedelta(seconds=1), world.start)


def down_for_minutes(plan: Plan, world: World, slot: Slot) -> None:
    plan.gone(slot.send_at - MINUTE, slot.send_at + 4 * MINUTE, world)


def down_for_days(plan: Plan, world: World, slot: Slot) -> None:
    since = slot.send_at - world.draw.uniform(0.2, 2.8) * DAY
    plan.gone(since, since + 3 * DAY, world)


def down_for_hours(plan: Plan, world: World, slot: Slot) -> None:
    """Down over the moment, and back while it may still leave late; the draft was made, or was not."""
    since = slot.draft_at - HOUR if world.draw.random() < 0.5 else slot.send_at - HOUR
    plan.gone(since, slot.send_at + world.draw.uniform(1, 11) * HOUR, world)


def killed_while_sending(plan: Plan, world: World, slot: Slot) -> None:
    for after in (0, 3):
        point = world.draw.randint(1, 60)
        plan.then(slot.send_at + after * MINUTE - timedelta(seconds=2), world.wake)
        plan.then(slot.send_at + after * MINUTE, lambda point=point: world.kill(point))


def killed_while_drafting(plan: Plan, world: World, slot: Slot) -> None:
    point = world.draw.randint(1, 12)
    plan.then(slot.draft_at - timedelta(seconds=1), lambda: None)
    plan.moments = [one for one in plan.moments if one[0] != slot.draft_at]
    plan.then(slot.draft_at, lambda: world.kill(point))
    plan.then(slot.draft_at + 2 * MINUTE, world.wake)


def two_of_them(plan: Plan, world: World, slot: Slot) -> None:
    plan.then(slot.draft_at - HOUR, lambda: world.start(2))
    plan.then(slot.send_at + 6 * HOUR, world.start)


def overtaken(plan: Plan, world: World, slot: Slot) -> None:
    """Another one wakes in the middle of the wake-up that sends."""
    point = world.draw.randint(1, 12)
    plan.moments = [one for one in plan.moments if one[0] != slot.send_at]
    plan.then(slot.send_at, lambda: world.overtake(point))


def road_closed(plan: Plan, world: World, slot: Slot) -> None:
    """The provider is down for three hours, from before the moment on."""
    plan.roads += 1
    plan.then(slot.send_at - 10 * MINUTE, world.close_road, outside=True)
    plan.then(slot.send_at + 3 * HOUR, world.open_road, outside=True)
    for minutes in (5, 10, 15, 20, 25, 30, 60, 90, 120, 150, 179, 185, 190, 210, 230, 250):
        plan.then(slot.send_at + minutes * MINUTE, world.wake)


def clock_ahead(plan: Plan, world: World, slot: Slot) -> None:
    """The clock is an hour ahead, and set right before the moment comes indeed."""
    _wrong(plan, world, slot.send_at - 90 * MINUTE, slot.send_at - 20 * MINUTE, HOUR)
    for before in (65, 60, 59, 50, 10):
        plan.then(slot.send_at - before * MINUTE, world.wake)


def clock_behind(plan: Plan, world: World, slot: Slot) -> None:
    _wrong(plan, world, slot.send_at - 20 * MINUTE, slot.send_at + 2 * HOUR, -HOUR)
    for after in (59, 60, 61, 90, 125):
        plan.then(slot.send_at + after * MINUTE, world.wake)


def clock_set_back(plan: Plan, world: World, slot: Slot) -> None:
    """The clock goes back an hour after the issue left, and then right again."""
    _wrong(plan, world, slot.send_at + 30 * MINUTE, slot.send_at + 100 * MINUTE, -HOUR)
    for after in (45, 90, 91, 95, 110):
        plan.then(slot.send_at + after * MINUTE, world.wake)


def _wrong(plan: Plan, world: World, since: datetime, until: datetime, by: timedelta) -> None:
    plan.then(since, lambda: setattr(world.clock, "wrong", by), outside=True)
    plan.then(until, lambda: setattr(world.clock, "wrong", timedelta()), outside=True)


STORIES: list[Story] = [
    restarted,
    down_for_minutes,
    down_for_days,
    down_for_hours,
    killed_while_sending,
    killed_while_drafting,
    two_of_them,
    overtaken,
    road_closed,
    clock_ahead,
    clock_behind,
    clock_set_back,
]
