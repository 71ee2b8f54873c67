"""What every theme must do: each folder of templates/ that holds an issue.mjml is put through the same mails."""

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
from render_builders import CLINIC, SECTIONS, a_draft, a_row, an_issue, theme

from newsletter.app.theme_files import load_layered, load_theme
from newsletter.checks.registry import run_checks
from newsletter.checks.subject import subject_of
from newsletter.language.catalogue import packaged_codes
from newsletter.model.delivery import MailingKind
from newsletter.model.issue import Choices, Draft, Issue, Note
from newsletter.model.mail import fill_text
from newsletter.model.picture import Picture
from newsletter.model.problem import Problem
from newsletter.model.workspace import LookSettings
from newsletter.render.edition import render
from newsletter.render.errors import RenderError

# Every theme runs the lines of tests/render.
pytestmark = pytest.mark.no_cover

TEMPLATES = Path(__file__).parents[2] / "templates"
THEMES = sorted(path.parent.name for path in TEMPLATES.glob("*/issue.mjml"))
SEATTLE = "America/Los_Angeles"
MAILS = {
    "a good week": an_issue(),
    "an empty week": an_issue(sections=(), empty=True, next_content="Next: Co-working, Mon 4 Jan"),
    "without a note": an_issue(note=Note(), sections=tuple(one for one in SECTIONS if one.kind != "note")),
    "text only": an_issue(choices=Choices(SEATTLE, text_only=True)),
    "compact": an_issue(choices=Choices(SEATTLE, density="compact")),
    **{f"in {code}": an_issue(choices=Choices(SEATTLE, language=code)) for code in packaged_codes()},
}


@cache
def draft(name: str) -> Draft:
    return a_draft(theme=theme(name), settings=a_draft().settings.model_copy(update={"theme": name}))


def problems(name: str, issue: Issue) -> list[Problem]:
    return [one for one in run_checks(issue, render(issue, draft(name)), draft(name)) if one.code != "issue.empty"]


def test_there_are_two_themes_at_least() -> None:
    assert {"hours", "letter"} <= set(THEMES)


@pytest.mark.parametrize("mail", MAILS)
@pytest.mark.parametrize("name", THEMES)
def test_no_check_finds_anything(name: str, mail: str) -> None:
    assert problems(name, MAILS[mail]) == []


@pytest.mark.parametrize("name", THEMES)
def test_what_is_called_off_and_stands_in_the_table_alone_is_told(name: str) -> None:
    off = replace(CLINIC, id="off", title="A walk in the woods", cancelled=True)
    sections = tuple(replace(one, entries=(*one.entries, off)) if one.kind == "glance" else one for one in SECTIONS)
    issue = an_issue(sections=sections)
    seen = subject_of(issue, render(issue, draft(name)), draft(name))

    assert "A walk in the woods" in " ".join(seen.page.of("body")[0].text.split())
    assert "A walk in the woods" in " ".join(seen.text.split())


@pytest.mark.parametrize("name", THEMES)
def test_a_picture_is_shown_in_its_column_and_no_check_minds(name: str) -> None:
    picture = Picture("https://news.example.org/archive/pictures/0.jpg", 600, 400, 90_000, "Soup for forty people")
    cards = replace(SECTIONS[3], entries=(replace(CLINIC, picture=picture),))
    issue = an_issue(sections=(*SECTIONS[:3], cards, *SECTIONS[4:]))
    shown = subject_of(issue, render(issue, draft(name)), draft(name)).page.of("img")

    assert [(one.get("src"), one.get("alt")) for one in shown] == [(picture.url, picture.alt)]
    assert int(shown[0].get("width")) * 2 == pytest.approx(int(shown[0].get("height")) * 3, abs=3)
    assert int(shown[0].get("width")) <= 520
    assert [one for one in problems(name, issue) if one not in problems(name, an_issue())] == []


@pytest.mark.parametrize("name", THEMES)
def test_the_same_issue_gives_the_same_bytes(name: str) -> None:
    assert render(an_issue(), draft(name)) == render(an_issue(), draft(name))


@pytest.mark.parametrize("name", THEMES)
def test_every_entry_is_told_in_both_parts(name: str) -> None:
    issue = an_issue()
    seen = subject_of(issue, render(issue, draft(name)), draft(name))
    words = " ".join(seen.page.of("body")[0].text.split())

    for section in issue.sections:
        for entry in section.entries:
            assert " ".join(entry.title.split()) in words, entry.title
            assert " ".join(entry.title.split()) in " ".join(seen.text.split()), entry.title


