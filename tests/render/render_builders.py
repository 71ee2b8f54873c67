"""A week of a data lab, as values: what the renderer's tests print and the checks' tests break."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from newsletter.app.theme_files import load_theme
from newsletter.model.issue import (
    Choices,
    DayTile,
    Draft,
    Entry,
    Issue,
    Link,
    Note,
    Section,
    Slot,
    TimeText,
    Window,
)
from newsletter.model.item import Item
from newsletter.model.mail import Row
from newsletter.model.problem import Origin
from newsletter.model.workspace import Community, DigestSettings, ListSettings, SectionSettings, TopicSettings

SEATTLE = ZoneInfo("America/Los_Angeles")
TEMPLATES = Path(__file__).parents[2] / "templates"
SITE = "https://data.example.org"
TOPICS = (
    ("deep-dives", TopicSettings(title="Data deep dives", short="Deep dive", tags=("deep-dive",), colour="dive")),
    ("learning", TopicSettings(title="Learning communities", short="Learning", tags=("learning",), colour="comm")),
    ("datathons", TopicSettings(title="Datathons", short="Datathon", tags=("datathon",), colour="thon")),
    ("community", TopicSettings(title="Drop-in hours", short="Drop-in", tags=("co-working",), colour="drop")),
)
WINDOW = Window(datetime(2026, 12, 7, tzinfo=SEATTLE), datetime(2026, 12, 14, tzinfo=SEATTLE))
SENT = datetime(2026, 12, 4, 9, tzinfo=SEATTLE)
NARROW = "\u202f"


@cache
def theme(name: str = "hours") -> tuple[tuple[str, str], ...]:
    """The theme's files by path, as a draft holds them."""
    return load_theme(TEMPLATES.parent, name, "weekly")


def with_template(draft: Draft, path: str, text: str | None) -> Draft:
    """The draft with one template replaced, added, or (None) taken away."""
    files = dict(draft.theme)
    files.pop(path, None)
    return replace(draft, theme=tuple(sorted((files | ({} if text is None else {path: text})).items())))


def time_on(day: int, clock: str, month: int = 12, year: int = 2026) -> TimeText:
    """The time of a December day, with its clock as given."""
    on = date(year, month, day)
    return TimeText(
        weekday=f"{on:%a}",
        weekday_long=f"{on:%A}",
        day=str(day),
        month=f"{on:%b}",
        month_long=f"{on:%B}",
        year=str(year),
        clock=clock,
        zone="PST" if clock else "",
        date_text=f"{on:%a} {day} {on:%b}",
        full=f"{on:%a} {day} {on:%b}, {clock} PST" if clock else f"{on:%a} {day} {on:%b}",
    )


def event(name: str, title: str, day: int, clock: str, topic: str = "", **more: object) -> Entry:
    """An event on a day of December, with its own page and the calendars that every timed event has."""
    titles = {name: settings.title for name, settings in TOPICS}
    time = time_on(day, clock)
    base = Entry(
        id=name,
        kind="event",
        title=title,
        when_text=time.full,
        at=datetime(2026, 12, day, 12, tzinfo=SEATTLE),
        day=date(2026, 12, day),
        time=time,
        url=f"{SITE}/events/{name}",
        calendar=(
            Link("Google", f"https://calendar.google.com/calendar/render?action=TEMPLATE&text={name}"),
            Link("Outlook", f"https://outlook.live.com/calendar/0/deeplink/compose?subject={name}"),
        ),
        topic=topic,
        topic_title=titles.get(topic, ""),
        origin=Origin("events", f"content/events/{name}.md", 3),
    )
    return replace(base, **more)  # type: ignore[arg-type]


