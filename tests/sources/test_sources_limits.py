"""Every bad input is over within its seconds of CPU time and 256 MB, each in a process that the kernel watches."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RUNNER = Path(__file__).with_name("limited_reading.py")
MEGABYTES = 256


@pytest.mark.slow
def test_bad_input_is_refused_within_a_second_and_256_megabytes() -> None:
    untraced = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    ran = subprocess.run([sys.executable, RUNNER, "--json"], env=untraced, capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    assert len(found) > 100
    assert [one for one in found if one["ended"] != 0 or one["megabytes"] > MEGABYTES] == []
    longest, largest = max(one["seconds"] for one in found), max(one["megabytes"] for one in found)
    print(f"{len(found)} inputs, at most {longest} s and {largest} MB")
