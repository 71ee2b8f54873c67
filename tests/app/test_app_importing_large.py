"""A file of a million people: one transaction, and the room that a small file takes."""

import os
import sqlite3
from pathlib import Path

import pytest
from support_workspace import Clock, open_at

from newsletter.app.importing.subscribers_file import import_file

#: What a million rows may take beyond ten thousand (MiB): the pages that are held of the store and of the staging.
MORE = 64


def written(path: Path, rows: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("email,name,timezone,city\n")
        for number in range(rows):
            address = "not an address" if number % 100 == 99 else f"reader{number * 7919 % rows:07d}@example.org"
            file.write(f"{address},Reader {number},Europe/Berlin,Kiel\n")
            if number % 100 == 50:
                file.write(f"{address.upper()},again,,\n")
    return path


def memory_of(root: Path, file: Path) -> float:
    """The most memory (MiB) that an import of this file takes, in a process of its own."""
    root.mkdir()
    open_at(root, Clock()).store.close()
    child = os.fork()
    if child == 0:
        report = import_file(open_at(root, Clock()), file, "community")
        os._exit(0 if report.rows == report.new + report.count("duplicate") + report.count("invalid") else 1)
    _, status, used = os.wait4(child, 0)
    assert status == 0
    return used.ru_maxrss / 1024


@pytest.mark.sqlite_only  # looks into the file
@pytest.mark.slow
def test_check_51_a_million_rows_are_all_accounted_for_and_take_the_room_of_ten_thousand(tmp_path: Path) -> None:
    small = memory_of(tmp_path / "small", written(tmp_path / "small.csv", 10_000))
    large = memory_of(tmp_path / "large", written(tmp_path / "large.csv", 1_000_000))
    store = sqlite3.connect(tmp_path / "large" / "subscribers" / "newsletter.db")
    counts = [store.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("subscriber", "subscription")]
    proofs = store.execute("SELECT count(*), count(DISTINCT who) FROM consent").fetchone()
    assert (counts, proofs) == ([990_000, 990_000], (990_000, 990_000))
    assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
    print(f"\n10,000 rows: {small:.0f} MiB; 1,000,000 rows: {large:.0f} MiB")
    assert large < small + MORE
