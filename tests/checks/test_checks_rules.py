"""For each rule: a mail that trips it and nothing else, and the good mail that trips none."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path

import pytest
from render_builders import (
    CLINIC,
    COFFEE,
    DATATHON,
    NOTE,
    PIPELINES,
    SEATTLE,
    SECTIONS,
    THANKS,
    a_draft,
    an_issue,
    an_item,
    event,
    plain,
    theme,
    time_on,
)

from newsletter.checks.registry import MAIL_RULES, RULES, run_checks
from newsletter.checks.subject import Around, subject_of
from newsletter.model.issue import Choices, Draft, Entry, Issue, Section, TimeText, Window
from newsletter.model.item import Deadline
from newsletter.model.mail import Edition, Parts, SlotRef
from newsletter.model.picture import Picture
from newsletter.model.problem import Origin, Problem
from newsletter.model.workspace import CheckSettings, ListSettings, LookSettings, SectionSettings
from newsletter.people.tokens import make_token
from newsletter.render.edition import render

GOOD_ISSUE, GOOD_DRAFT = an_issue(), a_draft()


@dataclass
class Mail:
    """One fault planted in the good mail: in the draft, the issue, or the finished edition."""

    issue: Issue = GOOD_ISSUE
    draft: Draft = GOOD_DRAFT
    edition: Callable[[Edition], Edition] = lambda edition: edition
    around: Around = field(default_factory=Around)

    @cached_property
    def found(self) -> tuple[Problem, ...]:
        edition = self.edition(rendered(self.issue, self.draft))
        return run_checks(self.issue, edition, self.draft, self.around)

    def problems(self) -> tuple[Problem, ...]:
        return self.found

    def told_by(self, rule: str) -> tuple[Problem, ...]:
        """What one rule says, without asking the others."""
        subject = subject_of(self.issue, self.edition(rendered(self.issue, self.draft)), self.draft, self.around)
        return tuple(next(one for one in MAIL_RULES if one.id == rule).problems(subject))


@cache
def good() -> Edition:
    return render(GOOD_ISSUE, GOOD_DRAFT)


def rendered(issue: Issue, draft: Draft) -> Edition:
    """Most faults are planted in the finished mail, which is rendered once for them all."""
    return good() if issue is GOOD_ISSUE and draft is GOOD_DRAFT else render(issue, draft)


def with_entries(kind: str, *entries: Entry) -> Issue:
    """The good issue with other entries in one of its sections."""
    return an_issue(sections=tuple(replace(one, entries=entries) if one.kind == kind else one for one in SECTIONS))


def with_link(address: str) -> Issue:
    """The good issue with one more address in it."""
    return with_entries("deadlines", plain("linked", "deadline", "Look here", url=address))


def without(kind: str) -> Issue:
    return an_issue(sections=tuple(one for one in SECTIONS if one.kind != kind), baseline="weekly-2026-11-27")


def swap(old: str, new: str) -> Callable[[Edition], Edition]:
    """Change the static text of the HTML part."""
    return lambda edition: replace(edition, html=changed(edition.html, old, new))


def without_text(words: str) -> Callable[[Edition], Edition]:
    return lambda edition: replace(edition, text=changed(edition.text, words, ""))


def changed(parts: Parts, old: str, new: str) -> Parts:
    assert any(old in part for part in parts if isinstance(part, str)), old
    return tuple(part.replace(old, new) if isinstance(part, str) else part for part in parts)


def headers(old: bytes, new: bytes) -> Callable[[Edition], Edition]:
    return lambda edition: replace(
        edition, mime=tuple(part.replace(old, new) if isinstance(part, bytes) else part for part in edition.mime)
    )


def without_slot(name: str) -> Callable[[Edition], Edition]:
    return lambda edition: replace(
        edition, html=tuple(part for part in edition.html if not isinstance(part, SlotRef) or part.name != name)
    )


def picture(src: str = "https://data.example.org/a.png", alt: str = "A bus") -> str:
    return f'<img src="{src}" alt="{alt}" width="20">'


def words(colour: str, ground: str) -> str:
    return f'<p style="color:{colour};background:{ground}">Words</p>'


def in_dark(rule: str) -> Callable[[Edition], Edition]:
    """One more rule in the dark scheme."""
    return swap("</head>", f"<style>@media (prefers-color-scheme:dark){{{rule}}}</style></head>")


def without_dark(name: str) -> Callable[[Edition], Edition]:
    """A mail whose dark scheme sets no grounds."""

    def bare(edition: Edition) -> Edition:
        kept = re.compile(r"@media \(prefers-color-scheme:dark\)\{.*\}\n", re.DOTALL)
        only = "@media (prefers-color-scheme:dark){.none{color:#EEEEEE}}\n"
        return replace(edition, html=tuple(kept.sub(only, p) if isinstance(p, str) else p for p in edition.html))

    return bare


def with_note(body: str) -> Issue:
    """The good issue with the editor's words."""
    return an_issue(note=replace(NOTE, body=body, origin=Origin("issue", "issues/weekly-2026-12-04.md", 5)))


