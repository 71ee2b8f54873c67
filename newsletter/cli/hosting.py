"""Several communities in one process: each at work on its own, behind as few sockets as their settings ask for."""

import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from newsletter.app.observing.several import Observers
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.cli.at_work import Shift
from newsletter.cli.output import say
from newsletter.log_fields import about
from newsletter.model.workspace import Settings
from newsletter.runtime.log_lines import Style, log_to
from newsletter.runtime.server import address, listen, serving
from newsletter.runtime.signals import HEED, Flag, reloading_on_hang_up, stopping_on_signals
from newsletter.web.monitor import monitor_app
from newsletter.web.virtual_hosts import PlaceTakenError, VirtualHosts

LOG = logging.getLogger(__name__)
LOOPBACK = "127.0.0.1"
#: Seconds between two tries of what could not be opened.
AGAIN = 60.0

#: Opens the workspace of a folder.
Opens = Callable[[Path], Workspace]


class HostingError(ValueError):
    """A community cannot be run beside the others; the sentence says why."""


@dataclass(eq=False, slots=True)
class Home:
    """One folder: the community at work in it, or why there is none."""

    root: Path
    shift: Shift | None = None
    fault: str = ""
    error: Exception | None = None
    place: str = ""

    @property
    def name(self) -> str:
        """The community's id, or the folder's name where nobody could read it."""
        return self.shift.reloader.ws.settings.community.id if self.shift else self.root.name


@dataclass(eq=False, slots=True)
class _Socket:
    hosts: VirtualHosts
    address: str


@dataclass(eq=False)
class Hosting:
    """All of them. What befalls one of them is said, and is no matter to the others."""

    roots: Sequence[Path]
    stop: threading.Event
    opens: Opens = open_workspace
    homes: list[Home] = field(init=False)
    observers: Observers = field(init=False, default_factory=Observers)

    def __post_init__(self) -> None:
        self.homes = [Home(root) for root in dict.fromkeys(one.resolve() for one in self.roots)]
        self._sockets: dict[tuple[str, int], _Socket] = {}
        self._monitored: set[int] = set()
        self._servers = ExitStack()

    def open_all(self) -> int:
        """Try whoever is not at work; how many are."""
        for home in self.homes:
            if home.shift is None and not self.stop.is_set():
                self._try(home)
        return sum(home.shift is not None for home in self.homes)

    def look(self) -> None:
        """Let changed configurations take effect."""
        for home in self.homes:
            if home.shift is not None:
                home.shift.look(0)
                self._follow(home, home.shift)

    def ask(self) -> None:
        """Have every configuration read again."""
        for home in self.homes:
            if home.shift is not None:
                home.shift.reloader.ask()

    def close(self) -> None:
        """End all of it: first the beats, each after the batch in hand, then the pages."""
        shifts = [home.shift for home in self.homes if home.shift is not None]
        with ExitStack() as last_first:
            for shift in shifts:
                last_first.callback(shift.close)
            last_first.callback(self._servers.close)
            for shift in shifts:
                last_first.callback(shift.rest)
            for shift in shifts:
                last_first.callback(shift.fall_asleep)

    def _try(self, home: Home) -> None:
        with ExitStack() as undo:
            try:
                shift = self._opened(home, undo)
                undo.callback(shift.rest)
                shift.begin()
            except Exception as error:
                self._fell_out(home, error)
                return
            undo.pop_all()
        home.shift, home.fault, home.error = shift, "", None
        self.observers.put(home.name, shift.observer, known_as=home.root.name)
        settings = shift.reloader.ws.settings
        where = self._sockets[settings.web.host, settings.web.port].address
        say(f"{settings.community.name}: public pages of {home.place} on {where}, cadence running.")
        sys.stdout.flush()

    def _opened(self, home: Home, undo: ExitStack) -> Shift:
        """The community at work, served and watched; its beats have not begun."""
        ws = self.opens(home.root)
        settings, _ = ws.settings, ws.store  # what cannot be opened is told now, and not at every wake-up
        if any(other.shift and other.name == settings.community.id for other in self.homes):
            raise HostingError(
                f"another folder is community {settings.community.id!r} already: every [community] id is its own"
            )
        shift = Shift(ws, self.stop)
        undo.callback(shift.close)
        undo.callback(self._take_down, home, settings)
        self._put(home, shift)
        self._monitor(settings.web.monitor_port)
        return shift

    def _fell_out(self, home: Home, error: Exception) -> None:
        home.error, fault = error, "; ".join(map(str, getattr(error, "problems", ()))) or str(error)
        if fault != home.fault:
            known = bool(getattr(error, "problems", ())) or isinstance(error, OSError | ValueError)
            LOG.error(
                "%s is not run: %s",
                home.root,
                fault,
                exc_info=None if known else error,
                extra=about("community.failed"),
            )
        home.fault = fault
        self.observers.fell_out(home.name, fault)

    def _put(self, home: Home, shift: Shift) -> None:
        """Serve it at its public address; PlaceTakenError where another community is."""
        settings = shift.reloader.ws.settings
        if home.place == settings.web.base_url:
            return
        web, community = settings.web, settings.community.id
        socket = self._sockets.get((web.host, web.port)) or self._serve(web.host, web.port)
        socket.hosts.put(community, web.base_url, shift.app)
        home.place = web.base_url

    def _follow(self, home: Home, shift: Shift) -> None:
        """Serve it where a new configuration says; where that is taken, it stays where it was, which is said once."""
        try:
            self._put(home, shift)
        except PlaceTakenError as error:
            LOG.error("%s", error, extra=about("community.failed"))
            home.place = shift.reloader.ws.settings.web.base_url

    def _take_down(self, home: Home, settings: Settings) -> None:
        """Serve it no more."""
        home.place = ""
        if socket := self._sockets.get((settings.web.host, settings.web.port)):
            socket.hosts.drop(settings.community.id)

    def _serve(self, host: str, port: int) -> _Socket:
        listener, hosts = listen(host, port), VirtualHosts()
        made = self._sockets[host, port] = _Socket(hosts, address(listener))
        self._servers.enter_context(serving(hosts, listener, self.stop))
        return made

    def _monitor(self, port: int) -> None:
        """Answer monitors on this machine: whoever is asked tells of all."""
        if port and port not in self._monitored:
            listener = listen(LOOPBACK, port)
            self._servers.enter_context(serving(monitor_app(self.observers), listener, self.stop))
            self._monitored.add(port)


