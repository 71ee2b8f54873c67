"""How long a test may take where a bad input must be over soon.

What is promised stands in the tests as seconds on an idle machine; coverage's tracing and a busy machine may take
several times as long, while what grows with the square of its input takes hundreds. The promise itself is held, with
nothing added, by tests/sources/test_sources_limits.py, which the kernel enforces and `make test-slow` runs.
"""

SLACK = 8


def at_most(seconds: float) -> float:
    """The promise with room for a slow machine."""
    return seconds * SLACK
