"""Printing: one JSON document or tables to standard output; problems and progress to standard error."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TextIO

from newsletter.model.problem import Problem
from newsletter.redaction import redact

WIDE = 160
_STYLE = {"error": "bold red", "warning": "yellow", "info": "dim"}


def say(text: str = "", *, file: TextIO | None = None) -> None:
    """One line of plain text, without markup."""
    print(text, file=file or sys.stdout)


def print_json(document: object) -> None:
    """One JSON document on standard output, and nothing else there."""
    say(json.dumps(document, ensure_ascii=False, indent=2))


def show_problems(problems: Iterable[Problem], *, limit: int | None = None) -> None:
    """Problems on standard error, worst first, as file:line: level: text [code]."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    order = {"error": 0, "warning": 1, "info": 2}
    ranked = sorted(problems, key=lambda problem: order[problem.level])
    for problem in ranked[:limit]:
        line = Text(f"{problem.place}: ")
        line.append(problem.level, style=_STYLE[problem.level])
        console.print(line.append(f": {redact.known(problem.text)} [{problem.code}]"))
    if limit is not None and len(ranked) > limit:
        console.print(f"... and {len(ranked) - limit} more")


def count_problems(problems: Iterable[Problem]) -> str:
    """How many of each level, in words."""
    counts = Counter(problem.level for problem in problems)
    parts = [f"{counts[level]} {level}{'s' if counts[level] != 1 else ''}" for level in ("error", "warning", "info")]
    return ", ".join(part for part in parts if not part.startswith("0 ")) or "no problems"


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "") -> None:
    """A table on standard output; numbers to the right, long cells wrapped. `empty` is said where there is no row."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    body = [list(row) for row in rows]
    if empty and not body:
        say(": ".join(filter(None, (title, empty))))
        return
    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        numeric = bool(body) and all(isinstance(row[index], int) for row in body)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in body:
        table.add_row(*(Text(str(cell)) for cell in row))
    # Beside a terminal, a pipe or file has no width of its own: nothing there needs folding at 80.
    Console(highlight=False, width=None if sys.stdout.isatty() else WIDE).print(table)
