"""Issue and draft -> Edition: both parts rendered once, with slots for what is personal. Same input, same bytes."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jinja2 import pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from newsletter.language.languages import CatalogueError, Language, language_in, own_words_path
from newsletter.model.delivery import MailingKind
from newsletter.model.issue import Draft, Issue
from newsletter.model.mail import Edition, Parts
from newsletter.model.workspace import LookSettings
from newsletter.render.errors import RenderError, template_problem
from newsletter.render.escaping import one_line
from newsletter.render.headers import headers_of
from newsletter.render.links import safe_issue
from newsletter.render.look import with_look
from newsletter.render.markdown import WIDTH, markdown_html, markdown_text, wrap
from newsletter.render.mime import mime_parts
from newsletter.render.mjml_guard import compile_mjml
from newsletter.render.slots import Marks, marks_for
from newsletter.render.templates import locator, markup_environment, plain_environment, render_template
from newsletter.render.theme import Theme, read_theme
from newsletter.render.view import card_limit, carded, change_word, clock, context, days, flag, in_words
from newsletter.render.words import bdi, settled_words, turns, words_for

#: Invisible letters after the preheader, so that an inbox does not fill its line with the mail's first words.
PREHEADER_PAD = Markup("&#847;&zwnj;&nbsp;") * 60

#: What Markdown is laid out in.
BLOCKS = ("p", "ul", "ol", "blockquote", "h3", "h4")

#: Octets of HTML that leave room for a reader's own links below the 90 KB at which the checks warn.
ROOM = 88_000
#: Octets that one card takes at the least, so that leaving cards out never takes many rounds.
CARD = 3_500
#: From so many entries on, their rows alone are likely to leave no room for a single card.
CROWDED = 350
#: Rows of a section that stand in any case.
FEWEST_ROWS = 5

#: A theme's templates for the kinds of mailing, without the ending of each part; the first that it has.
_TEMPLATES: Mapping[MailingKind, tuple[str, ...]] = {
    "issue": ("issue",),
    "correction": ("mail/correction", "mail/short"),
    "one-off": ("mail/message", "mail/short"),
}
#: What a theme may bring for an issue to a whole list, where it must be small.
_SLIM = "mail/list.mjml"

ThemeTexts = tuple[tuple[str, str], ...]
#: How many cards and rows editions had room for that were rendered lately, by the digest of issue and draft.
_FITS: dict[str, tuple[int, int | None]] = {}
KEPT_FITS = 64


def render(issue: Issue, draft: Draft) -> Edition:
    """The edition of an issue in the draft's theme; RenderError names the template and line at fault."""
    marks = marks_for(issue, draft)
    safe = safe_issue(issue)
    language, page = _prepared(safe, draft, marks)
    text = marks.split(_text(draft, language, {**page.names, **carded(safe, card_limit(safe))}), "text")
    html = () if issue.choices.text_only else marks.split(_html(safe, page, marks), "html")
    subject, preheader = one_line(issue.subject), one_line(issue.preheader)
    headers, to_list = headers_of(issue, draft, subject)
    return Edition(
        key=edition_key(marks),
        subject=subject,
        preheader=preheader,
        sender=draft.sender,
        reply_to=draft.reply_to,
        headers=headers,
        html=html,
        text=text,
        mime=mime_parts(headers, html, text, to_list=to_list),
    )


def render_html_like(issue: Issue, draft: Draft, like: Issue) -> Parts:
    """The HTML part alone, with the cards and rows that `like` has room for, however much longer this one is."""
    if issue.choices.text_only:
        return ()
    known = marks_for(like, draft)
    if known.digest not in _FITS:
        _html(safe_issue(like), _prepared(safe_issue(like), draft, known)[1], known)
    marks, safe = marks_for(issue, draft), safe_issue(issue)
    return marks.split(_prepared(safe, draft, marks)[1].filled(safe, *_FITS[known.digest]), "html")


@dataclass(frozen=True)
class _Page:
    """What writes an HTML part: its draft, its templates, and what they know besides how much room there is."""

    draft: Draft
    env: ImmutableSandboxedEnvironment
    names: Mapping[str, object]

    def filled(self, issue: Issue, cards: int, rows: int | None = None) -> str:
        """The part with so many cards, and so many rows of a section (None: all)."""
        return _page(self.draft, self.env, {**self.names, "pad": PREHEADER_PAD, **carded(issue, cards, rows)})


def _prepared(safe: Issue, draft: Draft, marks: Marks) -> tuple[Language, _Page]:
    language, look = _language(safe, draft), draft.look.model_dump_json()
    theme = _theme(draft.theme, _folder(draft), look)
    names = {**words_for(language), **context(safe, draft, theme, marks, language)}
    return language, _Page(draft, _markup(draft.theme, _folder(draft), look, language), names)


def _language(issue: Issue, draft: Draft) -> Language:
    """The words of the mail; RenderError where the theme's own are at fault."""
    try:
        return language_in(issue.choices.language, draft.theme, strict=True)
    except CatalogueError as error:
        path = f"{_folder(draft)}/{own_words_path(issue.choices.language)}"
        raise RenderError(template_problem("src.syntax", str(error), path, error.line)) from None


def edition_key(marks: Marks) -> str:
    """A name for this edition: the same for the same issue, choices and draft."""
    return marks.digest[:16]


