"""Small words for drafts: a data lab in Seattle, its topics and terms, and events said in a line."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.model.issue import Choices, Draft, Entry, Issue, Note, Slot, Window
from newsletter.model.item import Item, Place
from newsletter.model.problem import Origin
from newsletter.model.when import AllDay, Instant, Override, Recurrence, WeeklyRange
from newsletter.model.workspace import Community, DigestSettings, ListSettings, TermSettings, TopicSettings

SEATTLE = "America/Los_Angeles"
HOME = ZoneInfo(SEATTLE)
NARROW = "\u202f"
IN_SEATTLE = Choices(timezone=SEATTLE)
IN_BERLIN = Choices(timezone="Europe/Berlin", clock=24)

COMMUNITY = Community(
    id="data-lab",
    name="Cascadia Data Science Lab",
    timezone=SEATTLE,
    city="Seattle",
    postal_address="1100 Shore Avenue N, Seattle, WA 98109, USA",
)
TOPICS = (
    ("deep-dives", TopicSettings(title="Data Deep Dives", tags=("deep-dive",))),
    ("learning-communities", TopicSettings(title="Learning communities", tags=("learning-community",))),
    ("datathons", TopicSettings(title="Datathons", tags=("datathon",))),
    ("community", TopicSettings(title="Community", tags=("co-working", "office-hours", "social"))),
)
TERMS = (
    ("Autumn Quarter 2026", TermSettings(first=date(2026, 9, 28), last=date(2026, 12, 11))),
    ("Winter Quarter 2027", TermSettings(first=date(2027, 1, 4), last=date(2027, 3, 19))),
    ("Spring Quarter 2027", TermSettings(first=date(2027, 3, 29), last=date(2027, 6, 11))),
)
WEEKLY = DigestSettings(
    title="Common Hours", list="community", cadence="weekly on Friday at 09:00", window="7 days from next Monday"
)
LIST = ListSettings(title="Common Hours", digests=("weekly",))


def local(text: str) -> datetime:
    """An aware time in Seattle, of "2026-12-07" or "2026-12-07 12:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


def draft_of(*items: Item, sent: str = "2026-12-04 09:00", window: tuple[str, str] | None = None, **values) -> Draft:
    """A weekly draft of these items; by default for the week of Monday 7 December 2026."""
    send_at = local(sent)
    monday = send_at.date() + timedelta(days=7 - send_at.weekday())
    start, end = window or (str(monday), str(monday + timedelta(days=7)))
    name = values.get("digest", "weekly")
    slot = Slot(
        name, f"{name}-{send_at.date()}", send_at, send_at - timedelta(days=3), Window(local(start), local(end))
    )
    draft = Draft(
        key=slot.key,
        digest=name,
        slot=slot,
        as_of=local(str(send_at.date())),
        number=1,
        community=COMMUNITY,
        settings=WEEKLY,
        list=LIST,
        topics=TOPICS,
        sections=(),
        terms=TERMS,
        items=items,
        problems=(),
        note=Note(),
        section_texts=(),
        theme=(),
        sender="Common Hours <hours@news.example.org>",
        reply_to="",
        base_url="https://news.example.org",
    )
    return replace(draft, **values)


def winter(*items: Item, **values) -> Draft:
    """The quarterly draft of Winter Quarter 2027."""
    return draft_of(
        *items, sent="2026-12-28 09:00", window=("2027-01-04", "2027-03-20"), digest="quarterly", **values
    )


def at(text: str, hours: float = 1.0, zone: str = SEATTLE) -> Instant:
    """One start on a wall clock, of "2026-12-08 12:00"."""
    start = datetime.fromisoformat(text)
    return Instant(start, start + timedelta(hours=hours) if hours else None, zone)


def days(first: str, last: str | None = None) -> AllDay:
    """Whole days, both inclusive."""
    return AllDay(date.fromisoformat(first), date.fromisoformat(last or first))


def weekly(start: str, rule: str, hours: float = 1.0, **values) -> Recurrence:
    """A rule from its first start on."""
    begin = datetime.fromisoformat(start)
    return Recurrence(begin, begin + timedelta(hours=hours), SEATTLE, (rule,), **values)


def mondays(first: str, last: str, start: str = "12:00", end: str = "13:00", **values) -> WeeklyRange:
    """Mondays from the first to the last day."""
    span = date.fromisoformat(first), date.fromisoformat(last)
    return WeeklyRange((0,), *span, time.fromisoformat(start), time.fromisoformat(end), SEATTLE, **values)


def cancelled(original: str) -> Override:
    """An instance that does not take place."""
    return Override(datetime.fromisoformat(original), "cancelled")


def moved(original: str, to: str, hours: float = 1.0) -> Override:
    """An instance that takes place at another time."""
    start = datetime.fromisoformat(to)
    return Override(datetime.fromisoformat(original), "moved", start, start + timedelta(hours=hours))


def event(title: str, when, *tags: str, place: str = "Lakeview 1.203", source: str = "events", **values) -> Item:
    """An event of the source `events`, read from a file named after it."""
    name = values.pop("id", "-".join(title.casefold().split()))
    where = values.pop("where", Place("in_person", place) if place else Place())
    origin = Origin(source, f"content/{source}/{name}.md", 1)
    return Item(f"{source}:{name}", "event", title, (origin,), when, place=where, tags=tags, **values)


def news(title: str, *tags: str, **values) -> Item:
    """An announcement."""
    origin = Origin("news", f"content/news/{title}.md", 1)
    return Item(f"news:{title}", "announcement", title, (origin,), tags=tags, **values)


def page(title: str, *tags: str, body: str = "", **values) -> Item:
    """A page without a date."""
    return Item(
        f"pages:{title}", "page", title, (Origin("pages", f"content/{title}.md", 1),), tags=tags, body=body, **values
    )


def entries(issue: Issue, kind: str) -> tuple[Entry, ...]:
    """The entries of one section, none where it was left out."""
    return next((section.entries for section in issue.sections if section.kind == kind), ())


def titles(issue: Issue, kind: str) -> list[str]:
    """Titles of one section, in order."""
    return [entry.title for entry in entries(issue, kind)]


def only(found: Iterable[Entry]) -> Entry:
    """The one entry there is."""
    (entry,) = found
    return entry


def plain(text: str) -> str:
    """Text with ordinary spaces, so that tests can be typed."""
    return text.replace(NARROW, " ").replace("\u00a0", " ")
