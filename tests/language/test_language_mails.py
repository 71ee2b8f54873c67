"""The sample's issues in every language: checked like any mail, nothing of ours left in English, right to left."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from test_language_catalogues import said

from newsletter.app.drafting import preview_draft
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import open_workspace
from newsletter.checks.registry import run_checks
from newsletter.compose.issue import compose
from newsletter.language.languages import known_codes, language_of
from newsletter.model.issue import Choices, Draft, Issue, Note
from newsletter.model.mail import SLOT_NAMES, Edition, fill_text
from newsletter.model.when import Instant
from newsletter.render.edition import render
from newsletter.render.errors import RenderError

# Whole mails in six languages; what is covered, tests/render tells.
pytestmark = pytest.mark.no_cover

#: Words of templates that are the same in every language: formats, and the sample of a clock of 12 hours.
NAMES = {"Atom", "JSON", "Feed", "PM"}
ZONES = {
    "en": "America/Los_Angeles",
    "ar": "Africa/Cairo",
    "de": "Europe/Berlin",
    "es": "Europe/Madrid",
    "fr": "Europe/Paris",
    "ja": "Asia/Tokyo",
}
DIGESTS = ("weekly", "monthly", "quarterly")
LINKS = {name: f"https://news.example.org/{name}" for name in SLOT_NAMES}
EVERY = pytest.mark.parametrize("code", known_codes())
FOREIGN = pytest.mark.parametrize("code", [code for code in known_codes() if code != "en"])


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Draft]:
    """The sample's next issues, without the editor's own subject, so that the program finds one."""
    root = tmp_path_factory.mktemp("language") / "lab"
    init_workspace(root)
    ws = open_workspace(root, environ={})
    at = datetime(2026, 12, 1, 8, tzinfo=UTC)
    found = {digest: preview_draft(ws, digest, at) for digest in DIGESTS}
    ws.store.close()
    return {
        digest: replace(draft, note=replace(draft.note, subject="", preheader="")) for digest, draft in found.items()
    }


def choices(code: str, **more: object) -> Choices:
    return replace(Choices(ZONES[code], clock=12 if code in ("en", "ar") else 24, language=code), **more)


def html_of(edition: Edition) -> str:
    return fill_text(edition.html, LINKS)


def text_of(edition: Edition) -> str:
    return re.sub(r"\s+", " ", fill_text(edition.text, LINKS))


def faults(draft: Draft, issue: Issue) -> set[tuple[str, str]]:
    return {(found.level, found.code) for found in run_checks(issue, render(issue, draft), draft)}


class Words(HTMLParser):
    """Every piece of text below body, with the open elements around it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "meta", "img", "hr", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "body" in self.open and data.strip():
            self.found.append((" ".join(data.split()), tuple(self.open)))


@cache
def sentences() -> tuple[str, ...]:
    """Our own English of three words and more, which no content happens to say."""
    texts = {message for _, message in said() if "{" not in message and message.strip().count(" ") >= 2}
    return tuple(sorted(texts))


@EVERY
@pytest.mark.parametrize("digest", DIGESTS)
def test_a_mail_passes_the_checks_that_english_passes(drafts: dict[str, Draft], code: str, digest: str) -> None:
    draft = drafts[digest]
    found = faults(draft, compose(draft, choices(code)))
    english = faults(draft, compose(draft, replace(choices(code), language="en")))
    assert found <= english


@FOREIGN
@pytest.mark.parametrize("digest", DIGESTS)
def test_nothing_of_ours_is_left_in_english(drafts: dict[str, Draft], code: str, digest: str) -> None:
    edition = render(compose(drafts[digest], choices(code)), drafts[digest])
    shown = {"text": text_of(edition), "html": " ".join(text for text, _ in Words(html_of(edition)).found)}
    for part, words in shown.items():
        assert [text for text in sentences() if text in words] == [], part


@EVERY
def test_no_place_is_left_open(drafts: dict[str, Draft], code: str) -> None:
    for draft in drafts.values():
        for density in ("full", "compact"):
            edition = render(compose(draft, choices(code, density=density)), draft)
            words = f"{edition.subject} {edition.preheader} {text_of(edition)}"
            assert re.findall(r"\{[a-z_]+\}", words) == []
            assert re.findall(r"\{[a-z_]+\}|&#123;", html_of(edition)) == []


@EVERY
def test_the_mail_says_its_language_and_direction(drafts: dict[str, Draft], code: str) -> None:
    html = html_of(render(compose(drafts["weekly"], choices(code)), drafts["weekly"]))
    assert f'<html lang="{code}" dir="{language_of(code).direction}"' in html


def test_a_language_without_words_is_not_claimed(drafts: dict[str, Draft]) -> None:
    draft = drafts["weekly"]
    html = html_of(render(compose(draft, replace(choices("en"), language="pt-BR")), draft))
    assert '<html lang="en" dir="ltr"' in html


def test_titles_names_and_places_are_isolated_in_a_mail_from_right_to_left(drafts: dict[str, Draft]) -> None:
    for draft in drafts.values():
        issue = compose(draft, choices("ar"))
        entries = [entry for section in issue.sections for entry in section.entries]
        foreign = {text for entry in entries for text in (entry.title, entry.place, *entry.hosts) if text}
        foreign |= {draft.community.name, draft.community.postal_address}
        for text, around in Words(html_of(render(issue, draft))).found:
            if any(part in text for part in foreign if part.isascii() and len(part) > 3):
                assert "bdi" in around or "\u2068" in text or (text.isascii() and around[-1] in ("p", "li")), text


