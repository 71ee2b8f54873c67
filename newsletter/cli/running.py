"""Commands that keep running: run, dev-sink."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.options import Folders, LogFormat, workspace

if TYPE_CHECKING:
    from newsletter.app.workspace import Workspace

Port = Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("run")(run)
    app.command("dev-sink")(dev_sink)


def run(context: typer.Context, folders: Folders = None, log_format: LogFormat = None) -> None:
    """Run the cadence, delivery and the public pages, of one workspace or several, until told to stop.

    Example: `newsletter --workspace /srv/common-hours run`, `newsletter run /srv/common-hours /srv/choir`
    """
    from newsletter.app.workspace import open_workspace
    from newsletter.cli.hosting import run_workspaces
    from newsletter.cli.serving import run_workspace
    from newsletter.model.deeds import SCHEDULE_ACTOR
    from newsletter.runtime.workers import announce

    def opens(root: Path) -> "Workspace":
        return replace(open_workspace(root), announce=announce)

    if folders and len(folders) > 1:
        run_workspaces(folders, opens, log_format)
    else:
        named = opens(folders[0]) if folders else replace(workspace(context), actor=SCHEDULE_ACTOR)
        run_workspace(named, log_format)


def dev_sink(
    smtp_port: Port = 0,
    http_port: Port = 0,
    keep: Annotated[Path | None, typer.Option("--keep", metavar="DIR", help="Keep what arrives here.")] = None,
    misbehave: Annotated[
        list[str] | None, typer.Option("--misbehave", metavar="NAME=VALUE", help="A fault to show; may repeat.")
    ] = None,
    events: Annotated[
        list[str] | None,
        typer.Option("--events", metavar="NAME=VALUE", help="How events are posted, as url=...; may repeat."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", metavar="KIND@WHEN", help="What the line does, as hang@within; may repeat."),
    ] = None,
    smtp: Annotated[
        list[str] | None,
        typer.Option("--smtp", metavar="NAME=VALUE", help="What it asks for, as starttls=true; may repeat."),
    ] = None,
) -> None:
    """Run a local SMTP sink and SendGrid-compatible server that record what they receive.

    Example: `newsletter dev-sink --smtp-port 2525 --http-port 2580 --keep /tmp/sink --misbehave throttle=2`
    """
    from pydantic import ValidationError

    from newsletter.devsink.events import read_plan
    from newsletter.devsink.faults import read_faults
    from newsletter.devsink.manners import MannersError, read_manners
    from newsletter.devsink.misbehave import MisbehaviourError, read_misbehaviour
    from newsletter.devsink.server import run_dev_sink

    try:
        faults = read_misbehaviour(misbehave or ())
    except MisbehaviourError as error:
        raise typer.BadParameter(str(error), param_hint="--misbehave") from None
    try:
        plan = read_plan(events or ())
    except ValidationError as error:
        raise typer.BadParameter(str(error), param_hint="--events") from None
    try:
        line = read_faults(fault or ())
    except MisbehaviourError as error:
        raise typer.BadParameter(str(error), param_hint="--fault") from None
    try:
        manners = read_manners(smtp or ())
    except MannersError as error:
        raise typer.BadParameter(str(error), param_hint="--smtp") from None
    run_dev_sink(smtp_port, http_port, keep, faults, plan, line, manners)