PIPELINES = event(
    "pipelines",
    "Reproducible workflows: from notebook to pipeline",
    8,
    f"12–1:30{NARROW}PM",
    "deep-dives",
    change="moved",
    flag="moved",
    now=f"Tue 8 Dec, 12{NARROW}PM",
    was=f"Thu 10 Dec, 12{NARROW}PM",
    place="Lakeview 1.203, and online",
    hosts=("Amara Okafor", "Lena Brandt"),
    summary="Bring one analysis you had to re-run by hand. We turn it into a pipeline together, step by step, "
    "and you leave with it working.",
    tags=("workflows", "beginners-welcome", "captions"),
    registration_url="https://tickets.example.org/pipelines",
    followed_by=(Link("Pipelines, the learning community", f"{SITE}/events/pipelines-lc"),),
)
COFFEE = event("coffee", "R users' coffee", 9, f"9–10{NARROW}AM", cancelled=True, change="cancelled")
COFFEE = replace(COFFEE, was=f"Wed 9 Dec, 9{NARROW}AM", exceptions=("Back on Wed 13 Jan",))
CLINIC = event(
    "clinic",
    "Single-cell clinic: choosing a clustering resolution",
    9,
    f"10–11{NARROW}AM",
    "learning",
    place="Online",
    hosts=("Jun Takahashi",),
    summary="Three people show one plot each; everyone asks the question they were afraid to ask. Past notes "
    "are public.",
    tags=("single-cell", "discussion"),
    registration_url="https://tickets.example.org/clinic",
    follows=Link("Clusters that mean something", f"{SITE}/events/clusters"),
)
DATATHON = event(
    "datathon",
    "Datathon: what the health survey does not say",
    11,
    f"11{NARROW}AM–2{NARROW}PM",
    "datathons",
    change="place changed",
    flag="new place",
    now="Steam Hall, Floor 2",
    was="Lakeview 1.203",
    place="Steam Hall, Floor 2 (step-free)",
    hosts=("the datathon crew",),
    summary="One public dataset, mixed teams, ten-minute show and tell at the end. Lunch is on us; tell us what you "
    "eat when you RSVP.",
    tags=("teams", "lunch", "all-levels"),
    cost="Free, lunch included",
    registration_url="https://tickets.example.org/datathon",
)
COWORKING = event(
    "co-working", "Co-working", 7, f"12–1{NARROW}PM", "community", place="Lakeview Commons and online", calendar=()
)
OFFICE_HOURS = event(
    "office-hours", "Data governance office hours", 10, f"3–4{NARROW}PM", "community", place="Online"
)
OFFICE_HOURS = replace(OFFICE_HOURS, calendar=())
RECURRING = (
    replace(COWORKING, when_text=f"Mondays 12–1{NARROW}PM", exceptions=("Last one this quarter: Mon 7 Dec",)),
    replace(OFFICE_HOURS, when_text=f"Thursdays 3–4{NARROW}PM"),
)


def plain(name: str, kind: str, title: str, **more: object) -> Entry:
    """An entry without a time."""
    return replace(  # type: ignore[arg-type]
        Entry(id=name, kind=kind, title=title, origin=Origin("news", f"content/{name}.md", 1)), **more
    )


DEADLINES = (
    plain(
        "signup",
        "deadline",
        "Datathon lunch and team sign-up",
        time=time_on(9, f"5{NARROW}PM"),
        summary="So that we order the right amount of everything.",
        url=f"{SITE}/events/datathon",
        soon=True,
    ),
    plain(
        "awards",
        "deadline",
        "Early-career travel awards",
        time=time_on(21, ""),
        summary="Up to four awards for spring conferences.",
        url=f"{SITE}/awards",
    ),
)
NEWS = (
    plain(
        "cluster",
        "announcement",
        "The shared cluster rests on Saturday",
        summary="Maintenance from Sat 12 Dec, 6 AM to Sun 13 Dec, noon (Seattle). Jobs that would still be running "
        "are held, not killed.",
        url=f"{SITE}/news/cluster",
    ),
    plain(
        "notes",
        "announcement",
        "Office-hours notes are now public",
        body="Four terms of questions, answered in plain words and [searchable by topic](/notes).\n\n"
        "- Mixed models\n- Cluster queues\n- *Which test?*",
    ),
)
THANKS = (
    plain(
        "mateo",
        "thanks",
        "Mateo Ruiz",
        summary="for bringing tamales to co-working, and for explaining mixed models to whoever sat next to them.",
    ),
    plain("lena", "thanks", "Lena Brandt", summary="for mending the container image on a Sunday."),
)
NOTE = Note(
    body="The quarter is nearly out of Mondays. If you have been meaning to come to co-working and never quite did, "
    "*this* is the week: the kettle is on, and nobody will ask what you have finished.\n\n"
    "On Friday we close with [the datathon](/events/datathon). You need to be curious for three hours.",
    by="Priya Raman",
    role="editing this week",
)
SECTIONS = (
    Section("note", ""),
    Section("changes", "Changed since last issue", (PIPELINES, DATATHON, COFFEE)),
    Section("glance", "This week at a glance", (COWORKING, PIPELINES, COFFEE, CLINIC, OFFICE_HOURS, DATATHON)),
    Section("events", "Come along", (PIPELINES, CLINIC, DATATHON)),
    Section("recurring", "Every week", RECURRING),
    Section("deadlines", "Deadlines", DEADLINES),
    Section("announcements", "Announcements", NEWS),
    Section("thanks", "Thank you", THANKS),
)
STRIP = (
    DayTile("Mon", "7", ("community",), date(2026, 12, 7)),
    DayTile("Tue", "8", ("deep-dives",), date(2026, 12, 8)),
    DayTile("Wed", "9", ("learning",), date(2026, 12, 9)),
    DayTile("Thu", "10", ("community",), date(2026, 12, 10)),
    DayTile("Fri", "11", ("datathons",), date(2026, 12, 11)),
    DayTile("Sat", "12", (), date(2026, 12, 12)),
    DayTile("Sun", "13", (), date(2026, 12, 13)),
)


