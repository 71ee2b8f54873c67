"""A desk for the preview's tests: two digests, two personas, and a mail that can be edited or broken."""

from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage
from threading import Event

from newsletter.app.studio.calendar import Coming, Moment, Schedule
from newsletter.app.studio.content import ContentPane, Offered, Pair
from newsletter.app.studio.differences import EventDifference, TextLine
from newsletter.app.studio.editing import EditPane, Field, Part, Row
from newsletter.app.studio.inbox import inbox_rows
from newsletter.app.studio.outline import OutlineEntry, OutlineSection
from newsletter.app.studio.said import Said
from newsletter.app.studio.stage import for_frame
from newsletter.app.studio.standing import Standing
from newsletter.app.studio.view import Audience, Before, Finding, Line, Menu, Named, Shown, Step, View
from newsletter.app.suggesting import Offer
from newsletter.model.deeds import Actor
from newsletter.model.item import Item
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import Vague
from newsletter.sources.suggest import Suggestion

MENU = Menu(
    "The Lab",
    (Named("weekly", "Common Hours"), Named("quarterly", "The quarter")),
    (Named("seattle", "Seattle, everything"), Named("berlin", "Berlin, 24-hour clock")),
)
STYLE = """
<style>:root{color-scheme:light dark}body{background:#fffefb;color:#1b2333}
@media (prefers-color-scheme:dark){body{background:#191f2b!important;color:#f3eee4!important}}
@media (min-width:520px){#wide{display:block!important}}</style>
"""
CARDS = """<table><tr><td id="card"><h2><span data-entry="0">Maps</span></h2><p>Bring one.</p></td>
<td><span data-entry="1">Tea</span></td></tr></table>"""


def mail(words: str, persona: str, bring: str = "Bring one.") -> str:
    """A long mail with a rule for the dark, one for width, a script that must not run, and an inert link."""
    cards = CARDS.replace("Bring one.", bring)
    lines = "".join(f"<p>Line {n}</p>" for n in range(80))
    return (
        f'<!doctype html><html lang="en"><head><meta name="color-scheme" content="light dark">{STYLE}</head>'
        f'<body><h1>{words}</h1>{cards}<p id="who">{persona}</p><p id="wide" style="display:none">wide</p>'
        f'<a href="#">leave</a><script>document.title="ran"</script>{lines}</body></html>'
    )


def message(subject: str, html: str) -> bytes:
    """A message with both parts."""
    whole = EmailMessage()
    whole["Subject"] = subject
    whole["List-Id"] = "The list <list.example.org>"
    whole.set_content("In plain words.")
    whole.add_alternative(html, subtype="html")
    return whole.as_bytes()


FAULT = Finding(
    Problem("error", "src.syntax", "unexpected '}'", Origin("templates", "templates/hours/issue.mjml", 12)),
    (Line(11, "<mj-body>", False), Line(12, "{{ broken }", True), Line(13, "</mj-body>", False)),
)
WARNING = Finding(Problem("warning", "W-X", "no <place> given", Origin("talks", "content/talks.csv", 3)), item="tea")
OUTLINE = (
    OutlineSection("glance", "The week at a glance", (OutlineEntry(0, "maps", "Maps", "", "", None),)),
    OutlineSection("events", "Come along", (
        OutlineEntry(1, "tea", "Tea", "moved", "~", Origin("talks", "content/talks.csv", 3), "warning"),
    )),
)  # fmt: skip
MAILS = 3
EDIT = EditPane(
    "issues/weekly-2026-12-04.md", "cd" * 32, {"subject": "Mine", "preheader": "", "by": "", "role": ""}, "A note.",
    (Part("events", "Come along", (Row("maps", "Maps", pinned=True), Row("tea", "Tea")), by_time=False),),
    (Row("off", "Hidden one"),), fields=(Field("place", "Place", "", "Lakeview"),),
)  # fmt: skip

