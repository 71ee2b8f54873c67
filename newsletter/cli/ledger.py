"""Commands that ask the ledger for proof: audit."""

from typing import TYPE_CHECKING

import typer

from newsletter.cli.options import AsJson, Key, workspace
from newsletter.cli.output import print_json, say, show_table

if TYPE_CHECKING:
    from newsletter.app.sending.auditing import Audit

#: So many lines of a kind are printed; the rest is counted, and stands in `--json`.
MOST_LINES = 20


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("audit")(audit)


def audit(context: typer.Context, key: Key, as_json: AsJson = False) -> int:
    """Prove from the ledger alone that an issue lost nobody and mailed nobody twice; exit 1 if not.

    Example: `newsletter audit weekly-2026-12-04`
    """
    from newsletter.app.sending.auditing import audit_json, audit_mailing

    found = audit_mailing(workspace(context), key)
    if as_json:
        print_json(audit_json(found))
    else:
        _show(found)
    return int(bool(found.violations))


def _show(found: "Audit") -> None:
    states = ", ".join(f"{count} {state}" for state, count in sorted(found.states.items())) or "nothing planned yet"
    show_table(
        f"{found.key}: {found.deliveries} deliveries in {found.attempts} attempts ({states})",
        ("", "Promise", "Violations"),
        found.rows(),
    )
    _list([f"{one.invariant}: {one.about}: {one.text}" for one in found.violations])
    if found.unknown:
        say(f"{len(found.unknown)} unknown: the provider may have them; they are not sent again blindly.")
        _list([f"  {one}" for one in found.unknown])


def _list(lines: list[str]) -> None:
    for line in lines[:MOST_LINES]:
        say(line)
    if len(lines) > MOST_LINES:
        say(f"... and {len(lines) - MOST_LINES} more, in --json")
