"""What a mail says before it is opened, and the lines of its masthead; the editor's own words come first."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache

from newsletter.compose.plain import shorten
from newsletter.compose.view import View
from newsletter.dates.terms import term_of, week_of_term
from newsletter.dates.wording import date_range_text, day_text, short_date_text
from newsletter.language.filling import N_
from newsletter.language.languages import Language
from newsletter.model.issue import Change, Entry, Section
from newsletter.model.item import Item
from newsletter.model.problem import Problem

SUBJECT_LENGTH = 78
PREHEADER_LENGTHS = (60, 120)
SHORT_TITLE = 44

_CHANGES: Mapping[Change, str] = {
    "moved": N_("{title} moved"),
    "place changed": N_("New place for {title}"),
    "registration opened": N_("Registration open for {title}"),
    "cancelled": N_("{title} cancelled"),
    "postponed": N_("{title} postponed"),
    "deadline extended": N_("Deadline extended: {title}"),
    "deadline moved": N_("New deadline: {title}"),
}


def subject_of(view: View, sections: Sequence[Section]) -> str:
    """The editor's subject where it fits, or the two weightiest events with their days: "Datathon on Friday"."""
    if (own := view.draft.note.subject.strip()) and unseen_in(view, own) is None:
        return own
    regular = _entries(sections, "recurring") if view.programme.is_weekly else ()
    best = _pinned(view, sections) or _weightiest(_entries(sections, "events") or regular)
    texts = [_on_its_day(view, entry) for entry in best]
    if len(best) == 2 and best[0].day == best[1].day:
        first, second = short_title(best[0].title), _on_its_day(view, best[1])
        texts = [view.language.gettext("{first} and {second}", first=first, second=second)]
    subject = view.language.pgettext("between the parts of a list", ", ").join(texts)
    if len(subject) > SUBJECT_LENGTH:
        subject = shorten(texts[0], SUBJECT_LENGTH)
    title, period = view.draft.settings.title, dateline_of(view)
    return subject or view.language.gettext("{title}: {period}", title=title, period=period)


def preheader_of(view: View, sections: Sequence[Section], subject: str) -> str:
    """The editor's preheader, or 60 to 120 characters: changes, deadlines, then what else there is."""
    if (own := view.draft.note.preheader.strip()) and unseen_in(view, own) is None:
        return own
    least, most = PREHEADER_LENGTHS
    text = ""
    for part in _parts(view, sections, subject):
        longer = _with_sentence(view.language, text, part)
        if len(text) < least and (len(longer) <= most or not text):
            text = longer
    return shorten(text, most)


def unseen_in(view: View, words: str) -> Item | None:
    """What the words name, by the short form of its title, although this reader's topics leave it out."""
    shown = {item.id for item in view.items}
    timed = [one.item for one in (*view.programme.timed, *view.programme.ahead)]
    seen = {short_title(item.title).casefold() for item in timed if item.id in shown}
    hidden = (item for item in timed if item.id not in shown and short_title(item.title).casefold() not in seen)
    return next((item for item in hidden if _names(words, short_title(item.title))), None)


def subject_problems(view: View, subject: str) -> Iterator[Problem]:
    """For the editor: which words these readers do not get, because they speak of what is not in their mail."""
    note = view.draft.note
    for what, words in (("subject", note.subject), ("preheader", note.preheader)):
        item = unseen_in(view, words) if words.strip() else None
        if item is not None:
            topics = ", ".join(view.choices.topics or ()) or "no topic"
            text = (
                f"the {what} names {item.title!r}, which readers of {topics} do not get; "
                f"for them the program finds its own; their subject is {subject!r}"
            )
            yield Problem("info", "I-SUBJECT", text, note.origin or item.origin)


def _names(words: str, title: str) -> bool:
    title, words = title.casefold(), words.casefold()
    # Nearly every title stands in no subject: a pattern is made for the few that may.
    return title in words and re.search(rf"(?<!\w){re.escape(title)}(?!\w)", words) is not None


def dateline_of(view: View) -> str:
    """ "7 to 13 December 2026": the window's days in the community's zone."""
    window = view.programme.window
    return date_range_text(window.start.date(), window.end.date() - timedelta(days=1), view.language)


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
    term = _sentence_case(re.sub(rf"[ ,]*{first.year}$", "", name))
    return view.language.gettext("{term}, week {week} of {weeks}", term=term, week=week, weeks=weeks)


