"""Puts the web and the runtime together, which do not know each other: the preview, and the process that stays up."""

import sys
import threading
import webbrowser
from contextlib import ExitStack, closing

from newsletter.app.observing.observer import Observer
from newsletter.app.studio.desk import Studio
from newsletter.app.studio.page import fill_page
from newsletter.app.workspace import Workspace
from newsletter.cli.at_work import Shift
from newsletter.cli.output import say
from newsletter.runtime.leaving import closing_within
from newsletter.runtime.log_lines import Style, log_to
from newsletter.runtime.server import address, listen, serving
from newsletter.runtime.signals import HEED, Flag, reloading_on_hang_up, stopping_on_signals
from newsletter.runtime.watcher import watching
from newsletter.web.monitor import monitor_app
from newsletter.web.studio.app import entry_path, new_key, preview_app
from newsletter.web.studio.changes import Changes

LOOPBACK = "127.0.0.1"
#: Seconds for a preview that is being made when it is told to stop.
HURRY = 2.0


def serve_preview(
    ws: Workspace, at: str | None, *, port: int = 0, open_browser: bool = False, real: bool = False
) -> None:
    """Show the preview on this machine until told to stop; PortError where the port cannot be had."""
    listener = listen(LOOPBACK, port)
    studio, changes = Studio(ws.root, at, clock=ws.clock, real=real), Changes()
    stop, key = Flag(), new_key()
    app = preview_app(studio, fill_page, changes, port=listener.getsockname()[1], key=key)

    def changed() -> None:
        studio.refresh()
        changes.publish()

    with ExitStack() as stack:
        stack.callback(closing_within, HURRY, "a preview that was being made", studio.close)
        stack.enter_context(stopping_on_signals(stop))
        stack.enter_context(serving(app, listener, stop))
        stack.callback(changes.close)
        stack.enter_context(watching(studio.watched, changed))
        # While the browser starts, the first issue is built, and with it what renders it.
        threading.Thread(target=studio.show, daemon=True).start()
        first = address(listener) + entry_path(key)
        say(f"Preview of {ws.settings.community.name}: {first}\nIt follows your files. Ctrl+C ends it.")
        sys.stdout.flush()
        if open_browser:
            webbrowser.open(first)
        stop.wait()


def run_workspace(ws: Workspace, style: Style | None = None) -> None:
    """Run the cadence, delivery and the public pages until SIGTERM or SIGINT; a batch under way is finished.

    SIGHUP has the configuration read again: a good one takes effect between two wake-ups, and a bad one not at all.
    StoreError where a newer program changes the store's schema meanwhile.
    """
    log_to(sys.stderr, style or ws.settings.logs.format)
    listener, stop = listen(ws.settings.web.host, ws.settings.web.port), Flag()
    with ExitStack() as stack:
        stack.enter_context(stopping_on_signals(stop))
        shift = stack.enter_context(closing(Shift(ws, stop)))
        stack.enter_context(reloading_on_hang_up(shift.reloader.ask))
        stack.enter_context(serving(shift.app, listener, stop))
        monitored(ws, shift.observer, stack, stop)
        stack.callback(shift.rest)
        shift.begin()
        say(f"{ws.settings.community.name}: public pages on {address(listener)}, cadence running. Ctrl+C ends it.")
        sys.stdout.flush()
        while not stop.is_set():
            shift.look(HEED)
    if shift.fault:
        ws.store.check()


def monitored(ws: Workspace, observer: Observer, stack: ExitStack, stop: threading.Event) -> None:
    """Answer monitors on this machine, where the settings name a port for them."""
    if port := ws.settings.web.monitor_port:
        listener = listen(LOOPBACK, port)
        stack.enter_context(serving(monitor_app(observer), listener, stop))
