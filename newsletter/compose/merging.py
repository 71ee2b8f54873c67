"""Several entries of one event as one item, field by field, and what they contradict each other in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import TypeVar

from newsletter.compose.likeness import first_start, in_utc, plain_url, sources_of
from newsletter.compose.matching import first_day, last_stated_day, plain_words
from newsletter.model.item import Deadline, Item, Place, Status
from newsletter.model.picture import Mention
from newsletter.model.problem import Problem
from newsletter.model.when import AllDay, Instant, Recurrence, Vague, When

Said = TypeVar("Said")
Priorities = Mapping[str, int]


def by_weight(group: Iterable[Item], priorities: Priorities) -> list[Item]:
    """The entries with the most trusted first: sound before held back, then by priority, then the richest."""
    entries = list(group)
    if len(entries) == 1:
        return entries
    return sorted(entries, key=lambda item: (item.held_back, -_priority(item, priorities), *_richness(item)))


def merged(group: Sequence[Item]) -> Item:
    """The first entry, completed from the others; the smallest id stays, whatever is edited."""
    best = group[0]
    if len(group) == 1:
        return best
    when = _when(group)
    return replace(
        best,
        id=min(item.id for item in group),
        origins=tuple(sorted({origin for item in group for origin in item.origins}, key=place_of_origin)),
        when=when,
        timezone=getattr(when, "timezone", best.timezone),
        place=next((item.place for item in group if item.place.mode != "tba"), best.place),
        status=_status(group),
        tags=tuple(dict.fromkeys(tag for item in group for tag in item.tags)),
        deadlines=_deadlines(group),
        custom=_custom(group),
        visibility="members" if any(item.visibility == "members" for item in group) else "public",
        held_back=all(item.held_back for item in group),
        url=_first(item.url for item in group),
        registration_url=_first(item.registration_url for item in group),
        hosts=_first(item.hosts for item in group),
        summary=_first(item.summary for item in group),
        body=_first(item.body for item in group),
        body_at=next((item.body_at or item.origin for item in group if item.body), best.body_at),
        category=_first(item.category for item in group),
        audience=_first(item.audience for item in group),
        prerequisites=_first(item.prerequisites for item in group),
        cost=_first(item.cost for item in group),
        image=_first(item.image for item in group),
        picture=_picture(group),
        body_pictures=next((item.body_pictures for item in group if item.body), ()),
        series=_first(item.series for item in group),
        follows=_first(item.follows for item in group),
        publish=_first(item.publish for item in group),
        expires=_first(item.expires for item in group),
    )


def merge_problems(group: Sequence[Item], when: When | None) -> Iterator[Problem]:
    """What was joined, and where the entries do not agree; `when` is what is told."""
    best = group[0]
    if len(group) == 1 and best.when is when:
        return
    for other in group[1:]:
        text = (
            f"{other.title!r} ({other.id}) is the same event as {best.title!r} ({best.id}) in {best.origin}; they "
            "are told as one. If they are two, name both ids under [[different]] in decisions.toml"
        )
        yield Problem("info", "I-JOINED", text, other.origin)
    if len({item.status for item in group} - {"tentative"}) > 1:
        said = ", ".join(f"{item.status} in {item.origin}" for item in group)
        yield Problem(
            "warning", "W-STATUS", f"sources disagree whether {best.title!r} takes place: {said}", best.origin
        )
    yield from (_other_time(item, when) for item in group if _disagree(item.when, when))


def _other_time(item: Item, when: When | None) -> Problem:
    text = (
        f"{item.title!r} is {_span_text(item.when)} here and {_span_text(when)} in another source, which is what is "
        "told; correct one of them, or decide with an [[override]] in decisions.toml"
    )
    return Problem("warning", "W-DISAGREE", text, item.origin)


def _disagree(one: When | None, told: When | None) -> bool:
    """Whether both state a start, or both an end, and not the same."""
    mine, theirs = first_start(one), first_start(told)
    if mine is not None and theirs is not None and mine != theirs:
        return True
    days = first_day(one), first_day(told)
    if (mine is None or theirs is None) and None not in days and days[0] != days[1]:
        return True
    if isinstance(one, AllDay) or isinstance(told, AllDay):
        return _last_days_differ(one, told)
    ends = _end(one), _end(told)
    return None not in ends and ends[0] != ends[1]


def _last_days_differ(one: When | None, told: When | None) -> bool:
    """Whether one lasts for other days; a bare day beside a clock says nothing of an end."""
    lasts = last_stated_day(one), last_stated_day(told)
    bare = any(isinstance(when, AllDay) and when.first == when.last for when in (one, told))
    both_days = isinstance(one, AllDay) and isinstance(told, AllDay)
    return None not in lasts and lasts[0] != lasts[1] and (both_days or (not bare and _states_end(one, told)))


def _states_end(one: When | None, told: When | None) -> bool:
    return all(not isinstance(when, Instant) or when.end is not None for when in (one, told))


def _end(when: When | None) -> datetime | None:
    """The end of a single span, or of each in a series, in UTC."""
    if isinstance(when, Instant | Recurrence) and when.end is not None:
        return in_utc(when.end, when.timezone)
    return None


def _span_text(when: When | None) -> str:
    if isinstance(when, Instant | Recurrence):
        return f"{when.start:%Y-%m-%d %H:%M}" + (f" to {when.end:%H:%M}" if when.end else "") + f" {when.timezone}"
    if isinstance(when, AllDay) and when.first != when.last:
        return f"{when.first} to {when.last}"
    return f"{first_day(when) or getattr(when, 'text', 'without a date')}"


def _when(group: Sequence[Item]) -> When | None:
    """The first time that is stated, with the clock of another entry where it is a bare day of the same date."""
    stated = [item.when for item in group if not isinstance(item.when, Vague | None)]
    if not stated:
        return next((item.when for item in group if item.when is not None), None)
    best = stated[0]
    if not isinstance(best, AllDay):
        return best
    return next((when for when in stated if _completes(best, when)), best)


def _completes(days: AllDay, when: When) -> bool:
    if isinstance(when, AllDay) or first_day(when) != days.first:
        return False
    return days.first == days.last or last_stated_day(when) == days.last


def _first(values: Iterable[Said]) -> Said:
    """The first value that says anything; the first entry's where none does."""
    said = list(values)
    return next((value for value in said if value), said[0])


