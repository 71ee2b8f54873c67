"""The files of a website's checkout, from a folder or out of a git repository, bounded in number and size."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from newsletter.app.fetching import Fetching
from newsletter.app.sample import InitError
from newsletter.model.workspace import SourceSettings
from newsletter.sources.layout import FORMATS

MAX_FILES = 20_000
MAX_FILE_BYTES = 5_000_000
MAX_TOTAL_BYTES = 100_000_000
_SKIPPED = frozenset({"node_modules", "_site", "venv", "target"})


@dataclass(frozen=True, slots=True)
class Site:
    """A checkout: what it is called, its files that may hold content, and its address where it is a repository."""

    name: str
    files: Mapping[str, bytes]
    git: str = ""


def open_site(place: str, now: datetime, environ: Mapping[str, str]) -> Site:
    """The site in a folder or at a git address; InitError says why there is nothing to look at."""
    if "://" in place:
        return _from_git(place, now, environ)
    root = Path(place)
    if not root.is_dir():
        raise InitError(f"{place} is no folder; give the checkout of a website, or the address of its git repository")
    return Site(root.resolve().name, dict(_read(root)))


def _from_git(url: str, now: datetime, environ: Mapping[str, str]) -> Site:
    with tempfile.TemporaryDirectory() as scratch:
        source = SourceSettings(name="site", format="markdown", git=url, path="**")
        loaded = Fetching(Path(scratch), now, environ).load(source)
    if not loaded.blobs:
        raise InitError("; ".join(problem.text for problem in loaded.problems) or f"{url} holds no files")
    files = {blob.path: blob.data for blob in loaded.blobs if PurePosixPath(blob.path).suffix.casefold() in FORMATS}
    return Site(PurePosixPath(url.rstrip("/")).stem, files, url)


def _read(root: Path) -> Iterator[tuple[str, bytes]]:
    """Regular files of the formats we know, in path order; links are not followed, hidden folders not entered."""
    total = 0
    for count, path in enumerate(_walk(root)):
        total += path.stat().st_size
        if count >= MAX_FILES or total > MAX_TOTAL_BYTES:
            raise InitError(
                f"{root} holds more than {MAX_FILES:,} files or {MAX_TOTAL_BYTES // 1_000_000} MB of content; "
                "name a folder inside it"
            )
        yield path.relative_to(root).as_posix(), path.read_bytes()


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(names):
            path = Path(folder, name)
            known = path.suffix.casefold() in FORMATS and path.is_file() and not path.is_symlink()
            known = known and name.isprintable()
            if known and path.stat().st_size <= MAX_FILE_BYTES:
                yield path
