"""How a time was read, in words an author can compare with what stands in the source; in the source's own zone."""

from datetime import date, datetime, time, timedelta

from newsletter.dates.recurrence import RuleError, last_date
from newsletter.dates.wording import day_text, full_day_text, span_text, weekdays_text
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, TzSource, Vague, WeeklyRange, When

#: Where the zone of a time was taken from.
ZONE_SOURCES: dict[TzSource, str] = {
    "iana": "the zone it names",
    "offset": "the offset written with it",
    "abbreviation": "the abbreviation written with it",
    "source_default": "the zone of its source, since it names none",
    "floating": "no zone at all, as calendars allow",
}
_CLOCK = 12
#: Beyond this, an end after midnight is said with its day.
_NIGHT = timedelta(hours=12)


def when_words(when: When | None) -> str:
    """ "Tue 8 Dec 2026, 12-1:30 PM", "Mondays 12-1 PM from Mon 4 Jan 2027 to Mon 15 Mar 2027, without Mon 18 Jan"."""
    match when:
        case None:
            return "no time"
        case Instant():
            return f"{full_day_text(when.start.date())}, {_span(when.start, when.end)}"
        case AllDay():
            return f"{_days(when.first, when.last)}, all day"
        case Sessions():
            return "; ".join(when_words(one) for one in when.sessions)
        case WeeklyRange():
            return _weekly_words(when)
        case Recurrence():
            return _rule_words(when)
        case Vague():
            return f'only "{when.text}"' + (
                f", which is {_days(when.first, when.last or when.first)}" if when.first else ""
            )


def zone_of(when: When | None) -> tuple[str, TzSource | None]:
    """The zone of its clock, and where that was taken from; nothing for days and words."""
    if isinstance(when, Sessions):
        return zone_of(when.sessions[0])
    if isinstance(when, Instant | WeeklyRange | Recurrence):
        return when.timezone, when.tz_source
    return "", None


def _weekly_words(when: WeeklyRange) -> str:
    clock = f" {_clocks(when.start, when.end)}" if when.start else ""
    usually = ", usually" if when.approximate else ""
    days = f"{weekdays_text(when.weekdays)}{usually}{clock}, {_days(when.first, when.last)}"
    return days + _without(when.excluded)


def _rule_words(when: Recurrence) -> str:
    clock = "all day" if when.all_day else _span(when.start, when.end)
    added = f", also {', '.join(day_text(one.date()) for one in when.rdates)}" if when.rdates else ""
    left_out = [one.date() for one in when.exdates]
    left_out += [one.original.date() for one in when.overrides if one.status == "cancelled"]
    moved = [one for one in when.overrides if one.status == "moved" and one.start]
    elsewhere = "".join(
        f", {day_text(one.original.date())} moved to {_moved(one.start)}" for one in moved if one.start
    )
    rules = " and ".join(when.rules) or "listed dates"
    head = f"from {full_day_text(when.start.date())}, {clock}, by {rules}{_until(when)}"
    return head + added + _without(tuple(left_out)) + elsewhere


def _until(when: Recurrence) -> str:
    try:
        last = last_date(when)
    except RuleError:
        return ""
    return f" until {full_day_text(last)}" if last else ", without an end"


def _moved(start: datetime) -> str:
    return f"{day_text(start.date())}, {_span(start, None)}"


def _without(days: tuple[date, ...]) -> str:
    return f", without {', '.join(day_text(day) for day in sorted(days))}" if days else ""


def _clocks(start: time, end: time | None) -> str:
    day = date(2001, 1, 1)
    return _span(datetime.combine(day, start), datetime.combine(day, end) if end else None)


def _span(start: datetime, end: datetime | None) -> str:
    if end is not None and end - start > _NIGHT and end.date() > start.date():
        return f"{span_text(start, None, _CLOCK)} to {full_day_text(end.date())}, {span_text(end, None, _CLOCK)}"
    return span_text(start, end, _CLOCK)


def _days(first: date, last: date) -> str:
    return full_day_text(first) if first == last else f"{full_day_text(first)} to {full_day_text(last)}"