def test_a_title_from_right_to_left_is_isolated_in_any_mail(drafts: dict[str, Draft]) -> None:
    draft = drafts["weekly"]
    turned = replace(
        draft, items=tuple(replace(item, title=f"ورشة {index}") for index, item in enumerate(draft.items))
    )
    for code in ("de", "ja"):
        for text, around in Words(html_of(render(compose(turned, choices(code)), turned))).found:
            assert "ورشة" not in text or "bdi" in around or "\u2068ورشة" in text, text


def moved(draft: Draft) -> Draft:
    """What the reader was told: every event with one clock an hour earlier."""
    return replace(
        draft,
        key=draft.key + "-before",
        items=tuple(
            replace(item, when=replace(item.when, start=item.when.start - timedelta(hours=1)))
            if isinstance(item.when, Instant)
            else item
            for item in draft.items
        ),
    )


@FOREIGN
def test_changes_are_told_in_the_readers_language(drafts: dict[str, Draft], code: str) -> None:
    draft = drafts["weekly"]
    issue = compose(draft, choices(code), moved(draft))
    assert issue.sections[1].kind == "changes"
    assert issue.sections[1].title == language_of(code).gettext("Changed since last issue")
    edition = render(issue, draft)
    assert language_of(code).gettext("moved").upper() in text_of(edition)
    shown = text_of(edition) + " ".join(text for text, _ in Words(html_of(edition)).found)
    assert [text for text in (*sentences(), " was ", "Now ") if text in shown.replace("was left", "")] == []


@EVERY
def test_the_program_finds_a_subject_and_a_preheader(drafts: dict[str, Draft], code: str) -> None:
    for draft in drafts.values():
        issue = compose(draft, choices(code))
        assert 10 <= len(issue.subject) <= 78
        assert 30 <= len(issue.preheader) <= 140
        assert "on Friday" not in issue.subject or code == "en"


@EVERY
def test_an_empty_issue_says_when_there_is_more(drafts: dict[str, Draft], code: str) -> None:
    draft = drafts["weekly"]
    empty = replace(draft, items=(), section_texts=(), note=Note())
    issue = compose(empty, choices(code))
    assert issue.next_content == language_of(code).gettext("Nothing is planned yet for the months ahead.")
    text = text_of(render(issue, empty))
    assert text.count(issue.next_content) == 1
    assert "Next:" not in text


@EVERY
def test_the_same_draft_gives_the_same_bytes(drafts: dict[str, Draft], code: str) -> None:
    draft = drafts["weekly"]
    assert render(compose(draft, choices(code)), draft) == render(compose(draft, choices(code)), draft)


def test_what_the_community_wrote_is_never_translated(drafts: dict[str, Draft]) -> None:
    draft = drafts["weekly"]
    english, german = (compose(draft, replace(choices("de"), language=code)) for code in ("en", "de"))
    for here, there in zip(english.sections, german.sections, strict=True):
        facts = [(entry.title, entry.summary, entry.place, entry.hosts, entry.at) for entry in here.entries]
        assert facts == [(entry.title, entry.summary, entry.place, entry.hosts, entry.at) for entry in there.entries]
    own = [section.title for section in german.sections if section.kind in dict(draft.sections)]
    assert own == [dict(draft.sections)[kind].title for kind in ("jobs",) if kind in dict(draft.sections)]


def test_a_themes_own_words_are_used_and_what_is_wrong_in_them_is_named(drafts: dict[str, Draft]) -> None:
    draft = drafts["weekly"]
    good = 'msgid "Come along"\nmsgstr "Auf geht es"\n'
    issue = compose(own := replace(draft, theme=(*draft.theme, ("words/de.po", good))), choices("de"))
    assert "AUF GEHT ES" in text_of(render(issue, own))
    bad = 'msgid "{title} moved"\nmsgstr "{titel} verlegt"\n'
    broken = replace(draft, theme=(*draft.theme, ("words/de.po", bad)))
    with pytest.raises(RenderError) as caught:
        render(compose(broken, choices("de")), broken)
    [problem] = caught.value.problems
    assert (problem.origin.path, problem.origin.line) == ("templates/hours/words/de.po", 1)
    assert "{titel}" in problem.text
    render(compose(broken, choices("fr")), broken)


def test_no_word_of_a_template_stands_outside_a_message() -> None:
    """It would be English for everybody."""
    root = Path(__file__).parents[2] / "templates"
    code = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
    styles = re.compile(r"<((?:mj-)?style)\b.*?</\1>|\{% block style %\}.*?\{% endblock %\}", re.DOTALL)
    markup = re.compile(r"<!--.*?-->|<[^>]*>|&\w+;|[a-z-]+=\"[^\"]*\"", re.DOTALL)
    found = {}
    for path in sorted(root.rglob("*")):
        if path.suffix in (".txt", ".mjml", ".html"):
            words = markup.sub(" ", code.sub("", styles.sub(" ", path.read_text(encoding="utf-8"))))
            found[path.relative_to(root).as_posix()] = set(re.findall(r"[A-Za-z]{2,}", words)) - NAMES
    assert {name: words for name, words in found.items() if words} == {}


def test_each_paragraph_of_a_note_finds_its_own_direction(drafts: dict[str, Draft]) -> None:
    draft = drafts["weekly"]
    own = replace(draft, note=Note(body="Come on Monday.\n\n* one\n\nשלום לכולם.", by="Ada"))
    arabic, german = (html_of(render(compose(own, choices(code)), own)) for code in ("ar", "de"))
    for html in (arabic, german):
        assert re.search(r'<p [^>]*dir="auto"[^>]*>Come on Monday\.</p>', html)
        assert re.search(r'<p [^>]*dir="auto"[^>]*>שלום לכולם\.</p>', html)
    plain = replace(draft, note=Note(body="Come on Monday."))
    assert 'dir="auto"' not in html_of(render(compose(plain, choices("de")), plain))
