"""Where the file of a picture lies: beside its page, or where the generator of a site keeps pictures."""

import posixpath
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from newsletter.app.fetching import Fetching, KeptRepository
from newsletter.app.workspace import Workspace
from newsletter.model.picture import Mention
from newsletter.model.workspace import SourceSettings
from newsletter.render.scaling import MAX_OCTETS

#: Folders whose content a site publishes at its root (Zola and Hugo; Hugo; Astro and others).
SITE_FOLDERS = ("", "static", "assets", "public")


class PictureFiles:
    """The pictures of a workspace and of its git sources, as they were read last; nothing is fetched."""

    def __init__(self, ws: Workspace) -> None:
        self._root = ws.root.resolve()
        self._sources = {source.name: source for source in ws.settings.sources}
        self._fetching = Fetching(ws.root, ws.clock(), ws.environ)
        self._repositories: dict[str, KeptRepository | None] = {}

    def is_ours(self, mention: Mention) -> bool:
        """Whether it is named in a file of the workspace, whose editors could put the picture there."""
        source = self._sources.get(mention.origin.source)
        return source is None or not source.is_remote

    def holds(self, mention: Mention) -> bool:
        """Whether it is a file of ours at all, and not an address elsewhere."""
        source = self._sources.get(mention.origin.source)
        if source is not None and source.is_remote and not source.git:
            return False
        return as_path(mention.written, source.base_url if source else "") is not None

    def read(self, mention: Mention) -> bytes | None:
        """Its bytes, no more than are looked at and one; None where there is no such file."""
        source = self._sources.get(mention.origin.source)
        written = as_path(mention.written, source.base_url if source else "")
        if written is None:
            return None
        find = self._in_repository(source) if source and source.git else self._in_workspace
        found = (find(path) for path in candidates(written, mention.origin.path))
        return next((data for data in found if data is not None), None)

    def _in_workspace(self, path: str) -> bytes | None:
        place = Path(self._root, path)
        try:
            if not place.resolve(strict=True).is_relative_to(self._root) or not place.is_file():
                return None
            with place.open("rb") as file:
                return file.read(MAX_OCTETS + 1)
        except (OSError, RuntimeError, ValueError):
            return None

    def _in_repository(self, source: SourceSettings) -> Callable[[str], bytes | None]:
        if source.name not in self._repositories:
            self._repositories[source.name] = self._fetching.kept_repository(source)
        kept = self._repositories[source.name]
        return lambda path: kept.read(path, MAX_OCTETS) if kept else None


def as_path(written: str, base_url: str = "") -> str | None:
    """The path that was written, from a slash where it hangs from the site; None for what lies elsewhere."""
    site = base_url.rstrip("/")
    try:
        if site and written.startswith(f"{site}/"):
            written = written[len(site) :]
        parts = urlsplit(written)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or "\0" in written:
        return None
    return unquote(parts.path).removeprefix("@") or None


def candidates(written: str, page: str) -> Iterator[str]:
    """Where a picture may lie, the likeliest first, as paths that lead out of nothing: first beside its page."""
    folder = posixpath.dirname(page)
    seen: set[str] = set()
    for path in (*_beside(written, folder), *_below(written.lstrip("/"), folder)):
        plain = posixpath.normpath(path)
        if plain not in seen and not plain.startswith(("/", "..")) and "/." not in f"/{plain}":
            seen.add(plain)
            yield plain


def _beside(written: str, folder: str) -> Iterator[str]:
    if not written.startswith("/"):
        yield posixpath.join(folder, written)


def _below(written: str, folder: str) -> Iterator[str]:
    """Below every folder above the page, and below those that a site publishes at its root."""
    while True:
        for published in SITE_FOLDERS:
            yield posixpath.join(folder, published, written)
        if not folder:
            return
        folder = posixpath.dirname(folder)
