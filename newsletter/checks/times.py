"""Rules on times: every one from one instant, in a zone that is named, and none that depends on when it is read."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.checks.subject import Finding, MailRule, Subject, entry_origin, mail_part, squeeze
from newsletter.model.issue import Entry
from newsletter.model.problem import Origin

#: Sections whose entries stand for times at which something happens.
TIMED = ("events", "glance", "recurring", "deadlines", "ahead")

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _WEEKDAYS)
_MONTH = "|".join(_MONTHS)
_STATED = re.compile(
    rf"\b(?P<weekday>{_DAY})\.?,? (?:the )?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})[a-z]*"
    rf"|(?P<month2>{_MONTH})[a-z]*\.? (?P<day2>\d{{1,2}})(?!\d))(?:,? (?P<year>20\d\d))?",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    rf"\b(?:today|tonight|tomorrow|yesterday|(?:this|next|coming) (?:week|weekend|{_DAY})"
    r"|in \d+ (?:days|weeks|hours))\b",
    re.IGNORECASE,
)


def zone_named(subject: Subject) -> Iterator[Finding]:
    """Both parts say in whose zone the times are."""
    if not any(entry.time.clock for entry in subject.section_entries(*TIMED)):
        return
    wanted = squeeze(subject.issue.zone_name)
    body = next(iter(subject.page.of("body")), None)
    parts = {"text part": squeeze(subject.text)} | ({"html part": squeeze(body.text)} if body else {})
    for name, words in parts.items():
        if wanted not in words:
            yield Finding(f"{wanted!r} is not said; print issue.zone_name near the times", mail_part(name))


def one_instant(subject: Subject) -> Iterator[Finding]:
    """The day and the weekday of an entry are those of its start on the reader's clock."""
    for entry in subject.section_entries(*TIMED):
        start = _start(entry)
        if start is not None and entry.day is not None and _in_zone(start, subject) != entry.day:
            text = f"{entry.title!r} stands on {entry.day} and starts at {entry.time.iso_start}: not the same day"
            yield Finding(text, entry_origin(entry))


def ends_after_start(subject: Subject) -> Iterator[Finding]:
    """Nothing ends before it starts, and what has a clock has a zone."""
    for entry in subject.section_entries(*TIMED):
        if entry.time.clock and not entry.time.zone:
            yield Finding(f"{entry.title!r} has a time ({entry.time.clock}) without a zone", entry_origin(entry))
        if entry.time.iso_start and entry.time.iso_end and entry.time.iso_end < entry.time.iso_start:
            text = f"{entry.title!r} ends ({entry.time.iso_end}) before it starts ({entry.time.iso_start})"
            yield Finding(text, entry_origin(entry))


def stated_weekday(subject: Subject) -> Iterator[Finding]:
    """A weekday beside a date is that date's, in the editor's words and in those of every entry."""
    note = subject.issue.note
    words = [(text, _note(subject)) for text in (note.subject, note.preheader, note.body)]
    words += [(f"{entry.summary}\n{entry.body}", entry_origin(entry)) for entry in subject.entries()]
    for text, origin in words:
        for found in _STATED.finditer(text):
            day = _stated_day(found, subject)
            if day is not None and not _WEEKDAYS[day.weekday()].startswith(found["weekday"].lower()[:3]):
                told = f"{found[0]!r}: {day} is a {_WEEKDAYS[day.weekday()].title()}; correct one of the two"
                yield Finding(told, origin)


def relative(subject: Subject) -> Iterator[Finding]:
    """No "tomorrow" and no "this Friday" in words that are read on other days than they were written."""
    note = subject.issue.note
    for text in (note.subject, note.preheader, note.body):
        for found in _RELATIVE.finditer(text):
            yield Finding(f"{found[0]!r} means another day when it is read; name the date", _note(subject))
    for entry in subject.entries():
        if found_in_title := _RELATIVE.search(f"{entry.title}\n{entry.summary}"):
            text = f"{found_in_title[0]!r} in {entry.title!r} means another day when it is read; name the date"
            yield Finding(text, entry_origin(entry))


def registration_over(subject: Subject) -> Iterator[Finding]:
    """No sign-up is offered whose deadline is over before the mail goes out."""
    over = {item.id for item in subject.draft.items if _all_over(subject, item.id)}
    for entry in subject.section_entries("events"):
        if entry.id in over and entry.registration_url and not entry.cancelled:
            text = f"{entry.title!r} offers a sign-up, and its last deadline is over before the issue goes out"
            yield Finding(text, entry_origin(entry))


