"""Commands about an issue that leaves: send, status, pause, resume, cancel."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.options import AsJson, At, Key, workspace
from newsletter.cli.output import print_json, say, show_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsletter.app.dispatching import Audience
    from newsletter.app.planning import PlanResult
    from newsletter.app.sending import Summary


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for name, command in (
        ("send", send), ("status", status), ("pause", pause), ("resume", resume), ("cancel", cancel),
    ):  # fmt: skip
        app.command(name, rich_help_panel="Delivery")(command)


def send(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="DIGEST|KEY", help="A digest, or an issue by its key.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show every distinct mail and its readers.")] = False,
    at: At = None,
    as_json: AsJson = False,
) -> int:
    """Plan an approved issue and deliver it; sending again sends nothing twice.

    Example: `newsletter send weekly-2026-12-04 --dry-run`
    """
    import time

    from newsletter.app import dispatching, sending, timing

    ws = timing.at_moment(workspace(context), at)
    moment = ws.clock()
    if dry_run:
        return _dry_run(dispatching.look_at_audience(ws, name, moment))
    with dispatching.provider_of(ws) as provider, _progress() as on_progress:
        sent = dispatching.send_issue(ws, provider, name, moment, on_progress=on_progress, sleep=time.sleep)
    report = sending.status(ws, sent.plan.key)
    if as_json:
        print_json(report)
    else:
        accepted = sent.summary.outcomes.get("accepted", 0)
        say(f"{sent.plan.key}: {accepted} mails handed over now, {sent.plan.editions} distinct editions")
        _show(report)
    return int(bool(report["states"]["unknown"] or report["states"]["failed"]))


def _dry_run(audience: "Audience") -> int:
    rows = [*audience.editions] + ([("nothing for them: not sent", "", audience.empty)] if audience.empty else [])
    show_table(audience.key, ("Edition", "Subject", "Readers"), rows)
    say(f"{sum(row[2] for row in audience.editions)} mails in {len(audience.editions)} editions; nothing was sent")
    return 0


@contextmanager
def _progress() -> "Iterator[Callable[[PlanResult, Summary], None]]":
    """A bar on standard error, so that standard output stays clean."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    with Progress("Sending", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("sending", total=None)

        def advance(plan: "PlanResult", summary: "Summary") -> None:
            done = sum(summary.outcomes.values()) + summary.set_aside
            bar.update(task, total=plan.pending, completed=done)

        yield advance


def status(context: typer.Context, key: Key, as_json: AsJson = False) -> None:
    """Say how an issue stands: every planned delivery is in exactly one state.

    Example: `newsletter status weekly-2026-12-04`
    """
    from newsletter.app import sending

    report = sending.status(workspace(context), key)
    if as_json:
        print_json(report)
    else:
        _show(report)


def _show(report: dict[str, object]) -> None:
    states = report["states"]
    assert isinstance(states, dict)
    planned = report["planned"]
    parts = ", ".join(f"{count} {state}" for state, count in states.items() if count)
    say(f"{report['key']}: {report['state']}, {planned} planned: {parts or 'nothing yet'}")
    if states["unknown"]:
        say(f"{states['unknown']} of {planned} unknown: the provider may have them; they are not sent again blindly.")
    if states["pending"]:
        say(f"{states['pending']} of {planned} wait for another try: newsletter send {report['key']}")


def pause(context: typer.Context, key: Key) -> None:
    """Stop before the next batch."""
    from newsletter.app import sending

    ws = workspace(context)
    sending.pause(ws, key, ws.clock())
    say(f"{key}: paused. newsletter resume {key}, then newsletter send {key}")


def resume(context: typer.Context, key: Key) -> None:
    """Let a paused issue go on."""
    from newsletter.app import sending

    ws = workspace(context)
    sending.resume(ws, key, ws.clock())
    say(f"{key}: resumed. newsletter send {key} goes on with the rest")


def cancel(context: typer.Context, key: Key) -> None:
    """Send nothing more of an issue; what is on its way stays so."""
    from newsletter.app import sending

    ws = workspace(context)
    cancelled = sending.cancel(ws, key, ws.clock())
    say(f"{key}: cancelled; {cancelled} deliveries will not be made")