def starting(entry: Entry, iso: str) -> TimeText:
    return replace(entry.time, iso_start=iso)


def across_a_change() -> Issue:
    """The good issue for somebody in Berlin, about the fortnight in which Seattle alone changes its clocks."""
    window = Window(datetime(2027, 3, 8, tzinfo=SEATTLE), datetime(2027, 3, 22, tzinfo=SEATTLE))
    return an_issue(choices=Choices("Europe/Berlin"), window=window)


OFFICE = event("office", "Office hours", 9, "1–2 AM", place="Online")
CLOSED = Deadline("sign-up", date(2026, 12, 1), "America/Los_Angeles")
TWINS = tuple(
    replace(one, time=starting(one, "2026-12-09T12:00:00-08:00"))
    for one in (event(name, "Twin talk", 9, "12–1 PM", place="Online") for name in ("twin1", "twin2"))
)
LAST_WEEK = event("late", "Last week's talk", 2, "12–1 PM", place="Online", at=None)
STALE = replace(LAST_WEEK, time=replace(time_on(2, "12–1 PM"), iso_end="2026-12-02T13:00:00-08:00"))
HIDDEN = an_item("clash", held_back=True)
CLASH = Problem("error", "E-WEEKDAY", "Tuesday is not 9 December", Origin("events", "content/events/clash.md", 3))

PICTURE = "https://data.example.org/a.png"


def with_picture(octets: int) -> Draft:
    """The good draft with a published picture of that weight."""
    return a_draft(pictures=((PICTURE, Picture(PICTURE, 20, 20, octets)),))


def with_logo(name: str, address: str) -> Draft:
    """The good draft in a theme, with a logo."""
    settings = GOOD_DRAFT.settings.model_copy(update={"theme": name})
    return a_draft(theme=theme(name), settings=settings, look=LookSettings(logo=address))


def said(html: str) -> Callable[[Edition], Edition]:
    """Something more below the heading."""
    return swap("</h1>", f"</h1>{html}")


BARE_LINK = '<a style="color:#0B5F62;text-decoration:none" href="https://data.example.org">one</a>'

