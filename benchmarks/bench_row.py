"""One row of the table: what was measured, its goal, and whether it was reached; bench.py reads them from a file."""

import json
import os
from pathlib import Path
from typing import Literal

#: Where a row is to be written besides being printed; bench.py names the file.
FILE = "NEWSLETTER_BENCH_ROWS"
Side = Literal["at least", "at most"]


def tell(what: str, found: float, goal: float | None, side: Side, unit: str, detail: str = "") -> bool:
    """Print a row and write it down for bench.py; whether the goal, where there is one, was reached."""
    reached = goal is None or (found >= goal if side == "at least" else found <= goal)
    verdict = "" if goal is None else f"  goal {side} {goal:g}: {'reached' if reached else 'NOT REACHED'}"
    print(f"{what}: {shown(found)} {unit}{f' ({detail})' if detail else ''}{verdict}", flush=True)
    row = {
        "what": what,
        "found": found,
        "goal": goal,
        "side": side,
        "unit": unit,
        "detail": detail,
        "reached": reached,
    }
    _write(row)
    return reached


def leave_out(what: str, why: str) -> None:
    """Say loudly that a row could not be measured here, and why."""
    print(f"LEFT OUT: {what}: {why}", flush=True)
    _write({"what": what, "left out": why})


def shown(number: float) -> str:
    """A number as a table has it: three digits that count."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}"


def _write(row: dict[str, object]) -> None:
    if place := os.environ.get(FILE):
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
