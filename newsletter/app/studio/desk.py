"""The preview's desk: builds what an editor looks at, keeps it until a file changes, and the last good one after."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, RLock

from newsletter.app.composing import histories
from newsletter.app.dispatching import describe
from newsletter.app.drafting import preview_draft
from newsletter.app.fetching import Recent
from newsletter.app.sending.audience import readers_of_digest
from newsletter.app.studio.acting import LEAVING, act
from newsletter.app.studio.building import Sitting, build_view
from newsletter.app.studio.calendar import picture_ahead
from newsletter.app.studio.menu import FILES, FOLDERS, menu_of, one_of, places_of
from newsletter.app.studio.panes import PANES
from newsletter.app.studio.readers import addresses_of
from newsletter.app.studio.said import Said, given_back
from newsletter.app.studio.scene import Scene
from newsletter.app.studio.source_lines import SourceLines
from newsletter.app.studio.standing import Standing, standing_of
from newsletter.app.studio.variants import Variants, variants_of
from newsletter.app.studio.view import Audience, Menu, Shown, Step, excerpt, fault
from newsletter.app.timing import UsageError, read_at
from newsletter.app.workspace import Workspace, acting, open_workspace, utc_now, with_settings
from newsletter.dates.cadence.rules import CadenceError
from newsletter.log_fields import about
from newsletter.model.deeds import SCHEDULE_ACTOR, Actor
from newsletter.model.problem import Problem
from newsletter.model.workspace import StoreSettings
from newsletter.render.errors import RenderError
from newsletter.settings.reading import SettingsError
from newsletter.store.handle import StoreError

LOG = logging.getLogger(__name__)
NO_MENU = Menu("", (), ())
#: Acts that are nothing without the store that everybody shares.
KEPT_IN_STORE = frozenset({"draft", "approve", "keep", "refresh"})
#: Digest, persona, and the number of the distinct mail; 0 is the persona's.
Asked = tuple[str, str, int]


class Studio:
    """What `newsletter preview` shows of one workspace. Threads may call it at the same time.

    Nothing is built before it is asked for, and nothing twice until `refresh` says that files have changed. Readers'
    addresses are masked unless `real` ones are asked for. One that is `hosted` starts no program of the editor's,
    tells nobody where on this machine a file lies, and nobody's address. Where the store cannot be reached, as on an
    editor's own machine, everything is shown but who gets it.
    """

    def __init__(
        self,
        root: Path,
        at: str | None = None,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], datetime] = utc_now,
        *,
        real: bool = False,
        hosted: bool = False,
    ) -> None:
        self.root = root.resolve()
        self._at = at
        self._environ = environ
        self._clock = clock
        self._lock = RLock()
        self._drawing = Lock()
        self._lines = SourceLines(self.root)
        self._picture = ""
        self._opened: Workspace | None = None
        self._recent = Recent()
        self._menu = NO_MENU
        self._files: tuple[str, ...] = FILES
        self._folders: tuple[str, ...] = FOLDERS
        self._real = real and not hosted
        self._hosted = hosted
        self._scratch: TemporaryDirectory[str] | None = None
        self._no_store = ""
        self._sittings: dict[str, Sitting] = {}
        self._audiences: dict[str, Variants] = {}
        self._shown: dict[Asked, Shown] = {}
        self._good: dict[Asked, Shown] = {}

    def refresh(self) -> None:
        """Forget what was built: a file has changed."""
        with self._lock:
            self._sittings.clear()
            self._audiences.clear()
            self._shown.clear()
            self._picture = ""
            self._close()

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            self._close()

    def watched(self) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
        """The files, and the folders with all below them, whose change is a reason to refresh."""
        return tuple(self.root / name for name in self._files), tuple(self.root / name for name in self._folders)

    def show(self, digest: str = "", persona: str = "", variant: int = 0) -> Shown:
        """The issue of a digest as a persona gets it, or the distinct mail of that number (1-based).

        Names that are not there fall back to the first there is, and numbers to the persona.
        """
        with self._lock:
            try:
                workspace = self._workspace()
            except SettingsError as error:
                return self._fallback((digest, persona, 0), error.problems)
            asked = (one_of(digest, self._menu.digests), one_of(persona, self._menu.personas), max(0, variant))
            if asked not in self._shown:
                self._shown[asked] = self._build(workspace, asked)
            return self._shown[asked]

    def ahead(self, shown: Shown) -> None:
        """Build the mails beside the one that is shown, which are likely to be asked for next."""
        mails, here = shown.audience.mails, shown.step.number if shown.step else 0
        if mails and not shown.faults:
            for number in (here % mails + 1, (here - 2) % mails + 1 if here else mails):
                self.show(shown.digest, shown.persona, number)

    def standing(self, digest: str, persona: str, variant: int) -> Standing | None:
        """What stands between the issue on the stage and its readers; None while it cannot be built."""
        with self._lock:
            shown = self.show(digest, persona, variant)
            if shown.view is None or shown.faults or self._opened is None:
                return None
            sitting = self._sitting(self._opened, shown.digest)
            return standing_of(
                self._opened, sitting.draft, shown.audience, [one.problem for one in shown.view.problems]
            )

    def pane(self, tab: str, digest: str, persona: str, variant: int, item: str = "") -> object:
        """What a pane of PANES shows of the issue on the stage; None while it cannot be built."""
        with self._lock:
            scene = self._scene(self.show(digest, persona, variant))
            return PANES[tab](scene, item) if scene else None

    def picture(self) -> str:
        """What every persona would get in the days to come, as SVG; it takes long, and holds up nothing else."""
        with self._drawing:
            if not self._picture:
                self._picture = picture_ahead(self.root, self._at, self._environ, self._clock)
            return self._picture

    def act(
        self,
        what: str,
        digest: str,
        persona: str,
        variant: int,
        values: Mapping[str, str],
        actor: Actor = SCHEDULE_ACTOR,
    ) -> Said:
        """Do one thing of ACTS for the issue on the stage, in somebody's name."""
        with self._lock:
            scene = self._scene(self.show(digest, persona, variant))
            if scene is None:
                return given_back("The issue cannot be built: mend what is named first.", values)
            if what in KEPT_IN_STORE and self._no_store:
                return Said(f"{self._no_store}. Drafts and approvals are kept there.", well=False)
            said = act(replace(scene, ws=acting(scene.ws, actor)), what, values)
            if what not in LEAVING:
                # The ledger, or a file, says something else now.
                self._shown.clear()
                self._sittings.clear()
            return replace(said, text=self._told(said.text))

    def _scene(self, shown: Shown) -> Scene | None:
        if shown.view is None or shown.faults or self._opened is None:
            return None
        ws, draft = self._opened, self._sitting(self._opened, shown.digest).draft
        return Scene(ws, draft, shown.view, read_at(ws, self._at), not self._hosted, self._recent)

    def _close(self) -> None:
        if self._opened is not None and "store" in vars(self._opened):
            self._opened.store.close()
        if self._scratch is not None:
            self._scratch.cleanup()
        self._opened, self._scratch, self._no_store = None, None, ""

    def _workspace(self) -> Workspace:
        if self._opened is None:
            opened = self._with_a_store(open_workspace(self.root, self._environ, self._clock))
            self._menu = menu_of(opened)
            self._files, self._folders = places_of(opened)
            self._opened = opened
        return self._opened

    def _with_a_store(self, ws: Workspace) -> Workspace:
        """The workspace, or one with an empty store of its own for the while where its store cannot be reached."""
        try:
            _ = ws.store
        except StoreError as error:
            self._no_store = self._told(str(error))
            self._scratch = TemporaryDirectory(prefix="newsletter-preview-")
            return with_settings(ws, store=StoreSettings(url=f"sqlite:///{self._scratch.name}/empty.db"))
        return ws

    def _told(self, text: str) -> str:
        """The text as it may be read: elsewhere nobody needs to know where on this machine the workspace lies."""
        return text.replace(f"{self.root}/", "").replace(str(self.root), "the workspace") if self._hosted else text

    def _build(self, workspace: Workspace, asked: Asked) -> Shown:
        try:
            shown = self._made(workspace, asked)
        except (SettingsError, RenderError) as error:
            return self._fallback(asked, error.problems)
        except (UsageError, CadenceError, StoreError, StopIteration) as error:
            return self._fallback(asked, (fault("preview.cannot", str(error)),))
        except Exception as error:
            # An editor in the middle of a sentence keeps the last good mail, whatever happens in here.
            LOG.exception("the preview could not be built", extra=about("studio.failed"))
            why = "the program's log says why" if self._hosted else f"{type(error).__name__}: {error}"
            return self._fallback(asked, (fault("preview.fault", why),))
        self._good[asked] = shown
        return shown

    def _fallback(self, asked: Asked, problems: Sequence[Problem]) -> Shown:
        digest, persona, variant = asked
        asked = (one_of(digest, self._menu.digests), one_of(persona, self._menu.personas), variant)
        good = self._good.get(asked) or Shown(self._menu, asked[0], asked[1], None)
        told = (replace(one, text=self._told(one.text)) for one in problems)
        return replace(good, menu=self._menu, faults=tuple(excerpt(problem, self._lines) for problem in told))

    def _made(self, workspace: Workspace, asked: Asked) -> Shown:
        digest, persona, number = asked
        sitting, variants = self._sitting(workspace, digest), self._variants(workspace, digest)
        chosen = variants.editions[number - 1] if 0 < number <= len(variants.editions) else None
        if chosen is None:
            issue = sitting.for_persona(next(one for one in workspace.personas if one.name == persona))
        else:
            issue = sitting.for_reader(chosen.wanted.choices, histories(workspace)(chosen.wanted.baseline))
        step = self._step(workspace, variants, number) if chosen else None
        audience = Audience(variants.people, len(variants.editions), variants.barred, self._unknown(variants))
        view = build_view(sitting, issue, self._lines)
        return Shown(self._menu, digest, persona, view, step=step, audience=audience, real=self._real)

    def _step(self, workspace: Workspace, variants: Variants, number: int) -> Step:
        chosen = variants.editions[number - 1]
        made_for = describe(chosen.wanted.choices, chosen.wanted.baseline)
        readers = addresses_of(workspace, chosen.readers, real=self._real)
        return Step(number, len(variants.editions), chosen.people, variants.people, made_for, readers)

    def _unknown(self, variants: Variants) -> str:
        """Why it is not known who gets the issue; empty where it is."""
        if self._no_store:
            return self._no_store
        return "" if variants.people or variants.barred else "the store here knows no reader of this digest"

    def _sitting(self, workspace: Workspace, digest: str) -> Sitting:
        if digest not in self._sittings:
            draft = preview_draft(workspace, digest, read_at(workspace, self._at), self._recent)
            self._sittings[digest] = Sitting.of(workspace, draft)
        return self._sittings[digest]

    def _variants(self, workspace: Workspace, digest: str) -> Variants:
        if digest not in self._audiences:
            now = read_at(workspace, self._at)
            with workspace.store.read() as connection:
                self._audiences[digest] = variants_of(readers_of_digest(connection, workspace, digest, now))
        return self._audiences[digest]
