"""Commands about the configuration itself: config check."""

from pathlib import Path

import typer

from newsletter.cli.options import AsJson
from newsletter.cli.output import count_problems, print_json, say, show_problems

app = typer.Typer(no_args_is_help=True, help="Look at config.toml and all that belongs to it.")


def register(commands: typer.Typer) -> None:
    """Add the commands to the command line."""
    commands.add_typer(app, name="config")
    app.callback()(_group)
    app.command("check")(check)


def _group() -> None:
    """Look at config.toml and all that belongs to it."""


def check(context: typer.Context, as_json: AsJson = False) -> int:
    """Read settings, lists, secrets and templates as a start or a reload would, and say all that is wrong.

    Nothing takes effect, and nobody is asked over the network. A running program takes a good configuration in on
    SIGHUP. Exit 1 where there is an error.

    Example: `newsletter config check && systemctl reload newsletter`
    """
    from newsletter.app.configuring import check_configuration
    from newsletter.app.views import problems_json
    from newsletter.app.workspace import find_root
    from newsletter.model.problem import has_errors

    chosen: Path | None = context.find_root().obj
    root = chosen or find_root(Path.cwd())
    found = check_configuration(root).problems
    if as_json:
        print_json({"root": str(root), "problems": problems_json(found)})
    else:
        show_problems(found)
        say(f"{root}: {count_problems(found)}")
    return int(has_errors(found))
