"""A start and an end whose days and clocks stand in four columns of their own, as calendars export them."""

from newsletter.dates.human import read_clock, read_date
from newsletter.model.workspace import SourceSettings
from newsletter.sources.fields import Fields
from newsletter.sources.stamps import Stamp, read_stamp


def across_days(fields: Fields, source: SourceSettings) -> tuple[Stamp, Stamp] | None:
    """The two moments where all four are readable and the days differ: one stretch, not hours on each day."""
    start = _moment("start", "start_time", fields, source)
    end = _moment("end", "end_time", fields, source)
    return (start, end) if start and end and end.day > start.day else None


def _moment(day_name: str, clock_name: str, fields: Fields, source: SourceSettings) -> Stamp | None:
    text = fields.text(day_name)
    stamp = read_stamp(text)
    day = (stamp.day if stamp.is_date else None) if stamp else read_date(text, source.day_first, source.locale)
    clock = read_clock(fields.text(clock_name), source.locale) if day else None
    return Stamp(day, clock) if day and clock else None
