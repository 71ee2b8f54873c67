"""What was read is joined and checked once, as long as nothing that counts changes; it is the same either way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter.app import known_readings, known_settling
from newsletter.app.drafting import preview_draft
from newsletter.app.known_settling import LEAST, Circumstances, KnownSettling
from newsletter.app.workspace import Workspace
from newsletter.compose.facts import check_facts
from newsletter.compose.identity import join
from newsletter.compose.issue import compose
from newsletter.dates import instances, recurrence
from newsletter.model.decisions import Decisions, FieldOverride, Pairing
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.item import Item, Reading, SourceReport
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import AllDay, Instant
from newsletter.model.workspace import TermSettings
from newsletter.render.edition import render

HOME = "America/Los_Angeles"
TODAY = date(2026, 12, 4)
HERE = Origin("decisions", "decisions.toml", 1)
AUTUMN = TermSettings(first=date(2026, 9, 28), last=date(2026, 12, 11))
WINTER = TermSettings(first=date(2027, 1, 4), last=date(2027, 3, 19))
PLAIN = Circumstances(Decisions(), {}, {}, HOME)


def event(name: str, day: date, source: str = "talks", **more: object) -> Item:
    return Item(f"{source}:{name}", "event", name, (Origin(source, f"{name}.md", 1),), AllDay(day, day), **more)  # type: ignore[arg-type]


TEA = event("Tea", date(2026, 12, 2))
CAKE = event("Cake", date(2026, 12, 9))
CAKE_TOO = event("Cake", date(2026, 12, 9), "calendar", summary="With cream")
LATE = event("Late", date(2031, 3, 1))
BACKWARDS = replace(TEA, id="talks:back", when=Instant(datetime(2026, 12, 9, 12), datetime(2026, 12, 9, 11), HOME))
BROKEN = Problem("warning", "W-FILE", "This file is odd.", HERE)
READ = Reading(
    (TEA, CAKE, CAKE_TOO, LATE, BACKWARDS), (BROKEN,), (SourceReport("talks", "markdown", "*.md", events=4),)
)
NOT_ONE = Decisions(different=(Pairing((CAKE.id, CAKE_TOO.id), HERE),))
CALLED = FieldOverride(CAKE.id, "title", "title", "Cake and candles", HERE, until=date(2026, 12, 6))


def afresh(read: Reading, told: Circumstances, today: date) -> Reading:
    """What it becomes in a program that has just begun."""
    joined = join(read, decisions=told.decisions, priorities=told.priorities, today=today)
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=ZoneInfo(told.timezone))
    return check_facts(joined, terms=told.terms, timezone=told.timezone, as_of=noon)


@pytest.fixture
def joins(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items were joined in earnest, each time."""
    done: list[int] = []

    def joined(reading: Reading, **more: object) -> Reading:
        done.append(len(reading.items))
        return join(reading, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(known_settling, "join", joined)
    return done


def test_every_day_of_a_year_is_told_from_one_joining(joins: list[int]) -> None:
    known = KnownSettling()
    for today in (TODAY, date(2026, 12, 31), date(2026, 1, 1), date(2026, 12, 2), date(2026, 12, 10), TODAY):
        assert known.settle(READ, PLAIN, today) == afresh(READ, PLAIN, today)

    assert joins == [5]


def test_what_is_over_warns_no_more_and_what_is_coming_does(joins: list[int]) -> None:
    known = KnownSettling()

    def warned(today: date) -> list[str]:
        found = known.settle(READ, PLAIN, today).problems
        return [one.origin.path for one in found if one.code == "W-PLACE"]

    assert warned(date(2026, 12, 20)) == ["Late.md"]
    assert warned(date(2026, 12, 5)) == ["Cake.md", "Late.md"]
    assert warned(date(2026, 12, 1)) == ["Cake.md", "Late.md", "Tea.md"]
    assert joins == [5]


@pytest.mark.parametrize(
    ("told", "today"),
    [
        (replace(PLAIN, decisions=NOT_ONE), TODAY),
        (replace(PLAIN, decisions=Decisions(overrides=(CALLED,))), TODAY),
        (replace(PLAIN, decisions=Decisions(overrides=(CALLED,))), date(2026, 12, 7)),
        (replace(PLAIN, decisions=Decisions(problems=(BROKEN,))), TODAY),
        (replace(PLAIN, priorities={"talks": 9}), TODAY),
        (replace(PLAIN, terms={"Autumn": AUTUMN, "Cake": WINTER}), TODAY),
        (replace(PLAIN, timezone="Asia/Tokyo"), TODAY),
        (PLAIN, date(2025, 12, 4)),
    ],
)
def test_whatever_counts_makes_it_another_one(joins: list[int], told: Circumstances, today: date) -> None:
    known = KnownSettling()
    known.settle(READ, PLAIN, TODAY)
    known.settle(READ, replace(told, decisions=Decisions(overrides=(CALLED,))), TODAY)
    joins.clear()

    assert known.settle(READ, told, today) == afresh(READ, told, today)


def test_an_override_that_ends_ends(joins: list[int]) -> None:
    known, told = KnownSettling(), replace(PLAIN, decisions=Decisions(overrides=(CALLED,)))

    def titles(today: date) -> set[str]:
        return {item.title for item in known.settle(READ, told, today).items}

    assert "Cake and candles" in titles(date(2026, 12, 6))
    assert "Cake and candles" not in titles(date(2026, 12, 7))
    assert "Cake and candles" in titles(date(2026, 12, 6))


def test_items_are_known_by_being_the_same_and_not_by_looking_alike(joins: list[int]) -> None:
    known = KnownSettling()
    for items in (READ.items, (*READ.items[1:], READ.items[0]), (replace(TEA), *READ.items[1:]), READ.items[1:]):
        known.settle(replace(READ, items=items), PLAIN, TODAY)

    assert joins == [5, 5, 5, 4]


def test_problems_and_reports_are_those_of_this_reading(joins: list[int]) -> None:
    known = KnownSettling()
    known.settle(READ, PLAIN, TODAY)
    other = replace(READ, problems=(), sources=(SourceReport("talks", "markdown", "*.md", events=40),))

    assert known.settle(other, PLAIN, TODAY) == afresh(other, PLAIN, TODAY)
    assert joins == [5]


def test_only_so_much_is_kept_and_what_was_asked_for_last_stays(joins: list[int]) -> None:
    known = KnownSettling(room=2 * (2 * LEAST + len(TEA.body) + len(TEA.summary)))
    first, second, third = (replace(READ, items=(replace(TEA),)) for _ in range(3))
    for read in (first, second, first, third, first, second):
        known.settle(read, PLAIN, TODAY)

    assert len(joins) == 4


def _weeks(ws: Workspace) -> Sequence[Draft]:
    sent = (datetime(2026, 11, 27, 9), datetime(2026, 12, 4, 9), datetime(2027, 1, 8, 9))
    return [preview_draft(ws, "weekly", at.replace(tzinfo=ZoneInfo(HOME))) for at in sent]


def _issues(drafts: Sequence[Draft]) -> list[Issue]:
    return [compose(draft, Choices(HOME), before) for draft, before in zip(drafts[1:], drafts, strict=False)]


def _begin_anew() -> None:
    known_readings.KNOWN.forget()
    known_settling.KNOWN.forget()
    recurrence._occurrences.cache_clear()
    recurrence._last_of_series.cache_clear()
    instances._stretch.cache_clear()


def test_a_program_that_has_run_for_long_makes_the_same_mails_as_one_that_has_just_begun(ws: Workspace) -> None:
    (Path(ws.root) / "decisions.toml").unlink(missing_ok=True)
    _begin_anew()
    warm = [*_weeks(ws), *_weeks(ws)]
    cold = []
    for index in range(3):
        _begin_anew()
        cold.append(_weeks(ws)[index])

    assert warm == [*cold, *cold]
    issues = _issues(warm[3:])
    _begin_anew()
    assert _issues(cold) == issues
    assert render(issues[0], warm[4]) == render(_issues(cold)[0], cold[1])
