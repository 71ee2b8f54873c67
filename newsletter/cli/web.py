"""The command that answers and does nothing else: web."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from newsletter.cli.options import LogFormat, workspace

if TYPE_CHECKING:
    from newsletter.app.workspace import Workspace
    from newsletter.runtime.server import App

#: Between two looks at whether a provider posted something.
BEAT = timedelta(seconds=1)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("web")(web)


def web(context: typer.Context, log_format: LogFormat = None) -> None:
    """Answer readers and providers, and do nothing else: public pages, links of mails, hooks.

    Beside `newsletter run` on another machine or port ([web] host and port), as many as wanted, on one PostgreSQL
    store. What people ask for here is sent by `newsletter run`, and issues leave by its cadence.

    Example: `newsletter --workspace /srv/common-hours web`
    """
    import sys

    from newsletter.cli.output import say
    from newsletter.runtime.log_lines import log_to
    from newsletter.runtime.server import address, listen, serving
    from newsletter.runtime.signals import Flag, stopping_on_signals

    ws, stop = workspace(context), Flag()
    log_to(sys.stderr, log_format or ws.settings.logs.format)
    listener = listen(ws.settings.web.host, ws.settings.web.port)
    with stopping_on_signals(stop), answering(ws, stop) as app, serving(app, listener, stop):
        say(f"{ws.settings.community.name}: public pages on {address(listener)}, nothing else. Ctrl+C ends it.")
        sys.stdout.flush()
        stop.wait()


@contextmanager
def answering(ws: "Workspace", stop: threading.Event) -> "Iterator[App]":
    """The pages and hooks of a workspace; what providers posted here is taken in here."""
    from newsletter.app.api.desk import ApiDesk
    from newsletter.app.archiving.shelf import Shelf
    from newsletter.app.joining.pages import JoinPages
    from newsletter.app.numbers.counting import EVERY as COUNT
    from newsletter.app.numbers.counting import NumberDesk
    from newsletter.app.owning.pages import OwnPages
    from newsletter.app.public_pages import PublicPages
    from newsletter.app.reporting.receiving import Receiver
    from newsletter.app.reporting.watching import ReportWatch
    from newsletter.runtime.waker import waking
    from newsletter.web.public import public_app

    with ExitStack() as stack:
        pages = stack.enter_context(closing(PublicPages(ws)))
        pages.invalid_page()  # a broken template is told now, and not to the first reader
        receiver = stack.enter_context(closing(Receiver(ws)))
        api, numbers = stack.enter_context(closing(ApiDesk(ws))), stack.enter_context(closing(NumberDesk(ws)))
        for beat, every in ((ReportWatch(ws, stop.is_set).beat, BEAT), (api.beat, COUNT), (numbers.beat, COUNT)):
            stack.enter_context(waking(beat, every))
        yield public_app(pages, Shelf(ws), OwnPages(ws), JoinPages(ws), receiver, api, numbers)
