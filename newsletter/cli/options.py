"""Options that several commands share, and how they become values."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from newsletter.app.workspace import Workspace

At = Annotated[
    str | None,
    typer.Option("--at", metavar="DATE|DATETIME", help="The moment that counts as now; a date is 00:00 at home."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document to standard output.")]
As = Annotated[str | None, typer.Option("--as", metavar="PERSONA", help="A reader from personas.toml.")]
DigestName = Annotated[str, typer.Argument(metavar="DIGEST", help="A digest of config.toml, such as weekly.")]
Folders = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[DIR ...]", show_default=False, help="Workspaces: all of them in this process."),
]
LogFormat = Annotated[
    Literal["text", "json"] | None,
    typer.Option(
        "--log-format",
        envvar="NEWSLETTER_LOG_FORMAT",
        show_envvar=False,
        help="Lines for people or JSON documents on standard error; by default as [logs] says.",
    ),
]
Key = Annotated[str, typer.Argument(metavar="KEY", help="An issue, such as weekly-2026-12-04.")]


def workspace(context: typer.Context) -> "Workspace":
    """The workspace of --workspace, or the nearest one upwards."""
    from newsletter.app.accounting.actors import account
    from newsletter.app.workspace import find_root, open_workspace
    from newsletter.runtime.workers import announce

    chosen: Path | None = context.find_root().obj
    return replace(open_workspace(chosen if chosen else find_root(Path.cwd())), actor=account(), announce=announce)
