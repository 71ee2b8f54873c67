"""Commands that say what the program sees and why: suggest, explain."""

from typing import Annotated

import typer

from newsletter.cli.options import As, AsJson, At, workspace
from newsletter.cli.output import print_json, say


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("suggest")(suggest)
    app.command("explain")(explain)


def suggest(context: typer.Context, at: At = None, as_json: AsJson = False) -> None:
    """Find events that stand only in the prose of pages, and print each as a page to save, mend or leave.

    Example: `newsletter suggest --at 2026-12-04`
    """
    from newsletter.app import suggesting, timing

    ws = workspace(context)
    moment = timing.read_at(ws, at)
    offers = suggesting.find_suggestions(ws, moment)
    if as_json:
        print_json(suggesting.suggestions_json(offers, moment))
        return
    for line in suggesting.suggestion_lines(offers):
        say(line)


def explain(
    context: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID", help="An item's id, its beginning, or a title.")],
    digest: Annotated[
        str | None, typer.Argument(metavar="[DIGEST]", help="One digest; all where none is named.")
    ] = None,
    as_: As = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Say where an item was read, how its time was understood, and why it is in the next issue or not.

    Example: `newsletter explain "Missing data, honestly" weekly --at 2026-12-04`
    """
    from newsletter.app import explaining, timing

    ws = workspace(context)
    found = explaining.trace(ws, item, digest, timing.read_at(ws, at), as_)
    if as_json:
        print_json(explaining.trace_json(found))
        return
    for line in explaining.trace_lines(ws, found):
        say(line)
