"""Commands about those who sign in at the running program: sign-ins."""

from datetime import timedelta
from typing import Annotated

import typer

from newsletter.cli.options import AsJson, workspace
from newsletter.cli.output import print_json, say, show_table


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("sign-ins")(sign_ins)


def sign_ins(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How far to look back.")] = 30,
    end: Annotated[str | None, typer.Option("--end", metavar="ADDRESS", help="End this person's sessions.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show who signed in and out at the studio and the operator's pages, or end somebody's sessions.

    Whoever is not named in the settings any more is shown as the hash that the log knows them by.

    Example: `newsletter sign-ins --days 7`

    Example: `newsletter sign-ins --end ed@example.org`
    """
    from newsletter.app.signing_in.sessions import end_sessions_of, sign_ins_since

    ws = workspace(context)
    if end is not None:
        count = end_sessions_of(ws, end)
        say(f"Ended {count} {'session' if count == 1 else 'sessions'} of {end}.")
        return
    found = sign_ins_since(ws, ws.clock() - timedelta(days=days))
    if as_json:
        print_json([{"at": one.at.isoformat(), "what": one.kind, "who": who or one.who} for one, who in found])
    elif found:
        rows = [(f"{one.at:%Y-%m-%d %H:%M}", one.kind, who or one.who[:12]) for one, who in found]
        show_table("", ("When (UTC)", "What", "Who"), rows)
    else:
        say(f"Nobody signed in or out in the last {days} days.")
