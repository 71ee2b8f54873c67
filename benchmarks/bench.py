"""All rows of `make bench`, each under the command that gives it: within ten minutes together on an idle machine.

A row says how many times a named reference something does, in the same interleaved run. A command that takes longer
than its share is ended, and said to have been.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
#: Program and arguments, and the seconds it may take.
COMMANDS: tuple[tuple[str, int], ...] = (
    ("start_up.py 15", 60),
    ("personalising.py 10000 5000", 90),
    ("smtp_road.py 3 5000", 270),
    ("smtp_road.py far 1", 60),
    ("smtp_road.py memory 10000", 40),
    ("smtp_road.py memory 50000", 90),
    ("sendgrid_road.py 1 5000", 50),
)


def main() -> int:
    """Run them all; 1 where a goal was not reached or a command did not end well."""
    return max(run(command, limit) for command, limit in COMMANDS)


def run(command: str, limit: int) -> int:
    """One command; what it prints is the table."""
    program, *arguments = command.split()
    print(f"\n$ python benchmarks/{command}", flush=True)
    try:
        ended = subprocess.run([sys.executable, str(HERE / program), *arguments], timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        print(f"ended after {limit} seconds", flush=True)
        return 1
    return min(ended.returncode, 1)


if __name__ == "__main__":
    raise SystemExit(main())