def _html(issue: Issue, page: _Page, marks: Marks) -> str:
    """The HTML with as many cards, and then rows, as fit the size that mail programs show whole.

    What has no room is counted there, and stands in the text part in any case.
    """
    cards = min(
        card_limit(issue), max((len(part.entries) for part in issue.sections if part.kind == "events"), default=0)
    )
    cards, html = _first_try(issue, page, cards)
    while cards and (over := _octets(html) - ROOM) > 0:
        cards = max(0, cards - -(-over // CARD))
        html = page.filled(issue, cards)
    rows, shown, before = max((len(part.entries) for part in issue.sections), default=0), None, 0
    while rows > FEWEST_ROWS and (size := _octets(html)) > ROOM:
        # What a row takes is known once some were left out; until then all that there is counts as theirs.
        row = (
            max(1, (before - size) // (shown - rows)) if shown is not None and shown > rows else max(1, size // rows)
        )
        shown, before = rows, size
        rows = max(FEWEST_ROWS, rows - max(1, -(-(size - ROOM) // row)))
        html = page.filled(issue, 0, rows)
    _FITS[marks.digest] = (cards, None if shown is None else rows)
    while len(_FITS) > KEPT_FITS:
        _FITS.pop(next(iter(_FITS)), None)
    return html


def _first_try(issue: Issue, page: _Page, cards: int) -> tuple[int, str]:
    """The part with so many cards, or with none where its rows alone are far too long for any.

    A crowded part is written without cards first: what is to be thrown away takes as long as what is to be kept.
    """
    if cards and sum(len(part.entries) for part in issue.sections) > CROWDED:
        html = page.filled(issue, 0)
        if _octets(html) - ROOM > 2 * CARD * cards:
            return 0, html
    return cards, page.filled(issue, cards)


def _octets(html: str) -> int:
    return len(html.encode("utf-8"))


def _page(draft: Draft, env: ImmutableSandboxedEnvironment, names: Mapping[str, object]) -> str:
    folder = _folder(draft)
    slim = not names["personal"] and draft.kind == "issue" and any(path == _SLIM for path, _ in draft.theme)
    name = _SLIM if slim else f"{_template(draft)}.mjml"
    source = render_template(env, folder, name, names)
    return compile_mjml(source, f"{folder}/{name}", locator(dict(draft.theme), folder))


def _text(draft: Draft, language: Language, shared: Mapping[str, object]) -> str:
    folder = _folder(draft)
    name = f"{_template(draft)}.txt"
    return tidy(render_template(_plain(draft.theme, folder, language), folder, name, shared))


def tidy(text: str) -> str:
    """Text for a mail reader: plain spaces, no blanks at line ends, never two empty lines together."""
    plain = text.replace("\u202f", " ").replace("\u00a0", " ")
    lines = [line if line == "-- " else line.rstrip() for line in plain.split("\n")]
    kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def _template(draft: Draft) -> str:
    """The template of the mail inside its theme, without the ending of each part."""
    names, theme = _TEMPLATES.get(draft.kind) or _answers(draft.service), dict(draft.theme)
    return next((name for name in names if f"{name}.txt" in theme), names[-1])


def _answers(name: str) -> tuple[str, ...]:
    """The theme's own template of a mail that answers one reader, and the one that all themes share."""
    return f"mail/{name}", f"shared/mail/{name}"


def _folder(draft: Draft) -> str:
    return f"templates/{draft.settings.theme}"


@functools.lru_cache(maxsize=8)
def _theme(texts: ThemeTexts, folder: str, look: str) -> Theme:
    path = f"{folder}/theme.toml"
    settings = dict(texts).get("theme.toml")
    if settings is None:
        raise RenderError(template_problem("src.missing", f"the theme has no settings; create the file {path}", path))
    return with_look(read_theme(settings, path), LookSettings.model_validate_json(look), path)


@functools.lru_cache(maxsize=16)
def _markup(texts: ThemeTexts, folder: str, look: str, language: Language) -> ImmutableSandboxedEnvironment:
    theme = _theme(texts, folder, look)
    filters = {**_FILTERS, "markdown": _markdown, "bdi": bdi}
    return markup_environment(
        dict(texts), folder, filters, {"c": theme.light, "font": theme.fonts, **settled_words(language)}
    )


@functools.lru_cache(maxsize=16)
def _plain(texts: ThemeTexts, folder: str, language: Language) -> ImmutableSandboxedEnvironment:
    filters = {**_FILTERS, "markdown": _plain_markdown, "wordwrap": wrap}
    return plain_environment(dict(texts), folder, filters, settled_words(language))


@pass_context
def _markdown(names: Context, text: str, styles: Mapping[str, Mapping[str, str]], base: str = "") -> Markup:
    """Markdown whose braces are references, so that nothing in it looks like an unprocessed template.

    Where a direction could be wrong, each of its blocks finds its own.
    """
    if turns(names, text):
        styles = {**styles, **{tag: {**styles.get(tag, {}), "dir": "auto"} for tag in BLOCKS}}
    html = markdown_html(text, styles, base, names.get("pictures"))
    return Markup(html.replace("{", "&#123;").replace("}", "&#125;"))  # noqa: S704 - markup before and after


@pass_context
def _plain_markdown(names: Context, text: str, base: str = "", width: int = WIDTH) -> str:
    return markdown_text(text, base, width, names.get("pictures"))


def _in_words_of(function: Callable[..., object]) -> Callable[..., object]:
    """The function as a filter, which gets the language of the mail as its last argument."""

    @pass_context
    def spoken(names: Context, *values: object) -> object:
        return function(*values, names["language"])

    return spoken


_FILTERS: Mapping[str, Callable[..., object]] = {
    function.__name__: _in_words_of(function) for function in (days, change_word, clock, flag, in_words)
}
