"""How the sources are: read now and then beside the pages, since a page must not wait for somebody else's server."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Lock

from newsletter.app.collecting import collect
from newsletter.app.fetching import Recent
from newsletter.app.operator.words import ago_text
from newsletter.app.workspace import Workspace
from newsletter.model.item import Reading
from newsletter.model.problem import Problem
from newsletter.model.workspace import SourceSettings

#: Between two looks at the sources.
BETWEEN_LOOKS = timedelta(minutes=10)
#: What is wrong with a source itself, and not with one of its entries.
ABOUT_SOURCES = "source."
#: Problems that are listed of those that hold something back.
MOST_HELD = 8


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source: what it gave, its newest date, how long ago its files changed, and what is wrong with it."""

    name: str
    where: str
    items: int
    held: int
    newest: date | None
    changed: str
    problem: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """The sources at one moment; `held` are the first problems that hold an entry back, of `held_back` entries."""

    at: datetime
    sources: tuple[SourceLine, ...]
    held_back: int
    held: tuple[str, ...]
    fault: str = ""


class SourceWatch:
    """Reads the sources on a beat, and keeps what it saw; any thread may ask."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self._recent = Recent()
        self._lock = Lock()
        self._seen: Look | None = None

    @property
    def seen(self) -> Look | None:
        """What was seen last; None before the first look."""
        with self._lock:
            return self._seen

    def beat(self) -> None:
        """Look again where the last look is long ago."""
        seen, now = self.seen, self.ws.clock()
        if seen is None or not timedelta() <= now - seen.at < BETWEEN_LOOKS:
            self.look()

    def look(self) -> None:
        """Read all sources now."""
        now = self.ws.clock()
        try:
            found = look_of(self.ws, collect(self.ws, now, self._recent), now)
        except Exception as error:
            found = Look(now, (), 0, (), f"the sources could not be read: {type(error).__name__}: {error}")
            with self._lock:
                self._seen = found
            raise
        with self._lock:
            self._seen = found


def look_of(ws: Workspace, reading: Reading, now: datetime) -> Look:
    """What a reading of all sources says of them."""
    held = [one for one in reading.items if one.held_back]
    wrong = [one for one in reading.problems if one.level == "error" and not one.code.startswith(ABOUT_SOURCES)]
    counted = Counter(origin.source for one in reading.items for origin in one.origins[:1])
    back = Counter(one.origin.source for one in held)
    newest = {one.name: one.newest for one in reading.sources if one.newest}
    lines = tuple(
        _line(ws, source, counted[source.name], back[source.name], newest.get(source.name), reading.problems)
        for source in ws.settings.sources
    )
    return Look(now, lines, len(held), tuple(f"{one.place}: {one.text}" for one in wrong[:MOST_HELD]))


def _line(
    ws: Workspace, source: SourceSettings, items: int, held: int, newest: date | None, problems: Iterable[Problem]
) -> SourceLine:
    mine = [one for one in problems if one.origin.source == source.name and one.code.startswith(ABOUT_SOURCES)]
    worst = min(mine, key=lambda one: ("error", "warning", "info").index(one.level), default=None)
    text, level = (worst.text, worst.level) if worst else ("", "")
    where = source.path or ("a secret address" if source.url_env else source.where)
    return SourceLine(source.name, where, items, held, newest, _changed(ws, source), text, level)


def _changed(ws: Workspace, source: SourceSettings) -> str:
    """How long ago one of the source's own files changed; empty where it lies elsewhere, or there is none."""
    if source.is_remote or not source.path:
        return ""
    try:
        times = [path.stat().st_mtime for path in ws.root.glob(source.path) if path.is_file()]
    except (OSError, ValueError):
        return ""
    return ago_text(datetime.fromtimestamp(max(times), UTC), ws.clock()) if times else ""
