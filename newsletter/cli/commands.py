"""The commands, in the order a newcomer meets them."""

from pathlib import Path
from typing import Annotated

import typer

from newsletter import __version__
from newsletter.cli import (
    accounting,
    alerts,
    api_tokens,
    archive,
    configuring,
    content,
    doctor,
    events,
    finding,
    issues,
    ledger,
    mails,
    numbers,
    operator,
    people,
    reconciling,
    reviewing,
    running,
    sending,
    signing_in,
    simulate,
    store,
    web,
    worker,
)
from newsletter.cli.output import say

app = typer.Typer(
    name="newsletter",
    help="Reads a community's events as they are written, composes the digest, and mails every subscriber once.\n\n"
    "Start with `newsletter demo`, then `newsletter init DIR` and `newsletter preview`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
content.register(app)
finding.register(app)
issues.register(app)
simulate.register(app)
reviewing.register(app)
sending.register(app)
signing_in.register(app)
api_tokens.register(app)
numbers.register(app)
ledger.register(app)
accounting.register(app)
reconciling.register(app)
events.register(app)
mails.register(app)
people.register(app)
running.register(app)
operator.register(app)
worker.register(app)
web.register(app)
doctor.register(app)
alerts.register(app)
configuring.register(app)
store.register(app)
archive.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"newsletter {__version__}")
        raise typer.Exit


@app.callback()
def _global(
    context: typer.Context,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", metavar="DIR", help="The folder with config.toml.")
    ] = None,
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = workspace