FAULTS = [
    ("evt.past", Mail(with_entries("events", PIPELINES, CLINIC, DATATHON, STALE)), "content/events/late.md:3"),
    (
        "spam.score",
        Mail(an_issue(subject="WINNER!! ACT NOW AND BUY NOW", preheader="A limited time, no obligation, risk-free.")),
        "mail",
    ),
    (
        "img.weight",
        Mail(edition=swap("</h1>", f"</h1>{picture()}"), draft=with_picture(200_001)),
        "html part",
    ),
    ("dark.logo", Mail(draft=with_logo("letter", "https://data.example.org/logo.png")), "html part"),
    ("html.compat", Mail(edition=swap("</h1>", '</h1><p style="aspect-ratio:2;">x</p>')), "html part"),
    ("html.style-needed", Mail(edition=swap("</h1>", '</h1><div style="width:560px">x</div>')), "html part"),
    (
        "a11y.colour-only",
        Mail(
            edition=swap(
                "</h1>",
                f'</h1><p style="color:#1B2333;background:#FFFFFF">Read it, there is {BARE_LINK} in there.</p>',
            )
        ),
        "html part",
    ),
    ("link.token-leak", Mail(with_link(f"https://news.example.org/p/{'aB3_' * 12}")), "content/linked.md:1"),
    ("hdr.from-align", Mail(draft=a_draft(sender="Common Hours <lab@gmail.com>")), "config.toml"),
    ("evt.changed-unlisted", Mail(without("changes")), "content/events/pipelines.md:3"),
    (
        "evt.cancelled-live",
        Mail(
            with_entries("glance", replace(COFFEE, registration_url="https://tickets.example.org/coffee")),
            edition=swap("https://data.example.org/awards", "https://tickets.example.org/coffee"),
        ),
        "content/events/coffee.md:3",
    ),
    ("evt.no-place", Mail(with_entries("events", replace(CLINIC, place=""))), "content/events/clinic.md:3"),
    ("src.placeholder", Mail(with_entries("thanks", plain("tk", "thanks", "TK Name"))), "content/tk.md:1"),
    ("src.held-back", Mail(draft=a_draft(items=(HIDDEN,), problems=(CLASH,))), "content/events/clash.md:3"),
    (
        "src.unsafe",
        Mail(with_entries("thanks", replace(THANKS[0], url=" java\nscript:alert(1)"))),
        "content/mateo.md:1",
    ),
    ("mjml.leak", Mail(edition=swap("Priya", "{{ note.by }}")), "html part"),
    ("html.size", Mail(edition=swap("</body>", f"<!--{'x' * 60_000}--></body>")), "html part"),
    (
        "html.style-size",
        Mail(edition=swap("</head>", f"<style>{'a{}' * 6000}</style></head>")),
        "html part",
    ),
    ("html.hsl", Mail(edition=swap("</h1>", '</h1><p style="border-color:hsl(9,9%,9%)">x</p>')), "html part"),
    ("html.data-uri", Mail(edition=swap("</h1>", f"</h1>{picture('data:image/png;base64,AAAA')}")), "html part"),
    ("html.webfont", Mail(edition=swap("</head>", "<style>@font-face{}</style></head>")), "html part"),
    ("html.vml", Mail(edition=swap("</h1>", '</h1><v:rect fill="t"></v:rect>')), "html part"),
    ("dark.meta", Mail(edition=swap('<meta name="color-scheme"', '<meta name="scheme"')), "html part"),
    (
        "dark.pair",
        Mail(edition=without_dark("background")),
        "html part",
    ),
    ("dark.black", Mail(edition=in_dark(".paper{background:#000}")), "html part"),
    ("dark.forced", Mail(edition=swap("</h1>", f"</h1>{words('#000000', '#757575')}")), "html part"),
    ("img.format", Mail(edition=swap("</h1>", f"</h1>{picture('https://data.example.org/a.svg')}")), "html part"),
    (
        "img.dims",
        Mail(edition=swap("</h1>", '</h1><img alt="A bus" src="https://data.example.org/a.png">')),
        "html part",
    ),
    ("priv.remote", Mail(edition=swap("</h1>", f"</h1>{picture('https://pixel.example.com/a.png')}")), "html part"),
    ("a11y.dir", Mail(edition=swap('<html lang="en" dir="ltr"', '<html lang="en"')), "html part"),
    ("a11y.title", Mail(edition=swap("<title>", "<title></title><x-y>")), "html part"),
    ("a11y.headings", Mail(edition=swap("</h1>", "</h1><h4>Down here</h4>")), "html part"),
    (
        "a11y.data-table",
        Mail(edition=swap("</h1>", '</h1><table role="presentation"><tr><th scope="row">x</th></tr></table>')),
        "html part",
    ),
    ("a11y.alt-quality", Mail(edition=swap("</h1>", f"</h1>{picture(alt='bus_final2.png')}")), "html part"),
    (
        "a11y.link-text",
        Mail(edition=swap("</h1>", '</h1><a href="https://data.example.org">Click here</a>')),
        "html part",
    ),
    (
        "a11y.contrast",
        Mail(edition=swap("</h1>", f"</h1>{words('#777777', '#808080')}")),
        "html part",
    ),
    ("a11y.text-size", Mail(edition=swap("</h1>", '</h1><p style="font-size:9px">x</p>')), "html part"),
    ("link.shortener", Mail(with_link("https://bit.ly/abc")), "content/linked.md:1"),
    ("text.width", Mail(edition=lambda edition: replace(edition, text=(*edition.text, "word " * 20))), "text part"),
    ("hdr.ids", Mail(edition=headers(b"List-Id:", b"X-Id:")), "headers"),
    (
        "evt.zone",
        Mail(with_entries("events", PIPELINES, CLINIC, replace(DATATHON, time=replace(DATATHON.time, zone="")))),
        "content/events/datathon.md:3",
    ),
    (
        "evt.one-instant",
        Mail(with_entries("recurring", replace(OFFICE, time=starting(OFFICE, "2026-12-10T01:00:00-08:00")))),
        "content/events/office.md:3",
    ),
    ("evt.weekday", Mail(with_note("We meet on Tuesday 9 December.")), "issues/weekly-2026-12-04.md:5"),
    (
        "evt.rsvp-late",
        Mail(draft=a_draft(items=(an_item("clinic", deadlines=(CLOSED,)),))),
        "content/events/clinic.md:3",
    ),
    (
        "evt.duplicate",
        Mail(with_entries("events", PIPELINES, CLINIC, DATATHON, *TWINS)),
        "content/events/twin2.md:3",
    ),
    ("evt.dst", Mail(across_a_change()), "issue"),
    ("time.zone-named", Mail(edition=without_text("Seattle time (PST)")), "text part"),
    ("time.relative", Mail(with_note("Come tomorrow.")), "issues/weekly-2026-12-04.md:5"),
    ("a11y.lang", Mail(edition=swap('role="article" lang="en"', 'role="article"')), "html part"),
    ("a11y.alt", Mail(edition=swap("</h1>", '</h1><img src="https://a.example.org/b.png" width="9">')), "html part"),
    ("a11y.link-name", Mail(edition=swap('aria-label="RSVP: ', 'aria-label="Join: ')), "html part"),
    ("a11y.layout-table", Mail(edition=swap("</h1>", "</h1><table></table>")), "html part"),
    ("link.relative", Mail(edition=swap('href="https://data.example.org"', 'href="awards"')), "html part"),
    ("link.http", Mail(with_link("http://old.example.org/")), "content/linked.md:1"),
    ("link.local", Mail(with_link("https://192.168.0.7/")), "content/linked.md:1"),
    ("inbox.subject", Mail(an_issue(subject="Hello")), "subject"),
    ("inbox.preheader", Mail(an_issue(preheader="")), "preheader"),
    ("text.missing", Mail(edition=lambda edition: replace(edition, text=(" \n",))), "text part"),
    ("text.parity", Mail(edition=without_text("https://tickets.example.org/clinic")), "text part"),
    ("hdr.unsub", Mail(edition=headers(b"List-Unsubscribe-Post", b"X-Post")), "headers"),
    ("foot.complete", Mail(edition=swap("1100 Shore Avenue", "Here")), "html part"),
    ("issue.empty", Mail(an_issue(sections=(), empty=True, next_content="Next: Co-working on Mon 4 Jan")), "issue"),
]


