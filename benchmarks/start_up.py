"""How long the command line takes to begin: `python benchmarks/start_up.py [ROUNDS]`.

The reference is `python -c pass`. Rounds take turns; what is compared is the processor's time of a whole process.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_row import tell

ROOT = Path(__file__).parents[1]
REFERENCE = ("python -c pass", [sys.executable, "-c", "pass"])
GOALS = (("newsletter --help", ["--help"], 3), ("newsletter status", ["status"], 10))


def main(rounds: int) -> int:
    """Print a line for each command, with its goal; 1 where one was not reached."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        subprocess.run(_newsletter("init", str(workspace)), check=True, capture_output=True)
        subprocess.run(_newsletter("status"), check=True, capture_output=True, cwd=workspace)
        ratios: dict[str, list[float]] = {name: [] for name, _, _ in GOALS}
        for _ in range(rounds):
            reference = _seconds(REFERENCE[1], workspace)
            for name, arguments, _ in GOALS:
                ratios[name].append(_seconds(_newsletter(*arguments), workspace) / reference)
    missed = [name for name, _, goal in GOALS if not _told(name, goal, ratios[name])]
    return int(bool(missed))


def _told(name: str, goal: float, found: list[float]) -> bool:
    spread = f"{min(found):.1f} to {max(found):.1f}"
    return tell(f"`{name}`", statistics.median(found), goal, "at most", f"times `{REFERENCE[0]}`", spread)


def _newsletter(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "newsletter", *arguments]


def _seconds(command: list[str], folder: Path) -> float:
    before = _spent()
    subprocess.run(command, check=True, capture_output=True, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)})
    return _spent() - before


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
