"""Workers that share a PostgreSQL, one killed every other second and the server once: nobody lost, nobody twice."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.sqlite_only  # it has a server of its own
def test_workers_and_their_database_are_killed_and_each_reader_is_mailed_once() -> None:
    asked = ("--recipients", "6000", "--batch", "50", "--kill", "2", "--restart")
    command = [sys.executable, str(ROOT / "benchmarks" / "workers.py"), *asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nlost, taken twice, or against an invariant: 0.00 " in done.stdout, done.stdout
    assert re.search(r"\nin doubt after kills: [01]\.\d+ batches a kill ", done.stdout), done.stdout
    assert re.search(r"[1-9]\d* kills, 1 restarts, workers ended \[0, 0, 0, 0\]", done.stdout), done.stdout
