"""The masthead's strip: the days of a week, or the weeks of a term, and the topics of what happens in each."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from newsletter.compose.moments import begins, day_of
from newsletter.compose.programme import Timed, is_series
from newsletter.compose.topics import topics_of
from newsletter.compose.view import View, is_off
from newsletter.dates.wording import day_parts
from newsletter.model.issue import DayTile
from newsletter.model.when import Occurrence

#: More weeks than this are no strip any more.
MOST_WEEKS = 21

_DAY = timedelta(days=1)


def strip_of(view: View) -> tuple[DayTile, ...]:
    """A tile per day of a window up to a fortnight, a tile per week of a longer one; none for very long windows."""
    first, last = view.programme.window.start.date(), view.programme.window.end.date() - _DAY
    if view.programme.is_weekly:
        days = [first + index * _DAY for index in range((last - first).days + 1)]
        topics = _topics(view, {day: day for day in days})
        return tuple(_day_tile(view, day, topics[day]) for day in days)
    mondays = tuple(_mondays(first, last))
    weeks = _topics(view, {monday + index * _DAY: monday for monday in mondays for index in range(7)})
    return tuple(_week_tile(view, monday, weeks[monday]) for monday in mondays) if len(mondays) <= MOST_WEEKS else ()


def _day_tile(view: View, day: date, topics: tuple[str, ...]) -> DayTile:
    return DayTile(day_parts(day, view.language)["weekday"], str(day.day), topics, day)


def _week_tile(view: View, monday: date, topics: tuple[str, ...]) -> DayTile:
    """A week is named by its Monday."""
    return DayTile(day_parts(monday, view.language)["month"], str(monday.day), topics, monday)


def _topics(view: View, tile_of: Mapping[date, date]) -> dict[date, tuple[str, ...]]:
    """For each tile one topic id per occurrence, in order of time; empty for what has no topic."""
    found: dict[date, list[tuple[str, str, str]]] = {tile: [] for tile in tile_of.values()}
    for timed in view.timed:
        topic = next(iter(topics_of(timed.item, view.draft.topics)), "")
        for one in _shown(view, timed):
            tile = tile_of.get(day_of(one, view.zone))
            if tile is not None:
                found[tile].append((begins(one, view.home).isoformat(), timed.item.id, topic))
    return {tile: tuple(topic for *_, topic in sorted(rows)) for tile, rows in found.items()}


def _shown(view: View, timed: Timed) -> tuple[Occurrence, ...]:
    """What takes place; among weeks series are left out, for they would stand in every week alike."""
    if is_off(timed.item) or (is_series(timed.item.when) and not view.programme.is_weekly):
        return ()
    return tuple(one for one in timed.occurrences if one.status != "cancelled")


def _mondays(first: date, last: date) -> Iterator[date]:
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        yield monday
        monday += 7 * _DAY
