"""What bringing in a million people costs beside a bare csv and executemany loop into the same tables.

Run `python benchmarks/import_rows.py [ROWS] [ROUNDS]` (1,000,000 and 3). Every run is a process of its own, all turn
by turn; a ratio is of the same round. The bare loops check nothing, compare nothing and account for nothing:

- `bare` fills the three tables that an import fills (subscriber, subscription, consent; their keys and indexes, the
  same settings of SQLite), in one transaction;
- `one table` fills a table of five columns with a key on the address;
- `shell` is the sqlite3 shell's own .import into such a table, and an index after it.
"""

import csv
import hashlib
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from bench_row import leave_out, tell

from newsletter.app.importing.subscribers_file import import_file
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import open_workspace

COLUMNS = ("email", "name", "timezone", "clock", "city")
NAMES = ("Mira Lund", "Noor Haddad", "Joaquín Ferrer", "Siobhán Byrne", "森 遥", "Haddad, Noor")
NOW = "2026-12-04 17:00:00.000000"
_PEOPLE = (
    "INSERT OR IGNORE INTO subscriber (id, community, address, address_key, who, name, timezone, clock, created_at) "
    "VALUES (?, 'data-lab', ?, ?, ?, ?, ?, ?, ?)"
)
_MEMBERS = (
    "INSERT INTO subscription (community, subscriber_id, list, digests, state, since) "
    "VALUES ('data-lab', ?, 'community', '[\"weekly\"]', 'active', ?)"
)
_PROOFS = (
    "INSERT INTO consent (community, who, list, action, at, how, detail) "
    "VALUES ('data-lab', ?, 'community', 'imported', ?, 'import', 'people.csv')"
)


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock and of the processor, and the most memory at once (MiB), of one process."""

    wall: float
    processor: float
    memory: float


def people(rows: int, path: Path) -> None:
    """A file of people in no order: about one in a hundred invalid, doubled, in capitals, or at an IDN."""
    dice = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for number in range(rows):
            table.writerow(_person(dice, number))


def _person(dice: random.Random, number: int) -> tuple[str, ...]:
    address = f"{dice.choice('abcdefgh')}{dice.getrandbits(40):x}.{number:x}@mail{dice.getrandbits(14)}.example.org"
    chance = dice.random()
    if chance < 0.005:
        address = address.replace("@", " at ")
    elif chance < 0.01:
        address = f"post{number}@bücher.example.org"
    elif chance < 0.02:
        address = f"Twice{number // 200}@example.org"
    zone = dice.choice(("Europe/Berlin", "America/Los_Angeles", ""))
    return (address, dice.choice(NAMES), zone, dice.choice(("12", "24", "")), dice.choice(("Kiel", "Oslo", "")))


def ours(root: Path, file: Path) -> None:
    """The import as an operator runs it."""
    import_file(open_workspace(root), file, "community")


def rehearsal(root: Path, file: Path) -> None:
    """The dry run: validated, normalised, compared with the store, every line decided about."""
    import_file(open_workspace(root), file, "community", dry_run=True)


def bare(root: Path, file: Path) -> None:
    """The three tables, filled by a loop."""
    raw = _raw(root)
    with file.open(newline="", encoding="utf-8") as text:
        rows = csv.reader(text)
        next(rows)
        while part := list(islice(rows, 2000)):
            made = [_made(row) for row in part]
            raw.executemany(_PEOPLE, made)
            raw.executemany(_MEMBERS, [(one[0], NOW) for one in made])
            raw.executemany(_PROOFS, [(one[3], NOW) for one in made])
    raw.execute("COMMIT")


def _made(row: list[str]) -> tuple[object, ...]:
    key = f"{secrets.token_hex(3)}{row[0]}"  # no two are alike, so that all are written
    who = hashlib.sha256(key.encode()).hexdigest()
    return secrets.token_hex(10), row[0], key, who, row[1], row[2], int(row[3] or 12), NOW


def one_table(root: Path, file: Path) -> None:
    """A single table with a key, filled by a loop."""
    raw = _raw(root)
    raw.execute("CREATE TABLE one (email TEXT PRIMARY KEY, name TEXT, timezone TEXT, clock TEXT, city TEXT)")
    with file.open(newline="", encoding="utf-8") as text:
        rows = csv.reader(text)
        next(rows)
        raw.executemany("INSERT OR IGNORE INTO one VALUES (?, ?, ?, ?, ?)", rows)
    raw.execute("COMMIT")


def _raw(root: Path) -> Any:
    """The store's own connection, in a transaction."""
    raw = open_workspace(root).store.engine.raw_connection().driver_connection
    assert raw is not None
    raw.execute("BEGIN IMMEDIATE")
    return raw


