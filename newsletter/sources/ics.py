"""Calendars (RFC 5545): each UID read by itself, so that a bad event costs only itself, and is named."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from newsletter.model.when import Recurrence, When
from newsletter.model.workspace import SourceSettings
from newsletter.sources.blob import MAX_BYTES, Blob, SourceContext, check_bytes
from newsletter.sources.document import Document, Value
from newsletter.sources.ics_event import VEvent, read_vevent
from newsletter.sources.ics_following import MAX_SPLITS, split_series
from newsletter.sources.ics_split import MAX_EVENTS, Calendar, split_calendar
from newsletter.sources.ics_versions import change_day, changes_by_master, current_masters, latest_changes
from newsletter.sources.ics_when import event_when
from newsletter.sources.ics_zones import CalendarZones, calendar_zones
from newsletter.sources.items import slug
from newsletter.sources.plain import html_to_markdown
from newsletter.sources.record import Record
from newsletter.sources.report import Report

_NAMES = {"VTODO": "to-dos", "VJOURNAL": "journal entries", "VFREEBUSY": "free/busy entries"}


def read_ics(blob: Blob, source: SourceSettings, context: SourceContext, report: Report) -> Iterator[Record]:
    """A record for each event and series of the calendar."""
    check_bytes(blob.data, MAX_BYTES)
    calendar = split_calendar(blob.data, report)
    _say_what_is_left_out(calendar, report)
    zones = calendar_zones(calendar, source, context.timezone, report)
    events = [read_vevent(one, report.origin, zones, source) for one in calendar.events[:MAX_EVENTS]]
    for uid, group in _by_uid(events):
        yield from _group_records(blob, uid, group, zones, source)


def _say_what_is_left_out(calendar: Calendar, report: Report) -> None:
    for kind, count in sorted(calendar.others.items()):
        report.info("I-ICS", f"{count} {_NAMES[kind]} ({kind}) are no events and are left out.")
    if len(calendar.events) > MAX_EVENTS:
        extra = len(calendar.events) - MAX_EVENTS
        text = f"The calendar holds more than {MAX_EVENTS:,} events; the last {extra:,} are not read."
        report.error("E-CAP", text, calendar.events[MAX_EVENTS].line)


def _by_uid(events: Sequence[VEvent]) -> Iterator[tuple[str, list[VEvent]]]:
    """Events that share a UID, in the order of the file; without a UID each stands alone."""
    numbered = sorted(enumerate(events), key=lambda pair: pair[1].uid)
    for uid, pairs in groupby(numbered, key=lambda pair: pair[1].uid):
        group = [event for _, event in pairs]
        yield from ((uid, group),) if uid else ((uid, [event]) for event in group)


def _group_records(
    blob: Blob, uid: str, group: list[VEvent], zones: CalendarZones, source: SourceSettings
) -> Iterator[Record]:
    masters = current_masters([event for event in group if event.recurrence_id is None])
    changes = latest_changes([event for event in group if event.recurrence_id is not None])
    if not masters:
        for change in changes:
            when = event_when(change, (), zones, **_policy(source))
            yield _record(blob, change, f"{uid}#{change_day(change)}", when, zones)
        return
    for number, (master, own) in enumerate(zip(masters, changes_by_master(changes, masters), strict=True)):
        name = uid if number == 0 or not uid else f"{uid}#{slug(master.title)}"
        yield from _master_records(blob, master, name, own, zones, source)


def _master_records(
    blob: Blob, master: VEvent, uid: str, changes: Sequence[VEvent], zones: CalendarZones, source: SourceSettings
) -> Iterator[Record]:
    when = event_when(master, [one for one in changes if not one.following], zones, **_policy(source))
    for change in changes:
        master.report.problems += change.report.problems
    if changes and when is not None and not isinstance(when, Recurrence) and not master.report.failed:
        master.report.warning(
            "W-ICS", "Changed instances are given for an event that does not repeat.", changes[0].line
        )
    following = sorted((one for one in changes if one.following), key=change_day)
    if len(following) > MAX_SPLITS:
        text = f"More than {MAX_SPLITS} changes of this and all following instances; the later ones are not read."
        master.report.error("E-CAP", text, following[MAX_SPLITS].line)
    for change in following[:MAX_SPLITS]:
        parts = split_series(when, change, master.report) if isinstance(when, Recurrence) else None
        if parts:
            yield _record(blob, master, uid, parts[0], zones)
            master, uid, when = _merged(master, change), f"{uid.partition('#')[0]}#{change_day(change)}", parts[1]
    yield _record(blob, master, uid, when, zones)


def _merged(master: VEvent, change: VEvent) -> VEvent:
    """The series as it stands after a change of all that follows."""
    report = Report(change.report.origin)
    return VEvent(
        change.line,
        report,
        {**master.texts, **change.texts},
        change.categories or master.categories,
        change.organizer or master.organizer,
        change.start,
        change.end,
    )


def _policy(source: SourceSettings) -> dict[str, bool]:
    return {"midnight_is_date": source.midnight_is_date}


def _record(blob: Blob, event: VEvent, uid: str, when: When | None, zones: CalendarZones) -> Record:
    return Record(
        path=blob.path,
        line=event.line,
        document=Document(_data(event, uid), {}, event.line),
        body=_body(event.texts.get("DESCRIPTION", "").strip() or event.texts.get("X-ALT-DESC", "")),
        body_line=event.line,
        row=True,
        stem="Untitled event",
        when=when,
        timezone=zones.home.key,
        problems=tuple(event.report.problems),
    )


def _data(event: VEvent, uid: str) -> dict[str, Value]:
    texts = event.texts
    conferences = ("X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "CONFERENCE")
    private = texts.get("CLASS", "").strip().upper() in ("PRIVATE", "CONFIDENTIAL")
    data: dict[str, Value] = {name: text for name, text in texts.items() if name.startswith("X-")}
    data |= {
        "kind": "event",
        "id": uid,
        "title": event.title,
        "place": " ".join(html_to_markdown(texts.get("LOCATION", "")).split()),
        "url": texts.get("URL", "").strip(),
        "joinurl": next((texts[name].strip() for name in conferences if texts.get(name)), ""),
        "tags": [*event.categories],
        "status": texts.get("STATUS", "").strip().lower(),
        "hosts": event.organizer,
        "visibility": "members" if private else "",
    }
    return data


def _body(description: str) -> str:
    """Plain text as Markdown: its line breaks are meant."""
    text = html_to_markdown(description)
    return "\n\n".join("  \n".join(part.split("\n")) for part in text.split("\n\n"))
