"""The command that opens the operator's pages on this machine: operator."""

from typing import Annotated

import typer

from newsletter.cli.options import workspace


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("operator")(operator)


def operator(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    open_: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
) -> None:
    """Open the operator's pages on this machine, for one browser: sendings, what needs a look, numbers.

    The address that is printed works once, and on this machine alone; what is done there is written down in the name
    of this account. Nothing is sent by it: `newsletter run` may run beside it, or not.

    Example: `newsletter operator --open`
    """
    from newsletter.cli.serving_operator import serve_operator

    serve_operator(workspace(context), port=port, open_browser=open_)