def shell(root: Path, file: Path) -> None:
    """sqlite3's own import, and an index."""
    script = f".mode csv\n.import {file} one\nCREATE INDEX addresses ON one (email);\n"
    store = root / "shell.db"
    settings = "PRAGMA journal_mode=wal; PRAGMA synchronous=full;\n"
    subprocess.run(["sqlite3", str(store)], input=settings + script, text=True, check=True, stdout=subprocess.DEVNULL)


RUNS: dict[str, Callable[[Path, Path], None]] = {
    "bare": bare,
    "ours": ours,
    "one table": one_table,
    "dry run": rehearsal,
    "shell": shell,
}


#: What is told, of which run beside which, and its goal.
RATIOS = (
    ("import checked, normalised, compared, decided (dry run), sqlite3 .import", "dry run", "shell", 2.2),
    ("import into three tables with nine indexes, sqlite3 .import into one", "ours", "shell", None),
    ("import into three tables, a bare csv + executemany loop into the same", "ours", "bare", 2.0),
)


def spent(name: str, file: Path) -> Spent:
    """One run in a process and a workspace of its own."""
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        root = Path(folder) / "workspace"
        init_workspace(root)
        _ = open_workspace(root).store
        begin = time.perf_counter()
        child = os.fork()
        if child == 0:
            RUNS[name](root, file)
            os._exit(0)
        _, status, used = os.wait4(child, 0)
        if status:
            raise SystemExit(f"{name} failed")
        wall = time.perf_counter() - begin
    return Spent(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def rounds(rows: int, count: int) -> Iterator[dict[str, Spent]]:
    """Every run once, so many times over."""
    names = [name for name in RUNS if name != "shell" or shutil.which("sqlite3")]
    with tempfile.TemporaryDirectory(prefix="people-") as folder:
        file = Path(folder) / "people.csv"
        people(rows, file)
        for _ in range(count):
            yield {name: spent(name, file) for name in names}


def main(rows: int, count: int) -> int:
    """Print a table, and tell the ratios that have a goal."""
    found = list(rounds(rows, count))
    print(f"{rows:,} rows, median of {count}")
    print(f"{'':10} {'seconds':>8} {'rows/s':>9} {'cpu s':>7} {'MiB':>6}")
    for name in found[0]:
        mine = [one[name] for one in found]
        wall, cpu = median(one.wall for one in mine), median(one.processor for one in mine)
        memory = max(one.memory for one in mine)
        print(f"{name:10} {wall:8.1f} {rows / wall:9,.0f} {cpu:7.1f} {memory:6.0f}")
    if "shell" not in found[0]:
        leave_out("import beside the sqlite3 shell", "there is no sqlite3 here")
    missed = [one for one in RATIOS if one[2] in found[0] and not told(found, rows, *one)]
    return int(bool(missed))


def told(found: list[dict[str, Spent]], rows: int, what: str, one: str, other: str, goal: float | None) -> bool:
    """How many times as long the one took as the other, by the processor and by the clock."""
    cpu = median(each[one].processor / each[other].processor for each in found)
    wall = median(each[one].wall / each[other].wall for each in found)
    detail = f"{wall:.1f} times by the clock, {max(each[one].memory for each in found):.0f} MiB, {rows:,} rows"
    return tell(what, cpu, goal, "at most", "times the processor", detail)


if __name__ == "__main__":
    raise SystemExit(main(*map(int, (*sys.argv[1:], *("1000000", "3")[len(sys.argv) - 1 :]))))