def clocks_change(subject: Subject) -> Iterator[Finding]:
    """A series is at another hour for these readers because only one of two places changes its clocks."""
    window, zone = subject.issue.window, ZoneInfo(subject.issue.choices.timezone)
    home = ZoneInfo(subject.draft.community.timezone)
    series = [entry for entry in subject.section_entries("recurring") if entry.time.clock]
    apart = {_apart(moment, zone, home) for moment in (window.start, window.end - timedelta(minutes=1))}
    if len(apart) > 1 and series:
        text = (
            f"the clocks of {zone.key} and {home.key} change apart in these days: {len(series)} series stand at "
            "another hour for these readers; each says so"
        )
        yield Finding(text, mail_part("issue"))


def twice(subject: Subject) -> Iterator[Finding]:
    """No two events of one title and one start."""
    seen: dict[tuple[str, str], str] = {}
    for entry in subject.section_entries("events"):
        key = (entry.title.casefold(), entry.time.iso_start)
        if entry.time.iso_start and seen.setdefault(key, entry.id) != entry.id:
            text = f"{entry.title!r} stands twice at {entry.time.full}; join them under [[same]] in decisions.toml"
            yield Finding(text, entry_origin(entry))


def _start(entry: Entry) -> datetime | None:
    """The start as an instant, where the entry's day comes from one."""
    iso = entry.time.iso_start
    return datetime.fromisoformat(iso) if "T" in iso else None


def _in_zone(start: datetime, subject: Subject) -> date:
    return start.astimezone(ZoneInfo(subject.issue.choices.timezone)).date()


def _stated_day(found: re.Match[str], subject: Subject) -> date | None:
    """The date meant: of the year that is named, or else of that in which it lies nearest to the window."""
    month = _MONTHS.index((found["month"] or found["month2"]).lower()[:3]) + 1
    day, middle = int(found["day"] or found["day2"]), subject.issue.window.start.date()
    if found["year"]:
        return _date(int(found["year"]), month, day)
    found_days = [_date(middle.year + shift, month, day) for shift in (-1, 0, 1)]
    return min((one for one in found_days if one), key=lambda one: abs(one - middle), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _all_over(subject: Subject, item_id: str) -> bool:
    send_at = subject.draft.slot.send_at
    deadlines = [one for item in subject.draft.items if item.id == item_id for one in item.deadlines]
    return bool(deadlines) and all(_is_over(one.at, one.timezone, send_at) for one in deadlines)


def _is_over(at: datetime | date, zone: str, send_at: datetime) -> bool:
    if isinstance(at, datetime):
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))) < send_at
    return at < send_at.date()


def _apart(moment: datetime, zone: ZoneInfo, home: ZoneInfo) -> timedelta:
    there, here = moment.astimezone(zone).utcoffset(), moment.astimezone(home).utcoffset()
    return (there or timedelta()) - (here or timedelta())


def _note(subject: Subject) -> Origin:
    return subject.issue.note.origin or mail_part("note")


RULES = (
    MailRule(
        "evt.zone",
        "error",
        "What has a clock has a zone, and nothing ends before it starts",
        "Correct the time where it was written",
        ends_after_start,
    ),
    MailRule(
        "evt.one-instant",
        "error",
        "Day and clock come from one instant in the reader's zone",
        "Report it: the program worked out the day wrongly",
        one_instant,
    ),
    MailRule(
        "evt.weekday",
        "error",
        "A weekday beside a date is that date's",
        "Correct the weekday or the date",
        stated_weekday,
    ),
    MailRule(
        "evt.rsvp-late",
        "error",
        "No sign-up whose deadline is over is offered",
        "Correct the deadline, or take the sign-up out",
        registration_over,
    ),
    MailRule(
        "evt.duplicate",
        "warning",
        "No two events of one title and one start",
        "Join them under [[same]] in decisions.toml, or give them titles that differ",
        twice,
    ),
    MailRule(
        "evt.dst",
        "info",
        "Series that change their hour for readers far away are named",
        "Nothing: the mail says so beside each",
        clocks_change,
    ),
    MailRule(
        "time.zone-named",
        "error",
        "Both parts say in whose zone the times are",
        "Print issue.zone_name near the times",
        zone_named,
    ),
    MailRule("time.relative", "warning", "No today, tomorrow or this Friday", "Name the date", relative),
)
