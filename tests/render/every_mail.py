"""Each kind of mail in each theme: issues, short mails and service mails, full and compact, in every language."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from render_builders import SECTIONS, TEMPLATES, WINDOW, a_draft, an_issue, theme

from newsletter.language.catalogue import packaged_codes
from newsletter.model.delivery import MailingKind
from newsletter.model.issue import Choices, DayTile, Draft, Issue, Section
from newsletter.model.picture import Picture
from newsletter.model.workspace import LookSettings

SEATTLE = "America/Los_Angeles"
LOGO = LookSettings(logo="https://data.example.org/logo.png")
WEEKS = tuple(DayTile("Jan", str(day), ("learning",)) for day in range(1, 12))
QUARTER = replace(WINDOW, end=WINDOW.end + timedelta(weeks=10))
#: Every section there is, with entries in it.
ALL_SECTIONS = (
    *SECTIONS,
    *(Section(kind, kind.title(), SECTIONS[3].entries) for kind in ("ahead", "continuing", "open", "more", "jobs")),
)
SERVICES = sorted({path.stem for path in (TEMPLATES / "shared" / "mail").glob("*.mjml")})
PHOTO = Picture("https://news.example.org/pictures/feast.jpg", 640, 360, 48_000, "Soup for forty")
PICTURED = Section("events", "Come along", tuple(replace(entry, picture=PHOTO) for entry in SECTIONS[3].entries))
ISSUES: Mapping[str, tuple[MailingKind, Issue]] = {
    "week": ("issue", an_issue()),
    "every section": ("issue", an_issue(sections=ALL_SECTIONS)),
    "pictures": ("issue", an_issue(sections=(PICTURED,))),
    "term": ("issue", an_issue(strip=WEEKS)),
    "by place": ("issue", an_issue(strip=WEEKS, window=QUARTER)),
    "empty": ("issue", an_issue(sections=(), empty=True, next_content="Next: Co-working, Mon 4 Jan")),
    "compact": ("issue", an_issue(choices=Choices(SEATTLE, density="compact"))),
    "for a list": ("issue", an_issue(choices=Choices(SEATTLE, shared=True))),
    "correction": ("correction", an_issue(sections=SECTIONS[1:2])),
    "one-off": ("one-off", an_issue(sections=SECTIONS[:1], zone_name="")),
    **{name: ("service", an_issue(sections=(), zone_name="")) for name in SERVICES},
    **{f"in {code}": ("issue", an_issue(choices=Choices(SEATTLE, language=code))) for code in packaged_codes()},
}
THEMES = sorted(path.parent.name for path in TEMPLATES.glob("*/issue.mjml"))


def every_mail() -> dict[str, tuple[Issue, Draft]]:
    """All of them by "theme: name", each with the draft to render it from."""
    return {
        f"{name}: {mail}": (issue, _draft(name, mail, kind))
        for name in THEMES
        for mail, (kind, issue) in ISSUES.items()
    }


def _draft(name: str, mail: str, kind: MailingKind) -> Draft:
    grouped = "place" if mail == "by place" else "week"
    settings = a_draft().settings.model_copy(update={"theme": name, "group_by": grouped})
    return a_draft(
        theme=theme(name), settings=settings, kind=kind, look=LOGO, service=mail if kind == "service" else ""
    )
