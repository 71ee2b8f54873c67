"""The public files by path: rendered when they are asked for, and kept until something they are made of changes."""

from collections.abc import Callable, Iterator, Sequence
from threading import Lock

from newsletter.app.archiving.calendars import event_file, personal_file, topic_file
from newsletter.app.archiving.hosting import site_of
from newsletter.app.archiving.issues import Issues, read_issues
from newsletter.app.archiving.pictures import picture_file
from newsletter.app.bounded_rendering import page_bounded
from newsletter.app.theme_files import TEMPLATES, load_layered, load_theme
from newsletter.app.workspace import Workspace
from newsletter.model.publishing import PublicFile
from newsletter.render.archive.feeds import NEWEST, FeedEntry, atom, json_feed
from newsletter.render.archive.pages import (
    FOLDER,
    Look,
    Shown,
    chat_copy,
    digest_page,
    feed_content,
    index_page,
    issue_page,
)
from newsletter.render.archive.site import ARCHIVE, DigestPages, Listed, Site, page_name

HTML = "text/html; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
JSON_FEED = "application/feed+json"
MARKDOWN = "text/markdown; charset=utf-8"
INDEX = "index.html"
#: Issues of each digest on the first page.
LATEST = 5
#: Files that are kept.
MOST = 512


class Archive:
    """The archive's files at one moment, by their names below archive/."""

    def __init__(self, ws: Workspace, issues: Issues, templates: tuple[tuple[str, str], ...]) -> None:
        self.ws = ws
        self.issues = issues
        self.site: Site = site_of(ws.settings)
        self.templates = templates

    def names(self) -> Iterator[str]:
        """Every file there is; nothing where no digest is published."""
        if self.site.digests:
            yield INDEX
        for digest in self.site.digests:
            yield from (f"{digest.name}.{ending}" for ending in ("html", "atom", "json"))
        for key in self.issues.by_key:
            yield page_name(key)
            yield f"{key}.md"

    def file(self, name: str) -> PublicFile | None:
        """One of them; None for any other name. RenderError where a template is at fault."""
        stem, _, ending = name.rpartition(".")
        if name == INDEX and self.site.digests:
            return self._file(name, self._index(), HTML)
        digest = next((one for one in self.site.digests if one.name == stem), None)
        if digest is not None:
            return self._of_digest(digest, ending)
        return self._of_issue(stem, ending)

    def _of_digest(self, digest: DigestPages, ending: str) -> PublicFile | None:
        if ending == "html":
            page = self._page(digest_page, digest, self.issues.of(digest.name), self.site, self._look(digest.name))
            return self._file(f"{digest.name}.html", page, HTML)
        build = {"atom": (atom, ATOM), "json": (json_feed, JSON_FEED)}.get(ending)
        if build is None:
            return None
        body = build[0](digest, self._entries(digest), self.site)
        return PublicFile(f"{ARCHIVE}/{digest.name}.{ending}", body, build[1])

    def _of_issue(self, key: str, ending: str) -> PublicFile | None:
        write: dict[str, tuple[Callable[[Shown, Site, Look], str], str]] = {
            "html": (issue_page, HTML),
            "md": (chat_copy, MARKDOWN),
        }
        if ending not in write or (shown := self.issues.shown(key)) is None:
            return None
        render, media_type = write[ending]
        return self._file(f"{key}.{ending}", self._page(render, shown, self.site, self._look_of(shown)), media_type)

    def _entries(self, digest: DigestPages) -> Sequence[FeedEntry]:
        return [FeedEntry(line, self._content(line)) for line in self._sent(digest)[:NEWEST]]

    def _content(self, line: Listed) -> str:
        shown = self.issues.shown(line.key)
        return self._page(feed_content, shown, self.site, self._look_of(shown)) if shown else ""

    def _sent(self, digest: DigestPages) -> tuple[Listed, ...]:
        return tuple(line for line in self.issues.of(digest.name) if not line.elsewhere)

    def _index(self) -> str:
        latest = [(digest, self.issues.of(digest.name)[:LATEST]) for digest in self.site.digests]
        return self._page(index_page, latest, self.site, self._look(self.site.digests[0].name))

    def _look_of(self, shown: Shown) -> Look:
        """The colours that the issue itself had."""
        path = f"{TEMPLATES}/{shown.draft.settings.theme}/theme.toml"
        return Look(self.templates, dict(shown.draft.theme).get("theme.toml", ""), path, shown.draft.look)

    def _look(self, digest: str) -> Look:
        theme = self.ws.settings.digests[digest].theme
        texts = dict(load_theme(self.ws.root, theme, digest))
        path = f"{TEMPLATES}/{theme}/theme.toml"
        return Look(self.templates, texts.get("theme.toml", ""), path, self.ws.settings.look)

    def _page(self, write: Callable[..., str], *arguments: object) -> str:
        """Under the limits of mails: whoever edits templates may edit these, and a page is made while people wait."""
        return page_bounded(FOLDER, write, *arguments)

    def _file(self, name: str, text: str, media_type: str) -> PublicFile:
        return PublicFile(f"{ARCHIVE}/{name}", text.encode(), media_type)


class Shelf:
    """What the public web asks for. Archive pages are kept while issues, templates and past.toml stay the same."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self._lines: dict[tuple[str, str], Listed] = {}
        self._kept: dict[str, PublicFile | None] = {}
        self._state: object = None
        self._lock = Lock()

    def archive_file(self, name: str) -> PublicFile | None:
        """A file of the archive; None where there is none of that name."""
        found = open_archive(self.ws, self._lines)
        state = (found.issues.sent, found.issues.past, found.templates)
        with self._lock:
            if state != self._state or len(self._kept) > MOST:
                self._kept, self._state = {}, state
            if name in self._kept:
                return self._kept[name]
        file = found.file(name)
        if file is not None:
            with self._lock:
                self._kept[name] = file
        return file

    def picture_file(self, name: str) -> PublicFile | None:
        """A picture that a mail or a page shows."""
        return picture_file(self.ws, name)

    def event_file(self, slug: str) -> PublicFile | None:
        """An event's calendar file."""
        return event_file(self.ws, slug)

    def topic_file(self, topic: str) -> PublicFile | None:
        """A topic's calendar."""
        return topic_file(self.ws, topic, self.ws.clock())

    def personal_file(self, token: str) -> PublicFile | None:
        """The calendar of the reader whose link it is; None for a link that is not ours any more."""
        return personal_file(self.ws, token, self.ws.clock())


def open_archive(ws: Workspace, lines: dict[tuple[str, str], Listed] | None = None) -> Archive:
    """The archive as it stands now; templates are read afresh, so that editing one needs no restart."""
    return Archive(ws, read_issues(ws, lines), load_layered(ws.root, FOLDER))
