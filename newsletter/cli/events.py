"""The command for what the provider posted: events."""

import typer

from newsletter.cli.options import AsJson, workspace
from newsletter.cli.output import print_json, say, show_table


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("events")(events)


def events(context: typer.Context, as_json: AsJson = False) -> None:
    """Apply what the provider posted, and show the events from which nothing follows.

    `newsletter run` applies them by itself.

    Example: `newsletter events --json`
    """
    from newsletter.app.reporting.applying import apply_spool
    from newsletter.app.reporting.looking import events_json, look_at_events

    ws = workspace(context)
    applied = apply_spool(ws)
    found = look_at_events(ws)
    if as_json:
        print_json(events_json(dict(applied.fates or {}), found))
        return
    say(f"Applied now: {applied}")
    if found.waiting:
        say(f"{found.waiting} files of events wait: another process applies them.")
    rows = [(standing, kind, count) for (standing, kind), count in sorted(found.counts.items())]
    if rows:
        show_table("Kept apart, for 90 days", ("Standing", "Type", "Events"), rows)
