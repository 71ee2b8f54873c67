"""The command that says who did what: audit-log."""

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.options import AsJson, workspace
from newsletter.cli.output import print_json, say, show_table

if TYPE_CHECKING:
    from newsletter.app.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("audit-log")(audit_log)


def audit_log(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(metavar="DATE|DATETIME", help="What was done from then on.")] = None,
    actor: Annotated[str, typer.Option(metavar="WHO", help="A part of who it was, such as schedule.")] = "",
    deed: Annotated[str, typer.Option(metavar="DEED", help="Such as approved, exported or 'address changed'.")] = "",
    issue: Annotated[str, typer.Option(metavar="KEY", help="An issue's key, or what else it was done to.")] = "",
    verify: Annotated[bool, typer.Option("--verify", help="Prove that no line was changed or taken out.")] = False,
    as_json: AsJson = False,
) -> int:
    """Say who drafted, approved, sent, paused, exported, erased and so on; the log can only be added to.

    Example: `newsletter audit-log --since 2026-12-01 --deed sent`

    Example: `newsletter audit-log --verify`
    """
    from newsletter.app.accounting.looking import Wanted, deeds_of
    from newsletter.app.timing import UsageError, read_at
    from newsletter.model.deeds import DEEDS

    if deed and deed not in DEEDS:
        raise UsageError(f"there is no deed {deed!r}; there are {', '.join(DEEDS)}")
    ws = workspace(context)
    if verify:
        return _verify(ws, as_json=as_json)
    found = deeds_of(ws, Wanted(read_at(ws, since) if since else None, actor, deed, issue))
    if as_json:
        print_json([one.as_json() for one in found])
        return 0
    rows = [
        (f"{one.line.at:%Y-%m-%d %H:%M:%S}", one.who, one.line.deed, one.line.subject, one.line.detail)
        for one in found
    ]
    show_table("", ("When (UTC)", "Who", "Deed", "What", ""), rows, empty="No such deed is written down.")
    return 0


def _verify(ws: "Workspace", *, as_json: bool) -> int:
    from newsletter.app.accounting.looking import verify

    found = verify(ws)
    if as_json:
        print_json({"lines": found.lines, "seal": found.seal, "broken": found.broken, "why": found.why})
    elif found.broken is None:
        say(f"{found.lines} lines, each as it was written; the newest seal is {found.seal or 'not there yet'}")
        say("Keep that seal elsewhere: with it, nobody can write the whole log anew unnoticed.")
    else:
        say(f"{found.why}; the {found.lines} before it are as they were written")
    return int(found.broken is not None)
