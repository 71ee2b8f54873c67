"""A year of issues against a diary: nothing missed, nothing twice without a mark, every change once, nothing past.

What a reader is due: everything of their topics that begins after the issue is sent (for a first issue: after its
window opens) and before the next one covers, as it stands in the sources when the issue is frozen.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from random import Random

import pytest
from compose_builders import HOME, SEATTLE
from compose_diary import Diary
from compose_world import BEGIN, QUARTERS, SOURCES, Edit, Life, World, day, draft_at, event_of, number, spans
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Step
from hypothesis import strategies as st

from newsletter.compose.history import covered_until
from newsletter.compose.programme import Programme, programme_of
from newsletter.compose.replay import Follower, planned, replay
from newsletter.model.issue import Choices, Draft, Slot
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, Vague, WeeklyRange, When
from newsletter.model.workspace import DigestSettings

ZONES = (SEATTLE, "Europe/Berlin", "Asia/Tokyo", "Asia/Kathmandu", "Australia/Lord_Howe")
WEEKLY = DigestSettings(
    title="Common Hours", list="community", cadence="weekly on Friday at 09:00", window="7 days from next Monday"
)
MONTHLY = WEEKLY.model_copy(update={"cadence": "monthly on last Monday at 09:00", "window": "month"})
QUARTERLY = WEEKLY.model_copy(update={"cadence": "quarterly 7 days before term at 09:00", "window": "term"})
DIGESTS = {"weekly": WEEKLY, "monthly": MONTHLY, "quarterly": QUARTERLY}
CHOSEN = (None, None, ("deep-dives",), ("datathons", "community"), ())
TAGS = ((), (), ("deep-dive",), ("datathon",), ("social",))


@dataclass(frozen=True)
class Phase:
    """What a reader wants from a day on."""

    since: int
    digests: tuple[str, ...]
    topics: tuple[str, ...] | None


@dataclass(frozen=True)
class Story:
    """A world, its readers, and how the digests are set up."""

    world: World
    readers: tuple[tuple[str, tuple[Phase, ...]], ...]
    max_repeats: int | None
    length: int
    early: bool


CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from((0, 30)))


@st.composite
def instants(draw: st.DrawFn, length: int) -> Instant:
    start = datetime.combine(day(draw(st.integers(3, length + 30))), draw(CLOCKS))
    zone = draw(st.sampled_from((SEATTLE, SEATTLE, "Europe/Berlin")))
    return Instant(start, start + draw(st.sampled_from((timedelta(hours=1), timedelta(hours=30)))), zone)


@st.composite
def whole_days(draw: st.DrawFn, length: int) -> AllDay:
    first = draw(st.integers(3, length + 30))
    return AllDay(day(first), day(first + draw(st.sampled_from((0, 0, 2, 9)))))


@st.composite
def sessions(draw: st.DrawFn, length: int) -> Sessions:
    first, gaps = draw(st.integers(0, length)), draw(st.lists(st.integers(1, 12), min_size=1, max_size=3))
    days = [day(first + sum(gaps[:count])) for count in range(len(gaps) + 1)]
    hour = draw(st.integers(8, 20))
    return Sessions(tuple(Instant(datetime.combine(one, time(hour)), datetime.combine(one, time(hour + 1)), SEATTLE)
                          for one in days))  # fmt: skip


@st.composite
def weeklies(draw: st.DrawFn, length: int) -> WeeklyRange:
    first = draw(st.integers(0, length))
    hour = draw(st.integers(8, 20))
    weekdays = draw(st.sampled_from(((0,), (3,), (1, 4))))
    return WeeklyRange(
        weekdays, day(first), day(first + draw(st.integers(21, 120))), time(hour), time(hour + 1), SEATTLE
    )


@st.composite
def monthlies(draw: st.DrawFn, length: int) -> Recurrence:
    first = day(draw(st.integers(0, length)))
    rule = draw(st.sampled_from(((2, "WE"), (1, "MO"), (4, "FR"))))
    weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU").index(rule[1])
    start = next(one for one in (first + timedelta(days=index) for index in range(62))
                 if one.weekday() == weekday and (one.day - 1) // 7 == rule[0] - 1)  # fmt: skip
    hour = draw(st.integers(9, 15))
    begin = datetime.combine(start, time(hour))
    until = f"{day(number(begin.replace(tzinfo=HOME)) + 150):%Y%m%d}T235959"
    text = f"FREQ=MONTHLY;BYDAY={rule[0]}{rule[1]};UNTIL={until}"
    return Recurrence(begin, begin + timedelta(hours=1), SEATTLE, (text,))


@st.composite
def vague(draw: st.DrawFn, length: int) -> Vague:
    first = draw(st.integers(0, length))
    return Vague("sometime soon", day(first), day(first + 20))


def whens(length: int) -> st.SearchStrategy[When]:
    shapes = (instants, instants, instants, whole_days, sessions, weeklies, monthlies, vague)
    return st.one_of(*(shape(length) for shape in shapes))


EDITS = (
    "move", "move", "cancel", "cancel", "reinstate", "postpone", "place", "open", "words", "vanish", "return", "hold",
    "release", "drop",
)  # fmt: skip


@st.composite
def lives(draw: st.DrawFn, index: int, length: int) -> Life:
    source = draw(st.sampled_from(SOURCES))
    when = draw(whens(length))
    category = draw(st.sampled_from(("", "", "", "conference")))
    item = event_of(index, when, *draw(st.sampled_from(TAGS)), source=source, category=category)
    # Most edits fall into the weeks before the event, where readers know of it; some anywhere.
    near = st.integers(1, 16).map(lambda before: max(0, _first(when) - before))
    on = st.one_of(near, near, near, st.integers(0, length))
    edit = st.builds(Edit, on, st.sampled_from(EDITS), st.integers(-9, 30).filter(bool))
    added = draw(st.one_of(st.just(0), st.just(0), near))
    return Life(item, added, tuple(draw(st.lists(edit, min_size=1, max_size=4))))


def _first(when: When) -> int:
    begun = spans(when)
    first = begun[0].day if begun else when.first if isinstance(when, Vague) and when.first else BEGIN
    return (first - BEGIN).days


@st.composite
def stories(draw: st.DrawFn, length: int, events: int, readers: int) -> Story:
    found = tuple(draw(lives(index, length)) for index in range(draw(st.integers(events // 2, events))))
    down = st.tuples(st.sampled_from(SOURCES), st.integers(0, length))
    people = tuple((draw(st.sampled_from(ZONES)), draw(phases(length))) for _ in range(readers))
    broken = tuple(draw(st.lists(down, max_size=3)))
    return Story(World(found, broken), people, draw(st.sampled_from((None, None, 0, 1))), length, draw(st.booleans()))


@st.composite
def phases(draw: st.DrawFn, length: int) -> tuple[Phase, ...]:
    digests = st.sampled_from((("weekly",), ("weekly",), ("monthly",), ("weekly", "quarterly"), ("quarterly",), ()))
    later = draw(st.lists(st.integers(1, length), max_size=2))
    return tuple(Phase(day, draw(digests), draw(st.sampled_from(CHOSEN))) for day in (0, *sorted(later)))


def follower(zone: str, wanted: Sequence[Phase]) -> Follower:
    def now(at: datetime) -> Phase:
        return next(phase for phase in reversed(wanted) if phase.since <= number(at))

    moves = tuple(datetime.combine(day(phase.since), time(), tzinfo=HOME) for phase in wanted[1:])
    return Follower(lambda at: Choices(timezone=zone, topics=now(at).topics), lambda at: now(at).digests, moves)


def slots_of(story: Story) -> tuple[Slot, ...]:
    start = datetime.combine(BEGIN, time(), tzinfo=HOME)
    end = start + timedelta(days=story.length)
    return planned(DIGESTS, start, end, zone=HOME, terms=dict(QUARTERS))


def programmes(story: Story) -> list[Programme]:
    """Every slot's programme; drafts are frozen days before, or when they are sent."""
    limit = {"max_repeats": story.max_repeats}
    found = []
    for slot in slots_of(story):
        as_of = slot.draft_at if story.early else slot.send_at
        digest = DIGESTS[slot.digest].model_copy(update=limit)
        found.append(programme_of(draft_at(slot, story.world, digest, as_of)))
    return found


