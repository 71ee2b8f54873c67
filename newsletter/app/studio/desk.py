"""The preview's desk: builds what an editor looks at, keeps it until a file changes, and the last good one after."""

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from threading import RLock
from zoneinfo import ZoneInfo

from newsletter.app.checking import Built, build_edition, persona_choices, told_of
from newsletter.app.collecting import DECISIONS
from newsletter.app.drafting import last_sent_draft, preview_draft
from newsletter.app.drifting import drift_from_approved
from newsletter.app.fetching import Recent
from newsletter.app.studio.stage import for_frame
from newsletter.app.studio.view import Finding, Menu, Named, Shown, View, excerpt, fault
from newsletter.app.timing import UsageError, read_at
from newsletter.app.workspace import PERSONAS, Workspace, open_workspace, utc_now
from newsletter.compose.drift import drift_problems
from newsletter.dates.cadence.rules import CadenceError
from newsletter.model.issue import Draft
from newsletter.model.mail import SLOT_NAMES, Row, fill_text, message_bytes
from newsletter.model.people import Persona
from newsletter.model.problem import Problem
from newsletter.render.errors import RenderError
from newsletter.settings.reading import CONFIG, LISTS, SettingsError
from newsletter.store.handle import StoreError

LOG = logging.getLogger(__name__)
LARGEST_EXCERPT = 1_000_000
#: Folders whose files make an issue, besides what the sources name.
FOLDERS = ("content", "templates", "issues")
WILD = frozenset("*?[")
NO_MENU = Menu("", (), ())


