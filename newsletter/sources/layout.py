"""Which site generator a checkout belongs to, what the site says about itself, and which files belong together.

Only paths and bytes are looked at; nothing of the site runs.
"""

import glob
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from newsletter.dates.zones import find_zone
from newsletter.model.workspace import PresetName
from newsletter.sources.blob import UnreadableError, decode_or_windows
from newsletter.sources.document import Value, as_text, find
from newsletter.sources.toml_text import toml_document
from newsletter.sources.yaml_text import yaml_document

PageFormat = Literal["markdown", "ics", "csv", "json", "yaml", "toml"]

FORMATS: Mapping[str, PageFormat] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".qmd": "markdown",
    ".mdx": "markdown",
    ".ics": "ics",
    ".csv": "csv",
    ".json": "json",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".toml": "toml",
}
#: Folders that hold what builds the site, or what it was built into.
_MACHINERY = frozenset(
    {"node_modules", "_site", "public", "themes", "vendor", "templates", "layouts", "_layouts", "_includes", "_sass"}
    | {"_drafts", "archetypes", "target", "build", "dist", "resources", "venv", "_freeze", "i18n", "sass", "scripts"}
)
#: Files about the repository and the site, whatever dates stand in them.
_ABOUT = re.compile(
    r"(?:readme|license|licence|changelog|contributing|code[_-]of[_-]conduct|security|agents|package|package-lock"
    r"|tsconfig|pyproject|cargo|netlify|config|zola|hugo|_config|_quarto|theme|mkdocs)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """A recognised site: its generator's preset, where its pages lie, and what it says about itself."""

    preset: PresetName | Literal[""]
    reason: str
    title: str = ""
    url: str = ""
    timezone: str = ""
    pages: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are one source: a folder's pages of one format, or one table or calendar."""

    name: str
    format: PageFormat
    pattern: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sign:
    """A generator's settings file, and the keys in it that say what we need."""

    preset: PresetName
    files: tuple[str, ...]
    telling: tuple[str, ...]
    title: tuple[str, ...]
    url: tuple[str, ...]
    timezone: tuple[str, ...] = ("timezone", "timeZone")
    pages: str = ""


_HUGO_FILES = tuple(
    f"{folder}{name}.{ending}"
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for ending in ("toml", "yaml", "yml")
)
_QUARTO_TITLES = ("website.title", "book.title", "title")

_SIGNS = (
    _Sign("quarto", ("_quarto.yml", "_quarto.yaml"), (), _QUARTO_TITLES, ("website.site-url",)),
    _Sign("jekyll", ("_config.yml", "_config.yaml"), (), ("title", "name"), ("url",)),
    _Sign("zola", ("zola.toml", "config.toml"), ("base_url",), ("title",), ("base_url",), pages="content"),
    _Sign("hugo", _HUGO_FILES, ("baseURL",), ("title",), ("baseURL",), pages="content"),
)


def recognise(files: Mapping[str, bytes]) -> Layout:
    """The site's layout; a plain folder where no generator left its settings file."""
    for sign in _SIGNS:
        for path in sign.files:
            settings = _settings(path, files[path]) if path in files else None
            if settings is not None and all(key in settings for key in sign.telling):
                return _layout(sign, path, settings)
    return Layout("", "no generator's settings file is there: read as a plain folder")


def groups(files: Mapping[str, bytes], layout: Layout) -> tuple[Group, ...]:
    """The files that may hold events, as one would make sources of them, in the order of their names."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in sorted(files):
        ending = PurePosixPath(path).suffix.casefold()
        if ending in FORMATS and not _is_machinery(path):
            found.setdefault((_place(path, ending, layout), ending), []).append(path)
    return tuple(_named(_group(place, ending, paths) for (place, ending), paths in sorted(found.items())))


def _layout(sign: _Sign, path: str, settings: dict[str, Value]) -> Layout:
    def first(keys: tuple[str, ...]) -> str:
        return next((as_text(hit[0]) for key in keys if (hit := find(settings, tuple(key.split("."))))), "")

    url, zone = first(sign.url), find_zone(first(sign.timezone))
    url = url.rstrip("/") if re.fullmatch(r"https?://[^\s/]+\S*", url) else ""
    reason = f"{path} is there" + (f" and sets {' and '.join(sign.telling)}" if sign.telling else "")
    return Layout(sign.preset, reason, first(sign.title), url, zone.key if zone else "", sign.pages)


def _settings(path: str, data: bytes) -> dict[str, Value] | None:
    read: Callable[[str], Value] = lambda text: (  # noqa: E731 - one expression, used once
        toml_document(text).data if path.endswith(".toml") else yaml_document(text).data
    )
    try:
        value = read(decode_or_windows(data)[0])
    except UnreadableError:
        return None
    return value if isinstance(value, dict) else None


def _is_machinery(path: str) -> bool:
    *folders, name = PurePosixPath(path).parts
    hidden = any(folder.startswith(".") or folder in _MACHINERY for folder in folders) or name.startswith(".")
    return hidden or _ABOUT.fullmatch(PurePosixPath(name).stem) is not None


def _place(path: str, ending: str, layout: Layout) -> str:
    """The folder that makes a source: of pages the first below the root of pages, of tables each file by itself."""
    if FORMATS[ending] != "markdown":
        return path
    folders = PurePosixPath(path).parts[:-1]
    root = PurePosixPath(layout.pages).parts
    depth = len(root) + 1 if folders[: len(root)] == root else 1
    return "/".join(folders[:depth])


def _group(place: str, ending: str, paths: list[str]) -> Group:
    name = re.sub(r"[^a-z0-9]+", "-", PurePosixPath(place).stem.casefold()).strip("-") or "pages"
    if place == paths[0]:
        return Group(name, FORMATS[ending], glob.escape(place), (place,))
    deep = any(PurePosixPath(path).parent.as_posix() not in (place, ".") for path in paths)
    folder = f"{glob.escape(place)}/" if place else ""
    return Group(name, FORMATS[ending], f"{folder}{'**/' if deep else ''}*{ending}", tuple(paths))


def _named(found: Iterator[Group]) -> Iterator[Group]:
    """The groups, each with a name of its own."""
    taken: set[str] = set()
    for group in found:
        name = group.name
        if name in taken:
            name = f"{group.name}-{PurePosixPath(group.pattern).suffix.lstrip('.')}"
        number = 2
        while name in taken:
            name, number = f"{group.name}-{number}", number + 1
        taken.add(name)
        yield Group(name, group.format, group.pattern, group.paths)
