"""All rows of `make bench`, each under the command that gives it, and a table of them: ten minutes, if idle.

Run `python benchmarks/bench.py [--size quick|small|full] [--only WORD] [--write FILE]`. A row says how many times a
named reference something does, in the same interleaved run. A command that takes longer than its share is ended, and
said to have been; one that ends badly without a row has a row that says so. `full` sizes are those that the goals
name and take an hour, `quick` ones are for a machine that has little time. `--write` puts the table, the machine and
its load between the marks in a Markdown file.
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
    """A program with its arguments, the seconds it may take on an idle machine, and its lines for other sizes."""

    line: str
    seconds: int
    full: str = ""
    quick: str = ""

    def of(self, size: str) -> str:
        """The line for a size."""
        return {"full": self.full, "quick": self.quick}.get(size) or self.line

    @property
    def program(self) -> str:
        """The file."""
        return self.line.partition(" ")[0]


COMMANDS = (
    Command("start_up.py 15", 60, quick="start_up.py 3"),
    Command("personalising.py 10000 5000", 60, quick="personalising.py 3000 1000"),
    Command("smtp_road.py near 2 10000", 120, "smtp_road.py near 5 100000", "smtp_road.py near 1 1000"),
    Command("smtp_road.py far 1", 40),
    Command("nodemailer.py 1 10000", 30, "nodemailer.py 3 20000", "nodemailer.py 1 1000"),
    Command("sendgrid_road.py 1 20000", 30, "sendgrid_road.py 3 1000000", "sendgrid_road.py 1 3000"),
    Command("ledger.py 20000 1 --postgresql", 90, "ledger.py 1000000 3 --postgresql", "ledger.py 2000 1"),
    Command("smtp_road.py memory 10000", 20, quick="smtp_road.py memory 2000"),
    Command("smtp_road.py memory 100000", 60, "smtp_road.py memory 1000000", "smtp_road.py memory 10000"),
    Command("sendgrid_road.py memory 10000", 20, quick="sendgrid_road.py memory 2000"),
    Command("sendgrid_road.py memory 100000", 40, "sendgrid_road.py memory 1000000", "sendgrid_road.py memory 10000"),
    Command("thirteen_weeks.py 1", 60, "thirteen_weeks.py 5"),
    Command("import_rows.py 200000 1", 40, "import_rows.py 1000000 3", "import_rows.py 100000 1"),
    Command(
        "workers.py --recipients 10000 --batch 10",
        40,
        "workers.py --recipients 1000000 --batch 10",
        "workers.py --recipients 2000 --batch 10",
    ),
    Command(
        "workers.py --recipients 10000 --batch 10 --kill 2 --restart",
        60,
        "workers.py --recipients 1000000 --batch 10 --kill 2 --restart",
        "workers.py --recipients 2000 --batch 10 --kill 1 --restart",
    ),
    Command(
        "moving.py --recipients 20000",
        40,
        "moving.py --recipients 1000000",
        "moving.py --recipients 4000 --batch 100",
    ),
    Command("scale.py", 20),
)


def main() -> int:
    """Run them all; 1 where a goal was not reached or a command did not end well."""
    given = _arguments()
    chosen = [one for one in COMMANDS if given.only in one.line]
    begun, load = time.time(), os.getloadavg()[0]
    tables = list[tuple[str, list[Row]]]()
    for one in chosen:
        tables.append((one.of(given.size), run(one, given.size, given.patience)))
        about = machine(load, os.getloadavg()[0], time.time() - begun, given.size)
        if given.write:
            put(given.write, f"{about}\n\n{table(tables)}")
    print(f"\n{table(tables)}")
    return int(any(not row.get("reached", True) for _, rows in tables for row in rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="All benchmarks")
    sizes = ("quick", "small", "full")
    parser.add_argument("--size", choices=sizes, default="small", help="full: what the goals name, an hour.")
    parser.add_argument("--only", default="", help="Commands with this word alone.")
    parser.add_argument("--write", type=Path, help="A Markdown file with the marks.")
    parser.add_argument("--patience", type=float, default=1, help="Times its share for each command.")
    return parser.parse_args()


def run(command: Command, size: str, patience: float) -> list[Row]:
    """The rows that a command wrote; one more where it did not end as it should."""
    line = command.of(size)
    if not (HERE / command.program).exists():
        return [{"what": command.program, "left out": "there is no such program"}]
    print(f"\n$ python benchmarks/{line}", flush=True)
    limit = command.seconds * patience * (40 if size == "full" else 1)
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


def table(tables: Sequence[tuple[str, Sequence[Row]]]) -> str:
    """The rows as Markdown, below the head."""
    lines = ["| what | command | goal | found |", "|---|---|---|---|"]
    for line, rows in tables:
        named = (f"`{line}`", *("" for _ in rows))
        cells = zip(rows, named, strict=False)
        lines += [f"| {row['what']} | {name} | {_goal(row)} | {_found(row)} |" for row, name in cells]
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


def machine(before: float, after: float, seconds: float, size: str) -> str:
    """Where and when the table was made."""
    return (
        f"{time.strftime('%Y-%m-%d')}, {_processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}; load {before:.1f} at the beginning and {after:.1f} at the end; "
        f"{seconds / 60:.0f} minutes, {size} sizes. What is in bold type is not reached."
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
