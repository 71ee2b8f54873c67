"""The command line: its options for all commands, and the commands, each loaded when it is called."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from newsletter import __version__
from newsletter.cli import overview
from newsletter.cli.output import say


class OnDemand(MutableMapping[str, Any]):
    """The commands by name, each loaded with its module when it is asked for."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            module = overview.module_of(name)
            if module is None:
                raise KeyError(name)
            registered = typer.Typer()
            import_module(f"newsletter.cli.{module}").register(registered)
            self._loaded |= typer.main.get_group(registered).commands
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(overview.names())

    def __len__(self) -> int:
        return len(overview.names())


class _Newsletter(TyperGroup):
    """The first level: its help is the overview, and a command is loaded when it is called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = OnDemand()

    def format_help(self, ctx: object, formatter: object) -> None:
        overview.show_overview()


app = typer.Typer(
    name="newsletter",
    cls=_Newsletter,
    help=overview.ABOUT,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


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
