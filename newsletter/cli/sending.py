"""Commands about an issue that leaves: send, status, pause, resume, cancel."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.options import As, AsJson, At, Key, workspace
from newsletter.cli.output import print_json, say, show_table
from newsletter.cli.reconciling import show_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsletter.app.dispatching import Audience, Sent
    from newsletter.app.sending.planning import PlanResult
    from newsletter.app.sending.pump import Summary
    from newsletter.model.delivery import Receipt


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for name, command in (
        ("send", send), ("status", status), ("pause", pause), ("resume", resume), ("cancel", cancel),
    ):  # fmt: skip
        app.command(name)(command)


def send(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="DIGEST|KEY", help="A digest, or an issue by its key.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show every distinct mail and its readers.")] = False,
    test: Annotated[
        str | None, typer.Option("--test", metavar="ADDRESS", help="Send it to this address alone, as a test.")
    ] = None,
    as_: As = None,
    top_up: Annotated[bool, typer.Option("--top-up", help="Send it to those who joined since.")] = False,
    accept_audience: Annotated[
        int | None,
        typer.Option("--accept-audience", metavar="N", min=0, help="Send it to N readers, unlike the last issue."),
    ] = None,
    at: At = None,
    as_json: AsJson = False,
) -> int:
    """Plan an approved issue and deliver it; sending again sends nothing twice.

    Example: `newsletter send weekly-2026-12-04 --dry-run`, `newsletter send weekly --test me@example.org --as berlin`
    """
    import time

    from newsletter.app import dispatching, timing, trial
    from newsletter.app.sending import pump

    ws = timing.at_moment(workspace(context), at)
    moment = ws.clock()
    if dry_run:
        return _dry_run(dispatching.look_at_audience(ws, name, moment))
    if test is not None:
        with dispatching.provider_of(ws) as provider:
            return _say_trial(trial.try_out(ws, provider, name, as_, test, moment), test)
    with dispatching.provider_of(ws) as provider, _progress() as on_progress:
        if top_up:
            sent = dispatching.send_to_new(ws, provider, name, moment, sleep=time.sleep)
        else:
            sent = dispatching.send_issue(
                ws, provider, name, moment,
                on_progress=on_progress, sleep=time.sleep, accept_audience=accept_audience,
            )  # fmt: skip
    report = pump.status(ws, sent.plan.key)
    if as_json:
        print_json(report)
    else:
        say(f"{sent.plan.key}: {_what_was_sent(sent)}")
        _show(report)
    return int(bool(report["states"]["unknown"] or report["states"]["failed"]))


def _say_trial(receipt: "Receipt", address: str) -> int:
    if receipt.outcome == "accepted":
        say(f"A test went to {address}; nothing of it is counted.")
        return 0
    say(f"The test to {address} was not sent ({receipt.outcome}): {receipt.detail or 'no reason was given'}")
    return 1


def _what_was_sent(sent: "Sent") -> str:
    accepted = sent.summary.outcomes.get("accepted", 0)
    if not sent.summary.batches and sent.plan.again:
        return "nothing was left to send"
    return f"{accepted} mails handed over now, of {sent.plan.editions} distinct editions"


def _dry_run(audience: "Audience") -> int:
    rows = [*audience.editions] + ([("nothing for them: not sent", "", audience.empty)] if audience.empty else [])
    show_table(audience.key, ("Edition", "Subject", "Readers"), rows)
    if audience.problem:
        say(str(audience.problem))
    say(f"{sum(row[2] for row in audience.editions)} mails in {len(audience.editions)} editions; nothing was sent")
    return 0


@contextmanager
def _progress() -> "Iterator[Callable[[PlanResult, Summary], None]]":
    """A bar on standard error, so that standard output stays clean."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TimeRemainingColumn

    with Progress(
        "Sending", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)
    ) as bar:
        tasks: list[TaskID] = []

        def advance(plan: "PlanResult", summary: "Summary") -> None:
            if not tasks:  # no bar before there is something to show, so that a refusal stands alone
                tasks.append(bar.add_task("sending", total=plan.pending))
            bar.update(tasks[0], completed=sum(summary.outcomes.values()) + summary.set_aside)

        yield advance


