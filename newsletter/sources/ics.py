"""Calendars (RFC 5545): each UID read by itself, so that a bad event costs only itself, and is named."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from newsletter.model.when import Recurrence, When
from newsletter.model.workspace import SourceSettings
from newsletter.sources.blob import MAX_BYTES, Blob, SourceContext, check_bytes
from newsletter.sources.document import Document, Value
from newsletter.sources.ics_event import VEvent, read_vevent
from newsletter.sources.ics_split import MAX_EVENTS, Calendar, split_calendar
from newsletter.sources.ics_when import event_when, split_series
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
    masters = _current([event for event in group if event.recurrence_id is None])
    changes = _latest_changes([event for event in group if event.recurrence_id is not None])
    if not masters:
        for change in changes:
            day = change.recurrence_id.stamp.day if change.recurrence_id else ""
            yield _record(blob, change, f"{uid}#{day}", event_when(change, (), zones, **_policy(source)), zones)
        return
    for number, master in enumerate(masters):
        own = [one for one in changes if _master_of(one, masters) is master]
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
    for change in sorted((one for one in changes if one.following), key=_change_day):
        parts = split_series(when, change, master.report) if isinstance(when, Recurrence) else None
        if parts:
            yield _record(blob, master, uid, parts[0], zones)
            master, uid, when = _merged(master, change), f"{uid.partition('#')[0]}#{_change_day(change)}", parts[1]
    yield _record(blob, master, uid, when, zones)


def _current(masters: list[VEvent]) -> list[VEvent]:
    """Of several versions of one event the latest; different events that share a UID all stay."""
    kept: list[VEvent] = []
    for event in sorted(masters, key=lambda one: (-one.sequence, _changed(one))) if len(masters) > 1 else masters:
        newer = next((one for one in kept if _is_version(event, one)), None)
        if newer is None:
            kept.append(event)
        else:
            newer.report.info("I-SUPERSEDED", f"An older version of {event.title[:80]!r} is left out.", event.line)
    if len(kept) > 1:
        for event in kept:
            text = f"The UID {event.uid[:80]!r} is shared by different events; all of them are kept."
            event.report.warning("W-UID", text)
    return sorted(kept, key=lambda event: event.line)


def _is_version(older: VEvent, newer: VEvent) -> bool:
    same_title = older.title.casefold() == newer.title.casefold()
    same_start = older.start is not None and newer.start is not None and older.start.stamp == newer.start.stamp
    return (same_title and same_start) or (older.sequence != newer.sequence and (same_title or same_start))


def _changed(event: VEvent) -> tuple[int, ...]:
    """Sorts the most recently changed first."""
    text = event.texts.get("LAST-MODIFIED") or event.texts.get("DTSTAMP") or ""
    return tuple(-int(digit) for digit in text if digit.isascii() and digit.isdigit())


def _latest_changes(changes: list[VEvent]) -> list[VEvent]:
    """One change per instance: that of the highest SEQUENCE, else the last in the file."""
    latest: dict[object, VEvent] = {}
    for change in sorted(changes, key=lambda one: (one.sequence, one.line)):
        moment = change.recurrence_id
        latest[(moment.stamp.wall, moment.is_utc) if moment else change.line] = change
    return sorted(latest.values(), key=lambda one: one.line)


def _master_of(change: VEvent, masters: Sequence[VEvent]) -> VEvent:
    repeating = [one for one in masters if one.rules or one.rdates] or list(masters)
    return next((one for one in repeating if one.title == change.title), repeating[0])


def _change_day(change: VEvent) -> str:
    return change.recurrence_id.stamp.day.isoformat() if change.recurrence_id else ""


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
        body=_body(event.texts.get("DESCRIPTION", "")),
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
