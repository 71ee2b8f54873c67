"""The command that looks at everything: doctor."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from newsletter.cli.options import AsJson
from newsletter.cli.output import print_json

if TYPE_CHECKING:
    from rich.console import Console

    from newsletter.model.health import Finding

_SIGNS = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "error": ("error", "bold red")}


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("doctor")(doctor)


def doctor(context: typer.Context, as_json: AsJson = False) -> int:
    """Look at the settings, keys, store, clock, disk, provider, DNS and public pages; say of each what to do.

    Nothing is changed, and no mail leaves; SendGrid is asked for a test event. Exit 1 where something is an error.

    Example: `newsletter doctor`
    """
    findings = list(_findings(context)) if as_json else list(_shown(_findings(context)))
    if as_json:
        print_json([_document(finding) for finding in findings])
    return int(any(finding.condition == "error" for finding in findings))


def _findings(context: typer.Context) -> Iterator["Finding"]:
    from newsletter.app.doctor.examining import examine_workspace
    from newsletter.app.doctor.surroundings import Surroundings
    from newsletter.app.workspace import find_root

    chosen: Path | None = context.find_root().obj
    return examine_workspace(chosen or find_root(Path.cwd()), os.environ, Surroundings())


def _shown(findings: Iterator["Finding"]) -> Iterator["Finding"]:
    """Each line as it is known, since some take seconds; then how many of each there were."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    counts = dict.fromkeys(_SIGNS, 0)
    for finding in findings:
        counts[finding.condition] += 1
        _show(console, finding)
        yield finding
    console.print(", ".join(f"{count} {condition}" for condition, count in counts.items() if count))


def _show(console: "Console", finding: "Finding") -> None:
    from rich.text import Text

    sign, style = _SIGNS[finding.condition]
    line = Text(f"{sign:>7}  ", style=style)
    line.append(f"{finding.area:<10}", style="default")
    line.append(finding.text + (f" [{finding.code}]" if finding.code else ""), style="default")
    console.print(line)
    if finding.advice:
        console.print(Text(f"{'':>19}{finding.advice}", style="dim"))


def _document(finding: "Finding") -> dict[str, str]:
    from dataclasses import asdict

    return asdict(finding)