def status(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", help="An issue; without one, all are listed.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say how an issue stands, or all of them: every planned delivery is in exactly one state.

    Example: `newsletter status weekly-2026-12-04`
    """
    from newsletter.app.sending import control

    ws = workspace(context)
    if key is None:
        _show_all(control.overview(ws), as_json)
        return
    # Reviewing brings the whole road from sources to checks with it, which a list of issues need not wait for.
    from newsletter.app.reviewing import standing

    report, review = control.status(ws, key), standing.review_of(ws, key)
    if as_json:
        print_json(report | {"review": standing.review_json(review) if review else None})
        return
    _show(report)
    for line in standing.review_lines(review) if review else ():
        say(line)
    if report["states"]["unknown"]:
        show_unknown(ws, key)
    if lost := control.stranded(ws, key, ws.clock()):
        say(f"{lost} of {report['planned']} were being handed over when their sender ended: newsletter send {key}")


def _show_all(reports: "Sequence[dict[str, Any]]", as_json: bool) -> None:
    if as_json:
        print_json(list(reports))
        return
    rows = [(one["key"], one["state"], one["planned"], _counts(one)) for one in reports]
    show_table("", ("Issue", "State", "Planned", "Deliveries"), rows, empty=_NO_ISSUE)


_NO_ISSUE = (
    "No issue is begun yet. newsletter preview shows what the next one would be, newsletter cadence DIGEST when "
    "it is drafted and sent."
)


def _counts(report: dict[str, Any]) -> str:
    return ", ".join(f"{count} {state}" for state, count in report["states"].items() if count)


def _show(report: dict[str, Any]) -> None:
    states, planned = report["states"], report["planned"]
    counts = f"{planned} planned: {_counts(report)}" if planned else "nothing planned yet"
    say(f"{report['key']}: {report['state']}, {counts}")
    if states["unknown"]:
        say(f"{states['unknown']} of {planned} unknown: the provider may have them; they are not sent again blindly.")
    if states["pending"]:
        say(f"{states['pending']} of {planned} not sent yet: newsletter send {report['key']}")
    for state, reasons in report.get("reasons", {}).items():
        for why, count in reasons.items():
            say(f"{count} {state}: {why or 'no reason was written down'}")
    for held in report.get("guards", ()):
        say(_held_words(held))
    for wave in report.get("waves", ()):
        say(f"  {_clock(wave['at'])}  {_wave_words(wave)}")
    for event in report.get("history", ()):
        say("  ".join(part for part in _event_words(event) if part))


def _clock(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _wave_words(wave: dict[str, Any]) -> str:
    mails = "1 mail" if wave["planned"] == 1 else f"{wave['planned']} mails"
    left = f"{wave['left']} to leave" if wave["left"] else "left"
    return f"{mails}, {left}: {', '.join(wave['zones']) or 'at once'}"


def _held_words(held: dict[str, Any]) -> str:
    until = f" until {_clock(held['until'])}" if held["until"] else ""
    return f"held by {held['guard']}{until}: {held['why']}"


def _event_words(event: dict[str, str]) -> tuple[str, ...]:
    """When, what, by whom, why."""
    by = f"by {event['by']}" if event["by"] else ""
    return f"  {_clock(event['at'])}", event["state"], by, event["detail"]


def pause(context: typer.Context, key: Key) -> None:
    """Stop before the next batch."""
    from newsletter.app.sending import pump

    ws = workspace(context)
    pump.pause(ws, key, ws.clock())
    say(f"{key}: paused. newsletter resume {key}, then newsletter send {key}")


def resume(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", help="An issue, such as weekly-2026-12-04.")] = None,
    restored: Annotated[
        bool, typer.Option("--restored", help="Go on with a store that is an older copy of itself.")
    ] = False,
) -> None:
    """Let go on what is paused or held by a guard, or with --restored a store that came back from a backup.

    Example: `newsletter resume weekly-2026-12-04`, `newsletter resume --restored`
    """
    from newsletter.app.sending import pump, resuming

    ws = workspace(context)
    if restored == (key is not None):
        raise typer.BadParameter("name an issue, or say --restored")
    if key is not None:
        pump.resume(ws, key, ws.clock())
        say(f"{key}: resumed. newsletter send {key} goes on with the rest")
        return
    paused = resuming.take_up_restored(ws, ws.clock())
    say("The store is taken up as it is. What was sent after the copy was made is not in it.")
    for one in paused:
        say(
            f"{one}: paused. newsletter resume {one} sends whom it calls pending; newsletter cancel {one} nobody more"
        )


def cancel(context: typer.Context, key: Key) -> None:
    """Send nothing more of an issue; what is on its way stays so."""
    from newsletter.app.sending import pump

    ws = workspace(context)
    cancelled = pump.cancel(ws, key, ws.clock())
    say(f"{key}: cancelled; {cancelled} deliveries will not be made")
