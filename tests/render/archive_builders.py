"""A public site with one issue, whose events are everything that may be awkward."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from calendar_builders import at, item
from render_builders import a_draft, theme

from newsletter.model.issue import Draft, Note
from newsletter.model.item import Item, Place
from newsletter.model.when import AllDay, Override, Recurrence
from newsletter.model.workspace import Community
from newsletter.render.archive.pages import Look, Shown
from newsletter.render.archive.site import Calendar, DigestPages, Listed, Site, listed, public_issue

TEMPLATES = Path(__file__).parents[2] / "templates/pages/archive"
HOSTILE = '</script><script>alert("1")</script> & {{ 7*7 }} ]]> "quoted" <b>bold</b>'
SEATTLE = "America/Los_Angeles"

TALK = item(
    at("2026-12-08 12:00"),
    hosts=("Amara Okafor",),
    place=Place("hybrid", "Lakeview 1.203", "1100 Shore Avenue N", "https://meet.example.org/x"),
    registration_url="https://tickets.example.org/missing-data",
    summary="Bring one table.",
)
STAY = item(AllDay(date(2026, 12, 9), date(2026, 12, 10)), "Write-up days", id="events:stay")
TEA = item(
    Recurrence(
        datetime(2026, 9, 30, 9),
        datetime(2026, 9, 30, 10),
        SEATTLE,
        ("FREQ=WEEKLY",),
        overrides=(
            Override(datetime(2026, 12, 9, 9), "moved", datetime(2026, 12, 10, 9), datetime(2026, 12, 10, 10)),
        ),
    ),
    "R users' coffee",
    id="events:tea",
)
OFF = item(at("2026-12-11 18:00"), "Winter party", id="events:party", status="cancelled")
EVIL = item(at("2026-12-11 12:00"), HOSTILE, id="events:evil", summary=HOSTILE, place=Place("in_person", HOSTILE))
SECRET = item(at("2026-12-09 12:00"), "For members alone", id="events:secret", visibility="members")
BROKEN = item(at("2026-12-09 13:00"), "Held back for now", id="events:broken", held_back=True)
ITEMS = (TALK, STAY, TEA, OFF, EVIL, SECRET, BROKEN)


def draft(*items: Item, **values: object) -> Draft:
    """The weekly draft of these items."""
    plain = Note("", "", "The last week: *come*, and see [the plan](https://data.example.org/plan).", "Priya Raman")
    return a_draft(items=items or ITEMS, note=plain, calendars_url="https://news.example.org", **values)


def site(**values: object) -> Site:
    """The lab's site."""
    base = Site(
        a_draft().community,
        "https://news.example.org",
        "https://data.example.org/join",
        (DigestPages("weekly", "Common Hours", "The week ahead"), DigestPages("monthly", "Common Hours, the month")),
        (Calendar("Everything", "everything.ics"), Calendar("Data deep dives", "deep-dives.ics")),
    )
    return replace(base, **values)  # type: ignore[arg-type]


def in_language(code: str) -> Community:
    """The lab, writing in another language."""
    return a_draft().community.model_copy(update={"language": code})


def look() -> Look:
    """The packaged templates and the theme's colours."""
    files = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    texts = tuple((path.relative_to(TEMPLATES).as_posix(), path.read_text(encoding="utf-8")) for path in files)
    return Look(texts, dict(theme())["theme.toml"], "templates/hours/theme.toml")


def shown(*items: Item, **values: object) -> Shown:
    """The issue of these items as it is published."""
    return Shown(*public_issue(draft(*items, **values)))


def line(one: Shown) -> Listed:
    """How lists name it."""
    return listed(one.draft, one.issue)