TALK, ROOM = (Item(name, "event", "Maps", (Origin(name, f"content/{name}.csv", 2),)) for name in ("talks", "rooms"))
SAID = Suggestion("Quiet tables", "Mondays", Vague("Mondays"), "Mondays at noon.", TALK.origin, "toml", "+++\n+++\n")
OFFERED = Offered(Offer(SAID), "content/quiet-tables.md")
CONTENT = ContentPane(frozenset({0}), (Pair(TALK, ROOM),), (OFFERED,), 0)
SENT = Moment("Fri 4 Dec 2026, 09:00 PST", "Fri 17:00 UTC")
CALENDAR = (
    Schedule("weekly", "Common Hours", "weekly on Friday at 09:00", (
        Coming("weekly-2026-12-04", "drafted", "07 Dec up to 14 Dec 2026", SENT, SENT, SENT),
    )),
    Schedule("quarterly", "The quarter", "manual", why_none="It leaves when somebody sends it."),
)  # fmt: skip


class Desk:
    """Shows `words`; while `broken`, the last good words with a fault."""

    def __init__(self) -> None:
        self.words = "Pipelines on Tuesday"
        self.bring = "Bring one."
        self.answer: Said | None = None
        self.values: Mapping[str, str] = {}
        self.faults: tuple[Finding, ...] = ()
        self.empty = False
        self.errors = 0
        self.real = False
        self.unknown = ""
        self.text_only = False
        self.done: list[tuple[str, str, str]] = []
        self.fault: Exception | None = None
        self.may_end = Event()
        self.may_end.set()

    def ahead(self, shown: Shown) -> None:
        """Nothing is slow here."""

    def standing(self, digest: str, persona: str, variant: int) -> Standing | None:
        goes = "to 117 people in 3 mails, on Fri 4 Dec 2026, 09:00 PST (17:00 UTC)"
        if self.faults:
            return None
        found, moved = (WARNING.problem,), ("Tea: place: here -> there",)
        return Standing(
            f"{digest}-2026-12-04", "Common Hours 9", "drafted", "ab" * 32, goes,
            moved=moved, errors=self.errors, warnings=1, found=found, drift="ef" * 16,
        )  # fmt: skip

    def pane(self, tab: str, digest: str, persona: str, variant: int, item: str) -> object:
        if self.faults:
            return None
        edit = replace(EDIT, chosen=EDIT.parts[0].rows[0] if item == "maps" else None)
        return {"edit": edit, "content": CONTENT, "calendar": CALENDAR}[tab]

    def picture(self) -> str:
        return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>Ahead</title></svg>'

    def act(
        self, what: str, digest: str, persona: str, variant: int, values: Mapping[str, str], actor: Actor
    ) -> Said:
        self.values, self.actor = values, actor
        self.done.append((what, f"{digest} {persona} {variant}", values.get("address", "") or values.get("by", "")))
        assert self.may_end.wait(60)
        if self.fault:
            raise self.fault
        return self.answer or Said(f"Done: {what}.")

    def show(self, digest: str, persona: str, variant: int = 0) -> Shown:
        variant = variant if variant <= MAILS else 0
        digest = digest if digest in ("weekly", "quarterly") else "weekly"
        persona = persona if persona in ("seattle", "berlin") else "seattle"
        html = "" if self.text_only else mail(self.words, persona, self.bring)
        view = View(
            key=f"{digest}-2026-12-04",
            title="Common Hours",
            subject=self.words,
            preheader="and a datathon",
            sender="Common Hours <hours@news.example.org>",
            sends="Fri 4 Dec 2026, 09:00 PST",
            window="7 to 13 December 2026",
            html=html,
            framed=for_frame(html) if html else "",
            text=f"{self.words}\n<plain> {persona}",
            message=message(self.words, html),
            problems=(WARNING,),
            empty=self.empty,
            outline=OUTLINE,
            inbox=inbox_rows("Common Hours <hours@news.example.org>", self.words, "and a datathon"),
            against="weekly-2026-11-27",
            before=Before(for_frame(mail("Rivers on Monday", persona)) if html else "", "Rivers on Monday"),
            events=(EventDifference("moved", "tea", "Tea", (("when_text", "Mon", "Tue"),)),),
            lines=(TextLine("removed", "old words"), TextLine("added", "new words")),
            tells_data=lambda: '{"key": "weekly-2026-12-04"}',
            next_content="Next: Pipelines, on 12 January 2027." if self.empty else "",
        )
        step = Step(variant, MAILS, 40 - variant, 117, f"edition {variant}", ("a…@e….org",)) if variant else None
        audience = Audience(unknown=self.unknown) if self.unknown else Audience(117, MAILS)
        return Shown(MENU, digest, persona, view, self.faults, step, audience, real=self.real)
