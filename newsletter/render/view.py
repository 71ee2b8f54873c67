"""What the templates are given: the issue, laid out in days, cards and tiles; every decision about layout is here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from newsletter.compose.density import CARDS
from newsletter.compose.entries import FLAGS
from newsletter.dates.wording import day_text, month_day_text
from newsletter.language.filling import N_
from newsletter.language.languages import Language
from newsletter.model.issue import Change, Draft, Entry, Issue, Section
from newsletter.model.workspace import Track
from newsletter.render.dark import dark_css
from newsletter.render.once import tabled_alone, told_once
from newsletter.render.slots import Marks
from newsletter.render.strip import legend, tile_rows
from newsletter.render.theme import DROP_IN, Theme, topic_tracks

#: A window longer than this shows its days under headings of weeks.
SHORT_WINDOW = timedelta(days=10)

_CHANGE_WORDS: Mapping[Change, str] = {
    "new": N_("New"),
    "moved": N_("Moved"),
    "place changed": N_("New place"),
    "registration opened": N_("Sign-up open"),
    "cancelled": N_("Cancelled"),
    "postponed": N_("Postponed"),
    "deadline extended": N_("Deadline extended"),
    "deadline moved": N_("New deadline"),
    "last chance": N_("Last chance"),
}


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the glance table and what happens on it; `heading` opens a new week or place in a long window."""

    weekday: str
    number: str
    rows: tuple[Entry, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Tracked:
    """A track with the number that its CSS classes carry."""

    id: int
    colours: Track


def card_limit(issue: Issue) -> int:
    """How many events may have a card at most."""
    return 0 if issue.choices.density == "compact" else CARDS


def carded(issue: Issue, cards: int, rows: int | None = None) -> dict[str, object]:
    """The names that depend on how much room there is: for cards, and for the rows of a section (None: for all).

    What has no card signs up in the table.
    """
    events = [section.entries for section in issue.sections if section.kind == "events"]
    return {
        "cards": cards,
        "rows": rows,
        "uncarded": frozenset(entry.id for entries in events for entry in entries[cards:]),
    }


def context(issue: Issue, draft: Draft, theme: Theme, marks: Marks, language: Language) -> dict[str, object]:
    """All names a template of an issue may use, besides those of `carded` and of the language."""
    issue = told_once(issue)
    tracks = _tracks(issue, theme)
    colours = {name: track.colours for name, track in tracks.items()}
    plain = Tracked(len(tracks), theme.tracks.get(DROP_IN) or next(iter(theme.tracks.values())))
    return {
        "issue": issue,
        "note": issue.note,
        "community": draft.community,
        "reply_to": draft.reply_to,
        "personal": not issue.choices.shared,
        "web_copy": draft.settings.archive and draft.kind == "issue",
        "list_title": draft.list.title,
        "service": draft.service,
        "subscribe_url": draft.subscribe_url,
        "sections": shown_sections(issue, draft),
        "each_once": tabled_alone(shown_sections(issue, draft)),
        "texts": section_texts(draft),
        "pictures": dict(draft.pictures),
        "own": frozenset(name for name, _ in draft.sections),
        "listed": frozenset(entry.id for entry in _entries(issue, glance=True)),
        "told": frozenset(entry.url for entry in _entries(issue, glance=False)),
        "tracks": tracks,
        "plain_track": plain,
        "dark_css": dark_css(theme.dark, [track.colours for track in (*tracks.values(), plain)]),
        "tile_rows": tile_rows(issue.strip, colours, theme),
        "legend": legend(issue, colours, theme, language),
        "followed": followed(issue),
        "slot": marks.by_name(),
        "c": theme.light,
        "font": theme.fonts,
        "look": draft.look,
        "topic_tags": frozenset(tag for _, topic in issue.topics for tag in topic.tags),
        "compact": issue.choices.density == "compact",
        "grouped": draft.settings.group_by if issue.window.end - issue.window.start > SHORT_WINDOW else "",
        "base": draft.community.url,
    }


def shown_sections(issue: Issue, draft: Draft) -> tuple[Section, ...]:
    """The issue's sections in order; the note comes first where no section places it, and an empty issue says so."""
    sections = issue.sections
    kinds = {section.kind for section in sections}
    if (issue.note.body or issue.note.by) and "note" not in kinds:
        sections = (Section("note", ""), *sections)
    if issue.empty and "empty" not in kinds:
        sections = (*sections, Section("empty", ""))
    return tuple(section for section in sections if section.kind != "note" or issue.note.body or issue.note.by)


def section_texts(draft: Draft) -> dict[str, str]:
    """Markdown of the sections that come from a file, by the section's name and by its title."""
    titles = {name: section.title for name, section in draft.sections}
    return {key: text for name, text in draft.section_texts for key in (titles.get(name, name), name)}


def days(entries: Sequence[Entry], grouped: str, language: Language) -> tuple[Day, ...]:
    """The entries under their days, in the given order; what has no day comes under an empty one.

    They may be `grouped` by "week", or by "place", in the order of the places' names.
    """
    if grouped == "place":
        return tuple(_by_place(entries, language))
    out: list[Day] = []
    week: date | None = None
    for day, rows in groupby(entries, key=lambda entry: entry.day):
        found = tuple(rows)
        monday = day - timedelta(days=day.weekday()) if day else None
        heading = _week_heading(monday, language) if grouped and monday and monday != week else ""
        week = monday or week
        out.append(Day(found[0].time.weekday, found[0].time.day, found, heading))
    return tuple(out)


def _by_place(entries: Sequence[Entry], language: Language) -> Iterator[Day]:
    for place in sorted({entry.place for entry in entries}, key=lambda name: (not name, name.casefold())):
        heading = place or language.gettext("Place to be announced")
        for _, rows in groupby((entry for entry in entries if entry.place == place), key=lambda entry: entry.day):
            found = tuple(rows)
            yield Day(found[0].time.date_text, "", found, heading)
            heading = ""


def followed(issue: Issue) -> tuple[str, ...]:
    """Titles of the topics this reader chose; empty when it is all of them."""
    titles = {name: topic.title for name, topic in issue.topics}
    return tuple(titles.get(name, name) for name in issue.followed)


def change_word(entry: Entry, language: Language) -> str:
    """What became of the entry, in a word or two for the changes box."""
    return language.gettext(_CHANGE_WORDS.get(entry.change, entry.change.capitalize()))


def flag(entry: Entry, language: Language) -> str:
    """The mark beside an entry's title; cancelled ones are struck through instead."""
    return "" if entry.cancelled else entry.flag or language.gettext(FLAGS.get(entry.change, ""))


def clock(entry: Entry, language: Language) -> str:
    """What stands in the table's time column: the hours, or that it is all day, or until which day."""
    if entry.time.clock or entry.day is None:
        return entry.time.clock or entry.when_text
    last = entry.time.iso_end[:10]
    if last <= entry.time.iso_start[:10]:
        return language.gettext("all day")
    return language.gettext("until {day}", day=day_text(date.fromisoformat(last), language))


def in_words(names: Sequence[str], language: Language) -> str:
    """Names in a row: "Ada, Lin and Jo"."""
    return language.listing(names)


def _entries(issue: Issue, *, glance: bool) -> tuple[Entry, ...]:
    """The entries of the glance table, or of all other sections."""
    return tuple(
        entry for section in issue.sections if (section.kind == "glance") == glance for entry in section.entries
    )


def _tracks(issue: Issue, theme: Theme) -> dict[str, Tracked]:
    found = topic_tracks(issue.topics, theme)
    return {name: Tracked(index, track) for index, (name, track) in enumerate(found.items())}


def _week_heading(monday: date, language: Language) -> str:
    """ "Week of 7 December"."""
    return language.gettext("Week of {date}", date=month_day_text(monday, language))
