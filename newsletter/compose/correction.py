"""A correction: what is other than these readers were told of some events, and nothing else.

It is an issue with a section of changes alone, so that it is rendered, checked and remembered like one.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from newsletter.compose.changes import marks_of
from newsletter.compose.headline import dateline_of, short_title
from newsletter.compose.plain import shorten
from newsletter.compose.programme import Programme
from newsletter.compose.remembering import recall, remember
from newsletter.compose.sections.changes import build as build_changes
from newsletter.compose.view import Mark, Marks, View, view_of
from newsletter.dates.wording import month_day_text, zone_text
from newsletter.language.filling import N_
from newsletter.model.issue import Change, Choices, Entry, Issue
from newsletter.model.memory import Memory
from newsletter.model.when import AllDay, Vague

#: Changes that may bring somebody to the wrong place at the wrong time.
GRAVE: Final[frozenset[Change]] = frozenset({"moved", "place changed", "cancelled", "postponed"})
SUBJECT_LENGTH = 78
PREHEADER_LENGTH = 120
#: Dates of one series that are told one by one; what is beyond is counted.
DATES = 6

_SUBJECTS: Mapping[Change, str] = {
    "moved": N_("Moved: {event}"),
    "place changed": N_("New place: {event}"),
    "cancelled": N_("Cancelled: {event}"),
    "postponed": N_("Postponed: {event}"),
}


def compose_correction(programme: Programme, choices: Choices, memory: Memory) -> Issue | None:
    """What somebody who remembers this must be told of the events the draft is about; None where it is nothing.

    Its memory is theirs after reading it: the next issue does not tell the same changes again.
    """
    view = with_marks(programme, choices, memory, frozenset(programme.draft.about))
    section = build_changes(view) if view.marks.listed else None
    if section is None:
        return None
    section = replace(
        section, title=view.language.gettext("What has changed"), entries=tuple(_few_dates(view, section.entries))
    )
    return Issue(
        key=programme.draft.key,
        digest="",
        number=0,
        title=programme.draft.settings.title,
        tagline="",
        subject=_subject(view),
        preheader=_preheader(view, section.entries[0]),
        as_of=programme.draft.as_of,
        window=programme.window,
        dateline=dateline_of(view),
        term_line="",
        zone_name=zone_text(view.zone, programme.moment, _city(view), view.language),
        choices=choices,
        sections=(section,),
        note=programme.draft.note,
        topics=programme.draft.topics,
        memory=remember(view, (section,)),
    )


def with_marks(programme: Programme, choices: Choices, memory: Memory, about: Container[str] | None = None) -> View:
    """The view of somebody who remembers this, with what changed gravely; `about` narrows it to these items."""
    view = view_of(programme, choices)
    view = replace(view, memory=memory, recalled=recall(memory, programme.items))
    told = replace(view, items=tuple(item for item in view.items if item.id in view.recalled))
    return replace(view, marks=_narrowed(marks_of(told), about))


def _narrowed(marks: Marks, about: Container[str] | None) -> Marks:
    """The marks of items with a grave change, all of them: what is told of an item now is not told again."""
    grave = {mark.item.id for mark in marks.listed if mark.change in GRAVE}
    chosen = {one for one in grave if about is None or one in about}
    return Marks(
        by_id={key: mark for key, mark in marks.by_id.items() if key in chosen},
        listed=tuple(mark for mark in marks.listed if mark.item.id in chosen),
        known_off=marks.known_off,
        vanished=tuple(item for item in marks.vanished if item.id in chosen),
    )


def _few_dates(view: View, entries: Sequence[Entry]) -> Iterator[Entry]:
    """The entries, of each item so many; the last of them says how many more there are."""
    total, seen = Counter(entry.id for entry in entries), Counter[str]()
    for entry in entries:
        seen[entry.id] += 1
        more = total[entry.id] - DATES
        if seen[entry.id] == DATES and more > 0:
            words = view.language.ngettext("and {count} more date", "and {count} more dates", more)
            yield replace(entry, exceptions=(*entry.exceptions, words))
        elif seen[entry.id] <= DATES:
            yield entry


def _subject(view: View) -> str:
    """The editor's; else "Cancelled: Data Deep Dive on 10 December", or how many events have changed and which."""
    if view.draft.note.subject.strip():
        return view.draft.note.subject.strip()
    grave = {mark.item.id: mark for mark in reversed(view.marks.listed) if mark.change in GRAVE}
    marks = sorted(grave.values(), key=lambda mark: (mark.at, mark.item.id))
    if len(marks) == 1:
        subject = view.language.gettext(_SUBJECTS[marks[0].change], event=_on_its_day(view, marks[0]))
        return shorten(subject, SUBJECT_LENGTH)
    titles = view.language.row([short_title(mark.item.title) for mark in marks])
    changed = view.language.ngettext("{count} event has changed", "{count} events have changed", len(marks))
    return shorten(view.language.gettext("{title}: {period}", title=changed, period=titles), SUBJECT_LENGTH)


def _on_its_day(view: View, mark: Mark) -> str:
    title = short_title(mark.item.title)
    if isinstance(mark.item.when, Vague | None):
        return title
    zone = view.home if isinstance(mark.item.when, AllDay) else view.zone
    day = month_day_text(mark.at.astimezone(zone).date(), view.language)
    if mark.change == "moved":
        return view.language.gettext("{event}, now on {date}", event=title, date=day)
    return view.language.gettext("{event} on {date}", event=title, date=day)


def _preheader(view: View, first: Entry) -> str:
    """The editor's; else what the first of the changes replaced, and who told otherwise."""
    if view.draft.note.preheader.strip():
        return view.draft.note.preheader.strip()
    language = view.language
    words = [language.gettext("Now {when}", when=first.now)] if first.now else []
    words += [language.gettext("Was {when}", when=first.was)] if first.was else []
    words.append(language.gettext("{community} told you otherwise", community=view.draft.community.name))
    ended = [language.pgettext("a sentence", "{text}.", text=text) for text in words]
    return shorten(" ".join(ended), PREHEADER_LENGTH)


def _city(view: View) -> str:
    return view.draft.community.city if view.zone.key == view.home.key else ""