def keep_diaries(story: Story) -> None:
    """Every reader reads every issue; a diary fails where one is wrong."""
    found = programmes(story)
    drafts: dict[str, Draft] = {one.draft.key: one.draft for one in found}
    for zone, wanted in story.readers:
        diary, reader = Diary(zone), follower(zone, wanted)
        moves, got = list(reader.moves), set[str]()
        for turn in replay(found, reader):
            while moves and moves[0] < turn.slot.send_at:
                misses_nothing_by_moving(diary, reader, moves.pop(0), list(drafts.values()), got)
            diary.read(turn, replace(drafts[turn.slot.key], slot=turn.slot), reader.choices(turn.slot.send_at))
            got.add(turn.slot.key)
        for at in moves:
            misses_nothing_by_moving(diary, reader, at, list(drafts.values()), got)


def misses_nothing_by_moving(
    diary: Diary, reader: Follower, at: datetime, drafts: list[Draft], got: Collection[str]
) -> None:
    """Who takes another digest from now on knows what its last issue told its readers, as far as it lies ahead."""
    for name in set(reader.digests(at)) - set(reader.digests(at - timedelta(seconds=1))):
        gone = [draft for draft in drafts if draft.digest == name and draft.slot.send_at <= at]
        if gone and gone[-1].key not in got and diary.last is not None and covered_until(gone[-1]) > at:
            slot = replace(gone[-1].slot, send_at=at)
            assert not diary.missed(gone[-1], reader.choices(at), slot)


