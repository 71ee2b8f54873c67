"""A short, seeded round of the fuzzer on every reader, so that it cannot rot; `fuzz_run.py` goes on for longer."""

import pytest
from fuzz_run import hammer, seeds
from fuzz_targets import TARGETS

# Hundreds of damaged files tell no more of what is covered than the tests of each format do.
pytestmark = pytest.mark.no_cover


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_damaged_seeds_are_read_or_refused(name: str) -> None:
    corpus = seeds(name)
    assert corpus, f"no corpus for {name}"
    for data in corpus:
        TARGETS[name](data)
    assert hammer(TARGETS[name], corpus, runs=400, seconds=60, seed=2026) > 0
