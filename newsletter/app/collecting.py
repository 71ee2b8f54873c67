"""Reads every configured place into one Reading; disk and network are touched here and nowhere below."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from newsletter.app import known_settling
from newsletter.app.cautions import settings_cautions
from newsletter.app.fetching import Fetching, Loaded, Recent
from newsletter.app.known_readings import KNOWN
from newsletter.app.known_settling import Circumstances
from newsletter.app.timing import home_zone, terms_around
from newsletter.app.workspace import Workspace
from newsletter.model.decisions import Decisions
from newsletter.model.item import Reading
from newsletter.model.problem import Origin, Problem
from newsletter.model.workspace import SourceSettings
from newsletter.sources.decisions_file import SOURCE as DECISIONS_SOURCE
from newsletter.sources.decisions_file import read_decisions
from newsletter.sources.expectations import check_expectations
from newsletter.sources.registry import Blob, SourceContext, merge

DECISIONS = "decisions.toml"
NOTHING = Decisions()
MAX_FILE_BYTES = 5_000_000
MAX_FILES = 20_000


def collect(ws: Workspace, at: datetime, recent: Recent | None = None) -> Reading:
    """Everything the sources hold, joined and checked as of `at` (aware); `recent` spares fetching what it keeps."""
    return settled(ws, read_sources(ws, at, recent), at)


def read_sources(ws: Workspace, at: datetime, recent: Recent | None = None) -> Reading:
    """Everything as it stands in the sources, with nothing joined, overridden or held against anything yet."""
    remote = load_remote(ws, recent)
    return merge([_read(ws, source, at, remote.get(source.name)) for source in ws.settings.sources])


def settled(ws: Workspace, read: Reading, at: datetime, more: Decisions = NOTHING) -> Reading:
    """What was read with each event once, by decisions.toml and what is decided besides, and checked as of `at`."""
    settings = ws.settings
    ours = read_editors_decisions(ws)
    circumstances = Circumstances(
        replace(ours, same=(*ours.same, *more.same), overrides=(*ours.overrides, *more.overrides)),
        {source.name: source.priority for source in settings.sources},
        terms_around(ws, at),
        settings.community.timezone,
    )
    checked = known_settling.KNOWN.settle(read, circumstances, at.astimezone(home_zone(ws)).date())
    return replace(checked, problems=(*checked.problems, *settings_cautions(ws)))


def load_remote(ws: Workspace, recent: Recent | None = None) -> dict[str, Loaded]:
    """What each remote source holds, by its name."""
    fetching = Fetching(ws.root, ws.clock(), ws.environ)
    return (recent or Recent()).load_all(fetching, ws.settings.sources)


def read_editors_decisions(ws: Workspace) -> Decisions:
    """What editors decided about others' entries, in decisions.toml; nothing where there is no such file."""
    if not (ws.root / DECISIONS).exists():
        return Decisions()
    source = SourceSettings(name=DECISIONS_SOURCE, format="toml", path=DECISIONS)
    blobs, problems = load_files(ws.root, source)
    if not blobs:
        return Decisions(problems=problems)
    return read_decisions(blobs[0], SourceContext(ws.settings.community.timezone, terms_around(ws, ws.clock())))


def _read(ws: Workspace, source: SourceSettings, at: datetime, remote: Loaded | None) -> Reading:
    blobs, problems = (remote.blobs, remote.problems) if remote else load_files(ws.root, source)
    source = located(source)
    home = ws.settings.community.timezone
    context = SourceContext(source.naive or home, terms_around(ws, at), at.astimezone(ZoneInfo(home)).date())
    reading = KNOWN.read(source, blobs, context) if blobs or not remote else Reading()
    expected = check_expectations(source, reading, at.date())
    return replace(reading, problems=(*problems, *reading.problems, *expected))


def located(source: SourceSettings) -> SourceSettings:
    """The source, its links hanging from its own address where the settings name no other."""
    return source.model_copy(update={"base_url": source.base_url or source.url})


def load_files(root: Path, source: SourceSettings) -> tuple[list[Blob], tuple[Problem, ...]]:
    """The source's files in path order; what cannot be read is a problem with its name."""
    blobs: list[Blob] = []
    problems: list[Problem] = []
    home = root.resolve()
    for path in _matches(root, source.path):
        loaded = _load(path, Origin(source.name, path.relative_to(root).as_posix()), home)
        if isinstance(loaded, Blob):
            blobs.append(loaded)
        else:
            problems.append(loaded)
    if not blobs and not problems:
        text = f"source {source.name!r} matches no file: {source.path}"
        problems.append(Problem("warning", "source.empty", text, Origin(source.name, source.path)))
    return blobs, tuple(problems)


def _matches(root: Path, pattern: str) -> Iterator[Path]:
    for count, path in enumerate(sorted(root.glob(pattern))):
        if count < MAX_FILES and (path.is_file() or path.is_symlink()):
            yield path


def _load(path: Path, origin: Origin, home: Path) -> Blob | Problem:
    try:
        if not path.resolve(strict=True).is_relative_to(home):
            return Problem("error", "source.outside", "this link leads out of the workspace; it is not read", origin)
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            text = f"{size / 1_000_000:.0f} MB; files above 5 MB are not read"
            return Problem("error", "source.too-large", text, origin)
        return Blob(origin.path, path.read_bytes())
    except (OSError, RuntimeError) as error:
        return Problem("error", "source.unreadable", f"this file cannot be read: {error.__class__.__name__}", origin)
