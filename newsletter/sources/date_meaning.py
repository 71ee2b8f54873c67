"""What a site means by `date`: when a page was published, when the event begins, or when it ends."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from newsletter.sources.columns import day_of
from newsletter.sources.fields import Fields
from newsletter.sources.record import Record

Meaning = Literal["publish", "start", "end", ""]

#: What stands beside the date of an event and not beside that of a post.
_SIGNS = ("end", "end_time", "start_time", "time", "duration", "days", "place", "mode", "registration_url")
_MOST = 0.8


def date_meaning(
    days: Mapping[int, date], records: Sequence[Record], fields: Sequence[Fields], today: date | None
) -> tuple[Meaning, str]:
    """The meaning, and the reason as half a sentence; no meaning where the records do not agree."""
    others = _days("start", days, fields) or _days("dates", days, fields)
    if len(others) * 2 >= len(days) > 0 and others:
        return _beside_a_start(days, others)
    ends = _days("end", days, fields)
    if len(ends) * 2 >= len(days) and ends and all(days[number] <= end for number, end in ends.items()):
        return "start", f"it lies never after the end in {len(ends)} records"
    return _alone(days, records, fields, today)


def _days(name: str, days: Mapping[int, date], fields: Sequence[Fields]) -> dict[int, date]:
    return {number: day for number in days if (day := day_of(fields[number].text(name)))}


def _beside_a_start(days: Mapping[int, date], starts: Mapping[int, date]) -> tuple[Meaning, str]:
    before = sum(days[number] < start for number, start in starts.items())
    after = sum(days[number] > start for number, start in starts.items())
    if before >= len(starts) * _MOST:
        return "publish", f"it lies before the start in {before} of {len(starts)} records"
    if not before and after:
        return "end", f"it lies never before the start in {len(starts)} records, and after it in {after}"
    return "", f"it lies before the start in {before} and after it in {after} of {len(starts)} records"


def _alone(
    days: Mapping[int, date], records: Sequence[Record], fields: Sequence[Fields], today: date | None
) -> tuple[Meaning, str]:
    posts = sum("_posts/" in records[number].path for number in days)
    if posts >= len(days) * _MOST:
        return "publish", "the files lie in _posts, where a date is that of the post"
    signed = sum(any(fields[number].find(name) for name in _SIGNS) for number in days)
    if signed >= len(days) * _MOST:
        return "start", f"a place, a time or the like stands beside it in {signed} of {len(days)} records"
    if signed:
        return "", f"a place, a time or the like stands beside it in {signed} of {len(days)} records"
    coming = sum(day > today for day in days.values()) if today else 0
    if coming >= len(days) * _MOST:
        return "start", f"{coming} of {len(days)} are still to come"
    named = sum(records[number].publish == day.isoformat() for number, day in days.items())
    if named >= len(days) * _MOST:
        return "publish", f"it is the date of the file's name in {named} of {len(days)} records"
    return "publish", "nothing beside it speaks of an event"