def run_workspaces(roots: Sequence[Path], opens: Opens = open_workspace, style: Style | None = None) -> None:
    """Run several communities until SIGTERM or SIGINT; batches under way are finished.

    A community that cannot be opened is said and tried again each minute, and at SIGHUP, which has the others read
    their configuration again. Where none can be opened, the first one's error is raised; StoreError where a newer
    program changes the store's schema meanwhile.
    """
    log_to(sys.stderr, style or "text")
    stop, asked = Flag(), Flag()
    with ExitStack() as stack:
        stack.enter_context(stopping_on_signals(stop))
        hosting = Hosting(roots, stop, opens)
        stack.callback(hosting.close)
        stack.enter_context(reloading_on_hang_up(asked.set))
        if not hosting.open_all():
            raise next(home.error for home in hosting.homes if home.error is not None)
        log_to(sys.stderr, style or _format(hosting))
        say(f"{_count(hosting)}. Ctrl+C ends it.")
        sys.stdout.flush()
        _keep(hosting, stop, asked)
    for home in hosting.homes:
        if home.shift is not None and home.shift.fault:
            home.shift.reloader.ws.store.check()


def _format(hosting: Hosting) -> Style:
    """How lines are written where nobody says it for the process: as the first community has it."""
    shifts = (home.shift for home in hosting.homes if home.shift is not None)
    return next((shift.reloader.ws.settings.logs.format for shift in shifts), "text")


def _count(hosting: Hosting) -> str:
    running, among = sum(home.shift is not None for home in hosting.homes), len(hosting.homes)
    return f"{running} of {among} communities run in this process"


def _keep(hosting: Hosting, stop: threading.Event, asked: threading.Event) -> None:
    tried = time.monotonic()
    while not stop.wait(HEED):
        if asked.is_set():
            asked.clear()
            hosting.ask()
            tried = 0.0
        hosting.look()
        if time.monotonic() - tried >= AGAIN:
            tried = time.monotonic()
            hosting.open_all()
