"""What else a record says of its day: how precisely it is meant, and whether a second field names the same."""

from datetime import date, timedelta

from newsletter.dates.human import read_when
from newsletter.model.when import AllDay, Instant, Vague, When
from newsletter.model.workspace import SourceSettings
from newsletter.sources.fields import Fields
from newsletter.sources.report import Report
from newsletter.sources.stamps import read_stamp


def imprecise(fields: Fields, report: Report) -> Vague | None:
    """A day that stands for "some time in that month or year", where `date_precision` says so."""
    precision = fields.named("date_precision")
    if precision is None or precision.text.casefold() not in ("month", "year"):
        return None
    found = fields.find("start") or fields.find("date")
    stamp = read_stamp(found.text) if found else None
    if found is None or stamp is None:
        return None
    first, last, text = _around(stamp.day, whole_year=precision.text.casefold() == "year")
    report.info("I-VAGUE", f"{found.key} = {found.text!r} means some day in {text}; it is shown so.", found.line)
    return Vague(text, first, last)


def _around(day: date, *, whole_year: bool) -> tuple[date, date, str]:
    if whole_year:
        return day.replace(month=1, day=1), day.replace(month=12, day=31), f"{day:%Y}"
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1), f"{day:%B %Y}"


def check_other_field(when: When | None, fields: Fields, source: SourceSettings, report: Report) -> None:
    """W-FIELDS: `start` gives one day, and the words of `dates` another; which is right only the author knows."""
    start, dates = fields.find("start"), fields.find("dates") or fields.named("event_date")
    if not isinstance(when, Instant | AllDay) or start is None or dates is None or start.path == dates.path:
        return
    stamp = read_stamp(start.text)
    other = read_when(dates.text, zone="UTC", day_first=source.day_first, locale=source.locale).when
    first = _first(other)
    if stamp and first and first not in (stamp.day, _first(when)):
        text = (
            f"{dates.key} = {dates.text!r}, but {start.key} = {start.text!r}, which was taken; correct one of them."
        )
        report.warning("W-FIELDS", text, dates.line)


def _first(when: When) -> date | None:
    if isinstance(when, Instant):
        return when.start.date()
    return when.first if isinstance(when, AllDay) else None
