"""The masthead's strip: the days of a week, or the weeks of a term, and the topics of what happens in each."""

from collections.abc import Iterator
from datetime import date, timedelta

from newsletter.compose.moments import begins, day_of
from newsletter.compose.programme import Timed, is_series
from newsletter.compose.topics import topics_of
from newsletter.compose.view import View, is_off
from newsletter.dates.wording import day_text
from newsletter.model.issue import DayTile

#: More weeks than this are no strip any more.
MOST_WEEKS = 21

_DAY = timedelta(days=1)


def strip_of(view: View) -> tuple[DayTile, ...]:
    """A tile per day of a window up to a fortnight, a tile per week of a longer one; none for very long windows."""
    first, last = view.programme.window.start.date(), view.programme.window.end.date() - _DAY
    if view.programme.is_weekly:
        return tuple(_day_tile(view, first + index * _DAY) for index in range((last - first).days + 1))
    mondays = tuple(_mondays(first, last))
    return tuple(_week_tile(view, monday) for monday in mondays) if len(mondays) <= MOST_WEEKS else ()


def _day_tile(view: View, day: date) -> DayTile:
    weekday, number, _ = day_text(day).split()
    return DayTile(weekday, number, _topics(view, day, day, with_series=True), day)


def _week_tile(view: View, monday: date) -> DayTile:
    """A week is named by its Monday; series are left out, for they would stand in every week alike."""
    _, number, month = day_text(monday).split()
    return DayTile(month, number, _topics(view, monday, monday + 6 * _DAY, with_series=False), monday)


def _topics(view: View, first: date, last: date, *, with_series: bool) -> tuple[str, ...]:
    """One topic id per occurrence in order of time; empty for what has no topic."""
    shown = (timed for timed in view.timed if with_series or not is_series(timed.item.when))
    found = [one for timed in shown for one in _on_days(view, timed, first, last)]
    return tuple(topic for *_, topic in sorted(found))


def _on_days(view: View, timed: Timed, first: date, last: date) -> Iterator[tuple[str, str, str]]:
    topic = next(iter(topics_of(timed.item, view.draft.topics)), "")
    for one in timed.occurrences:
        if one.status != "cancelled" and not is_off(timed.item) and first <= day_of(one, view.zone) <= last:
            yield begins(one, view.home).isoformat(), timed.item.id, topic


def _mondays(first: date, last: date) -> Iterator[date]:
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        yield monday
        monday += 7 * _DAY