@pytest.mark.parametrize("kind", ["correction", "one-off"])
@pytest.mark.parametrize("name", THEMES)
def test_a_theme_has_the_short_mails_too(name: str, kind: MailingKind) -> None:
    short = an_issue(sections=(next(one for one in SECTIONS if one.kind == "changes"),), zone_name="")
    edition = render(short, replace(draft(name), kind=kind))

    for part in (edition.html, edition.text):
        assert short.subject in fill_text(part, a_row().values)


def test_a_letter_of_fifteen_entries_stays_below_forty_kilobytes() -> None:
    summary = "Three people show one plot each; everyone asks the question they were afraid to ask. " * 2
    many = tuple(replace(CLINIC, id=f"e{n}", title=f"Clinic {n}", summary=summary) for n in range(15))
    sections = tuple(replace(one, entries=many) if one.kind in ("events", "glance") else one for one in SECTIONS)
    issue = an_issue(sections=sections)
    seen = subject_of(issue, render(issue, draft("letter")), draft("letter"))

    assert len(seen.html.encode()) < 40_000


def test_one_file_of_ones_own_is_enough(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "hours" / "sections" / "thanks.mjml"
    own.parent.mkdir(parents=True)
    own.write_text("{{ m.open() }}<p>Mahalo</p>{{ m.close() }}\n", encoding="utf-8")
    shared = tmp_path / "templates" / "shared" / "footer.mjml"
    shared.parent.mkdir()
    shared.write_text("<mj-section><mj-column><mj-text>Aloha</mj-text></mj-column></mj-section>", encoding="utf-8")
    mine = a_draft(theme=load_theme(tmp_path, "hours", "weekly"))

    html = fill_text(render(an_issue(), mine).html, a_row().values)

    assert "Mahalo" in html
    assert "Aloha" in html
    assert "Mateo Ruiz" not in html
    assert dict(mine.theme).keys() == dict(theme("hours")).keys()


def test_the_pages_that_a_workspace_has_not_are_the_programs(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "pages" / "archive" / "style.css"
    own.parent.mkdir(parents=True)
    own.write_text("main{max-width:30rem}", encoding="utf-8")

    found = dict(load_layered(tmp_path, "templates/pages/archive"))

    assert found["style.css"] == "main{max-width:30rem}"
    assert {"issue.html", "sections/glance.html"} <= found.keys()


def test_a_fault_in_what_all_themes_share_is_named_where_it_lies() -> None:
    files = dict(theme("hours")) | {"shared/footer.mjml": "{{ nobody }}"}

    with pytest.raises(RenderError) as caught:
        render(an_issue(), a_draft(theme=tuple(sorted(files.items()))))

    assert caught.value.problems[0].origin.path == "templates/shared/footer.mjml"


@pytest.mark.parametrize("name", THEMES)
def test_every_setting_of_the_look_is_obeyed(name: str) -> None:
    look = LookSettings(
        logo="https://data.example.org/logo.png",
        logo_alt="The lab's wave",
        logo_width=208,
        light={"link": "#0A3C7D"},
        dark={"link": "#9CD3FF"},
        fonts={"serif": "Cambria,serif"},
    )
    html = fill_text(render(an_issue(), replace(draft(name), look=look)).html, a_row().values)

    assert '<img src="https://data.example.org/logo.png" alt="The lab&#39;s wave" width="208"' in html
    assert 'style="color:#0A3C7D;' in html
    assert ".link{color:#9CD3FF!important}" in html
    assert "font-family:Cambria,serif" in html


@pytest.mark.parametrize("name", THEMES)
def test_sections_stand_in_the_issues_order_in_both_parts(name: str) -> None:
    titled = [one for one in SECTIONS if one.title and one.kind != "glance"]
    for order in (titled, titled[::-1]):
        edition = render(an_issue(sections=tuple(order)), draft(name))
        for part, heading in ((edition.html, ">{}</h2>"), (edition.text, "\n{}\n---")):
            words = fill_text(part, a_row().values).casefold()
            places = [words.index(heading.format(one.title.casefold())) for one in order]
            assert places == sorted(places)