class Studio:
    """What `newsletter preview` shows of one workspace. Threads may call it at the same time.

    Nothing is built before it is asked for, and nothing twice until `refresh` says that files have changed.
    """

    def __init__(
        self,
        root: Path,
        at: str | None = None,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.root = root.resolve()
        self._at = at
        self._environ = environ
        self._clock = clock
        self._lock = RLock()
        self._opened: Workspace | None = None
        self._recent = Recent()
        self._menu = NO_MENU
        self._files: tuple[str, ...] = (CONFIG, PERSONAS, LISTS, DECISIONS)
        self._folders: tuple[str, ...] = FOLDERS
        self._drafts: dict[str, Draft] = {}
        self._shown: dict[tuple[str, str], Shown] = {}
        self._good: dict[tuple[str, str], View] = {}

    def refresh(self) -> None:
        """Forget what was built: a file has changed."""
        with self._lock:
            self._drafts.clear()
            self._shown.clear()
            self._close()

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            self._close()

    def watched(self) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
        """The files, and the folders with all below them, whose change is a reason to refresh."""
        return tuple(self.root / name for name in self._files), tuple(self.root / name for name in self._folders)

    def show(self, digest: str = "", persona: str = "") -> Shown:
        """The issue of a digest as a persona gets it; names that are not there fall back to the first there is."""
        with self._lock:
            try:
                workspace = self._workspace()
            except SettingsError as error:
                return self._fallback(digest, persona, error.problems)
            digest = _one_of(digest, self._menu.digests)
            persona = _one_of(persona, self._menu.personas)
            if (digest, persona) not in self._shown:
                self._shown[digest, persona] = self._build(workspace, digest, persona)
            return self._shown[digest, persona]

    def _close(self) -> None:
        if self._opened is not None and "store" in vars(self._opened):
            self._opened.store.close()
        self._opened = None

    def _workspace(self) -> Workspace:
        if self._opened is None:
            opened = open_workspace(self.root, self._environ, self._clock)
            self._menu = _menu(opened)
            self._files, self._folders = _places(opened)
            self._opened = opened
        return self._opened

    def _build(self, workspace: Workspace, digest: str, persona: str) -> Shown:
        try:
            view = self._view(workspace, digest, next(p for p in workspace.personas if p.name == persona))
        except (SettingsError, RenderError) as error:
            return self._fallback(digest, persona, error.problems)
        except (UsageError, CadenceError, StoreError, StopIteration) as error:
            return self._fallback(digest, persona, (fault("preview.cannot", str(error)),))
        except Exception as error:
            # An editor in the middle of a sentence keeps the last good mail, whatever happens in here.
            LOG.exception("the preview could not be built")
            return self._fallback(digest, persona, (fault("preview.fault", f"{type(error).__name__}: {error}"),))
        self._good[digest, persona] = view
        return Shown(self._menu, digest, persona, view)

    def _fallback(self, digest: str, persona: str, problems: Sequence[Problem]) -> Shown:
        digest, persona = _one_of(digest, self._menu.digests), _one_of(persona, self._menu.personas)
        faults = tuple(excerpt(problem, self._lines) for problem in problems)
        return Shown(self._menu, digest, persona, self._good.get((digest, persona)), faults)

    def _view(self, workspace: Workspace, digest: str, persona: Persona) -> View:
        started = time.perf_counter()
        draft = self._draft(workspace, digest)
        last, settings = last_sent_draft(workspace, draft), workspace.settings.checks
        built = build_edition(draft, persona_choices(persona), last, settings)
        moved = drift_problems(drift_from_approved(workspace, draft), draft.key)
        told = told_of(workspace, draft, (*moved, *_once(draft, built)))
        problems = tuple(excerpt(problem, self._lines) for problem in told)
        return _view(draft, built, problems, round(1000 * (time.perf_counter() - started)))

    def _draft(self, workspace: Workspace, digest: str) -> Draft:
        if digest not in self._drafts:
            self._drafts[digest] = preview_draft(workspace, digest, read_at(workspace, self._at), self._recent)
        return self._drafts[digest]

    def _lines(self, name: str) -> list[str] | None:
        """The lines of a file of the workspace, for an excerpt; None for what is not one or is large."""
        path = (self.root / name).resolve()
        try:
            if not name or not path.is_relative_to(self.root) or path.stat().st_size > LARGEST_EXCERPT:
                return None
            return path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return None


def _menu(workspace: Workspace) -> Menu:
    settings = workspace.settings
    digests = tuple(Named(name, digest.title) for name, digest in settings.digests.items())
    personas = tuple(Named(persona.name, persona.title) for persona in workspace.personas)
    return Menu(settings.community.name, digests, personas)


def _places(workspace: Workspace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Files, and folders, relative to the root, that the settings make matter."""
    settings = workspace.settings
    texts = (section.path for section in settings.sections.values() if section.path)
    patterns = [source.path for source in settings.sources if not source.is_remote]
    whole = (pattern for pattern in patterns if not set(pattern) & WILD)
    folders = dict.fromkeys((*FOLDERS, *filter(None, map(_fixed_part, patterns))))
    return tuple(dict.fromkeys((CONFIG, PERSONAS, LISTS, DECISIONS, *texts, *whole))), tuple(folders)


def _one_of(name: str, entries: Sequence[Named]) -> str:
    names = [entry.name for entry in entries]
    return name if name in names else next(iter(names), "")


def _fixed_part(pattern: str) -> str:
    """The first folder of a source's pattern, or "" where it starts with a wildcard."""
    first, *rest = PurePosixPath(pattern).parts or ("",)
    return first if rest and not set(first) & WILD and first not in ("..", "/") else ""


def _once(draft: Draft, built: Built) -> tuple[Problem, ...]:
    """What the checks found, then what the sources said, each once."""
    return tuple(dict.fromkeys((*built.problems, *built.issue.problems, *draft.problems)))


def _view(draft: Draft, built: Built, problems: tuple[Finding, ...], built_ms: int) -> View:
    issue, edition = built.issue, built.edition
    row = _inert_row(draft)
    links_nowhere = {**row.values, "unsubscribe_url": "#", "preferences_url": "#", "web_url": "#"}
    return View(
        key=issue.key,
        title=issue.title,
        subject=edition.subject,
        preheader=edition.preheader,
        sender=edition.sender,
        sends=_moment(draft.slot.send_at, draft),
        window=issue.dateline,
        html=for_frame(fill_text(edition.html, links_nowhere)),
        text=fill_text(edition.text, row.values),
        message=message_bytes(edition, row, draft.slot.send_at),
        problems=problems,
        empty=issue.empty,
        next_content=issue.next_content,
        built_ms=built_ms,
    )


def _inert_row(draft: Draft) -> Row:
    """A recipient whose links are shaped like real ones and open nothing."""
    base = draft.base_url.rstrip("/")
    values = dict.fromkeys(SLOT_NAMES, "") | {
        "unsubscribe_url": f"{base}/u/preview",
        "preferences_url": f"{base}/p/preview",
        "web_url": f"{base}/w/preview",
        "name": "Robin",
        "address": "reader@example.org",
    }
    return Row("preview", values["address"], "<preview@example.org>", values["unsubscribe_url"], values)


def _moment(at: datetime, draft: Draft) -> str:
    local = at.astimezone(ZoneInfo(draft.community.timezone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"
