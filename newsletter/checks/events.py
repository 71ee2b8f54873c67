"""Rules on what the issue tells of its events."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain

from newsletter.checks.subject import Finding, MailRule, Subject, entry_origin
from newsletter.model.issue import Change, Entry

#: Changes that a reader must be told, not only shown.
TELLING: frozenset[Change] = frozenset(
    {"moved", "place changed", "cancelled", "postponed", "deadline extended", "deadline moved"}
)


def past(subject: Subject) -> Iterator[Finding]:
    """Nothing in the mail is over before the mail goes out."""
    send_at = subject.issue.read_at or subject.draft.slot.send_at
    for entry in subject.section_entries("events", "glance", "deadlines"):
        if _is_over(entry, send_at):
            when = entry.when_text or entry.time.full
            text = f"{entry.title!r} is over ({when}) before the issue goes out; correct its date or take it out"
            yield Finding(text, entry_origin(entry))


def changed_unlisted(subject: Subject) -> Iterator[Finding]:
    """What is other than readers were told stands in the changes section."""
    listed = {entry.id for entry in subject.section_entries("changes")}
    for entry in subject.section_entries("events", "glance", "recurring", "deadlines"):
        if subject.issue.baseline and entry.change in TELLING and entry.id not in listed:
            text = (
                f"{entry.title!r} is marked {entry.change!r} but is missing from the changes; "
                f'add "changes" to the sections of digests.{subject.issue.digest} in config.toml'
            )
            yield Finding(text, entry_origin(entry))


def cancelled_live(subject: Subject) -> Iterator[Finding]:
    """A cancelled event offers no way to sign up or to put it into a calendar."""
    shown = {link.get("href") for link in subject.page.of("a")}
    live = {link for entry in subject.entries() if not entry.cancelled for link in _actions(entry)}
    for entry in subject.entries():
        if entry.cancelled and shown & set(_actions(entry)) - live - {entry.url}:
            text = f"{entry.title!r} is cancelled but its sign-up or calendar link still stands; take it out"
            yield Finding(text, entry_origin(entry))


def no_place(subject: Subject) -> Iterator[Finding]:
    """Every event says where it is, or that it is online."""
    for entry in chain(subject.section_entries("events"), subject.section_entries("recurring")):
        if not entry.place and not entry.cancelled:
            text = f"{entry.title!r} names no place; say where it is, or that it is online"
            yield Finding(text, entry_origin(entry))


def _actions(entry: Entry) -> tuple[str, ...]:
    return (*((entry.registration_url,) if entry.registration_url else ()), *(link.url for link in entry.calendar))


def _is_over(entry: Entry, send_at: datetime) -> bool:
    """By its end where that is known, by its last day where it has no clock, else by its start."""
    end = _moment(entry.time.iso_end) or entry.at or entry.day
    if isinstance(end, datetime) and end.tzinfo:
        return end <= send_at
    return end is not None and _day(end) < send_at.date()


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _moment(iso: str) -> datetime | date | None:
    if not iso:
        return None
    return date.fromisoformat(iso) if len(iso) == len("2026-12-04") else datetime.fromisoformat(iso)


RULES = (
    MailRule(
        "evt.past",
        "error",
        "No event or deadline is over before the mail goes out",
        "Correct its date, or take it out",
        past,
    ),
    MailRule(
        "evt.changed-unlisted",
        "error",
        "What changed is listed among the changes",
        'Add "changes" to the digest\'s sections',
        changed_unlisted,
    ),
    MailRule(
        "evt.cancelled-live",
        "error",
        "A cancelled event offers no sign-up and no calendar",
        "Take the links out where it was written, or in the template",
        cancelled_live,
    ),
    MailRule(
        "evt.no-place",
        "warning",
        "Every event says where it is",
        "Name the place, or say that it is online",
        no_place,
    ),
)
