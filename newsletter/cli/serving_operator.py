"""Puts the operator's pages and what keeps them up to date together: beside the public pages, or by themselves."""

import sys
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from newsletter.app.observing.observer import Observer
from newsletter.app.operator.desk import OperatorDesk
from newsletter.app.operator.page import fill_operator
from newsletter.app.reloading import Reloader
from newsletter.app.signing_in.desk import SignIn
from newsletter.app.workspace import Workspace
from newsletter.cli.output import say
from newsletter.runtime.server import App, address, listen, serving
from newsletter.runtime.signals import Flag, stopping_on_signals
from newsletter.runtime.waker import waking
from newsletter.web.operator.hosting import hosted_operator, local_operator
from newsletter.web.operator.local import Ticket
from newsletter.web.operator.watching import Watching
from newsletter.web.studio.changes import Changes

LOOPBACK = "127.0.0.1"
#: How often a sending is looked at while a page is open, and whether the sources are to be read again.
BEAT, SLOW_BEAT = timedelta(seconds=1), timedelta(minutes=1)
Beats = tuple[tuple[Callable[[], object], timedelta], ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """The operator's pages of a workspace: its desk, and the streams that tell open pages of a change."""

    desk: OperatorDesk
    changes: Changes
    watching: Watching

    @property
    def beats(self) -> Beats:
        """What is to be called how often while they are served."""
        return (self.watching.beat, BEAT), (self.desk.sources.beat, SLOW_BEAT)

    def hosted(self, sign_in: SignIn) -> App:
        """The pages for operators who sign in."""
        return hosted_operator(sign_in, self.desk, fill_operator, self.watching)


def followed(ws: Workspace, observer: Observer | None = None, reloader: Reloader | None = None) -> Followed:
    """The operator's pages of a workspace; with the other two where the program that serves them also sends."""
    desk, changes = OperatorDesk(ws, observer, reloader=reloader), Changes()
    return Followed(desk, changes, Watching(desk, changes))


def serve_operator(ws: Workspace, *, port: int = 0, open_browser: bool = False) -> None:
    """Show the pages on this machine until told to stop; PortError where the port cannot be had."""
    ws.store.check()
    listener, stop, pages = listen(LOOPBACK, port), Flag(), followed(ws)
    ticket = Ticket(listener.getsockname()[1])
    with ExitStack() as stack:
        stack.enter_context(stopping_on_signals(stop))
        stack.enter_context(
            serving(local_operator(pages.desk, fill_operator, pages.watching, ticket), listener, stop)
        )
        stack.callback(pages.changes.close)
        for beat, every in pages.beats:
            stack.enter_context(waking(beat, every))
        first = address(listener) + ticket.path
        say(f"Operator's pages of {ws.settings.community.name}: {first}\nThe address works once. Ctrl+C ends it.")
        sys.stdout.flush()
        if open_browser:
            webbrowser.open(first)
        stop.wait()
