"""The command that looks ahead: who would get which issue when."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.options import AsJson, At, workspace
from newsletter.cli.output import print_json, say, show_table

Days = Annotated[int, typer.Option("--days", min=1, max=1500, help="How many days to look ahead.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where the picture goes: .svg, or .html for a page with its table."),
]
COLUMNS = ("When", "Issue", "Subject, or why nothing", "Entries", "New", "Changed", "Reminders")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("simulate")(simulate)


def simulate(
    context: typer.Context, days: Days = 90, at: At = None, as_json: AsJson = False, out: Out = None
) -> None:
    """Show every issue that each reader of personas.toml would get; nothing is sent.

    Example: `newsletter simulate --days 90 --at 2026-12-01`
    """
    from newsletter.app import simulating, timing

    if out is not None and out.suffix.lower() not in (".svg", ".html"):
        raise timing.UsageError(f"--out {str(out)!r} should end in .svg (a picture) or .html (a page)")
    ws = workspace(context)
    moment = timing.read_at(ws, at)
    with _progress() as on_step:
        found = simulating.simulate(ws, moment, days, on_step)
    file = out or simulating.default_file(ws, moment, days)
    file.parent.mkdir(parents=True, exist_ok=True)
    picture = simulating.picture(ws, moment, days, found, page=file.suffix.lower() == ".html")
    file.write_text(picture, encoding="utf-8")
    if as_json:
        print_json({**simulating.simulation_json(moment, days, found), "picture": str(file)})
        return
    for one in found:
        persona = one.persona
        show_table(f"{persona.title} ({persona.name}, {persona.timezone})", COLUMNS, simulating.simulation_rows(one))
    say(f"Picture: {file}")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Looking ahead")
        yield lambda done, of: bar.update(task, completed=done, total=of)