@lru_cache(maxsize=8192)
def short_title(title: str) -> str:
    """A title's part before the colon or dash, short enough to stand beside another in a subject."""
    return shorten(re.split(r":\s|\s[–—|-]\s|\s\(", title, maxsplit=1)[0].strip() or title, SHORT_TITLE)


def _pinned(view: View, sections: Sequence[Section]) -> list[Entry]:
    """The first two entries that the editor pinned, in that order."""
    found = {entry.id: entry for section in sections for entry in section.entries if entry.pinned}
    return [found[one.id] for one in view.draft.editing.pins if one.id in found][:2]


def _weightiest(entries: Sequence[Entry]) -> list[Entry]:
    """Two at most, in order of time: what has a topic and a registration outweighs what has not."""
    dated = [entry for entry in entries if entry.day is not None and not entry.continuing]
    order = sorted(range(len(dated)), key=lambda place: (-_weight(dated[place]), place))
    return [dated[place] for place in sorted(order[:2])]


def _weight(entry: Entry) -> int:
    return 2 * bool(entry.topic) + bool(entry.registration_url)


def _on_its_day(view: View, entry: Entry) -> str:
    event = short_title(entry.title)
    if entry.day is None or entry.continuing:
        return event
    if view.programme.is_weekly and entry.day < view.programme.window.end.date():
        return view.language.gettext("{event} on {weekday}", event=event, weekday=entry.time.weekday_long)
    return view.language.gettext("{event} on {date}", event=event, date=short_date_text(entry.day, view.language))


def _parts(view: View, sections: Sequence[Section], subject: str) -> Iterator[str]:
    changes = _entries(sections, "changes")
    yield from (_change_text(view.language, entry) for entry in changes[:2])
    if len(changes) > 2:
        yield view.language.ngettext("{count} more change", "{count} more changes", len(changes) - 2)
    yield from _deadline_parts(view, _entries(sections, "deadlines"))
    entries = (*_entries(sections, "events"), *_entries(sections, "announcements"), *_entries(sections, "recurring"))
    others = dict.fromkeys(short_title(entry.title) for entry in entries)
    more = [title for title in others if title not in subject][:3]
    if more:
        yield view.language.gettext("Also: {titles}", titles=view.language.row(more))
    community = view.draft.community.name
    yield view.language.gettext("{community}, {period}", community=community, period=dateline_of(view))
    yield view.language.gettext("All that is on, in your own time zone")


def _deadline_parts(view: View, deadlines: Sequence[Entry]) -> Iterator[str]:
    soon = [entry for entry in deadlines if entry.soon]
    if len(soon) == 1 and soon[0].day:
        day, title = day_text(soon[0].day, view.language), short_title(soon[0].title)
        yield view.language.gettext("Deadline {day}: {title}", day=day, title=title)
    elif soon and view.programme.length <= timedelta(days=8):
        yield view.language.ngettext("{count} deadline this week", "{count} deadlines this week", len(soon))
    elif soon:
        yield view.language.ngettext("{count} deadline ahead", "{count} deadlines ahead", len(soon))


def _change_text(language: Language, entry: Entry) -> str:
    title = short_title(entry.title)
    if entry.change == "moved" and entry.now:
        return language.gettext("{title} moved to {when}", title=title, when=entry.now)
    message = _CHANGES.get(entry.change)
    return language.gettext(message, title=title) if message else title


def _with_sentence(language: Language, text: str, sentence: str) -> str:
    ended = language.pgettext("a sentence", "{text}.", text=sentence)
    return language.pgettext("two sentences", "{first} {second}", first=text, second=ended) if text else ended


def _entries(sections: Sequence[Section], kind: str) -> tuple[Entry, ...]:
    return next((section.entries for section in sections if section.kind == kind), ())


def _sentence_case(name: str) -> str:
    """ "Winter quarter" of "Winter Quarter": the kind of a term is no name."""
    return re.sub(r"(?<=\w )(Quarter|Semester|Trimester|Term|Session)\b", lambda found: found.group().lower(), name)
