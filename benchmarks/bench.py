"""All rows of `make bench`, each under the command that gives it, and a table of them: ten minutes, if idle.

Run `python benchmarks/bench.py [--full] [--only WORD] [--write FILE]`. A row says how many times a named reference
something does, in the same interleaved run. A command that takes longer than its share is ended, and said to have
been; one that ends badly without a row has a row that says so. `--full` takes the sizes that the goals name, which is
an hour; `--write` puts the table, the machine and its load between the marks in a Markdown file.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_row import FILE, shown

HERE = Path(__file__).parent
BEGIN, END = "<!-- made by benchmarks/bench.py: begin -->", "<!-- end -->"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Command:
    """A program with its arguments, the seconds it may take on an idle machine, and the line of its full size."""

    line: str
    seconds: int
    full: str = ""

    @property
    def program(self) -> str:
        """The file."""
        return self.line.partition(" ")[0]


COMMANDS = (
    Command("start_up.py 15", 60),
    Command("personalising.py 10000 5000", 60),
    Command("smtp_road.py near 3 3000", 120, "smtp_road.py near 5 100000"),
    Command("smtp_road.py far 1", 40),
    Command("nodemailer.py 1 3000", 30, "nodemailer.py 3 20000"),
    Command("sendgrid_road.py 1 20000", 30, "sendgrid_road.py 3 1000000"),
    Command("ledger.py", 60),
    Command("smtp_road.py memory 10000", 20, "smtp_road.py memory 10000"),
    Command("smtp_road.py memory 100000", 60, "smtp_road.py memory 1000000"),
    Command("thirteen_weeks.py 1", 60, "thirteen_weeks.py 5"),
    Command("import_rows.py 200000 1", 40, "import_rows.py 1000000 3"),
    Command("workers.py --recipients 20000 --workers 4", 60, "workers.py --recipients 1000000 --workers 4"),
    Command("scale.py", 20),
)


def main() -> int:
    """Run them all; 1 where a goal was not reached or a command did not end well."""
    given = _arguments()
    chosen = [one for one in COMMANDS if given.only in one.line]
    begun, load = time.time(), os.getloadavg()[0]
    tables = [(one, run(one, full=given.full, patience=given.patience)) for one in chosen]
    about = machine(load, os.getloadavg()[0], time.time() - begun, full=given.full)
    text = f"{about}\n\n{table(tables, full=given.full)}"
    print(f"\n{text}")
    if given.write:
        put(given.write, text)
    return int(any(not row.get("reached", True) for _, rows in tables for row in rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="All benchmarks")
    parser.add_argument("--full", action="store_true", help="The sizes that the goals name.")
    parser.add_argument("--only", default="", help="Commands with this word alone.")
    parser.add_argument("--write", type=Path, help="A Markdown file with the marks.")
    parser.add_argument("--patience", type=float, default=1, help="Times its share for each command.")
    return parser.parse_args()


def run(command: Command, *, full: bool, patience: float) -> list[Row]:
    """The rows that a command wrote; one more where it did not end as it should."""
    line = (command.full if full else "") or command.line
    if not (HERE / command.program).exists():
        return [{"what": command.program, "left out": "there is no such program"}]
    print(f"\n$ python benchmarks/{line}", flush=True)
    limit = command.seconds * patience * (40 if full else 1)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "rows"
        ended = _ended(line.split(), limit, os.environ | {FILE: str(place)})
        rows = [json.loads(text) for text in place.read_text().splitlines()] if place.exists() else []
    well = ended == "" or (ended == "status 1" and any(not row.get("reached", True) for row in rows))
    return (
        rows if well and rows else [*rows, {"what": line, "reached": well, "said": ended or "its own output tells"}]
    )


def _ended(line: Sequence[str], limit: float, environment: Mapping[str, str]) -> str:
    """Empty where the program ended well, else how it ended."""
    try:
        status = subprocess.run(
            [sys.executable, str(HERE / line[0]), *line[1:]], timeout=limit, check=False, env=environment
        ).returncode
    except subprocess.TimeoutExpired:
        print(f"ended after {limit:.0f} seconds", flush=True)
        return f"ended after {limit:.0f} seconds"
    return f"status {status}" if status else ""


def table(tables: Sequence[tuple[Command, Sequence[Row]]], *, full: bool) -> str:
    """The rows as Markdown, below the head."""
    lines = ["| what | command | goal | found |", "|---|---|---|---|"]
    for command, rows in tables:
        line = f"`{(command.full if full else '') or command.line}`"
        for row in rows:
            lines.append(f"| {row['what']} | {line} | {_goal(row)} | {_found(row)} |")
            line = ""
    return "\n".join(lines)


def _goal(row: Row) -> str:
    return f"{row['side']} {row['goal']:g}" if row.get("goal") is not None else ""


def _found(row: Row) -> str:
    if "left out" in row:
        return f"left out: {row['left out']}"
    if "said" in row:
        return row["said"] if row["reached"] else f"**{row['said']}**"
    number = f"{shown(row['found'])} {row['unit']}"
    number = number if row["reached"] else f"**{number}**"
    return f"{number}; {row['detail']}" if row["detail"] else number


def machine(before: float, after: float, seconds: float, *, full: bool) -> str:
    """Where and when the table was made."""
    sizes = "the sizes that the goals name" if full else "the small sizes"
    return (
        f"{time.strftime('%Y-%m-%d')}, {_processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}; load {before:.1f} at the beginning and {after:.1f} at the end; "
        f"{seconds / 60:.0f} minutes, {sizes}. What is in bold type is not reached."
    )


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


def put(file: Path, text: str, marks: tuple[str, str] = (BEGIN, END)) -> None:
    """Write the table between the marks, and nothing else."""
    before, begin, rest = file.read_text(encoding="utf-8").partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not (begin and end):
        raise SystemExit(f"{file} has no marks {marks[0]} and {marks[1]}")
    file.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
