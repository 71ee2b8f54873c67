"""Commands about numbers: numbers."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.options import AsJson, workspace
from newsletter.cli.output import print_json, say, show_table

if TYPE_CHECKING:
    from newsletter.app.numbers.telling import Told

#: Characters of the longest bar.
WIDTH = 40


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("numbers")(numbers)


def numbers(
    context: typer.Context,
    issue: Annotated[
        str | None, typer.Argument(metavar="[KEY]", help="One issue, such as weekly-2026-12-04.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=800, help="How far to look back.")] = 30,
    public: Annotated[bool, typer.Option("--public", help="Tell 1 to 4 as <5, for what is published.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how often web copies and calendars were asked for, who left after what, and how many replied.

    Nobody is tracked for it: requests are counted, not people, and those of programs among them.

    Example: `newsletter numbers --days 90`

    Example: `newsletter numbers weekly-2026-12-04 --json`
    """
    from newsletter.app.numbers.telling import tell

    found = tell(workspace(context), days, issue, public=public)
    if as_json:
        print_json(found.as_json())
        return
    _show(found)


def _show(found: "Told") -> None:
    if not found.counting:
        say("Nothing is counted: [numbers] count is false. What stands here was counted before.")
    rows = [(one.key, one.reached, one.requests, one.left, one.replies) for one in found.issues]
    columns = ("Issue", "Reached", "Page requests", "Left after it", "Replies")
    show_table("Issues, since they left", columns, rows, empty="none has left yet")
    span = f"{found.first} to {found.last}"
    if found.topics:
        topics = [(one.title, one.readers, one.requests, one.left) for one in found.topics]
        show_table(f"Topics, {span}", ("Topic", "Readers", "Calendar requests", "Gave it up"), topics)
    if found.others:
        show_table("Besides", ("What", "About", "Count"), [(one.kind, one.about, one.count) for one in found.others])
    say(f"Requests by day, {span}")
    for day, count in found.by_day.items():
        say(_bar(day, count, max((one for one in found.by_day.values() if isinstance(one, int)), default=0)))
    say("Requests, not people: calendar programs ask by themselves, and so do robots.")


def _bar(day: date, count: int | str, largest: int) -> str:
    """One day as a line; a day without requests has no bar, and any other at least a sliver."""
    size = count if isinstance(count, int) else 1
    length = max(1, round(WIDTH * size / largest)) if size and largest else int(bool(size))
    return f"{day}  {'█' * length}{' ' if length else ''}{count}"
