"""The command that settles what is unknown: reconcile."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from newsletter.cli.options import AsJson, Key, workspace
from newsletter.cli.output import print_json, say, show_table

if TYPE_CHECKING:
    from newsletter.app.sending.reconciling import Reconciled, Standing
    from newsletter.app.workspace import Workspace

#: So many lines are printed; the rest is counted, and stands in `--json`.
MOST_LINES = 50


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("reconcile")(reconcile)


def reconcile(
    context: typer.Context,
    key: Key,
    resend: Annotated[
        bool, typer.Option("--resend", help="Send again what is proven not to have been taken.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")] = False,
    delivery: Annotated[
        list[str] | None, typer.Option("--delivery", metavar="ID", help="Decide about this one by hand; may repeat.")
    ] = None,
    as_: Annotated[
        Literal["accepted", "not-accepted"] | None,
        typer.Option("--as", help="What you know of the deliveries named: they were taken, or they were not."),
    ] = None,
    because: Annotated[str, typer.Option("--because", metavar="WHY", help="How you know; kept in the history.")] = "",
    as_json: AsJson = False,
) -> int:
    """Settle what nobody knows to have left: by events, the provider's log, or your own word.

    Exit 1 while some stay unknown.

    Example: `newsletter reconcile weekly-2026-12-04 --resend`
    """
    from newsletter.app import dispatching
    from newsletter.app.sending import reconciling
    from newsletter.app.sending.pump import recover

    ws = workspace(context)
    if delivery or as_ or because:
        if not (delivery and as_ and because):
            raise typer.BadParameter("by hand needs all of --delivery, --as and --because")
        taken = as_ == "accepted"
        count = reconciling.settle_by_hand(ws, key, delivery, ws.clock(), accepted=taken, because=because)
        say(f"{key}: {count} settled as {as_}{'' if taken else f': newsletter send {key}'}")
        return 0
    if not dry_run:
        recover(ws, ws.clock())
    with dispatching.provider_of(ws) as provider:
        found = reconciling.reconcile(ws, provider, key, ws.clock(), resend=resend, changing=not dry_run)
    if as_json:
        print_json({"key": key, **found.counts(), "deliveries": [_json(one) for one in found.standings]})
    else:
        _show(key, found, dry_run=dry_run)
    return int(bool(found.settled("hold")))


def show_unknown(ws: "Workspace", key: str) -> None:
    """List the unknown deliveries of an issue, and say what to do about them."""
    from newsletter.app.sending.reconciling import unknown_of

    found = unknown_of(ws, key)
    rows = [(one.delivery_id, one.address, f"{one.submitted_at:%Y-%m-%d %H:%M}", one.reason) for one in found]
    show_table("Unknown", ("Delivery", "Reader", "Handed over (UTC)", "Why"), rows[:MOST_LINES])
    if len(rows) > MOST_LINES:
        say(f"... and {len(rows) - MOST_LINES} more, in newsletter reconcile {key} --dry-run --json")
    say(f"newsletter reconcile {key} asks your provider what became of them")


def _json(one: "Standing") -> dict[str, Any]:
    return {
        "delivery": one.delivery_id,
        "reader": one.reader,
        "submitted_at": one.submitted_at.isoformat(),
        "settling": one.judgement.settling,
        "why": one.judgement.why,
        "do": one.advice(),
    }


def _show(key: str, found: "Reconciled", *, dry_run: bool) -> None:
    counts = found.counts()
    if not counts["unknown"]:
        say(f"{key}: nothing is unknown.")
        return
    did = "would be" if dry_run else "are"
    say(
        f"{key}: {counts['unknown']} were unknown; {counts['accepted']} {did} accepted, "
        f"{counts['sent_again']} {did} to be sent again, {counts['held']} {did} held"
    )
    held = found.settled("hold")
    rows = [(one.delivery_id, one.reader, f"{one.submitted_at:%Y-%m-%d %H:%M}", one.judgement.why) for one in held]
    if rows:
        show_table("Held", ("Delivery", "Reader", "Handed over (UTC)", "Why"), rows[:MOST_LINES])
    if len(rows) > MOST_LINES:
        say(f"... and {len(rows) - MOST_LINES} more, in --json")
    for advice in dict.fromkeys(_general(one) for one in held):
        say(advice)
    if counts["sent_again"] and not dry_run:
        say(f"newsletter send {key} sends them now; newsletter run does it by itself.")


def _general(one: "Standing") -> str:
    """The advice for all that are held for the same reason."""
    advice = one.advice().replace(one.delivery_id, "ID")
    return advice[:1].upper() + advice[1:]
