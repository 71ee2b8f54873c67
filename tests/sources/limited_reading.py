"""Reads every bad input in a process of its own, which the kernel ends when its seconds of CPU time are over.

Run `python tests/sources/limited_reading.py` for a table, with `--json` for one document: what each took, and the
most memory that its process ever held, the interpreter and the input itself included.
"""

import json
import os
import resource
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent)]

from bad_inputs import Case, cases  # noqa: E402 - found by the line above
from support_sources import codes, read  # noqa: E402

from newsletter.dates.recurrence import last_date, occurrences  # noqa: E402

HOME = ZoneInfo("America/Los_Angeles")
YEAR = (datetime(2026, 1, 1, tzinfo=HOME), datetime(2027, 1, 1, tzinfo=HOME))


def read_all(case: Case) -> bool:
    """Read the input and unroll what it holds; whether the problem that it must have was found."""
    reading = read(case.data, case.kind)
    for item in reading.items:
        if item.when:
            occurrences(item.when, *YEAR, home=HOME)
            last_date(item.when)
    return (case.code in codes(reading)) if case.code else bool(reading.items or reading.problems)


def limited(case: Case) -> dict[str, object]:
    """What became of the input; `ended` is 0 where it was over in time and told as it should."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (case.seconds, case.seconds))
        os._exit(0 if read_all(case) else 1)
    _, status, used = os.wait4(child, 0)
    seconds = used.ru_utime + used.ru_stime
    ended = os.waitstatus_to_exitcode(status)
    return {"name": case.name, "ended": ended, "seconds": round(seconds, 3), "megabytes": used.ru_maxrss // 1024}


def main() -> None:
    """The command line."""
    found = [limited(case) for case in cases()]
    if "--json" in sys.argv:
        print(json.dumps(found))
        return
    for one in sorted(found, key=lambda one: float(str(one["seconds"]))):
        print("{seconds:7.3f} s {megabytes:5} MB  {ended:3}  {name}".format(**one))


if __name__ == "__main__":
    main()
