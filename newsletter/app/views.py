"""The JSON documents of the command line, built from values (architecture, section 6)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.checks.registry import RULES
from newsletter.checks.silencing import Sorted
from newsletter.checks.subject import Rule
from newsletter.dates.recurrence import occurrences
from newsletter.dates.zones import localise
from newsletter.model.editing import Silence
from newsletter.model.issue import Entry, Issue, Section, Window
from newsletter.model.item import Deadline, Item, Reading, SourceReport
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import AllDay, Instant, Occurrence, Recurrence, Sessions, Vague, WeeklyRange, When

Json = dict[str, Any]
HORIZON = timedelta(days=400)


def origin_json(origin: Origin | None) -> Json | None:
    """Where something was read."""
    return {"source": origin.source, "path": origin.path, "line": origin.line} if origin else None


def problem_json(problem: Problem) -> Json:
    """One problem: level, code, text, origin."""
    return {
        "level": problem.level,
        "code": problem.code,
        "text": problem.text,
        "origin": origin_json(problem.origin),
    }


def finding_json(problem: Problem, rules: Mapping[str, Rule], silence: Silence | None = None) -> Json:
    """One finding of `check`: a problem, with what its rule asks, how to mend it, and why it is silenced."""
    rule = rules.get(problem.code)
    return problem_json(problem) | {
        "element": problem.element,
        "rule": rule.text if rule else "",
        "fix": rule.fix if rule else "",
        "silenced": {"reason": silence.reason, "origin": origin_json(silence.origin)} if silence else None,
    }


def findings_json(found: Sorted) -> list[Json]:
    """`check --json`: what is told, then what is silenced."""
    rules = {rule.id: rule for rule in RULES}
    told = [finding_json(problem, rules) for problem in found.problems]
    return told + [finding_json(one.problem, rules, one.silence) for one in found.silenced]


def problems_json(problems: Iterable[Problem]) -> list[Json]:
    """Problems in their order."""
    return [problem_json(problem) for problem in problems]


def moment(value: datetime | date | None) -> str | None:
    """ISO 8601: instants with their offset, dates as YYYY-MM-DD."""
    return value.isoformat() if value is not None else None


def reading_json(reading: Reading, window: Window, home: ZoneInfo, *, selected: bool) -> Json:
    """`collect --json`; with `selected`, only events that have an occurrence inside the window."""
    events = [(item, _in_window(item, window, home)) for item in reading.items if item.kind == "event"]
    return {
        "as_of": moment(window.start),
        "events": [item_json(item, found) for item, found in events if found or not selected],
        "announcements": [item_json(item, ()) for item in reading.items if item.kind == "announcement"],
        "pages": [item_json(item, ()) for item in reading.items if item.kind == "page"],
        "problems": problems_json(reading.problems),
        "sources": [source_json(report) for report in reading.sources],
    }


def _in_window(item: Item, window: Window, home: ZoneInfo) -> tuple[Occurrence, ...]:
    if item.when is None:
        return ()
    return occurrences(item.when, window.start, window.end, home=home)


def source_json(report: SourceReport) -> Json:
    """How one source fared."""
    return {
        "name": report.name,
        "format": report.format,
        "path": report.path,
        "files": report.files,
        "events": report.events,
        "announcements": report.announcements,
        "pages": report.pages,
        "held_back": report.held_back,
        "newest": moment(report.newest),
    }


def item_json(item: Item, found: Iterable[Occurrence]) -> Json:
    """One item with its occurrences."""
    return {
        "id": item.id,
        "title": item.title,
        "kind": item.kind,
        "status": item.status,
        "when": when_json(item.when),
        "occurrences": [_occurrence(occurrence) for occurrence in found],
        "all_day": _all_day(item.when),
        "timezone": item.timezone,
        "place": {
            "mode": item.place.mode,
            "name": item.place.name,
            "address": item.place.address,
            "url": item.place.url,
        },
        "url": item.url,
        "registration_url": item.registration_url,
        "hosts": list(item.hosts),
        "summary": item.summary,
        "tags": list(item.tags),
        "audience": item.audience,
        "cost": item.cost,
        "series": item.series,
        "follows": item.follows,
        "deadlines": [_deadline(deadline) for deadline in item.deadlines],
        "visibility": item.visibility,
        "held_back": item.held_back,
        "origins": [origin_json(origin) for origin in item.origins],
    }


def _occurrence(occurrence: Occurrence) -> Json:
    document: Json = {"start": moment(occurrence.start), "end": moment(occurrence.end)}
    if occurrence.status != "confirmed":
        document |= {"status": occurrence.status, "moved_from": moment(occurrence.moved_from)}
    return document


def _deadline(deadline: Deadline) -> Json:
    at = deadline.at
    if isinstance(at, datetime):
        at = localise(at, ZoneInfo(deadline.timezone))
    return {"label": deadline.label, "at": moment(at), "url": deadline.url}


def _all_day(when: When | None) -> bool:
    match when:
        case AllDay():
            return True
        case Sessions(sessions):
            return all(isinstance(session, AllDay) for session in sessions)
        case Recurrence():
            return when.all_day
        case WeeklyRange():
            return when.start is None
        case _:
            return False


def when_json(when: When | None) -> Json | None:
    """The union as written: `kind` and the wall clock with its zone."""
    match when:
        case None:
            return None
        case Instant():
            return {
                "kind": when.kind,
                "start": _wall(when.start, when.timezone),
                "end": _wall(when.end, when.timezone),
            }
        case AllDay():
            return {"kind": when.kind, "first": moment(when.first), "last": moment(when.last)}
        case Sessions():
            return {"kind": when.kind, "sessions": [when_json(session) for session in when.sessions]}
        case WeeklyRange():
            return _weekly_range(when)
        case Recurrence():
            return _recurrence(when)
        case Vague():
            return {"kind": when.kind, "text": when.text, "first": moment(when.first), "last": moment(when.last)}


def _wall(value: datetime | None, zone: str) -> str | None:
    return moment(localise(value, ZoneInfo(zone))) if value is not None else None


def _weekly_range(when: WeeklyRange) -> Json:
    return {
        "kind": when.kind,
        "weekdays": list(when.weekdays),
        "first": moment(when.first),
        "last": moment(when.last),
        "start": when.start.isoformat() if when.start else None,
        "end": when.end.isoformat() if when.end else None,
        "timezone": when.timezone,
        "approximate": when.approximate,
    }


def _recurrence(when: Recurrence) -> Json:
    return {
        "kind": when.kind,
        "start": moment(when.start.date()) if when.all_day else _wall(when.start, when.timezone),
        "end": None if when.all_day else _wall(when.end, when.timezone),
        "rules": list(when.rules),
        "exceptions": [moment(day) for day in when.exdates],
        "until": moment(when.until),
        "timezone": when.timezone,
        "approximate": when.approximate,
    }


def issue_json(issue: Issue, content_hash: str) -> Json:
    """`compose --json`."""
    return {
        "key": issue.key,
        "digest": issue.digest,
        "number": issue.number,
        "subject": issue.subject,
        "preheader": issue.preheader,
        "as_of": moment(issue.as_of),
        "window": {"start": moment(issue.window.start), "end": moment(issue.window.end)},
        "timezone": issue.choices.timezone,
        "sections": [_section(section) for section in issue.sections],
        "empty": issue.empty,
        "next_content": issue.next_content,
        "baseline": issue.baseline,
        "problems": problems_json(issue.problems),
        "hash": content_hash,
    }


def _section(section: Section) -> Json:
    return {
        "kind": section.kind,
        "title": section.title,
        "entries": [_entry(entry) for entry in section.entries],
    }


def _entry(entry: Entry) -> Json:
    return {
        "id": entry.id,
        "title": entry.title,
        "change": entry.change,
        "when_text": entry.when_text,
        "at": moment(entry.at),
        "place": entry.place,
        "cancelled": entry.cancelled,
        "exceptions": list(entry.exceptions),
        "topic": entry.topic,
        "url": entry.url,
        "registration_url": entry.registration_url,
        "follows": entry.follows.text if entry.follows else None,
        "followed_by": [link.text for link in entry.followed_by],
        "origin": origin_json(entry.origin),
    }