LATE = "2026-12-05T09:00:00-08:00"
LEFT_ELSEWHERE = ListSettings(title="Common Hours", digests=("weekly",), leave_url="https://lists.example.org/staff")

#: For each rule, what comes near to its fault and is none.
SPARED = [
    ("evt.past", Mail(with_entries("glance", replace(STALE, time=replace(STALE.time, iso_end=LATE))))),
    ("evt.changed-unlisted", Mail(with_entries("thanks", replace(THANKS[0], change="moved")))),
    ("evt.cancelled-live", Mail(with_entries("glance", replace(COFFEE, url="https://data.example.org/awards")))),
    ("evt.no-place", Mail(with_entries("events", replace(CLINIC, place="", cancelled=True)))),
    ("evt.zone", Mail(with_entries("deadlines", replace(DATATHON, time=replace(DATATHON.time, zone="", clock=""))))),
    ("evt.one-instant", Mail(with_entries("recurring", replace(OFFICE, time=starting(OFFICE, "2026-12-09"))))),
    ("evt.weekday", Mail(with_note("We meet on Wednesday 9 December, and met on Tuesday 9 December 2025."))),
    (
        "evt.rsvp-late",
        Mail(draft=a_draft(items=(an_item("clinic", deadlines=(CLOSED, replace(CLOSED, at=date(2026, 12, 9)))),))),
    ),
    ("evt.duplicate", Mail(with_entries("events", PIPELINES, CLINIC, replace(DATATHON, title=CLINIC.title)))),
    ("evt.dst", Mail(replace(across_a_change(), choices=Choices("America/Vancouver")))),
    ("time.zone-named", Mail(an_issue(sections=SECTIONS[6:]), edition=without_text("Seattle time (PST)"))),
    ("time.relative", Mail(with_note("The tomorrowland of data, in the next weekly."))),
    ("src.placeholder", Mail(with_entries("thanks", plain("tk", "thanks", "Todor TKach, xxx, todo")))),
    ("src.held-back", Mail(draft=a_draft(items=(an_item("fine"),), problems=(CLASH,)))),
    ("src.unsafe", Mail(edition=said("<p>script, form and onclick=&quot;x()&quot; are words</p>"))),
    ("issue.empty", Mail(an_issue(sections=(SECTIONS[0], *SECTIONS[3:4])))),
    ("mjml.leak", Mail(edition=said("<p>{ { note } } and &lt;mj-text&gt; and %}</p>"))),
    ("html.size", Mail(edition=swap("</body>", f"<!--{'x' * 20_000}--></body>"))),
    ("html.style-size", Mail(edition=swap("</head>", f"<style>{'a{}' * 2000}</style></head>"))),
    ("a11y.lang", Mail(edition=swap('<html lang="en"', '<html lang="de"'))),
    ("a11y.alt", Mail(edition=said('<img src="https://data.example.org/b.png" alt="" width="9">'))),
    (
        "a11y.link-name",
        Mail(edition=said('<a href="https://data.example.org/x" aria-label="Awards, and how">Awards</a>')),
    ),
    ("a11y.layout-table", Mail(edition=said('<table role="none"><tr><td>x</td></tr></table>'))),
    ("html.hsl", Mail(edition=said("<p>hsl(9,9%,9%) in words</p>"))),
    ("html.data-uri", Mail(edition=said('<a href="https://data.example.org/data:x">data: of ours</a>'))),
    ("html.webfont", Mail(edition=said("<p>Nothing to @import, no @font-face</p>"))),
    ("html.vml", Mail(edition=said('<v:rect alt="A frame" fill="t"><v:fill /></v:rect>'))),
    ("dark.meta", Mail(edition=in_dark(".x{color:#EEEEEE}"))),
    ("dark.pair", Mail(edition=in_dark(".x{color:#EEEEEE}.x{background:#222222}"))),
    ("dark.black", Mail(edition=in_dark(".x{background:#000000FF}"))),
    ("html.compat", Mail(edition=said('<p style="box-shadow:none;-webkit-hyphens:auto">x</p>'))),
    ("html.style-needed", Mail(edition=said('<div style="width:560px;max-width:100%">x</div>'))),
    (
        "a11y.colour-only",
        Mail(edition=said(f'<p style="color:#1B2333;background:#FFFFFF"><b>See</b> {BARE_LINK}</p>')),
    ),
    ("img.format", Mail(edition=said(picture("https://data.example.org/a.svg.png")))),
    ("img.dims", Mail(edition=said(picture()))),
    ("img.weight", Mail(edition=said(picture()), draft=with_picture(200_000))),
    ("dark.logo", Mail(draft=with_logo("hours", "https://data.example.org/logo.png"))),
    ("priv.remote", Mail(edition=said(picture("https://pictures.example.org/a.png")))),
    ("a11y.dir", Mail(edition=swap('<html lang="en" dir="ltr"', '<html lang="en" dir="rtl"'))),
    ("a11y.title", Mail(edition=swap("<title>", "<title>Hours: "))),
    ("a11y.headings", Mail(edition=said("<h2>Down here</h2><h3>And here</h3>"))),
    ("a11y.data-table", Mail(edition=said('<table><tr><th scope="row">x</th></tr></table>'))),
    ("a11y.alt-quality", Mail(edition=said(picture(alt="The file list, with bus.png chosen")))),
    ("a11y.link-text", Mail(edition=said('<a href="https://data.example.org/x">Here is what we did</a>'))),
    ("a11y.text-size", Mail(edition=said('<p style="font-size:12px">A short label</p>'))),
    ("a11y.contrast", Mail(edition=said(f'<p style="font-size:24px">{words("#767676", "#FFFFFF")}</p>'))),
    ("dark.forced", Mail(edition=said(words("#1B2333", "#F3EFE7")))),
    ("link.relative", Mail(edition=said('<a href="mailto:data@example.org">Write, at data@example.org</a>'))),
    ("link.http", Mail(with_link("https://http.example.org/"))),
    ("link.local", Mail(with_link("https://localhost.example.org/"))),
    ("link.shortener", Mail(with_link("https://bit.ly.example.org/abc"))),
    ("link.token-leak", Mail(with_link("https://news.example.org/issues/weekly-2026-11-27"))),
    ("inbox.subject", Mail(an_issue(subject="Pipelines on Tuesday"), around=Around(last_subject="On Tuesday"))),
    ("inbox.preheader", Mail(an_issue(preheader="x" * 60))),
    ("text.missing", Mail()),
    (
        "text.parity",
        Mail(edition=lambda edition: replace(edition, text=(*edition.text, "a < b, {x}, <ada@example.org>"))),
    ),
    (
        "text.width",
        Mail(edition=lambda edition: replace(edition, text=(*edition.text, f"https://x.example.org/{'w' * 90}"))),
    ),
    ("hdr.unsub", Mail(draft=a_draft(list=LEFT_ELSEWHERE))),
    ("hdr.ids", Mail(edition=headers(b"List-Id:", b"LIST-ID:"))),
    ("hdr.from-align", Mail(around=Around(CheckSettings(dkim_domain="mail.example.org")))),
    ("foot.complete", Mail(draft=a_draft(list=LEFT_ELSEWHERE))),
    ("spam.score", Mail(an_issue(subject="RE: WINNER of the poster prize"))),
]


