"""Does what an event says in its text agree with its fields: the date, how many sessions, the zone of a clock?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from newsletter.compose.facts.mentions import CountMention, DateMention, counts_in, dates_in, zones_in
from newsletter.compose.facts.rule import Facts, Found, in_body, last_day, slots, spans
from newsletter.compose.matching import first_day
from newsletter.dates.recurrence import occurrences
from newsletter.dates.wording import day_text
from newsletter.dates.zones import abbreviation_zone, wrong_season
from newsletter.model.item import Item
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, WeeklyRange, When

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MANY = 200

Spans = list[tuple[date, date]]


def other_date(item: Item, facts: Facts) -> Iterator[Found]:
    """W-BODY-DATE: the body opens with a date that is not the event's; W-BODY-WEEKDAY: with its date, wrongly named.

    One right date is enough: what else stands there is then taken for something else. A series has too many dates.
    """
    if item.kind != "event" or not isinstance(item.when, Instant | AllDay | Sessions | WeeklyRange):
        return
    held = list(spans(item.when))
    mentions = dates_in(item.body)
    days = {mention: day for mention in mentions if (day := _day_meant(mention, held))}
    if any(day.weekday() == mention.weekday for mention, day in days.items()):
        return
    for mention, day in list(days.items())[:1]:
        text = f"the body of {item.title!r} says {mention.text!r}, but {day} is a {_DAYS[day.weekday()]}; correct one"
        yield Found("warning", "W-BODY-WEEKDAY", text, in_body(item, mention.line))
    if mentions and not days:
        text = (
            f"the body of {item.title!r} says {mentions[0].text!r}, but its fields say {_stated(item.when)}; "
            "correct one of them"
        )
        yield Found("warning", "W-BODY-DATE", text, in_body(item, mentions[0].line))


def other_count(item: Item, facts: Facts) -> Iterator[Found]:
    """W-SESSIONS: so many weeks or sessions in words, and another number of dates."""
    held = _dates_held(item.when, facts) if item.kind == "event" else []
    if len(held) < 2:
        return
    weeks = len({day.isocalendar()[:2] for day in held})
    stated = [mention for text in (item.title, item.summary, item.body) for mention in counts_in(text)]
    if stated and not any(mention.count == _number_held(mention, held, weeks) for mention in stated):
        number = _number_held(stated[0], held, weeks)
        unit = "weeks" if stated[0].weeks else "dates"
        text = (
            f"{item.title!r} speaks of {stated[0].text!r}, but its dates make {number} {unit} ({held[0]} to "
            f"{held[-1]}); name the ones left out, or list the dates"
        )
        yield Found("warning", "W-SESSIONS", text)


def other_season(item: Item, facts: Facts) -> Iterator[Found]:
    """W-TZ-ABBR: a clock in the text with an abbreviation that its zone does not use on that day."""
    days = [day for span in spans(item.when) for day in span] if item.kind == "event" else []
    told: set[str] = set()
    for text in (item.title, item.summary, item.body) if days else ():
        for words, abbreviation in zones_in(text):
            right = [_right_abbreviation(abbreviation, day, facts.home) for day in days]
            if all(right) and abbreviation not in told:
                told.add(abbreviation)
                yield Found(
                    "warning",
                    "W-TZ-ABBR",
                    f"the text of {item.title!r} says {words!r}, but on {days[0]} it is {right[0]} there; write "
                    f"{right[0]}, and check the hour",
                )


def _right_abbreviation(abbreviation: str, day: date, home: ZoneInfo) -> str | None:
    """What the zone is called that day, where the abbreviation is that of its other season."""
    zone = abbreviation_zone(abbreviation, home)
    return wrong_season(abbreviation, datetime.combine(day, time(12)), ZoneInfo(zone)) if zone else None


def _day_meant(mention: DateMention, held: Spans) -> date | None:
    """The day of the event that has this month and day, and year where one is written."""
    for first, last in held:
        for year in dict.fromkeys((first.year, last.year)):
            try:
                day = date(year, mention.month, mention.day)
            except ValueError:
                continue
            if first <= day <= last and mention.year in (None, year):
                return day
    return None


def _dates_held(when: When | None, facts: Facts) -> list[date]:
    """The days on which sessions take place, where they are several and come to an end."""
    if isinstance(when, WeeklyRange):
        return list(slots(when))
    if isinstance(when, Sessions):
        return sorted({first for first, _ in spans(when)})
    last = last_day(when)
    if not isinstance(when, Recurrence) or last is None:
        return []
    begin = datetime.combine(when.start.date(), time(), tzinfo=ZoneInfo(when.timezone))
    end = datetime.combine(last, time.max, tzinfo=ZoneInfo(when.timezone))
    whole = replace(when, overrides=())
    found = occurrences(whole, begin, end, home=facts.home, limit=_MANY)
    return [one.start.date() if isinstance(one.start, datetime) else one.start for one in found]


def _number_held(mention: CountMention, held: list[date], weeks: int) -> int:
    return weeks if mention.weeks else len(held)


def _stated(when: When) -> str:
    first, last = first_day(when), last_day(when)
    if first is None or last is None or first == last:
        return f"{day_text(first)} {first.year}" if first else "none"
    return f"{day_text(first)} to {day_text(last)} {last.year}"
