"""How long the operator's pages take on a store with many deliveries, by the clock and in processor time.

Run `python benchmarks/operator_pages.py [READERS] [ISSUES]`: 20,000 readers and 5 issues are 100,000 deliveries, and
100,000 readers and 1 issue are as many in one table of rows.
"""

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from support_operator import Filler

from newsletter.app.operator.desk import OperatorDesk
from newsletter.app.operator.page import fill_operator
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import open_workspace
from newsletter.web.operator.app import page_templates

READERS, ISSUES, TIMES = 20_000, 5, 9
NOW = datetime(2026, 12, 4, 17, tzinfo=UTC)
#: What every page is given besides its own values.
FRAME: dict[str, object] = {"community": "Lab", "home": "/operator", "tabs": [], "visitor": "", "token": ""}
FRAME |= {"form": "", "said": None, "number": 1, "found": None, "typed": "", "reloads": False}


def measured(name: str, work: Callable[[], object]) -> None:
    """The first time, and the median of the following."""
    took = []
    for _ in range(TIMES):
        wall, began = perf_counter(), process_time()
        work()
        took.append((1e3 * (process_time() - began), 1e3 * (perf_counter() - wall)))
    cpu, wall_clock = (median(column) for column in zip(*took[1:], strict=True))
    sys.stdout.write(f"{name:<28} {cpu:7.1f} ms of processor, {wall_clock:7.1f} ms by the wall\n")


def main(readers: int, issues: int) -> None:
    """Fill a store, and ask for every page."""
    with tempfile.TemporaryDirectory() as folder:
        init_workspace(Path(folder) / "lab")
        ws = open_workspace(Path(folder) / "lab", environ={}, clock=lambda: NOW)
        key = Filler(ws, NOW, readers).fill(issues - 1, left=readers // 2)
        desk, templates = OperatorDesk(ws), page_templates()

        def page(name: str, view: Callable[[], object]) -> Callable[[], object]:
            return lambda: fill_operator(templates, f"{name}.html", {**FRAME, "view": view()})

        sys.stdout.write(f"{readers * issues:,} deliveries, {readers:,} readers\n")
        measured("now", page("now", desk.now))
        measured("is anything other?", desk.fingerprint)
        measured("issues", page("issues", lambda: desk.issues(1)))
        measured("one issue", page("issue", lambda: desk.issue(key)))
        for show in ("all", "delivered", "returned"):
            measured(f"rows: {show}", lambda show=show: desk.deliveries(key, show, 1))
        measured("rows: the last page", lambda: desk.deliveries(key, "all", 99_999))
        measured("people", page("people", lambda: desk.people(52)))
        measured("look somebody up", lambda: desk.deliveries_to("reader000007@example.org"))
        ws.store.close()


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    main(*(numbers or (READERS, ISSUES)))