@pytest.mark.parametrize(("rule", "mail"), SPARED, ids=[rule for rule, _ in SPARED])
def test_what_comes_near_to_a_fault_is_spared(rule: str, mail: Mail) -> None:
    assert mail.told_by(rule) == ()


def test_the_good_mail_trips_no_rule() -> None:
    assert Mail().problems() == ()


@pytest.mark.parametrize(("rule", "mail", "place"), FAULTS, ids=[rule for rule, _, _ in FAULTS])
def test_a_fault_trips_its_rule(rule: str, mail: Mail, place: str) -> None:
    found = mail.problems()
    assert rule in {problem.code for problem in found}
    assert place in {str(problem.origin) for problem in found if problem.code == rule}


#: Rules on the whole of the HTML, or on its styles: no one element is at fault.
OF_NO_ELEMENT = {
    *("mjml.leak", "html.size", "html.style-size", "html.hsl", "html.webfont", "dark.meta", "dark.pair"),
    *("dark.black", "a11y.lang", "a11y.dir", "a11y.title", "foot.complete"),
}


@pytest.mark.parametrize(("rule", "mail", "place"), FAULTS, ids=[rule for rule, _, _ in FAULTS])
def test_a_fault_in_the_html_names_its_element(rule: str, mail: Mail, place: str) -> None:
    elements = [problem.element for problem in mail.problems() if problem.code == rule]
    if place == "html part" and rule not in OF_NO_ELEMENT:
        assert all(element.startswith("<") and element.endswith(">") for element in elements), elements


