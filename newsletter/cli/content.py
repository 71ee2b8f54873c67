"""Commands about what is written down: init, demo, collect, cadence."""

import os
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.options import AsJson, At, DigestName, workspace
from newsletter.cli.output import count_problems, print_json, say, show_problems, show_table
from newsletter.model.problem import has_errors


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("demo")(demo)
    app.command("init")(init)
    app.command("collect")(collect)
    app.command("cadence")(cadence)


def demo(
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Keep the scratch workspace here, not in a temp folder."),
    ] = None,
) -> None:
    """Do the main job on the sample workspace: collect, compose, render, deliver to the outbox.

    Example: `newsletter demo --out /tmp/common-hours`
    """
    from newsletter.app.demo import run_demo

    report = run_demo(out, progress=lambda text: say(text))
    show_table("", ("Step", "Result"), report.steps)
    show_table("Mails", ("Issue", "Edition", "Readers", "Subject"), report.editions)
    say(f"Mails:  {report.mails} .eml files in {report.outbox}")
    say(f"Browse: {report.index.as_uri()}")


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")],
    site: Annotated[
        str | None,
        typer.Option("--from", metavar="SITE", help="A website: its folder, or the address of its git repository."),
    ] = None,
    at: At = None,
) -> None:
    """Write a new workspace: with sample content, or from what a website holds.

    Example: `newsletter init my-community --from ../website`
    """
    if site is not None:
        _init_from(directory, site, at)
        return
    from newsletter.app.sample import init_workspace

    files = init_workspace(directory)
    say(f"Wrote {len(files)} files to {directory}. Next: cd {directory}; newsletter preview --at 2026-12-04")


def _init_from(directory: Path, site: str, at: str | None) -> None:
    """Propose sources and a cadence, print why, and write the workspace."""
    from newsletter.app import initialising

    initialising.refuse_full(directory)
    plan = initialising.plan_workspace(site, initialising.read_now(at), os.environ)
    files = initialising.write_plan(plan, directory)
    say(f"Layout: {plan.layout.preset or 'plain'}, since {plan.layout.reason}.")
    columns = ("Source", "Format", "Files", "Events", "News", "Why")
    show_table("Proposed sources (those in brackets are left out)", columns, initialising.table_rows(plan))
    say(f"Cadence: {plan.cadence.name} ({plan.cadence.digest.cadence}), since {plan.cadence.reason}.")
    for wanted in plan.wanted:
        say(f"Write in config.toml: {wanted}")
    say(f"Wrote {len(files)} files to {directory}. Next: cd {directory}; newsletter collect; newsletter preview")


def collect(
    context: typer.Context,
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day (inclusive).")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day (not included).")] = None,
    at: At = None,
    as_json: AsJson = False,
) -> int:
    """Read all sources; list what they hold and every problem.

    Example: `newsletter collect --from 2026-12-07 --to 2026-12-14`
    """
    from newsletter.app import collecting, lookahead, timing, views

    ws = workspace(context)
    moment = timing.read_at(ws, at)
    reading = collecting.collect(ws, moment)
    window = lookahead.chosen_window(ws, start, end, moment)
    selected = start is not None or end is not None
    if as_json:
        print_json(views.reading_json(reading, window, timing.home_zone(ws), selected=selected))
    else:
        rows = lookahead.item_rows(reading, window, timing.home_zone(ws), selected=selected)
        show_table("", ("Kind", "When", "Title", "Topics", "Where it stands"), rows)
        show_table(
            "Sources",
            ("Source", "Format", "Files", "Events", "News", "Pages", "Held back"),
            lookahead.source_rows(reading),
        )
        show_problems(reading.problems)
        say(f"{len(reading.items)} items, {count_problems(reading.problems)}")
    return int(has_errors(reading.problems))


def cadence(
    context: typer.Context,
    digest: DigestName,
    count: Annotated[int, typer.Option("--count", min=1, max=500, help="How many slots.")] = 12,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Print a digest's next slots: key, draft time, send time, window.

    Example: `newsletter cadence weekly --count 12`
    """
    from newsletter.app import lookahead, timing

    ws = workspace(context)
    slots = lookahead.next_slots(ws, digest, timing.read_at(ws, at), count)
    if as_json:
        print_json([lookahead.slot_json(slot) for slot in slots])
    else:
        show_table("", ("Key", "Draft", "Send", "Window", ""), list(lookahead.slot_rows(slots)))
        if len(slots) < count:
            say(f"{digest} has no slot after these; a cadence or window of terms goes as far as [terms] does")