def _status(group: Sequence[Item]) -> Status:
    """Who says that it is off has looked more recently than who does not."""
    said = {item.status for item in group}
    off: tuple[Status, ...] = ("cancelled", "postponed")
    return next((status for status in off if status in said), group[0].status)


def _deadlines(group: Sequence[Item]) -> tuple[Deadline, ...]:
    """Every deadline once, whoever states it."""
    found: dict[tuple[str, date], Deadline] = {}
    for deadline in (deadline for item in group for deadline in item.deadlines):
        found.setdefault((plain_words(deadline.label), deadline.at), deadline)
    return tuple(found.values())


def _custom(group: Sequence[Item]) -> tuple[tuple[str, str], ...]:
    """Every field of their own, and the addresses that gave way to the first."""
    first = next((item.url for item in group if item.url), "")
    urls = (item.url for item in group if item.url and plain_url(item.url) != plain_url(first))
    return tuple(dict.fromkeys((*(pair for item in group for pair in item.custom), *(("link", url) for url in urls))))


def _picture(group: Sequence[Item]) -> Mention | None:
    """The first that says what is to be seen, or else the first."""
    named = [item.picture for item in group if item.picture]
    return next((one for one in named if one.alt), named[0] if named else None)


def _priority(item: Item, priorities: Priorities) -> int:
    return max(priorities.get(source, 0) for source in sources_of(item))


def _richness(item: Item) -> tuple[int, int, str]:
    """Sort key: what says the most comes first."""
    said = sum(bool(getattr(item, field.name)) for field in fields(Item)) + (item.place != Place())
    return -said, -len(item.body) - len(item.summary), item.id


def place_of_origin(origin: object) -> tuple[str, str, int]:
    """Sort key of origins: source, path, line."""
    return getattr(origin, "source", ""), getattr(origin, "path", ""), getattr(origin, "line", None) or 0
