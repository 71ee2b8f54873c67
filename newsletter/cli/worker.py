"""The command that hands over and does nothing else: worker."""

from typing import Annotated

import typer

from newsletter.cli.options import Folders, LogFormat, workspace


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("worker")(worker)


def worker(
    context: typer.Context,
    folders: Folders = None,
    log_format: LogFormat = None,
    once: Annotated[bool, typer.Option("--once", help="End when nothing is due any more.")] = False,
    lanes: Annotated[
        int,
        typer.Option(min=1, max=16, help="Batches in hand at once, on PostgreSQL alone."),
    ] = 1,
) -> int:
    """Hand over whatever is planned and being sent, beside `run` and other workers, until told to stop.

    Of several workspaces, where they are named: each in a thread of its own.

    It plans nothing: `newsletter send` or `run` freezes who gets an issue, and any number of workers may help to
    send it, on this machine or, where the store is a PostgreSQL database, on any. SIGTERM or Ctrl+C lets the batch in
    hand be finished; what a killed worker had in hand is settled by the next one.

    Example: `newsletter --workspace /srv/common-hours worker`, `newsletter worker /srv/common-hours /srv/choir`
    """
    import sys

    from newsletter.cli.working import work_for, work_on
    from newsletter.runtime.log_lines import log_to
    from newsletter.runtime.signals import Flag, stopping_on_signals

    log_to(sys.stderr, log_format or "text")
    stop = Flag()
    if folders:
        with stopping_on_signals(stop):
            return int(not work_for(folders, stop, once=once, lanes=lanes))
    ws = workspace(context)
    log_to(sys.stderr, log_format or ws.settings.logs.format)
    with stopping_on_signals(stop):
        return int(not work_on(ws, stop, once=once, lanes=lanes))
