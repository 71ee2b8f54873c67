"""Reads what editors edit from disk: a theme's files, the issue's own file, and sections kept as Markdown."""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from newsletter.app.sample import sample_root
from newsletter.model.problem import Origin, Problem
from newsletter.model.workspace import SectionSettings
from newsletter.settings.reading import CONFIG, SettingsError, TomlFile

TEMPLATES = "templates"
#: A file's path, when it was written (nanoseconds), and its size.
Stamp = tuple[str, int, int]
#: What the themes have in common: a folder beside theirs, and the first part of its files' names in every theme.
SHARED = "shared"


def load_theme(root: Path, theme: str, digest: str) -> tuple[tuple[str, str], ...]:
    """Every text file of templates/THEME, by path inside the theme, in order; SettingsError where it is missing.

    What the folder lacks of a theme that comes with the program is the program's: one file is enough to change it.
    """
    if not (root / TEMPLATES / theme).is_dir():
        raise SettingsError((_no_theme(root, theme, ("digests", digest, "theme")),))
    shared = [(f"{SHARED}/{path}", text) for path, text in load_layered(root, f"{TEMPLATES}/{SHARED}")]
    return tuple(sorted(dict([*shared, *load_layered(root, f"{TEMPLATES}/{theme}")]).items()))


def load_layered(root: Path, folder: str) -> tuple[tuple[str, str], ...]:
    """The text files of a folder of the workspace, and below them those that come with the program."""
    places = dict.fromkeys((sample_root(), root))
    return tuple(sorted(dict(found for place in places for found in load_templates(place / folder)).items()))


def _no_theme(root: Path, theme: str, key: tuple[str, ...]) -> Problem:
    """The problem at the digest's own key in config.toml, with the themes that there are."""
    known = sorted(path.name for path in (root / TEMPLATES).glob("*/") if (path / "issue.mjml").exists())
    text = f"`{'.'.join(key)}`: {TEMPLATES}/{theme} is missing; the themes here are: {', '.join(known) or 'none'}"
    return TomlFile(CONFIG, _read(root / CONFIG)).problem("theme.missing", text, key)


def load_templates(folder: Path) -> tuple[tuple[str, str], ...]:
    """The text files below a folder, by relative path, in order; hidden files are passed over."""
    return _texts(folder, tuple(sorted(_stamps(folder))))


def _stamps(folder: Path, below: str = "") -> Iterator[Stamp]:
    """Each file's relative path, with what tells that it was written again: every page asks, and few files change."""
    try:
        with os.scandir(folder / below) as entries:
            found = list(entries)
    except FileNotFoundError:
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _stamps(folder, f"{below}{entry.name}/")
        elif entry.is_file() and not entry.name.startswith("."):
            stat = entry.stat()
            yield f"{below}{entry.name}", stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=64)
def _texts(folder: Path, stamps: tuple[Stamp, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((path, _read(folder / path)) for path, _, _ in stamps)


def load_section_texts(root: Path, sections: dict[str, SectionSettings]) -> tuple[tuple[str, str], ...]:
    """The Markdown of each section that names a file."""
    return tuple((name, _read(root / section.path)) for name, section in sections.items() if section.path)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        text = f"{path} cannot be read as UTF-8 text ({error.__class__.__name__})"
        raise SettingsError((Problem("error", "theme.unreadable", text, Origin("settings", str(path))),)) from None