#: Faults that cannot be planted alone: an empty text part lacks every link and the footer too.
COMPANIONS = {
    "spam.score": {"inbox.subject"},
    "text.missing": {"text.parity", "foot.complete", "time.zone-named"},
    "a11y.contrast": {"dark.forced"},
    "evt.duplicate": {"a11y.link-text"},
    "evt.cancelled-live": {"text.parity"},
    "link.relative": {"text.parity"},
}


@pytest.mark.parametrize(("rule", "mail", "_place"), FAULTS, ids=[rule for rule, _, _ in FAULTS])
def test_a_fault_trips_no_other_rule(rule: str, mail: Mail, _place: str) -> None:
    assert {problem.code for problem in mail.problems()} - COMPANIONS.get(rule, set()) == {rule}


def test_every_rule_has_its_fault() -> None:
    assert {rule.id for rule in MAIL_RULES} == {rule for rule, _, _ in FAULTS} == {rule for rule, _ in SPARED}


PLANTED = "cli/test_cli_planted_faults.py::test_a_planted_fault_is_named_and_nothing_else"
LIMITS = "app/test_app_bounded_rendering.py"
WHOLE, SILENCING = "checks/test_checks_whole.py", "checks/test_checks_silencing.py"
#: Rules that no single edition shows, and the tests that see them tripped and spared.
BEYOND = {
    "src.undefined": PLANTED,
    "src.syntax": PLANTED,
    "src.missing": PLANTED,
    "mjml.schema": PLANTED,
    "mjml.syntax": "cli/test_cli_check.py::test_mjml_that_is_not_well_formed_is_a_finding",
    "src.endless": f"{LIMITS}::test_an_endless_loop_is_stopped_at_its_line",
    "src.memory": f"{LIMITS}::test_a_gigabyte_is_refused_at_its_line",
    "ics.valid": f"{WHOLE}::test_a_calendar_file_that_programs_refuse",
    "send.recipients": f"{WHOLE}::test_how_many_people",
    "link.dead": f"{WHOLE}::test_what_links_answer",
    "link.redirect": f"{WHOLE}::test_what_links_answer",
    "silence.unknown-rule": f"{SILENCING}::test_a_rule_that_is_none_is_told",
    "silence.error": f"{SILENCING}::test_an_error_is_never_silenced_and_the_attempt_is_told",
    "silence.unused": f"{SILENCING}::test_what_found_nothing_is_told_louder_where_it_was_written_for_one_issue",
}


def test_every_rule_beyond_a_mail_names_its_test() -> None:
    assert {rule.id for rule in RULES} - {rule.id for rule in MAIL_RULES} == set(BEYOND)


@pytest.mark.parametrize("rule", BEYOND)
def test_the_test_of_a_rule_is_there(rule: str) -> None:
    path, _, name = BEYOND[rule].partition("::")
    assert f"def {name}(" in (Path(__file__).parents[1] / path).read_text(encoding="utf-8")


