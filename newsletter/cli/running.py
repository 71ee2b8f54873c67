"""Commands that keep running: run, dev-sink."""

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.options import workspace

Port = Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("run", rich_help_panel="Running")(run)
    app.command("dev-sink", rich_help_panel="Running")(dev_sink)


def run(context: typer.Context) -> None:
    """Run the cadence, delivery and the public pages until told to stop.

    Example: `newsletter --workspace /srv/common-hours run`
    """
    from newsletter.cli.serving import run_workspace

    run_workspace(workspace(context))


def dev_sink(
    smtp_port: Port = 0,
    http_port: Port = 0,
    keep: Annotated[Path | None, typer.Option("--keep", metavar="DIR", help="Keep what arrives here.")] = None,
    misbehave: Annotated[
        list[str] | None, typer.Option("--misbehave", metavar="NAME=VALUE", help="A fault to show; may repeat.")
    ] = None,
) -> None:
    """Run a local SMTP sink and SendGrid-compatible server that record what they receive.

    Example: `newsletter dev-sink --smtp-port 2525 --http-port 2580 --keep /tmp/sink --misbehave throttle=2`
    """
    from newsletter.devsink.misbehave import MisbehaviourError, read_misbehaviour
    from newsletter.devsink.server import run_dev_sink

    try:
        faults = read_misbehaviour(misbehave or ())
    except MisbehaviourError as error:
        raise typer.BadParameter(str(error), param_hint="--misbehave") from None
    run_dev_sink(smtp_port, http_port, keep, faults)
