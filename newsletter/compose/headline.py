"""What a mail says before it is opened, and the lines of its masthead; the editor's own words come first."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from newsletter.compose.plain import shorten
from newsletter.compose.view import View
from newsletter.dates.terms import term_of, week_of_term
from newsletter.dates.wording import date_range_text, day_text
from newsletter.model.issue import Change, Entry, Section

SUBJECT_LENGTH = 78
PREHEADER_LENGTHS = (60, 120)
SHORT_TITLE = 44


def subject_of(view: View, sections: Sequence[Section]) -> str:
    """The editor's subject, or the two weightiest events with their days: "Datathon on Friday"."""
    if view.draft.note.subject.strip():
        return view.draft.note.subject.strip()
    regular = _entries(sections, "recurring") if view.programme.is_weekly else ()
    best = _weightiest(_entries(sections, "events") or regular)
    texts = [_on_its_day(view, entry) for entry in best]
    if len(best) == 2 and best[0].day == best[1].day:
        texts = [f"{short_title(best[0].title)} and {_on_its_day(view, best[1])}"]
    subject = ", ".join(texts)
    if len(subject) > SUBJECT_LENGTH:
        subject = shorten(texts[0], SUBJECT_LENGTH)
    return subject or f"{view.draft.settings.title}: {dateline_of(view)}"


def preheader_of(view: View, sections: Sequence[Section], subject: str) -> str:
    """The editor's preheader, or 60 to 120 characters: changes, deadlines, then what else there is."""
    if view.draft.note.preheader.strip():
        return view.draft.note.preheader.strip()
    least, most = PREHEADER_LENGTHS
    text = ""
    for part in _parts(view, sections, subject):
        longer = f"{text} {part}.".strip()
        if len(text) < least and (len(longer) <= most or not text):
            text = longer
    return shorten(text, most)


def dateline_of(view: View) -> str:
    """ "7 to 13 December 2026": the window's days in the community's zone."""
    window = view.programme.window
    return date_range_text(window.start.date(), window.end.date() - timedelta(days=1))


def term_line_of(view: View) -> str:
    """ "Winter quarter, week 10 of 11" for a week, "Winter quarter 2027" for a longer window; empty outside terms."""
    terms = dict(view.draft.terms)
    first = view.programme.window.start.date()
    if not view.programme.is_weekly:
        return _sentence_case(term_of(first, terms) or "")
    found = week_of_term(first, terms)
    if found is None:
        return ""
    name, week, weeks = found
    return f"{_sentence_case(re.sub(rf'[ ,]*{first.year}$', '', name))}, week {week} of {weeks}"


def short_title(title: str) -> str:
    """A title's part before the colon or dash, short enough to stand beside another in a subject."""
    return shorten(re.split(r":\s|\s[–—|-]\s|\s\(", title, maxsplit=1)[0].strip() or title, SHORT_TITLE)


def _weightiest(entries: Sequence[Entry]) -> list[Entry]:
    """Two at most, in order of time: what has a topic and a registration outweighs what has not."""
    dated = [entry for entry in entries if entry.day is not None and entry.flag != "continuing"]
    order = sorted(range(len(dated)), key=lambda place: (-_weight(dated[place]), place))
    return [dated[place] for place in sorted(order[:2])]


def _weight(entry: Entry) -> int:
    return 2 * bool(entry.topic) + bool(entry.registration_url)


def _on_its_day(view: View, entry: Entry) -> str:
    day = entry.time.weekday_long if view.programme.is_weekly else f"{entry.time.day} {entry.time.month}"
    return f"{short_title(entry.title)} on {day}"


def _parts(view: View, sections: Sequence[Section], subject: str) -> Iterator[str]:
    changes = _entries(sections, "changes")
    yield from (_change_text(entry) for entry in changes[:2])
    if len(changes) > 2:
        yield _count(len(changes) - 2, "more change")
    yield from _deadline_parts(view, _entries(sections, "deadlines"))
    entries = (*_entries(sections, "events"), *_entries(sections, "announcements"), *_entries(sections, "recurring"))
    others = dict.fromkeys(short_title(entry.title) for entry in entries)
    more = [title for title in others if title not in subject][:3]
    if more:
        yield f"Also: {', '.join(more)}"
    yield f"{view.draft.community.name}, {dateline_of(view)}"
    yield "All that is on, in your own time zone"


def _deadline_parts(view: View, deadlines: Sequence[Entry]) -> Iterator[str]:
    soon = [entry for entry in deadlines if entry.soon]
    if len(soon) == 1 and soon[0].day:
        yield f"Deadline {day_text(soon[0].day)}: {short_title(soon[0].title)}"
    elif soon:
        period = "this week" if view.programme.length <= timedelta(days=8) else "ahead"
        yield f"{_count(len(soon), 'deadline')} {period}"


def _change_text(entry: Entry) -> str:
    title = short_title(entry.title)
    words: dict[Change, str] = {
        "moved": f"{title} moved to {entry.now}" if entry.now else f"{title} moved",
        "place changed": f"New place for {title}",
        "registration opened": f"Registration open for {title}",
        "cancelled": f"{title} cancelled",
        "postponed": f"{title} postponed",
    }
    return words.get(entry.change, title)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _entries(sections: Sequence[Section], kind: str) -> tuple[Entry, ...]:
    return next((section.entries for section in sections if section.kind == kind), ())


def _sentence_case(name: str) -> str:
    """ "Winter quarter" of "Winter Quarter": the kind of a term is no name."""
    return re.sub(r"(?<=\w )(Quarter|Semester|Trimester|Term|Session)\b", lambda found: found.group().lower(), name)
