"""Entries that share a UID: versions of one event, different events, and changed instances with what they change."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from newsletter.sources.ics_event import VEvent

_UTC = ZoneInfo("UTC")


def current_masters(masters: Sequence[VEvent]) -> list[VEvent]:
    """Of several versions of one event the latest; different events that share a UID all stay."""
    if len(masters) < 2:
        return list(masters)
    kept = _Kept()
    for event in sorted(masters, key=lambda one: (-one.sequence, _changed(one))):
        if kept.has_newer(event):
            text = f"An older version of {event.title[:80]!r} is left out."
            kept.newer(event).report.info("I-SUPERSEDED", text, event.line)
        else:
            kept.add(event)
    if len(kept.events) > 1:
        for event in kept.events:
            text = f"The UID {event.uid[:80]!r} is shared by different events; all of them are kept."
            event.report.warning("W-UID", text)
    return sorted(kept.events, key=lambda event: event.line)


class _Kept:
    """The latest versions so far, told by title and start: one comparison each, however many share a UID."""

    def __init__(self) -> None:
        self.events: list[VEvent] = []
        self._by: dict[object, VEvent] = {}

    def add(self, event: VEvent) -> None:
        """Keep it; it is the latest of its title and of its start unless one came before."""
        self.events.append(event)
        for key in self._keys(event):
            self._by.setdefault(key, event)

    def has_newer(self, event: VEvent) -> bool:
        """The same title and start, or one of them and another SEQUENCE."""
        both, *single = self._keys(event)
        return both in self._by or any(self._by[key].sequence != event.sequence for key in single if key in self._by)

    def newer(self, event: VEvent) -> VEvent:
        """The version that replaces it."""
        return next(self._by[key] for key in self._keys(event) if key in self._by)

    def _keys(self, event: VEvent) -> list[object]:
        title, start = event.title.casefold(), event.start.stamp if event.start else None
        single = [("title", title), ("start", start)] if start else [("title", title)]
        return [(title, start) if start else object(), *single]


def latest_changes(changes: Sequence[VEvent]) -> list[VEvent]:
    """One change per instance: that of the highest SEQUENCE, else the one changed last, else the last in the file."""
    latest: dict[object, VEvent] = {}
    for change in sorted(changes, key=lambda one: (-one.sequence, _changed(one), -one.line), reverse=True):
        key = _instance(change)
        if older := latest.get(key):
            text = f"An older version of this change of {older.title[:80]!r} is left out."
            change.report.info("I-SUPERSEDED", text, older.line)
        latest[key] = change
    return sorted(latest.values(), key=lambda one: one.line)


def changes_by_master(changes: Sequence[VEvent], masters: Sequence[VEvent]) -> list[list[VEvent]]:
    """The changes of each master: by their title, else those of the first that repeats."""
    repeating = [number for number, one in enumerate(masters) if one.rules or one.rdates] or list(range(len(masters)))
    by_title = {masters[number].title: number for number in reversed(repeating)}
    own: list[list[VEvent]] = [[] for _ in masters]
    for change in changes:
        own[by_title.get(change.title, repeating[0])].append(change)
    return own


def change_day(change: VEvent) -> str:
    """The day of the instance that it changes, as 2026-12-08."""
    return change.recurrence_id.stamp.day.isoformat() if change.recurrence_id else ""


def _instance(change: VEvent) -> object:
    """The instance as an instant where it is one, so that one told in UTC and in a zone is one."""
    moment = change.recurrence_id
    return (moment.wall(_UTC), moment.is_date, change.following) if moment else change.line


def _changed(event: VEvent) -> tuple[int, ...]:
    """Sorts the most recently changed first."""
    text = event.texts.get("LAST-MODIFIED") or event.texts.get("DTSTAMP") or ""
    return tuple(-int(digit) for digit in text if digit.isascii() and digit.isdigit())
