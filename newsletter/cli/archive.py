"""Commands about the public pages: archive build."""

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.options import AsJson, At, workspace
from newsletter.cli.output import print_json, say, show_problems
from newsletter.model.problem import has_errors

_archive = typer.Typer(no_args_is_help=True, help="Web copies, feeds and calendars for everybody.")
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where the files go; by default public/ of the workspace.")
]


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(_archive, name="archive")


@_archive.command("build")
def build(context: typer.Context, out: Out = None, at: At = None, as_json: AsJson = False) -> int:
    """Write the pages of sent issues, feeds and calendars as static files; what did not change is left alone.

    Example: `newsletter archive build --out /srv/www`
    """
    from newsletter.app import timing
    from newsletter.app.archiving.building import OUT, build_archive

    ws = workspace(context)
    done = build_archive(ws, out or ws.root / OUT, timing.read_at(ws, at))
    if as_json:
        print_json(
            {
                "out": str(done.out),
                "files": list(done.files),
                "written": done.written,
                "removed": done.removed,
                "issues": done.issues,
                "events": done.events,
            }
        )
    else:
        say(f"{done.issues} issues and {done.events} events in {len(done.files)} files below {done.out}")
        say(f"{done.written} written, {done.removed} removed, the others unchanged")
    show_problems(done.problems)
    return int(has_errors(done.problems))
