"""The command that shows what goes wrong, and tries whether anybody would be told."""

from datetime import timedelta
from typing import Annotated

import typer

from newsletter.cli.options import AsJson, workspace
from newsletter.cli.output import print_json, say, show_table


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("alerts")(alerts)


def alerts(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=366, help="How far to look back.")] = 7,
    test: Annotated[
        bool, typer.Option("--test", help="Send a test alert by each road, and say how it went.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what is wrong now, what was and is over, and what else was noted for the operator.

    Example: `newsletter alerts --days 30`, `newsletter alerts --test`
    """
    from newsletter.app.alerts.showing import seen, seen_json, seen_tables, test_roads

    ws = workspace(context)
    if test:
        results = test_roads(ws)
        if as_json:
            print_json([one.json() for one in results])
        else:
            show_table("", ("Road", "To", "How it went"), [(one.channel, one.address, one.words) for one in results])
        raise typer.Exit(0 if all(one.worked for one in results) else 1)
    found = seen(ws, ws.clock() - timedelta(days=days))
    if as_json:
        print_json(seen_json(found))
        return
    for title, head, rows in seen_tables(ws, found):
        show_table(title, head, rows)
    if not found.open_ones:
        past = "" if found.past or found.noted else f" No alerts in the last {days} days."
        say(f"Nothing is wrong now, as far as it was looked.{past}")