def settings_for(examples: int) -> settings:
    """A history is long: shrinking one takes minutes, and its failure names the event and the issue anyway."""
    phases = (Step.explicit, Step.reuse, Step.generate)
    return settings(max_examples=examples, phases=phases, suppress_health_check=list(HealthCheck))


@given(stories(length=100, events=9, readers=2))
@settings_for(40)
def test_nobody_misses_anything_and_every_change_is_told_once(story: Story) -> None:
    keep_diaries(story)


@pytest.mark.slow
@given(stories(length=365, events=24, readers=4))
@settings_for(80)
def test_nobody_misses_anything_in_a_whole_year(story: Story) -> None:
    keep_diaries(story)


@pytest.mark.slow
@given(stories(length=120, events=10, readers=2))
@settings_for(1000)
def test_nobody_misses_anything_in_many_autumns(story: Story) -> None:
    keep_diaries(story)


@given(stories(length=60, events=9, readers=2), st.randoms(use_true_random=False))
@settings_for(10)
def test_a_history_does_not_depend_on_the_order_of_the_sources(story: Story, random: Random) -> None:
    drafts = [one.draft for one in programmes(story)]
    mixed = [replace(draft, items=tuple(random.sample(draft.items, len(draft.items)))) for draft in drafts]
    for zone, wanted in story.readers:
        reader = follower(zone, wanted)
        first, second = (list(replay(map(programme_of, some), reader)) for some in (drafts, mixed))
        assert [turn.issue for turn in first] == [turn.issue for turn in second]


def test_whoever_moves_between_digests_misses_and_repeats_nothing() -> None:
    """Weekly, then monthly, then weekly and quarterly: a Tuesday in every week, told once, or as a reminder."""
    tuesdays = [
        Life(event_of(index, Instant(datetime.combine(day(one), time(12)), None, SEATTLE)), 0)
        for index, one in enumerate(range(7, 240, 7))
    ]
    moves = (Phase(0, ("weekly",), None), Phase(51, ("monthly",), None), Phase(114, ("weekly", "quarterly"), None))
    story = Story(World(tuple(tuesdays)), ((SEATTLE, moves),), None, 240, early=False)
    told: dict[str, list[str]] = {}
    for turn in replay(programmes(story), follower(SEATTLE, moves)):
        for section in turn.issue.sections:
            for entry in section.entries if section.kind in ("events", "ahead") else ():
                told.setdefault(entry.title, []).append(entry.change)

    plain = {title: [change for change in changes if change != "reminder"] for title, changes in told.items()}
    assert all(changes == [""] for changes in plain.values())
    assert list(plain) == [life.item.title for life in tuesdays]
