"""Puts the web and the runtime together, which do not know each other: the preview, and the process that stays up."""

import logging
import sys
import threading
import webbrowser
from contextlib import ExitStack, closing
from datetime import timedelta

from newsletter.app.archiving.publishing import Keeper
from newsletter.app.archiving.shelf import Shelf
from newsletter.app.joining.pages import JoinPages
from newsletter.app.observing.observer import Observer
from newsletter.app.operating import TickResult, new_waits, tick
from newsletter.app.owning.pages import OwnPages
from newsletter.app.posting import Post
from newsletter.app.public_pages import PublicPages
from newsletter.app.reporting.receiving import Receiver
from newsletter.app.reporting.watching import ReportWatch
from newsletter.app.signing_in.desk import SignIn
from newsletter.app.studio.desk import Studio
from newsletter.app.studio.page import fill_page
from newsletter.app.workspace import Workspace
from newsletter.cli.output import say
from newsletter.runtime.server import App, address, listen, serving, stopping_on_signals
from newsletter.runtime.waker import waking
from newsletter.runtime.watcher import watching
from newsletter.web.monitor import monitor_app
from newsletter.web.public import public_app
from newsletter.web.studio.app import entry_path, new_key, preview_app
from newsletter.web.studio.changes import Changes
from newsletter.web.studio.hosting import with_studio

LOG = logging.getLogger(__name__)
LOOPBACK = "127.0.0.1"
#: How long somebody who asked for a mail waits for it to be sent. A beat of its own tells nothing of what is known.
BEAT = timedelta(seconds=1)


def serve_preview(
    ws: Workspace, at: str | None, *, port: int = 0, open_browser: bool = False, real: bool = False
) -> None:
    """Show the preview on this machine until told to stop; PortError where the port cannot be had."""
    listener = listen(LOOPBACK, port)
    studio, changes = Studio(ws.root, at, clock=ws.clock, real=real), Changes()
    stop, key = threading.Event(), new_key()
    app = preview_app(studio, fill_page, changes, port=listener.getsockname()[1], key=key)

    def changed() -> None:
        studio.refresh()
        changes.publish()

    with ExitStack() as stack:
        stack.callback(studio.close)
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


def run_workspace(ws: Workspace) -> None:
    """Run the cadence, delivery and the public pages until SIGTERM or SIGINT; a batch under way is finished."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    listener = listen(ws.settings.web.host, ws.settings.web.port)
    pages, calendars, stop = PublicPages(ws), Keeper(ws), threading.Event()
    pages.invalid_page()  # a broken template is told now, and not to the first reader
    told, observer = TickResult(), Observer(ws)

    def wake() -> None:
        nonlocal told
        before, told = told, tick(ws, ws.clock(), stop.is_set)
        for step in new_waits(before, told):
            LOG.warning("%s waits: %s", step.key, step.why)
        calendars.look(ws.clock())
        observer.woke()

    receiver = Receiver(ws)
    public: App = public_app(pages, Shelf(ws), OwnPages(ws), JoinPages(ws), receiver)
    with ExitStack() as stack:
        stack.enter_context(stopping_on_signals(stop))
        stack.enter_context(closing(pages))
        stack.enter_context(closing(receiver))
        app = hosting_studio(ws, public, stack) if ws.settings.sign_in.is_on else public
        stack.enter_context(serving(app, listener, stop))
        monitored(ws, observer, stack, stop)
        stack.enter_context(waking(wake))
        stack.enter_context(waking(Post(ws).beat, BEAT))
        stack.enter_context(waking(ReportWatch(ws, stop.is_set).beat, BEAT))
        say(f"{ws.settings.community.name}: public pages on {address(listener)}, cadence running. Ctrl+C ends it.")
        sys.stdout.flush()
        stop.wait()


def monitored(ws: Workspace, observer: Observer, stack: ExitStack, stop: threading.Event) -> None:
    """Answer monitors on this machine, where the settings name a port for them."""
    if port := ws.settings.web.monitor_port:
        listener = listen(LOOPBACK, port)
        stack.enter_context(serving(monitor_app(observer), listener, stop))


def hosting_studio(ws: Workspace, public: App, stack: ExitStack) -> App:
    """The public pages, and beside them the studio for editors who sign in; what it needs ends with the stack."""
    studio, changes, sign_in = Studio(ws.root, environ=ws.environ, clock=ws.clock, hosted=True), Changes(), SignIn(ws)

    def changed() -> None:
        studio.refresh()
        changes.publish()

    stack.callback(studio.close)
    stack.enter_context(watching(studio.watched, changed))
    stack.callback(changes.close)
    stack.enter_context(waking(sign_in.mails.beat, BEAT))
    return with_studio(public, sign_in, studio, fill_page, changes)
