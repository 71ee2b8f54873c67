"""The static copy: every public file below a folder; what a former build wrote and is no more is removed."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from newsletter.app.archiving.calendars import calendar_files
from newsletter.app.archiving.pictures import picture_files
from newsletter.app.archiving.publishing import publish_sources
from newsletter.app.archiving.shelf import open_archive
from newsletter.app.workspace import Workspace
from newsletter.model.problem import Problem
from newsletter.model.publishing import PublicFile

#: Where the files go, unless said otherwise.
OUT = "public"
#: What we wrote last time: nothing else is ever deleted.
MANIFEST = ".written-by-newsletter"


@dataclass(frozen=True, slots=True)
class Published:
    """What a build did: files that are there now, how many were written and removed, issues, events, and problems."""

    out: Path
    files: tuple[str, ...]
    written: int
    removed: int
    issues: int
    events: int
    problems: tuple[Problem, ...]


def build_archive(ws: Workspace, out: Path, now: datetime) -> Published:
    """Bring the calendars up to the sources as of `now`, and write all public files that changed."""
    reading = publish_sources(ws, now)
    archive = open_archive(ws)
    pages = [file for name in archive.names() if (file := archive.file(name)) is not None]
    calendars = list(calendar_files(ws, now))
    files = {file.path: file for file in (*pages, *calendars, *picture_files(ws))}
    written = sum(_write(out, file) for file in files.values())
    removed = _remove(out, _listed(out) - set(files))
    _note(out, files)
    return Published(
        out=out,
        files=tuple(sorted(files)),
        written=written,
        removed=removed,
        issues=len(archive.issues.sent),
        events=sum("/event/" in path for path in files),
        problems=(*archive.issues.problems, *(one for one in reading.problems if one.level == "error")),
    )


def _write(out: Path, file: PublicFile) -> bool:
    path = out / PurePosixPath(file.path)
    if path.is_file() and path.read_bytes() == file.body:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(file.body)
    fresh.replace(path)
    return True


def _listed(out: Path) -> set[str]:
    try:
        return set((out / MANIFEST).read_text(encoding="utf-8").splitlines())
    except (FileNotFoundError, UnicodeDecodeError):
        return set()


def _remove(out: Path, names: set[str]) -> int:
    return sum(_unlink(out, name) for name in sorted(names))


def _unlink(out: Path, name: str) -> bool:
    """Only below the folder, whatever the list says."""
    path = out / PurePosixPath(name)
    if not path.resolve().is_relative_to(out.resolve()) or not path.is_file():
        return False
    path.unlink()
    return True


def _note(out: Path, files: dict[str, PublicFile]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / MANIFEST).write_text("".join(f"{name}\n" for name in sorted(files)), encoding="utf-8")