def test_ids_are_unique_and_every_rule_says_what_it_asks() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.text and rule.severity in ("error", "warning", "info") for rule in RULES)


@pytest.mark.parametrize(("octets", "level"), [(89_000, None), (95_000, "warning"), (105_000, "error")])
def test_a_large_mail_is_a_warning_before_it_is_an_error(octets: int, level: str | None) -> None:
    size = len("".join(part for part in render(an_issue(), a_draft()).html if isinstance(part, str)).encode())
    mail = Mail(edition=swap("</body>", f"<!--{'x' * (octets - size)}--></body>"))
    assert [(problem.level, problem.code) for problem in mail.problems()] == ([(level, "html.size")] if level else [])


def test_the_reason_something_is_held_back_is_pointed_at_and_not_told_again() -> None:
    problems = Mail(draft=a_draft(items=(HIDDEN,), problems=(CLASH,))).problems()
    assert [problem.level for problem in problems] == ["warning"]
    assert problems[0].text.endswith("is held back and not in the issue: mend E-WEEKDAY in line 3")


def test_an_event_that_ends_after_the_sending_is_not_past() -> None:
    going_on = replace(STALE, time=replace(STALE.time, iso_end="2026-12-04T09:01:00-08:00"))
    assert Mail(with_entries("events", PIPELINES, CLINIC, DATATHON, going_on)).problems() == ()


def test_an_all_day_event_of_the_sending_day_is_not_past() -> None:
    whole_day = replace(STALE, time=replace(STALE.time, iso_start="2026-12-04", iso_end="2026-12-04"))
    assert Mail(with_entries("events", PIPELINES, CLINIC, DATATHON, whole_day)).problems() == ()


def test_without_a_baseline_nothing_has_to_be_listed_as_changed() -> None:
    assert Mail(replace(without("changes"), baseline=None)).problems() == ()


def test_the_subjects_fault_lies_in_the_editors_file_when_the_editor_wrote_it() -> None:
    origin = Origin("issue", "issues/weekly-2026-12-04.md", 2)
    mail = Mail(an_issue(subject="Hello", note=replace(NOTE, subject="Hello", origin=origin)))
    assert [problem.origin for problem in mail.problems()] == [origin]


@pytest.mark.parametrize(
    ("base_url", "found"),
    [
        ("https://news.example.org", []),
        ("http://news.example.org", ["error"]),
        ("http://127.0.0.1:8025", ["warning"]),
    ],
)
def test_one_click_needs_https_but_may_be_tried_out_at_home(base_url: str, found: list[str]) -> None:
    problems = Mail(draft=a_draft(base_url=base_url)).problems()
    assert [problem.level for problem in problems if problem.code == "hdr.unsub"] == found


@pytest.mark.parametrize("name", ["unsubscribe_url", "preferences_url"])
def test_the_footer_must_keep_both_links(name: str) -> None:
    assert {problem.code for problem in Mail(edition=without_slot(name)).problems()} >= {"foot.complete"}


def test_a_text_only_mail_is_judged_without_its_html() -> None:
    issue = an_issue(choices=replace(an_issue().choices, text_only=True))
    assert Mail(issue).problems() == ()


@pytest.mark.parametrize(
    "address",
    ["http://localhost:8000/x", "https://10.1.2.3/", "https://[::1]/", "https://printer/", "https://wiki.internal/"],
)
def test_private_machines_are_found(address: str) -> None:
    section = Section("deadlines", "Deadlines", (plain("dev", "deadline", "Try it", url=address),))
    found = {problem.code for problem in Mail(an_issue(sections=(section,))).problems()}
    assert found == {"link.local"}


def test_a_list_that_is_left_elsewhere_promises_no_one_click() -> None:
    elsewhere = GOOD_DRAFT.list.model_copy(update={"leave_url": "https://lists.example.org/staff"})
    mail = Mail(draft=a_draft(list=elsewhere, base_url="http://news.example.org"))
    assert mail.problems() == ()
    assert "List-Unsubscribe-Post" not in dict(render(mail.issue, mail.draft).headers)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", [("error", "inbox.subject")]),
        ("EVERYTHING HAPPENS ON FRIDAY", [("warning", "inbox.subject")]),
        ("x" * 79, [("warning", "inbox.subject")]),
        ("Ten signs!", []),
    ],
)
def test_subjects(line: str, found: list[tuple[str, str]]) -> None:
    assert [(problem.level, problem.code) for problem in Mail(an_issue(subject=line)).problems()] == found


