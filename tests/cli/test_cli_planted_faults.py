"""Faults planted one by one in a good workspace: `newsletter check` names exactly that one, and nothing else new."""

import io
import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded

KEY = "weekly-2026-12-04"
TALK = "content/deep-dives/2026-12-08-missing-data.md"
ISSUE = f"issues/{KEY}.md"
FOOTER, TEXT_FOOTER = "templates/shared/footer.mjml", "templates/shared/footer.txt"
HEAD, STYLE = "templates/hours/partials/head.mjml", "templates/hours/partials/style.css"
PAGE = "templates/hours/issue.mjml"

Plant = Callable[[Path], None]
#: A finding as it is compared: what, how grave, where, and its sentence.
Told = tuple[str, str, str, str]


def change(name: str, old: str, new: str) -> Plant:
    """Write something else in a file, once."""

    def plant(root: Path) -> None:
        text = (root / name).read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        (root / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return plant


def append(name: str, text: str) -> Plant:
    def plant(root: Path) -> None:
        (root / name).write_text((root / name).read_text(encoding="utf-8") + text, encoding="utf-8")

    return plant


def write(name: str, text: str) -> Plant:
    def plant(root: Path) -> None:
        (root / name).write_text(text, encoding="utf-8")

    return plant


def shown(html: str) -> Plant:
    """Something more at the foot of the HTML."""
    return change(FOOTER, "{% if personal %}", f"{html}{{% if personal %}}")


def styled(css: str) -> Plant:
    return append(STYLE, f"\n{css}\n")


def noted(words: str) -> Plant:
    """Something more in the editor's note."""
    return append(ISSUE, f"\n{words}\n")


def subject(words: str) -> Plant:
    return change(ISSUE, 'subject = "One more Monday, then the buses"', f'subject = "{words}"')


def preheader(words: str) -> Plant:
    line = "Missing data on Tuesday, the datathon on Friday, and lunch for everyone who says so by Wednesday."
    return change(ISSUE, f'"{line}"', f'"{words}"')


def picture(more: str, name: str = "a.png", host: str = "data.example.org") -> str:
    return f'<img src="https://{host}/{name}" {more} />'


def boxed(style: str, words: str) -> str:
    return f'<p style="background:#FFFFFF;color:#1B2333;{style}">{words}</p>'


def page(more: str) -> str:
    """One more event of the week."""
    return f"---\ntitle: A second look\nplace: Online\nsummary: Bring a plot.\n{more}\n---\nBring one.\n"


NEW = "content/deep-dives/2026-12-09-second-look.md"
START = "start: 2026-12-09 12:00\nend: 2026-12-09 13:00"
LONG = (
    "This sentence is long enough to be running text, and it goes on about nothing in particular for a good while, "
)
BARE = '<a style="color:#0B5F62;text-decoration:none" href="https://data.example.org">one</a>'

#: What is planted, where, and the code that names it.
FAULTS: dict[str, tuple[str, Plant]] = {
    # What sources say.
    "a date that is none": ("E-DATE", write(NEW, page("start: the day after"))),
    "a weekday that is not the date's": ("E-WEEKDAY", write(NEW, page("dates: Tue 9 December 2026\ntime: 12-1 PM"))),
    "an end before its start": ("E-ORDER", change(TALK, "end: 2026-12-08 13:30", "end: 2026-12-07 13:30")),
    "a zone that nobody knows": ("E-TZ", write(NEW, page(f"{START}\ntimezone: Mars/Olympus"))),
    "front matter that is never closed": ("E-FRONT-MATTER", write(NEW, "---\ntitle: A second look\n")),
    "no place": ("evt.no-place", change(TALK, "place: Lakeview 1.203 and online\n", "")),
    "the same talk twice": (
        "evt.duplicate",
        write(
            NEW,
            page("start: 2026-12-08 12:00\nend: 2026-12-08 13:30\nurl: https://data.example.org/other")
            .replace("A second look", "Missing data, honestly")
            .replace("Online", "Steam Hall"),
        ),
    ),
    "a sign-up that is over": (
        "evt.rsvp-late",
        change(TALK, "place: L", "deadlines:\n  - label: sign-up\n    date: 2026-12-02\nplace: L"),
    ),
    "a summary with tomorrow": ("time.relative", change(TALK, "summary: Bring", "summary: Tomorrow bring")),
    "a body with a wrong weekday": (
        "evt.weekday",
        append(TALK, "\nWe meet on Tuesday 8 December, and again on Monday 15 December.\n"),
    ),
    "a summary that is not written": ("E-PLACEHOLDER", change(TALK, "summary: Bring", "summary: TODO bring")),
    "a link without https": (
        "link.http",
        change(TALK, "https://data.example.org/reg", "http://data.example.org/reg"),
    ),
    "a link to a private machine": ("link.local", change(TALK, "data.example.org/reg", "192.168.1.9/reg")),
    "a shortened link": ("link.shortener", change(TALK, "data.example.org/reg", "bit.ly/reg")),
    # What the editor writes.
    "a note that is not written": ("src.placeholder", noted("TK a sentence about lunch.")),
    "a note with today": ("time.relative", noted("The kettle is on today.")),
    "a note with a wrong weekday": ("evt.weekday", noted("See you on Monday 8 December.")),
    "a reader's own link": ("link.token-leak", noted(f"[Mine](https://news.example.org/p/{'aB3_' * 12})")),
    "a subject that is too short": ("inbox.subject", subject("Hello")),
    "a subject that is too long": ("inbox.subject", subject("word " * 18)),
    "a subject that shouts": ("inbox.subject", subject("ONE MORE MONDAY")),
    "a preheader that is too short": ("inbox.preheader", preheader("Lunch.")),
    "a preheader that says the subject again": (
        "inbox.preheader",
        preheader("One more Monday, then the buses, and lunch for all"),
    ),
    "words of a spammer": (
        "spam.score",
        noted(
            "Act now! Buy now! A limited time, risk-free, no obligation. "
            "[bank.example.com](https://data.example.org/b)"
        ),
    ),
    "a key that means nothing": ("note.unknown-key", change(ISSUE, "by =", 'headline = "x"\nby =')),
    "an event that nobody knows": ("note.unknown-name", change(ISSUE, "by =", 'hides = ["Nobody"]\nby =')),
    "a silence for no rule": (
        "silence.unknown-rule",
        append("config.toml", '\n[[checks.silence]]\nrule = "evt.nowhere"\nreason = "Because"\n'),
    ),
    "a silence that finds nothing": (
        "silence.unused",
        append("config.toml", '\n[[checks.silence]]\nrule = "evt.no-place"\nreason = "Because"\n'),
    ),
    # What the settings say.
    "a sender nobody can sign for": (
        "hdr.from-align",
        change("config.toml", "hours@news.example.org", "lab@gmail.com"),
    ),
    "nobody to answer to": ("hdr.ids", change("config.toml", 'reply_to = "data@example.org"\n', "")),
    "links that cannot be clicked once": (
        "hdr.unsub",
        change("config.toml", "https://news.example.org", "http://news.example.org"),
    ),
    "a mail program that is none": (
        "settings.unknown-name",
        append("config.toml", '\n[checks]\nclients = ["gmial"]\n'),
    ),
    "nothing to read": (
        "issue.empty",
        change(
            "config.toml",
            '"note", "changes", "glance", "events", "recurring", "deadlines", "announcements", "jobs", "thanks"]',
            '"note", "thanks"]',
        ),
    ),
    # What templates do to the mail.
    "a name that is nowhere": ("src.undefined", shown("{{ nobody_knows }}")),
    "a block that is not closed": ("src.syntax", shown("{% if personal %}")),
    "a file that is not there": ("src.missing", shown('{% include "nowhere.mjml" %}')),
    "an element that is none": ("mjml.schema", change(FOOTER, "<mj-section", "<mj-foo></mj-foo><mj-section")),
    "an attribute that is none": ("mjml.schema", change(FOOTER, "<mj-section ", '<mj-section colour="red" ')),
    "a source that comes through": ("mjml.leak", shown("{{ '{{ note }}' }}")),
    "a script": ("src.unsafe", shown("<script>x()</script>")),
    "something to run": ("src.unsafe", shown('<p onclick="x()">x</p>')),
    "a frame": ("src.unsafe", shown('<iframe src="https://data.example.org/x"></iframe>')),
    "a field to fill in": ("src.unsafe", shown('<input name="x" />')),
    "far too much": ("html.size", shown(f"<!--{'x' * 90_000}-->")),
    "far too many styles": ("html.style-size", styled("a{color:#0B5F62}" * 1200)),
    "a colour that Outlook drops": ("html.hsl", shown(boxed("border-color:hsl(9,9%,9%)", "x"))),
    "a picture in the mail itself": (
        "html.data-uri",
        shown('<img src="data:image/png;base64,AAAA" alt="x" width="9" />'),
    ),
    "a font from the network": ("html.webfont", styled("@font-face{font-family:x}")),
    "a shape without words": ("html.vml", shown('<v:rect fill="t"></v:rect>')),
    "a property that mail programs lack": ("html.compat", shown(boxed("aspect-ratio:2;", "x"))),
    "a unit that mail programs lack": ("html.compat", shown(boxed("margin:2vmin;", "x"))),
    "an element that mail programs lack": ("html.compat", shown("<picture></picture>")),
    "a box wider than a telephone": ("html.style-needed", shown(boxed("width:560px;", "x"))),
    "a line that cannot wrap": ("html.style-needed", shown(boxed("white-space:nowrap;", LONG[:80]))),
    "no announcement of the dark": ("dark.meta", change(HEAD, '<meta name="color-scheme" content="light dark">', "")),
    "pure black in the dark": ("dark.black", styled("@media (prefers-color-scheme:dark){.x{background:#000}}")),
    "grey that goes under in the dark": ("dark.forced", shown(boxed("color:#000000;background:#757575;", "x"))),
    "a picture that few can show": ("img.format", shown(picture('alt="A bus" width="9"', "a.svg"))),
    "a picture of any size": ("img.dims", shown(picture('alt="A bus"'))),
    "a picture from strangers": ("priv.remote", shown(picture('alt="A bus" width="9"', host="pixel.example.com"))),
    "a beacon": ("priv.remote", shown(picture('alt="" width="1" height="1"'))),
    "no language": ("a11y.lang", change(PAGE, '<mjml lang="{{ lang }}"', "<mjml")),
    "no direction": ("a11y.dir", change(PAGE, ' dir="{{ dir }}"', "")),
    "no title": ("a11y.title", change(HEAD, "<mj-title>{{ issue.subject }}</mj-title>", "")),
    "a heading out of line": ("a11y.headings", shown("<h5>Down here</h5>")),
    "a picture without words": ("a11y.alt", shown(picture('width="9"'))),
    "a picture called by its file": ("a11y.alt-quality", shown(picture('alt="bus_final2.png" width="9"'))),
    "a link without words": ("a11y.link-name", shown('<a href="https://data.example.org"></a>')),
    "click here": ("a11y.link-text", shown('<a href="https://data.example.org">click here</a>')),
    "a table of nobody knows what": ("a11y.layout-table", shown("<table><tr><td>x</td></tr></table>")),
    "a heading of nobody knows what": ("a11y.data-table", shown("<table><tr><th>x</th></tr></table>")),
    "grey on grey": ("a11y.contrast", shown(boxed("color:#777777;background:#808080;", "x"))),
    "a link told by its colour": ("a11y.colour-only", shown(boxed("", f"There is {BARE} somewhere in here"))),
    "tiny letters": ("a11y.text-size", shown(boxed("font-size:9px;", "x"))),
    "small letters, many of them": ("a11y.text-size", shown(boxed("font-size:13px;", LONG * 2))),
    "a button for very small fingers": (
        "a11y.text-size",
        shown(
            '<a style="background:#1B2333;color:#FFFFFF;padding:4px 9px;font-size:16px;line-height:20px" href="https://data.example.org">Go</a>'
        ),
    ),
    "a link that hangs from nothing": ("link.relative", shown('<a href="awards">Awards</a>')),
    "no postal address": ("foot.complete", change(FOOTER, "{{ community.postal_address|bdi }}", "")),
    "no postal address in the text": ("foot.complete", change(TEXT_FOOTER, ", {{ community.postal_address }}", "")),
    "no way out": (
        "foot.complete",
        change(FOOTER, "{{ m.link(slot.unsubscribe_url, _('Unsubscribe')) }}", ""),
    ),
    "a sign-up that the text lacks": (
        "text.parity",
        change("templates/hours/sections/events.txt", "{{ m.address(_('RSVP:'), entry.registration_url) }}", ""),
    ),
    "markup in the text": ("text.parity", append(TEXT_FOOTER, "\n<b>x</b>\n")),
    "a long line in the text": ("text.width", append(TEXT_FOOTER, f"\n{LONG}\n")),
    "a zone that the text does not name": (
        "time.zone-named",
        change("templates/hours/issue.txt", "zone=issue.zone_name", "zone='ours'"),
    ),
    "a preheader that runs on": ("inbox.preheader", change(HEAD, "{{ pad }}", "")),
}
#: What follows from a fault by itself: what a source got wrong is left out, and a link in the HTML alone is none.
FOLLOWS: dict[str, set[str]] = {
    "grey on grey": {"dark.forced"},
    "a link that hangs from nothing": {"text.parity"},
    "front matter that is never closed": {"src.held-back"},
    "a summary that is not written": {"src.held-back"},
    "the same talk twice": {"a11y.link-text"},
    "links that cannot be clicked once": {"link.http"},
    "a date that is none": {"src.held-back"},
    "a weekday that is not the date's": {"src.held-back"},
    "an end before its start": {"src.held-back"},
    "a zone that nobody knows": {"src.held-back"},
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, without what has nothing to do with its next issue."""
    root = tmp_path_factory.mktemp("good") / "ws"
    init_workspace(root)
    (root / "personas.toml").unlink()
    kept = {Path(TALK).name, "2026-12-10-missing-data-circle.md", "2026-12.md", "co-working-autumn.md"}
    for file in (*(root / "content" / "deep-dives").iterdir(), *(root / "content" / "datathons").iterdir()):
        if file.name not in kept:
            file.unlink()
    return root


@pytest.fixture
def workspace(good: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(good, tmp_path / "ws"))


def told(root: Path) -> set[Told]:
    """What the command says, as a program reads it."""
    with redirect_stdout(io.StringIO()) as out:
        run_guarded(["--workspace", str(root), "check", KEY, "--at", "2026-12-01", "--json"])
    found = json.loads(out.getvalue())
    return {(one["code"], one["level"], one["origin"]["path"], one["text"]) for one in found}


@pytest.fixture(scope="module")
def before(good: Path) -> set[Told]:
    return told(good)


def test_the_good_workspace_has_nothing_to_mend(before: set[Told]) -> None:
    assert {level for _, level, _, _ in before} == {"info"}


def test_there_are_more_than_sixty_faults() -> None:
    assert len(FAULTS) > 60


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_named_and_nothing_else(name: str, workspace: Path, before: set[Told]) -> None:
    code, plant = FAULTS[name]
    plant(workspace)
    found = told(workspace) - before

    assert {one[0] for one in found} - FOLLOWS.get(name, set()) == {code}, found
