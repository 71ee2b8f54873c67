"""The archive's pages from the templates in templates/pages/archive: an issue, its digest, and all digests."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from newsletter.compose.programme import programme_of
from newsletter.dates.wording import full_day_text
from newsletter.language.languages import Language
from newsletter.model.issue import Draft, Issue
from newsletter.model.workspace import LookSettings, TopicSettings
from newsletter.render.archive.chat import inert
from newsletter.render.archive.jsonld import event_nodes, script
from newsletter.render.archive.look import theme_css
from newsletter.render.archive.site import DigestPages, Listed, Site, page_name
from newsletter.render.escaping import legible
from newsletter.render.links import safe_issue, safe_link
from newsletter.render.look import with_look
from newsletter.render.markdown import markdown_html, markdown_text
from newsletter.render.slots import Marks
from newsletter.render.templates import markup_environment, plain_environment, render_template
from newsletter.render.theme import Theme, read_theme, topic_tracks
from newsletter.render.view import change_word, clock, context, days, flag, in_words
from newsletter.render.words import bdi, words_for

FOLDER = "templates/pages/archive"
Texts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """The templates of the pages, and the settings of a theme for their colours, with the file those stand in.

    `own` is the workspace's look, which goes before the theme's.
    """

    templates: Texts
    theme: str
    path: str
    own: LookSettings = LookSettings()  # noqa: RUF009 - it is frozen

    def read(self) -> Theme:
        """The theme; RenderError names what is wrong in its file."""
        return _theme(self.theme, self.path, self.own.model_dump_json())


@dataclass(frozen=True, slots=True)
class Shown:
    """An issue as it is published: its public draft, what was composed of it, and its neighbours in its digest."""

    draft: Draft
    issue: Issue
    older: Listed | None = None
    newer: Listed | None = None


def issue_page(shown: Shown, site: Site, look: Look) -> str:
    """The page of an issue, with its events for search engines; RenderError names the template at fault."""
    digest = next((one for one in site.digests if one.name == shown.draft.digest), _digest_of(shown.draft))
    names = _issue_names(shown, site, look) | {
        "digest": digest,
        "older": shown.older,
        "newer": shown.newer,
        "canonical": site.url(page_name(shown.issue.key)),
    }
    html = _filled(look, "issue.html", names)
    return html.replace("</head>", f"{script(event_nodes(programme_of(shown.draft)))}\n</head>", 1)


def feed_content(shown: Shown, site: Site, look: Look) -> str:
    """An issue as feeds carry it: headings, lists and links, without a style of its own."""
    return _filled(look, "entry.html", _issue_names(shown, site, look)).strip()


def chat_copy(shown: Shown, site: Site, look: Look) -> str:
    """An issue as plain text that Slack, Teams and Matrix show alike."""
    names = {**_issue_names(shown, site, look), "canonical": site.url(page_name(shown.issue.key))}
    return _lines(render_template(_plain(look.templates), FOLDER, "issue.md", names))


def digest_page(digest: DigestPages, issues: Sequence[Listed], site: Site, look: Look) -> str:
    """All issues of a digest, the latest first."""
    names = {"digest": digest, "issues": issues, "canonical": site.url(f"{digest.name}.html")}
    return _filled(look, "digest.html", _site_names(site, look) | names)


def index_page(latest: Sequence[tuple[DigestPages, Sequence[Listed]]], site: Site, look: Look) -> str:
    """Every digest with its latest issues, and the calendars."""
    names = {"latest": latest, "canonical": site.url("")}
    return _filled(look, "index.html", _site_names(site, look) | names)


def _digest_of(draft: Draft) -> DigestPages:
    return DigestPages(draft.digest, draft.settings.title, draft.settings.tagline)


def _issue_names(shown: Shown, site: Site, look: Look) -> dict[str, object]:
    draft, safe = shown.draft, safe_issue(shown.issue)
    theme = look.read()
    # The mail's slots have no place here: a page that asks for one is refused, since the name is not defined.
    mail = context(safe, draft, theme, Marks("0" * 32), site.language)
    mail.pop("slot")
    own = {"send_day": _day(draft.slot.send_at, site), "subscribe_url": safe_link(site.subscribe_url)}
    return _site_names(site, look, draft.topics) | mail | own


def _site_names(site: Site, look: Look, topics: tuple[tuple[str, TopicSettings], ...] = ()) -> dict[str, object]:
    theme = look.read()
    tracks = [*topic_tracks(topics, theme).values(), theme.tracks.get("drop") or next(iter(theme.tracks.values()))]
    return {
        **words_for(site.language),
        "site": site,
        "community": site.community,
        "community_url": safe_link(site.community.url),
        "subscribe_url": safe_link(site.subscribe_url),
        "css": theme_css(theme, tracks),
    }


def _day(moment: datetime, site: Site) -> str:
    return full_day_text(moment.astimezone(ZoneInfo(site.community.timezone)).date(), site.language)


def _filled(look: Look, name: str, names: Mapping[str, object]) -> str:
    return legible(render_template(_markup(look.templates), FOLDER, name, names))


def _lines(text: str) -> str:
    """Text without blanks at line ends, and never two empty lines together."""
    lines = [line.rstrip() for line in text.replace("\u202f", " ").replace("\u00a0", " ").split("\n")]
    return "\n".join(one for at, one in enumerate(lines) if one or (at and lines[at - 1])).strip() + "\n"


@functools.lru_cache(maxsize=8)
def _theme(text: str, path: str, own: str) -> Theme:
    return with_look(read_theme(text, path), LookSettings.model_validate_json(own), path)


@functools.lru_cache(maxsize=4)
def _markup(texts: Texts) -> ImmutableSandboxedEnvironment:
    return markup_environment(
        dict(texts), FOLDER, {**_FILTERS, "bdi": bdi, "markdown": _markdown, "day": _day_filter}
    )


@functools.lru_cache(maxsize=4)
def _plain(texts: Texts) -> ImmutableSandboxedEnvironment:
    return plain_environment(dict(texts), FOLDER, {**_FILTERS, "markdown": _plain_markdown, "inert": inert})


@pass_context
def _markdown(names: Context, text: str, base: str = "") -> Markup:
    return markdown_html(text, {}, base, names.get("pictures"))


@pass_context
def _plain_markdown(names: Context, text: str, base: str = "") -> str:
    return markdown_text(text, base, 100_000, names.get("pictures"))


@pass_context
def _day_filter(names: Context, moment: datetime) -> str:
    return _day(moment, names["site"])


def _in_words_of(function: Callable[..., object]) -> Callable[..., object]:
    """The function as a filter, which gets the language of the page as its last argument."""

    @pass_context
    def spoken(names: Context, *values: object) -> object:
        language: Language = names["language"]
        return function(*values, language)

    return spoken


_FILTERS: Mapping[str, Callable[..., object]] = {
    function.__name__: _in_words_of(function) for function in (days, change_word, clock, flag, in_words)
}