@pytest.mark.parametrize(
    ("html", "wide"),
    [
        ('<div style="width:376px">x</div>', True),
        ('<div style="width:375px">x</div>', False),
        ('<div style="width:600px;max-width:100%">x</div>', False),
        ('<div style="width:600px;max-width:360px">x</div>', False),
        ('<div style="width:600px;max-width:560px">x</div>', True),
        ('<div style="max-width:560px">x</div>', False),
        ('<div style="min-width:400px;max-width:100%">x</div>', True),
        ('<table role="presentation" width="600"><tr><td>x</td></tr></table>', True),
        ('<table role="presentation" width="600" style="width:100%"><tr><td>x</td></tr></table>', False),
        ('<table role="presentation"><tr><td style="width:600px">x</td></tr></table>', False),
        ('<img src="https://data.example.org/a.png" alt="x" width="560">', True),
        ('<img src="https://data.example.org/a.png" alt="x" width="560" style="max-width:100%">', False),
    ],
)
def test_what_is_wide_without_style_blocks(html: str, *, wide: bool) -> None:
    assert bool(Mail(edition=said(html)).told_by("html.style-needed")) == wide


@pytest.mark.parametrize(
    ("path", "leaks"),
    [
        ("p/{token}", True),
        ("p/{token}/online", True),
        ("u/{token}", True),
        ("mine/{token}", True),
        ("calendar/s/{token}.ics", True),
        ("calendar/event/{token}.ics", False),
        ("archive/weekly-2026-11-27.html", False),
        ("archive/pictures/0123456789abcdef0123456789abcdef.jpg", False),
    ],
)
def test_whose_link_it_is(path: str, *, leaks: bool) -> None:
    """In the HTML alone, in the text alone, and as the program itself makes such links."""
    token = make_token(b"x" * 32, "preferences", "0123456789abcdef0123", "community")
    address = f"https://news.example.org/{path.format(token=token)}"
    in_html = Mail(edition=said(f'<a href="{address}">Mine</a>'))
    in_text = Mail(edition=lambda edition: replace(edition, text=(*edition.text, f"Mine: {address}\n")))

    assert [bool(mail.told_by("link.token-leak")) for mail in (in_html, in_text)] == [leaks, leaks]


def test_a_subject_is_not_that_of_the_last_issue() -> None:
    mail = Mail(around=Around(last_subject=GOOD_ISSUE.subject.upper()))
    assert [(problem.level, problem.code) for problem in mail.problems()] == [("warning", "inbox.subject")]


def test_the_mails_first_words_do_not_run_into_the_preheader() -> None:
    mail = Mail(edition=swap("\u034f&zwnj;&nbsp;" * 50, ""))
    assert [problem.code for problem in mail.problems()] == ["inbox.preheader"]


@pytest.mark.parametrize("line", ["Too short", "long " * 40, "Pipelines on Tuesday, datathon on Friday and more"])
def test_a_preheader_adds_something_of_the_right_length(line: str) -> None:
    assert [problem.code for problem in Mail(an_issue(preheader=line)).problems()] == ["inbox.preheader"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("<h1 ", '<a href="https://data.example.org"> </a><h1 ', "a11y.link-name"),
        ('<html lang="en"', "<html", "a11y.lang"),
        ('scope="row"', "", "a11y.data-table"),
        ('href="https://data.example.org"', 'href="http://[x"', "link.relative"),
    ],
)
def test_other_ways_to_break_the_html(old: str, new: str, rule: str) -> None:
    assert rule in {problem.code for problem in Mail(edition=swap(old, new)).problems()}


def test_placeholders_are_found_in_a_sections_own_file() -> None:
    draft = a_draft(
        sections=(("jobs", SectionSettings(title="Work with us", path="content/jobs.md")),),
        section_texts=(("jobs", "Lorem ipsum"),),
    )
    assert [(problem.code, str(problem.origin)) for problem in Mail(draft=draft).problems()] == [
        ("src.placeholder", "content/jobs.md")
    ]


def test_a_word_that_merely_looks_like_a_placeholder_is_left_alone() -> None:
    words = plain("todo", "thanks", "Todor Mastodon", summary="for the TODOS talk, and for Tk and xxx")
    assert Mail(with_entries("thanks", words)).problems() == ()


def test_a_link_in_the_note_is_traced_to_the_editors_file() -> None:
    note = replace(NOTE, body="[Our old page](http://old.example.org/)", origin=Origin("issue", "issues/w.md", 5))
    assert [(p.code, str(p.origin)) for p in Mail(an_issue(note=note)).problems()] == [("link.http", "issues/w.md:5")]
