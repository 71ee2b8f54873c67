"""An item and its occurrences as an entry: every text in the reader's zone and clock, ready to print."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final, TypedDict

from newsletter.compose.calendar_links import calendar_links
from newsletter.compose.calendar_names import hosted_url
from newsletter.compose.follows import Follows
from newsletter.compose.moments import begins, day_of, instant_of, midnight
from newsletter.compose.plain import summary_of
from newsletter.compose.programme import Timed
from newsletter.compose.topics import topics_of
from newsletter.compose.view import View
from newsletter.dates.wording import time_text
from newsletter.language.filling import N_
from newsletter.language.languages import ENGLISH, Language
from newsletter.model.issue import Change, Entry, Link, TimeText
from newsletter.model.item import Item, Place
from newsletter.model.picture import Picture
from newsletter.model.when import Occurrence

#: The words that stand beside an entry's title, to be translated by `flag_of`.
FLAGS: Final[dict[Change, str]] = {
    "": "",
    "new": N_("new"),
    "moved": N_("moved"),
    "place changed": N_("new place"),
    "registration opened": N_("registration open"),
    "cancelled": N_("cancelled"),
    "postponed": N_("postponed"),
    "deadline extended": N_("extended"),
    "deadline moved": N_("new deadline"),
    "last chance": N_("last chance"),
    "reminder": N_("reminder"),
}


def entry_of(view: View, item: Item, occurrence: Occurrence | None = None) -> Entry:
    """The item as it stands for the reader; the occurrence gives time, day and place where there is one."""
    place = place_text(item.place, view.language)
    return _bare(view, item, Shown(place=place) if occurrence is None else _shown(view, place, occurrence))


def at_time(view: View, entry: Entry, occurrence: Occurrence) -> Entry:
    """The entry on the day and at the hour of the occurrence, for this reader."""
    return replace(entry, **_shown(view, entry.place, occurrence))


class Shown(TypedDict, total=False):
    """What of an entry its occurrence gives."""

    when_text: str
    at: datetime | None
    day: date | None
    time: TimeText
    place: str


def _shown(view: View, place: str, occurrence: Occurrence) -> Shown:
    time = reader_time(view, occurrence)
    return Shown(
        when_text=time.full,
        at=instant_of(occurrence),
        day=day_of(occurrence, view.zone),
        time=time,
        place=occurrence.place or place,
    )


def marked(view: View, entry: Entry, item: Item) -> Entry:
    """The entry with what changed about the item since the reader's last issue, in a word or two."""
    mark = view.mark_of(item)
    if mark is None:
        return entry
    return replace(
        entry, change=mark.change, flag=entry.flag or flag_of(view, mark.change), now=mark.now, was=mark.was
    )


def reminded(view: View, entry: Entry, timed: Timed) -> Entry:
    """The entry as a reminder where the reader was told all of it: shorter, once it was told in full."""
    told = view.told_of(timed.item)
    if told is None or entry.change or not view.is_reminder(timed):
        return entry
    entry = replace(entry, change="reminder", flag=entry.flag or flag_of(view, "reminder"))
    return replace(entry, summary="", body="", picture=None) if told.in_full else entry


def repeated(view: View, entry: Entry, item: Item) -> Entry:
    """The entry of what has no date as a reminder, where an earlier issue told it."""
    if view.told_of(item) is None or entry.change:
        return entry
    return replace(entry, change="reminder", flag=entry.flag or flag_of(view, "reminder"))


def with_flag(view: View, entry: Entry, change: Change) -> Entry:
    """The entry with the change's word beside it; it counts as changed only where the changes tell it."""
    return replace(entry, flag=flag_of(view, change), change=change if entry.id in view.marks.told else "")


def flag_of(view: View, change: Change) -> str:
    """The word for a change, in the reader's language."""
    return view.language.gettext(FLAGS[change])


def reader_time(view: View, occurrence: Occurrence) -> TimeText:
    """The occurrence's time in the reader's zone, with the community's beside it where they differ."""
    city = community_city(view)
    clock, language = view.choices.clock, view.language
    return time_text(occurrence, zone=view.zone, clock=clock, home=view.home, home_city=city, language=language)


def community_city(view: View) -> str:
    """The name people know the community's clock by."""
    return view.draft.community.city or city_of(view.home.key)


def moment_text(view: View, occurrence: Occurrence) -> str:
    """Day and clock without a zone, for `now` and `was`: "Tue 8 Dec, 12-1:30 PM" in the reader's zone."""
    time = reader_time(view, occurrence)
    return time.full.removesuffix(time.zone).strip() if time.zone else time.full


def place_text(place: Place, language: Language = ENGLISH) -> str:
    """Where, in a few words: the name, and that one may also join online."""
    name = place.name or place.address
    if place.mode not in ("online", "hybrid") or "online" in name.casefold():
        return name
    if not name:
        return language.gettext("Online") if place.mode == "online" else language.gettext("In person and online")
    if place.mode == "hybrid":
        return language.gettext("{place}, and online", place=name)
    return language.gettext("Online ({place})", place=name)


def with_note_of_start(view: View, entry: Entry, occurrence: Occurrence) -> Entry:
    """The entry flagged where the occurrence began before the window, and goes on in it."""
    begun = begins(occurrence, view.home) < view.programme.window.start
    return replace(entry, flag=view.language.gettext("continuing"), continuing=True) if begun else entry


def calendar_of(view: View, item: Item, occurrence: Occurrence) -> tuple[Link, ...]:
    """Links that put the occurrence into a calendar: its hosted file first, then web calendars."""
    where = ", ".join(part for part in (item.place.name, item.place.address) if part) or item.place.url
    links = calendar_links(item.title, occurrence, occurrence.place or where, item.url)
    return (*calendar_file(view, item), *links)


def calendar_file(view: View, item: Item) -> tuple[Link, ...]:
    """The link to the item's hosted file, short, and right when the event changes later."""
    url = hosted_url(view.draft, item)
    return (Link(view.language.gettext("Calendar file"), url),) if url else ()


def in_order(view: View, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries by instant, title and id; whole days come first in theirs, what has no date comes last."""
    return tuple(sorted(entries, key=lambda entry: (_instant(view, entry), entry.title.casefold(), entry.id)))


def city_of(zone: str) -> str:
    """The name people know a zone by: the last part of its IANA name."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _instant(view: View, entry: Entry) -> datetime:
    if entry.at is not None:
        return entry.at
    return midnight(entry.day, view.zone).astimezone(UTC) if entry.day else datetime.max.replace(tzinfo=UTC)


def _bare(view: View, item: Item, shown: Shown) -> Entry:
    topics = topics_of(item, view.draft.topics)
    titles = dict(view.draft.topics)
    follows = view.programme.follows.get(item.id, Follows())
    return Entry(
        id=item.id,
        kind=item.kind,
        title=item.title,
        mode=item.place.mode,
        hosts=item.hosts,
        summary=summary_of(item.summary, item.body),
        body=item.body,
        url=item.url or item.registration_url or item.place.url,
        registration_url=item.registration_url,
        topic=topics[0] if topics else "",
        topic_title=titles[topics[0]].title if topics else "",
        tags=item.tags,
        cost=item.cost,
        audience=item.audience,
        follows=follows.before,
        followed_by=follows.after,
        origin=item.origin,
        picture=_picture(view, item),
        **shown,
    )


def _picture(view: View, item: Item) -> Picture | None:
    """The published picture that stands for the item, with the words for those who do not see it."""
    found = dict(view.draft.pictures).get(item.picture.address) if item.picture else None
    return replace(found, alt=item.picture.alt) if found and item.picture else None