def a_draft(**more: object) -> Draft:
    """The frozen draft of the weekly issue of 4 December 2026."""
    digest = DigestSettings(
        title="Common Hours", list="community", cadence="weekly on Friday at 09:00", window="7 days from next Monday"
    )
    base = Draft(
        key="weekly-2026-12-04",
        digest="weekly",
        slot=Slot("weekly", "weekly-2026-12-04", SENT, SENT - timedelta(days=3), WINDOW),
        as_of=SENT - timedelta(days=3),
        number=48,
        community=Community(
            id="data-lab",
            name="Cascadia Data Science Lab",
            url=SITE,
            timezone="America/Los_Angeles",
            city="Seattle",
            postal_address="1100 Shore Avenue N, Seattle, WA 98109, USA",
            guidelines_url=f"{SITE}/participation-guidelines",
        ),
        settings=digest,
        list=ListSettings(title="Common Hours", digests=("weekly",)),
        topics=TOPICS,
        sections=(("jobs", SectionSettings(title="Work with us", tags=("job",))),),
        terms=(),
        items=(),
        problems=(),
        note=NOTE,
        section_texts=(),
        theme=theme(),
        sender="Common Hours <hours@news.example.org>",
        reply_to="data@example.org",
        base_url="https://news.example.org",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def an_issue(**more: object) -> Issue:
    """That issue for a reader in Seattle who follows everything."""
    base = Issue(
        key="weekly-2026-12-04",
        digest="weekly",
        number=48,
        title="Common Hours",
        tagline="",
        subject="Pipelines on Tuesday, datathon on Friday",
        preheader="One talk moved to Tue 8 Dec, a bigger room for the datathon, and a deadline on Wednesday.",
        as_of=SENT - timedelta(days=3),
        window=WINDOW,
        dateline="7 to 13 December 2026",
        term_line="Autumn Quarter 2026, week 11 of 11",
        zone_name="Seattle time (PST)",
        choices=Choices("America/Los_Angeles"),
        sections=SECTIONS,
        note=NOTE,
        strip=STRIP,
        topics=TOPICS,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def an_item(name: str, **more: object) -> Item:
    """An event as its source states it."""
    return replace(  # type: ignore[arg-type]
        Item(id=name, kind="event", title=name.title(), origins=(Origin("events", f"content/events/{name}.md", 3),)),
        **more,
    )


def a_row(**values: str) -> Row:
    """Ada, with links of her own."""
    links = {
        "unsubscribe_url": "https://news.example.org/u/tokenForAda",
        "preferences_url": "https://news.example.org/p/tokenForAda",
        "web_url": "",
        "action_url": "",
        "name": "Ada",
        "address": "ada@example.org",
    }
    filled = links | values
    return Row("d1", filled["address"], "<d1@news.example.org>", filled["unsubscribe_url"], filled)
